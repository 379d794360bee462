#include <algorithm>
#include <chrono>

#include "cli_collect.h"
#include "cli_commands.h"
#include "cli_interrupt.h"
#include "cli_tracker.h"

// resolve: a person decides about requests whose paid call was not answered.
namespace command_line {

using kontexture::Error;
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
Error refuse(Session& session, std::uint64_t id) {
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
    if (!read) return read.error();
    return invalid(std::to_string(id) + ": " + why + ". Nothing was changed. See: kontexture list");
}

Result<std::vector<RequestInfo>> find_all(Session& session, const std::vector<std::uint64_t>& ids) {
    std::vector<RequestInfo> found;
    for (const std::uint64_t id : ids) {
        const RequestInfo* info = session.service().find(RequestId{id});
        if (!info || info->state != JobState::OutcomeUnknown) return refuse(session, id);
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
    Resolve(const Options& options, const Collecting& collecting)
        : options_(options),
          collecting_(collecting),
          session_(collecting.session),
          report_(collecting.report),
          tracker_(session_, collecting.outbox, report_) {}

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
    void decide(const RequestInfo& info) {
        if (options_.resolution != Resolution::Wait)
            tracker_.follow(info, collecting_.path_of(info.id, info.request), true);
        session_.service().resolve(info.id, options_.resolution);
    }

    void wait(std::span<const RequestInfo> requests) {
        tell_balance(session_, report_);
        const bool is_called_back = session_.place().config.callback.has_value();
        for (const RequestInfo& before : requests) {
            const RequestInfo* info = session_.service().find(before.id);
            if (!info) continue;
            const std::string path = collecting_.path_of(info->id, info->request);
            if (is_called_back)
                tracker_.await(*info, path);
            else
                tracker_.follow(*info, path, false);
        }
    }

    const Options& options_;
    const Collecting& collecting_;
    Session& session_;
    Report& report_;
    Tracker tracker_;
};

}  // namespace

int run_resolve(const Options& options) {
    return run_collecting(options,
                          [&](const Collecting& collecting) { return Resolve(options, collecting).run(); });
}

}  // namespace command_line
