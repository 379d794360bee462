#include <algorithm>

#include "cli_advice.h"
#include "cli_collect.h"
#include "cli_commands.h"
#include "cli_tracker.h"

// resume: requests that the service still works on are followed to their files, and pictures that arrived
// while nobody was there to write them are written.
namespace command_line {

using kontexture::JobState;
using kontexture::LibraryEntry;
using kontexture::RequestId;
using kontexture::RequestInfo;
using kontexture::Resolution;
using kontexture::Result;
using kontexture::Service;
using kontexture::WaitReason;

namespace {

bool contains(const std::vector<std::uint64_t>& ids, RequestId id) {
    return std::ranges::find(ids, id.value) != ids.end();
}

class Resume {
public:
    Resume(const Options& options, const Collecting& collecting)
        : options_(options),
          collecting_(collecting),
          session_(collecting.session),
          outbox_(collecting.outbox),
          report_(collecting.report),
          tracker_(session_, outbox_, report_) {}

    Result<ExitCode> run() {
        if (!session_.wait_until_restored()) return kInterrupted;
        if (auto read = read_ended(); !read) return read.error();
        outstanding_.assign(session_.service().requests().begin(), session_.service().requests().end());
        if (auto checked = check_ids(); !checked) return checked.error();
        if (auto checked = check_price(); !checked) return checked.error();
        report_.set_total(static_cast<int>(outstanding_.size() + ended_.size()));
        for (const LibraryEntry& entry : ended_)
            tracker_.finish(entry, collecting_.path_of(entry.id, entry.request));
        for (const RequestInfo& info : outstanding_) take_up(info);
        if (outbox_.has_neighbour())
            report_.note("Another process is at work here; it collects its own pictures.");
        else if (outstanding_.empty() && ended_.empty() && elsewhere_.empty())
            report_.note("Nothing is outstanding.");
        const ExitCode code = tracker_.run(options_.timeout_seconds);
        tell_of_others();
        return code;
    }

private:
    /// Wishes whose requests are not ours to follow: they have ended, or somebody else follows them.
    Result<void> read_ended() {
        std::map<std::uint64_t, Wish> missing = outbox_.wishes();
        if (missing.empty()) return {};
        auto read = session_.read_library("", [&](std::span<const LibraryEntry> entries) {
            for (const LibraryEntry& entry : entries) {
                const auto wish = missing.find(entry.id.value);
                if (wish == missing.end()) continue;
                if (entry.image || kontexture::is_final(entry.state)) {
                    if (!session_.service().find(entry.id)) ended_.push_back(entry);
                } else if (!session_.service().find(entry.id)) {
                    ++elsewhere_[wish->second.service];
                }
                missing.erase(wish);
            }
        });
        if (!read) return read;
        // Killed before it was accepted: there is no such request.
        for (const auto& [id, wish] : missing)
            if (!session_.service().find(RequestId{id})) outbox_.done(RequestId{id});
        return {};
    }

    Result<void> check_ids() const {
        const auto may = [this](std::uint64_t id, bool or_unsent) {
            return std::ranges::any_of(outstanding_, [&](const RequestInfo& info) {
                return info.id.value == id && (info.state == JobState::OutcomeUnknown ||
                                               (or_unsent && info.waiting == WaitReason::Resume));
            });
        };
        for (const std::uint64_t id : options_.send_again)
            if (!may(id, false))
                return invalid("--send-again " + std::to_string(id) +
                               ": there is no request of unknown outcome with this id. See: kontexture list");
        for (const std::uint64_t id : options_.discard)
            if (!may(id, true))
                return invalid(
                    "--discard " + std::to_string(id) +
                    ": there is no unsent request, and none of unknown outcome, with this id. See: "
                    "kontexture list");
        return {};
    }

    bool is_sent(const RequestInfo& info) const {
        return info.waiting == WaitReason::Resume ? options_.send_queued
                                                  : contains(options_.send_again, info.id);
    }

    /// A request that is refused later has failed; before, it can be sent another day.
    Result<void> check_price() const {
        double credits = 0;
        for (const RequestInfo& info : outstanding_)
            if (is_sent(info) && !contains(options_.discard, info.id)) credits += info.estimated_credits;
        return session_.check_day(credits);
    }

    void take_up(const RequestInfo& info) {
        Service& service = session_.service();
        const bool unsent = info.waiting == WaitReason::Resume;
        const bool discard = contains(options_.discard, info.id);
        const bool send = is_sent(info);
        tracker_.follow(info, collecting_.path_of(info.id, info.request), discard || send);
        if (discard) {
            unsent ? service.cancel(info.id) : service.resolve(info.id, Resolution::Discard);
        } else if (send) {
            unsent ? service.resume(info.id) : service.resolve(info.id, Resolution::SendAgain);
        }
    }

    void tell_of_others() const {
        for (const auto& [service, number] : elsewhere_) {
            if (service == session_.place().config.service_id)
                report_.note(std::to_string(number) +
                             (number == 1 ? " request belongs" : " requests belong") +
                             " to another process that is running.");
            else
                report_.note(advice_on(service, number));
        }
    }

    const Options& options_;
    const Collecting& collecting_;
    Session& session_;
    Outbox& outbox_;
    Report& report_;
    Tracker tracker_;
    std::vector<RequestInfo> outstanding_;
    std::vector<LibraryEntry> ended_;
    std::map<std::string, int> elsewhere_;  ///< by service
};

}  // namespace

int run_resume(const Options& options) {
    return run_collecting(options,
                          [&](const Collecting& collecting) { return Resume(options, collecting).run(); });
}

}  // namespace command_line
