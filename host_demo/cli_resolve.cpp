#include <algorithm>
#include <chrono>

#include "cli_commands.h"
#include "cli_interrupt.h"
#include "cli_tracker.h"

// resolve: a person decides about requests whose paid call was not answered.
namespace command_line {

using kontexture::JobState;
using kontexture::LibraryEntry;
using kontexture::RequestId;
using kontexture::RequestInfo;
using kontexture::Resolution;
using kontexture::Result;

namespace {

constexpr auto kBalanceTime = std::chrono::seconds(20);
constexpr auto kExplainTime = std::chrono::milliseconds(200);

/// Why this request cannot be decided about.
Result<void> refuse(Session& session, std::uint64_t id) {
    std::string why = "there is no request with this id";
    auto read = session.read_library("", [&](std::span<const LibraryEntry> entries) {
        for (const LibraryEntry& entry : entries) {
            if (entry.id.value != id) continue;
            why = entry.state == JobState::OutcomeUnknown
                      ? "it belongs to another process that is running, or to another service"
                      : std::string("its state is ") + kontexture::to_string(entry.state) +
                            ", and only an unknown outcome is to be decided";
        }
    });
    if (!read) return read;
    return invalid(std::to_string(id) + ": " + why + ". Nothing was changed. See: kontexture list");
}

Result<std::vector<RequestInfo>> find_all(Session& session, const std::vector<std::uint64_t>& ids) {
    std::vector<RequestInfo> found;
    for (const std::uint64_t id : ids) {
        const RequestInfo* info = session.service().find(RequestId{id});
        if (!info || info->state != JobState::OutcomeUnknown)
            if (auto refused = refuse(session, id); !refused) return refused.error();
        const auto is_same = [id](const RequestInfo& other) { return other.id.value == id; };
        if (std::ranges::none_of(found, is_same)) found.push_back(*info);
    }
    return found;
}

void show(Report& report, std::span<const RequestInfo> requests) {
    int number = 0;
    for (const RequestInfo& info : requests) {
        Job job;
        job.id = info.id;
        job.number = ++number;
        job.prompt = info.request.prompt;
        job.state = info.state;
        job.error = info.error;
        job.submitted_at = info.submitted_at;
        job.credits = info.estimated_credits;
        job.balance_change = info.balance_change;
        report.known(job);
    }
}

void tell_balance(Session& session, Report& report) {
    const kontexture::Account& account = session.service().account();
    if (account.error.code != kontexture::ErrorCode::None) return report.note(account.error.message);
    if (!account.credits) return;
    char text[100];
    std::snprintf(text, sizeof text, "The balance is %.10g credits now.", *account.credits);
    report.note(text);
}

/// After the question: waits for the balance, and then for what it says about the requests.
void hear_balance(Session& session, std::chrono::system_clock::time_point asked_after) {
    const kontexture::Service& service = session.service();
    const auto pump_until = [&](auto is_done, std::chrono::milliseconds most) {
        const auto deadline = std::chrono::steady_clock::now() + most;
        while (!is_done() && !is_interrupted() && std::chrono::steady_clock::now() < deadline) session.pump();
    };
    pump_until(
        [&] {
            const kontexture::Account& account = service.account();
            return account.checked_at > asked_after || account.error.code != kontexture::ErrorCode::None;
        },
        kBalanceTime);
    pump_until([] { return false; }, kExplainTime);
}

class Resolve {
public:
    Resolve(const Options& options, Session& session, Outbox& outbox, Report& report, std::string folder)
        : options_(options),
          session_(session),
          outbox_(outbox),
          report_(report),
          folder_(std::move(folder)),
          tracker_(session, outbox, report) {}

    Result<ExitCode> run() {
        if (!session_.wait_until_restored()) return kInterrupted;
        const auto now = std::chrono::system_clock::now();
        session_.service().refresh_account();
        hear_balance(session_, now);
        const auto requests = find_all(session_, options_.resolved);
        if (!requests) return requests.error();
        report_.set_total(static_cast<int>(requests->size()));
        show(report_, *requests);
        double credits = 0;
        if (options_.resolution == Resolution::SendAgain)
            for (const RequestInfo& info : *requests) credits += info.estimated_credits;
        if (auto checked = session_.check_day(credits); !checked) return checked.error();
        const auto decided_at = std::chrono::system_clock::now();
        for (const RequestInfo& info : *requests) decide(info);
        if (options_.resolution == Resolution::Wait) {
            hear_balance(session_, decided_at);
            wait(*requests);
        }
        return tracker_.run(options_.timeout_seconds);
    }

private:
    std::string path_of(const RequestInfo& info) const {
        if (!folder_.empty()) return path_for({{}, folder_}, info.id, info.request);
        const auto wish = outbox_.wishes().find(info.id.value);
        return wish == outbox_.wishes().end() ? "" : wish->second.path;
    }

    void decide(const RequestInfo& info) {
        if (options_.resolution != Resolution::Wait) tracker_.follow(info, path_of(info), true);
        session_.service().resolve(info.id, options_.resolution);
    }

    void wait(std::span<const RequestInfo> requests) {
        tell_balance(session_, report_);
        const bool is_called_back = session_.place().config.callback.has_value();
        for (const RequestInfo& before : requests) {
            const RequestInfo* info = session_.service().find(before.id);
            if (!info) continue;
            if (is_called_back)
                tracker_.await(*info, path_of(*info));
            else
                tracker_.follow(*info, path_of(*info), false);
        }
    }

    const Options& options_;
    Session& session_;
    Outbox& outbox_;
    Report& report_;
    std::string folder_;
    Tracker tracker_;
};

int fail(const kontexture::Error& error) {
    if (error.code == kontexture::ErrorCode::Interrupted) return kInterrupted;
    print_error(error);
    const bool is_refused = error.code == kontexture::ErrorCode::InvalidArgument ||
                            error.code == kontexture::ErrorCode::SpendLimit;
    return is_refused ? kNothingSent : kSomeFailed;
}

}  // namespace

int run_resolve(const Options& options) {
    auto place = find_place(options);
    if (!place) return fail(place.error());
    std::string folder;
    if (!options.fields.out.empty()) {
        auto made = make_folder(options.fields.out);
        if (!made) return fail(made.error());
        folder = std::move(*made);
    }
    const auto session = Session::open(std::move(*place));
    if (!session) return fail(session.error());
    const Place& here = (*session)->place();
    Outbox outbox(here.config.data_dir, here.config.service_id);
    if (const auto taken = outbox.take_over(); !taken) return fail(taken.error());
    const auto report = make_report(options.jsonl);
    const auto code = Resolve(options, **session, outbox, *report, std::move(folder)).run();
    return code ? *code : fail(code.error());
}

}  // namespace command_line
