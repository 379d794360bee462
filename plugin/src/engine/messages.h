#pragma once

#include <kontexture/service.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// The engine's whole vocabulary: what it is told, and what it wants done. Plain values, so that a test can
// write both down. An action that names a job is answered by exactly one outcome event for that job, unless
// the process dies.
namespace kontexture::engine {

using Duration = std::chrono::milliseconds;
/// Milliseconds since the Unix epoch. The runtime reads the wall clock once and then only moves forward.
using TimePoint = std::chrono::time_point<std::chrono::system_clock, Duration>;

/// What a limit per day looks back on.
inline constexpr Duration kDay = std::chrono::hours(24);

// ---- commands: from the host or a person

struct Submit {
    RequestId id;
    std::string model;
    double credits = 0;         ///< estimated price
    bool needs_upload = false;  ///< the input is bytes of ours, not an address
    bool reuse_identical = false;
    int priority = 0;
};
struct Cancel {
    RequestId id;
};
struct Retry {
    RequestId id;
};
struct Resolve {
    RequestId id;
    Resolution resolution = Resolution::Wait;
};
struct Resume {
    RequestId id;
};  ///< none: all that are held
struct LoadImage {
    RequestId id;
    ImageId image;
};
struct SetCreditLimit {
    std::optional<double> credits;
    bool per_day = false;
};
/// The service reported the end of a task of this job. Only a hint: its record is read before anything is
/// believed.
struct CalledBack {
    RequestId id;
    std::string task_id;
};
/// The host no longer wants to hear of this job.
struct Forget {
    RequestId id;
};

/// One unfinished job as the store remembers it from an earlier run.
struct RestoredJob {
    RequestId id;
    std::string model;
    double credits = 0;
    bool needs_upload = false;
    bool reuse_identical = false;
    int priority = 0;
    JobState state = JobState::Queued;  ///< Queued, Submitting, Generating or OutcomeUnknown
    std::string task_id;                ///< known: the job is polled, whatever the state
    TimePoint submitted_at = {};
    bool cancelled = false;                ///< collect it into the library, make no texture
    std::string fingerprint;               ///< see IntentWritten
    std::optional<Error> error;            ///< of OutcomeUnknown, as it was written
    std::string hinted_task;               ///< of OutcomeUnknown: see WriteHint
    std::optional<double> balance_before;  ///< last known before the paid call
    double spent_since = 0;                ///< by other jobs' paid calls since then
};
/// How long a finished job took, newest last.
struct PastDuration {
    std::string model;
    Duration duration = {};
};
/// A paid call of the last day, by whatever process.
struct PastSpend {
    TimePoint at = {};
    double credits = 0;
};
/// What earlier runs left: at the start, and as the answer to TakeOver.
struct Restore {
    std::vector<RestoredJob> jobs;
    std::vector<PastDuration> durations;
    std::vector<PastSpend> spends;
};

// ---- outcomes: from the executors

/// Answers LoadInput.
struct InputLoaded {
    RequestId id;
    std::optional<Error> error;
};
/// Answers WriteIntent and FindIdentical: written, or the picture of an identical request was found, or an
/// error.
struct IntentWritten {
    RequestId id;
    ImageId identical;
    std::string fingerprint;  ///< equal for requests that make the same picture
    std::optional<Error> error;
};
/// What went wrong with a call that costs nothing and may be repeated.
struct CallTrouble {
    Error error;
    bool permanent = false;               ///< repeating it will not help
    std::optional<Duration> retry_after;  ///< the server's wish
};
/// Answers UploadInput. The runtime keeps the address.
struct InputUploaded {
    RequestId id;
    std::optional<CallTrouble> trouble;
};
/// Answers WriteSubmitting: written, or the window shared with other processes is full, or an error.
struct SubmittingWritten {
    RequestId id;
    std::optional<TimePoint> wait_until;
    std::optional<Error> error;
};

/// A task exists and is paid for.
struct Accepted {
    std::string task_id;
};
/// It is certain that no task was started.
struct NotAccepted {
    enum class Again : std::uint8_t {
        Never,
        NoConnection,  ///< nothing reached the server: back off and try again
        NextWindow,    ///< rate limited: every submit waits
        Later,         ///< maintenance
        Once,          ///< a server error: one more try
    };
    Error error;
    Again again = Again::Never;
    std::optional<Duration> retry_after;
};
/// It is not known whether a task was started. Never answered with a second POST.
struct OutcomeLost {
    Error error;
};
using SubmitReply = std::variant<Accepted, NotAccepted, OutcomeLost>;
/// Answers Post.
struct Submitted {
    RequestId id;
    SubmitReply reply;
};
/// Answers WriteTask.
struct TaskWritten {
    RequestId id;
    std::optional<Error> error;
};

struct TaskRunning {};
/// The record is missing: normal right after the submit, a loss later.
struct TaskMissing {
    Error error;
};
struct TaskDone {
    std::string url;
};
/// The service says that there will be no picture.
struct TaskFailed {
    Error error;
};
struct PollTrouble {
    Error error;
    std::optional<Duration> retry_after;
};
using PollReply = std::variant<TaskRunning, TaskMissing, TaskDone, TaskFailed, PollTrouble>;
/// Answers Poll.
struct Polled {
    RequestId id;
    PollReply reply;
};

/// Answers Fetch: the file is complete on disk (not yet in the library), or trouble. `permanent` means that
/// this address is dead: the record is asked for a fresh one.
struct Fetched {
    RequestId id;
    std::optional<CallTrouble> trouble;
};
/// Answers ReadBalance, and comes whenever the balance was read.
struct BalanceRead {
    std::optional<double> credits;  ///< none: it could not be read
};
/// Answers StoreResult.
struct ResultStored {
    RequestId id;
    ImageId image;
    std::optional<Error> error;
};
/// Answers Decode: the pixels wait in the runtime.
struct Decoded {
    RequestId id;
    std::optional<Error> error;
};
/// Answers Deliver.
struct Delivered {
    RequestId id;
    std::optional<Error> error;
};
/// Answers WriteState, and says which. Unlike the others it may come while the job does something else.
struct StateWritten {
    RequestId id;
    JobState state = JobState::Queued;
    std::optional<Error> error;
};

/// The process is about to end: nothing new is started, and what is about to be paid for is taken back.
struct Closing {};
/// Nothing happened but time.
struct Tick {};

using Event =
    std::variant<Tick, Closing, Submit, Cancel, Retry, Resolve, Resume, LoadImage, SetCreditLimit, Forget,
                 CalledBack, Restore, InputLoaded, IntentWritten, InputUploaded, SubmittingWritten, Submitted,
                 BalanceRead, TaskWritten, Polled, Fetched, ResultStored, Decoded, Delivered, StateWritten>;

// ---- actions: what the executors are to do

/// Read, check and encode the input picture.
struct LoadInput {
    RequestId id;
};
/// Make the request durable as Queued; with `find_identical`, look for an earlier picture first (and then
/// make it durable as Ready with that picture).
struct WriteIntent {
    RequestId id;
    bool find_identical = false;
};
/// Look for an earlier picture of a job that is durable as Queued, and make it Ready with that.
struct FindIdentical {
    RequestId id;
};
struct UploadInput {
    RequestId id;
};
/// Make "the paid call is about to leave" durable, unless all processes together would then pass
/// `count` submits in any `window`, or `limit_per_day` credits in a day.
struct WriteSubmitting {
    RequestId id;
    int count = 0;
    Duration window = {};
    double credits = 0;
    std::optional<double> limit_per_day;
    std::optional<double> balance_before;
};
/// Keep the task that a callback named for a job of unknown outcome, over a restart; empty: it was none. Not
/// answered.
struct WriteHint {
    RequestId id;
    std::string task_id;
};
/// Ask the service how many credits are left.
struct ReadBalance {};
/// Look for processes that ended, and take over what they left. Answered by Restore.
struct TakeOver {};
/// The paid call. Never emitted before SubmittingWritten came back without error.
struct Post {
    RequestId id;
};
struct WriteTask {
    RequestId id;
    std::string task_id;
    bool unclaimed = false;  ///< only if no other job, and no earlier attempt, has this task, else Conflict
};
struct Poll {
    RequestId id;
    std::string task_id;
    Duration gap = {};  ///< between any two polls of all processes
};
struct Fetch {
    RequestId id;
    std::string url;
};
/// Move the fetched file into the library and make the row say so.
struct StoreResult {
    RequestId id;
};
struct Decode {
    RequestId id;
    ImageId image;
};
struct Deliver {
    RequestId id;
};
/// Make a state durable: Queued (again: the task id is cleared), Generating (again), Failed, Cancelled,
/// OutcomeUnknown; `cancelled` marks a task that is still to be collected.
struct WriteState {
    RequestId id;
    JobState state = JobState::Failed;
    bool cancelled = false;
    std::optional<Error> error;
};
/// End this job's upload as soon as possible. Its outcome still comes. Never cuts a Post.
struct AbortCall {
    RequestId id;
};
/// Throw away pixels and buffers kept for a job that will not be delivered.
struct DropBuffers {
    RequestId id;
};

/// What the public RequestInfo shall say.
struct Publish {
    RequestId id;
    JobState state = JobState::Queued;
    WaitReason waiting = WaitReason::None;
    TimePoint waits_until = {};
    std::optional<Error> error;
    std::string task_id;
    TimePoint submitted_at = {};
    TimePoint finished_at = {};
    Duration typical_duration = {};
    ImageId image;
    std::optional<double> balance_change;
    bool cancel_requested = false;
    bool reused = false;
    bool restored = false;
};
/// Answers Forget: nothing more will be published of this job.
struct Forgotten {
    RequestId id;
};
/// Money and the window, for Account.
struct PublishAccount {
    double spent = 0;
    double reserved = 0;
    double spent_last_day = 0;
    TimePoint submits_paused_until = {};
};

using Action = std::variant<LoadInput, WriteIntent, FindIdentical, UploadInput, WriteSubmitting, WriteHint,
                            ReadBalance, TakeOver, Post, WriteTask, Poll, Fetch, StoreResult, Decode, Deliver,
                            WriteState, AbortCall, DropBuffers, Publish, Forgotten, PublishAccount>;
using Actions = std::vector<Action>;

}  // namespace kontexture::engine
