#include "cli_tracker.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "cli_interrupt.h"

namespace command_line {

using namespace std::chrono_literals;
using kontexture::ErrorCode;
using kontexture::Event;
using kontexture::JobState;
using kontexture::RequestId;
using kontexture::RequestInfo;
using kontexture::WaitReason;

namespace {

/// How long an interrupted run waits for the answers of paid calls.
constexpr auto kMaxWindDown = 5s;

bool is_unsent(JobState state) {
    return state == JobState::Queued || state == JobState::Preparing;
}

/// The module only says that there is a limit.
void name_options(kontexture::Error& error) {
    error.message += " The options are --max-credits and --max-credits-per-day.";
}

/// Cancelled after it was paid for: its picture is still on its way to the library.
bool is_still_collected(const RequestInfo& info, JobState state) {
    return state == JobState::Cancelled && !info.task_id.empty() && info.finished_at == RequestInfo::Time{};
}

/// Also a link that leads nowhere.
bool is_there(const std::string& path) {
    std::error_code none;
    return std::filesystem::symlink_status(path, none).type() != std::filesystem::file_type::not_found;
}

bool is_same(const std::string& one, const std::string& other) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(one, none) ||
        std::filesystem::file_size(one, none) != std::filesystem::file_size(other, none))
        return false;
    std::ifstream first(one, std::ios::binary);
    std::ifstream second(other, std::ios::binary);
    using Letters = std::istreambuf_iterator<char>;
    return first && second && std::equal(Letters(first), Letters(), Letters(second), Letters());
}

std::string pictures(int number, const char* rest) {
    return std::to_string(number) + (number == 1 ? " picture is " : " pictures are ") + rest;
}

}  // namespace

Tracker::Tracked& Tracker::add(RequestId id, std::string prompt, std::string path) {
    Tracked& tracked = jobs_[id.value];
    tracked.job.id = id;
    tracked.job.number = ++number_;
    tracked.job.prompt = std::move(prompt);
    tracked.job.path = std::move(path);
    return tracked;
}

void Tracker::submit(const Planned& planned) {
    const auto id = session_.service().submit(planned.request);
    if (!id) {
        Job job;
        job.number = ++number_;
        job.prompt = planned.request.prompt;
        job.state = JobState::Failed;
        job.error = id.error();
        ++summary_.failed;
        return report_.tell(Happening::Failed, job);
    }
    const std::string path = path_for(planned.target, *id, planned.request);
    Tracked& tracked = add(*id, planned.request.prompt, path);
    if (const auto noted = outbox_.want(*id, path); !noted) {
        session_.service().cancel(*id);
        tracked.job.error = noted.error();
        tracked.job.state = JobState::Cancelled;
        end(tracked, Happening::Failed);
    }
}

void Tracker::follow(const RequestInfo& info, std::string path, bool decided) {
    Tracked& tracked = add(info.id, info.request.prompt, std::move(path));
    tracked.told = tracked.restored = true;
    tracked.accepted = !info.task_id.empty();
    learn(tracked, info);
    tracked.job.state = info.state;
    if (decided) return;
    if (info.waiting == WaitReason::Resume) tracked.phase = Phase::Held;
    if (!kontexture::is_final(info.state) && info.state != JobState::OutcomeUnknown)
        return report_.tell(Happening::State, tracked.job);
    move(tracked, info, info.state);
}

void Tracker::await(const RequestInfo& info, std::string path) {
    follow(info, std::move(path), true);
    jobs_.at(info.id.value).awaited = true;
}

void Tracker::finish(const kontexture::LibraryEntry& entry, std::string path) {
    Tracked& tracked = add(entry.id, entry.request.prompt, std::move(path));
    Job& job = tracked.job;
    job.task_id = entry.task_id;
    job.image = entry.image;
    job.width = entry.width;
    job.height = entry.height;
    job.error = entry.error;
    job.state = entry.image ? JobState::Ready : entry.state;
    if (entry.image) return save_or_end(tracked);
    outbox_.done(entry.id);
    end(tracked, happening_of(entry.state));
}

void Tracker::learn(Tracked& tracked, const RequestInfo& info) {
    Job& job = tracked.job;
    job.task_id = info.task_id;
    job.image = info.image;
    if (info.width != 0) job.width = info.width, job.height = info.height;
    job.error = info.error;
    job.waiting = info.waiting;
    job.submitted_at = info.submitted_at;
    job.typical_duration = info.typical_duration;
    job.reused = info.reused;
    job.credits = info.estimated_credits;
    job.balance_change = info.balance_change;
}

/// The service has it, for good: from here on resume collects it whatever happens to this process.
void Tracker::tell_state(Tracked& tracked) {
    const bool is_accepted = !tracked.accepted && tracked.job.state == JobState::Generating;
    tracked.accepted = tracked.accepted || is_accepted;
    report_.tell(is_accepted ? Happening::Accepted : Happening::State, tracked.job);
}

void Tracker::handle(const Event& event) {
    if (event.kind == Event::Kind::Saved) return on_saved(event);
    if (event.kind != Event::Kind::Request) return;
    const auto found = jobs_.find(event.id.value);
    const RequestInfo* info = session_.service().find(event.id);
    if (found == jobs_.end() || !info) return;
    Tracked& tracked = found->second;
    if (tracked.phase == Phase::Ended || tracked.phase == Phase::Saving) return;
    const bool delayed = info->waiting == WaitReason::Retry && tracked.job.waiting != WaitReason::Retry;
    learn(tracked, *info);
    const bool is_first = !std::exchange(tracked.told, true);
    const bool is_news = is_first || delayed || tracked.job.state != event.state;
    tracked.job.state = event.state;
    if (is_news && happening_of(event.state) == Happening::State) tell_state(tracked);
    move(tracked, *info, event.state);
}

/// What follows from a state in which a request can end.
void Tracker::move(Tracked& tracked, const RequestInfo& info, JobState state) {
    switch (happening_of(state)) {
        case Happening::Ready: return save_or_end(tracked);
        case Happening::Failed: outbox_.done(info.id); return end(tracked, Happening::Failed);
        case Happening::Unknown:
            if (tracked.awaited) return;
            return end(tracked, Happening::Unknown);
        case Happening::Cancelled:
            if (is_still_collected(info, state)) return;
            if (info.image) {
                tracked.job.state = JobState::Ready;
                return save_or_end(tracked);
            }
            outbox_.done(info.id);
            return end(tracked, Happening::Cancelled);
        case Happening::Accepted:
        case Happening::State: return;
    }
}

void Tracker::save_or_end(Tracked& tracked) {
    if (tracked.job.path.empty()) return end(tracked, Happening::Ready);
    tracked.phase = Phase::Saving;
    Job& job = tracked.job;
    const std::string path = claim(tracked);
    saved_by_[path] = job.id.value;
    if (path != std::exchange(job.path, path)) {
        // Should it fail, a run after a crash merely tries the wished name once more.
        [[maybe_unused]] const auto noted = outbox_.want(job.id, path);
    }
    session_.service().library().save(job.image, path);
}

/// The path, or the next number of it that neither this run nor an earlier one has used. A file is replaced
/// only where this run was told to write: what an outbox says may be made up.
std::string Tracker::claim(Tracked& tracked) const {
    const std::string& path = tracked.job.path;
    const auto wish = outbox_.wishes().find(tracked.job.id.value);
    const bool inherited =
        wish != outbox_.wishes().end() && wish->second.inherited && wish->second.path == path;
    if (inherited && !saved_by_.contains(path) && is_there(path)) tracked.occupied = path;
    std::string free = path;
    for (int number = 2; saved_by_.contains(free) || ((inherited || number > 2) && is_there(free)); ++number)
        free = numbered(path, number, number);
    return free;
}

/// What occupied the wished path may be the same picture, written right before the earlier run died.
void Tracker::compare(Tracked& tracked) {
    Job& job = tracked.job;
    if (tracked.occupied.empty()) return;
    std::error_code none;
    if (is_same(tracked.occupied, job.file) && std::filesystem::remove(job.file, none))
        job.file = tracked.occupied;
    else
        report_.note(tracked.occupied + " exists and was kept; the picture is " + job.file + '.');
}

void Tracker::on_saved(const Event& event) {
    const auto saved = saved_by_.find(event.path);
    if (saved == saved_by_.end()) return;
    Tracked& tracked = jobs_.at(saved->second);
    if (event.error.code != ErrorCode::None) {
        // The wish stays: the next run that collects tries again.
        tracked.job.error = event.error;
        return end(tracked, Happening::Failed);
    }
    tracked.job.file = event.path;
    compare(tracked);
    outbox_.done(tracked.job.id);
    end(tracked, Happening::Ready);
}

void Tracker::end(Tracked& tracked, Happening happening) {
    tracked.phase = Phase::Ended;
    if (tracked.job.error.code == ErrorCode::SpendLimit) name_options(tracked.job.error);
    if (happening == Happening::Ready) ++summary_.ready;
    if (happening == Happening::Failed) ++summary_.failed;
    if (happening == Happening::Unknown) ++summary_.unknown;
    if (happening == Happening::Cancelled) ++summary_.cancelled;
    report_.tell(happening, tracked.job);
    // Frees the texture. An unknown outcome is still a person's to decide.
    if (happening == Happening::Ready) session_.service().release(tracked.job.id);
}

void Tracker::step() {
    for (const Event& event : session_.pump()) handle(event);
    for (const std::string& warning : session_.host().take_warnings()) report_.note(warning);
    std::vector<const Job*> under_way;
    for (const auto& [id, tracked] : jobs_)
        if (tracked.phase == Phase::UnderWay || tracked.phase == Phase::Saving)
            under_way.push_back(&tracked.job);
    report_.show(under_way);
}

bool Tracker::is_busy() const {
    return std::ranges::any_of(jobs_, [](const auto& entry) {
        return entry.second.phase == Phase::UnderWay || entry.second.phase == Phase::Saving;
    });
}

ExitCode Tracker::run(std::optional<int> timeout_seconds) {
    const auto start = std::chrono::steady_clock::now();
    bool is_late = false;
    while (is_busy() && !is_interrupted() && !is_late) {
        step();
        is_late = timeout_seconds &&
                  std::chrono::steady_clock::now() - start > std::chrono::seconds(*timeout_seconds);
    }
    const bool interrupted = is_interrupted();
    if (interrupted) wind_down();
    for (auto& [id, tracked] : jobs_)
        if (tracked.awaited && tracked.phase == Phase::UnderWay &&
            tracked.job.state == JobState::OutcomeUnknown)
            end(tracked, Happening::Unknown);
    const bool unfinished =
        std::ranges::any_of(jobs_, [](const auto& entry) { return entry.second.phase != Phase::Ended; });
    report_.summarize(summary_);
    if (unfinished) tell_what_is_left(is_late ? timeout_seconds : std::nullopt);
    if (interrupted) return kInterrupted;
    if (summary_.unknown > 0) return kOutcomeUnknown;
    return summary_.failed > 0 || unfinished ? kSomeFailed : kAllReady;
}

/// A paid call that is under way gets the time to be answered: only then is its task known and collectable.
bool Tracker::must_wait(const Tracked& tracked) const {
    if (tracked.phase == Phase::Saving || tracked.job.state == JobState::Submitting) return true;
    return !tracked.restored && is_unsent(tracked.job.state);
}

void Tracker::wind_down() {
    report_.note("Stopping: what is not sent yet is cancelled. Ctrl-C again quits at once.");
    for (const auto& [id, tracked] : jobs_)
        // What was queued before this run stays queued.
        if (tracked.phase == Phase::UnderWay && !tracked.restored && is_unsent(tracked.job.state))
            session_.service().cancel(tracked.job.id);
    const auto deadline = std::chrono::steady_clock::now() + kMaxWindDown;
    const auto waits = [this](const auto& entry) {
        const Tracked& tracked = entry.second;
        return (tracked.phase == Phase::UnderWay || tracked.phase == Phase::Saving) && must_wait(tracked);
    };
    while (std::ranges::any_of(jobs_, waits) && std::chrono::steady_clock::now() < deadline) step();
}

void Tracker::tell_what_is_left(std::optional<int> timeout_seconds) const {
    int unsent = 0;
    int taken = 0;
    for (const auto& [id, tracked] : jobs_)
        if (tracked.phase != Phase::Ended) ++(is_unsent(tracked.job.state) ? unsent : taken);
    const std::string& resume = session_.place().resume_command;
    if (timeout_seconds) report_.note("Stopped waiting after " + std::to_string(*timeout_seconds) + " s.");
    if (taken > 0)
        report_.note(pictures(taken, "with the service, paid for and not collected yet. Collect: ") + resume);
    if (unsent > 0)
        report_.note(pictures(unsent, "accepted but never sent, and cost nothing so far. Send: ") + resume +
                     " --send-queued (or --discard ID)");
}

}  // namespace command_line
