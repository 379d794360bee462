#pragma once

#include "engine/messages.h"
#include "engine/poll_plan.h"
#include "engine/schedule.h"
#include "engine/transitions.h"

#include <map>
#include <set>
#include <unordered_map>

namespace kontexture::engine {

struct EngineConfig {
    int submits_per_window = 18;  ///< the account's limit is 20
    Duration window = std::chrono::seconds(10);
    Duration poll_gap = std::chrono::milliseconds(100);  ///< between any two polls
    int max_uploads = 2;                                 ///< under way at a time, as the next
    int max_posts = 4;
    int max_polls = 4;
    int max_fetches = 4;
    int max_images = 3;  ///< being decoded or delivered: what bounds memory
    Duration expected_duration = std::chrono::seconds(12);  ///< of a model nothing is known of
    std::optional<double> max_credits;
    std::optional<double>
        max_credits_per_day;    ///< of all processes; those of others are looked at by WriteSubmitting
    bool reads_balance = true;  ///< the service can be asked for it
    Duration take_over_every = Duration::zero();  ///< how often to look for ended processes; zero: never
    std::uint64_t seed = 1;
};

/// The brain: every decision about transitions, retries, limits, times and money. No threads, no clock, no
/// I/O.
///
/// `on` takes what happened and gives what is to be done, in order; `next_wake` says when to come back with a
/// Tick if nothing happens before. Thread: one at a time.
class Engine {
public:
    explicit Engine(EngineConfig config);

    Actions on(const Event& event, TimePoint now);
    std::optional<TimePoint> next_wake() const { return next_wake_; }

private:
    struct Job {
        RequestId id;
        Step step = Step::LoadingInput;
        std::string model;
        double credits = 0;
        double reserved = 0;
        int priority = 0;
        bool needs_upload = false;
        bool reuse_identical = false;
        bool durable = false;  ///< has a row
        bool from_library = false;
        bool reused = false;
        bool restored = false;
        bool cancel = false;  ///< asked for; a task that exists is still collected
        bool forgotten = false;
        bool task_open = false;    ///< Failed, but the service may still have the picture
        bool observed = false;     ///< submitted by this run, so the duration is known
        bool sent_again = false;   ///< an earlier paid call of unknown outcome may still bring a task
        bool adopted = false;      ///< the task was named by a callback, not by the answer
        bool called_back = false;  ///< since the last poll was sent
        bool running = false;      ///< may bring the picture that followers wait for
        int attempts = 0;          ///< of the current kind of call
        int server_errors = 0;
        int expired = 0;
        int damaged = 0;
        int missing = 0;
        int unfound = 0;  ///< how often the service did not know the hinted task
        TimePoint missing_since = {};
        TimePoint uploaded_at = {};
        TimePoint submitted_at = {};
        TimePoint watched_since = {};  ///< by this process, whose clock need not agree with an earlier one's
        TimePoint last_running = {};   ///< the last poll that said "not yet"
        TimePoint finished_at = {};
        TimePoint due = {};  ///< of a "-Wait" step
        TimePoint called_back_at = {};
        TimePoint lost_at = {};  ///< when the paid call of unknown outcome left that was sent again
        std::string task_id;
        std::string hinted_task;            ///< named by a callback while no task was known
        std::optional<Resolution> decided;  ///< while the hinted task is being asked for
        std::string fingerprint;
        std::vector<RequestId> followers;
        std::optional<double> balance_before;  ///< of the paid call
        std::optional<double> balance_change;
        double accepted_before = 0;  ///< accepted_ when balance_before was read
        Error lost;                  ///< of Unknown, without what the balance says
        std::string url;
        ImageId image;
        std::optional<Error> error;
        WaitReason waiting = WaitReason::None;
    };
    struct SubmitOrder {
        int priority;
        RequestId id;
        bool operator<(const SubmitOrder& other) const {
            return priority != other.priority ? priority > other.priority : id < other.id;
        }
    };
    struct Due {
        TimePoint at;
        RequestId id;
        auto operator<=>(const Due&) const = default;
    };

    // What happened (engine.cpp, submitting.cpp, collecting.cpp, unknown.cpp)
    void handle(const Tick&) {}
    void handle(const Closing&) { closing_ = true; }
    void handle(const Submit& event);
    void handle(const Cancel& event);
    void handle(const Retry& event);
    void handle(const Resolve& event);
    void handle(const Resume& event);
    void handle(const LoadImage& event);
    void handle(const SetCreditLimit& event);
    void handle(const Forget& event);
    void handle(const CalledBack& event);
    void handle(const Restore& event);
    void handle(const InputLoaded& event);
    void handle(const IntentWritten& event);
    void handle(const InputUploaded& event);
    void handle(const SubmittingWritten& event);
    void handle(const Submitted& event);
    void handle(const BalanceRead& event);
    void handle(const TaskWritten& event);
    void handle(const Polled& event);
    void handle(const Fetched& event);
    void handle(const ResultStored& event);
    void handle(const Decoded& event);
    void handle(const Delivered& event);
    void handle(const StateWritten& event);

    void on_check(Job& job, const PollReply& reply);
    void on_reply(Job& job, const Accepted& reply);
    void on_reply(Job& job, const NotAccepted& reply);
    void on_reply(Job& job, const OutcomeLost& reply);
    void on_reply(Job& job, const TaskRunning& reply);
    void on_reply(Job& job, const TaskMissing& reply);
    void on_reply(Job& job, const TaskDone& reply);
    void on_reply(Job& job, const TaskFailed& reply);
    void on_reply(Job& job, const PollTrouble& reply);

    // Moves
    Job* find(RequestId id);
    Job* find(RequestId id, Step step);  ///< null as well when the job is elsewhere: a stale outcome
    void move(Job& job, Step to);
    void wait(Job& job, Step to, TimePoint due);
    void start_intent(Job& job);
    void queue_submit(Job& job, TimePoint ready, WaitReason reason = WaitReason::Turn);
    void write_back(Job& job, TimePoint due, WaitReason reason);
    void poll_at(Job& job, TimePoint due);
    void poll_as_planned(Job& job);
    void poll_again(Job& job, Error error, TimePoint due);
    void fetch_again(Job& job, Error error, Duration after);
    void queue_decode(Job& job);
    void fail(Job& job, Error error, bool task_open = false);
    void finish_cancelled(Job& job, bool ask_again = false);
    void cancel_task(Job& job);
    void erase_if_forgotten(RequestId id);
    void restore(const RestoredJob& row);
    bool upload_due(const Job& job) const;
    void unqueue(Job& job);

    // One picture for identical requests (following.cpp)
    bool follow(Job& job);
    void look_for_identical(Job& job);
    void start_running(Job& job);
    void stop_running(Job& job, const std::optional<Error>& error = {});

    // Outcomes that are not known (unknown.cpp)
    void become_unknown(Job& job, Error error);
    void check_task(Job& job, TimePoint due);
    void remember_lost(Job& job);
    void back_to_unknown(Job& job);
    void explain_balance(Job& job);
    bool is_claimed(const std::string& task_id, RequestId by_other_than) const;
    void take_hint(Job& job, const std::string& task_id);
    void give_up_hint(Job& job);
    void act_on_decision(Job& job);
    void resolve(Job& job, Resolution resolution);
    void read_balance();

    // Money (money.cpp)
    bool reserve(Job& job);
    void settle(Job& job, bool spent);
    Error over_limit(double credits);
    void remember_spend(TimePoint at, double credits);
    bool last_day_expired() const;
    double spent_last_day();

    // Time (dispatch.cpp)
    void dispatch();
    void wake_due();
    void dispatch_chores();
    std::optional<TimePoint> posts_held_until() const;
    void dispatch_submits();
    void dispatch_polls();
    void dispatch_fetches();
    void dispatch_decodes();
    void compute_wake();

    void publish(const Job& job);
    void publish_account();
    double jitter() { return jitter_.next(); }
    PollPlan& plan_of(const std::string& model) {
        return plans_.try_emplace(model, config_.expected_duration).first->second;
    }

    EngineConfig config_;
    Jitter jitter_;
    SubmitWindow window_;
    std::unordered_map<std::uint64_t, Job> jobs_;
    std::map<std::string, PollPlan> plans_;
    std::set<Due> timers_;
    std::set<SubmitOrder> posts_;    ///< SubmitWait, due, input at the service
    std::set<SubmitOrder> uploads_;  ///< SubmitWait, due, input to be uploaded first
    std::set<Due> polls_;            ///< PollWait, due
    std::set<Due> fetches_;          ///< FetchWait, due
    std::set<Due> decodes_;          ///< DecodeWait, by time of arrival
    int uploads_under_way_ = 0;
    int posts_under_way_ = 0;  ///< from WriteSubmitting on
    int polls_under_way_ = 0;
    int fetches_under_way_ = 0;  ///< including storing
    int images_under_way_ = 0;
    TimePoint next_poll_ = {};
    bool closing_ = false;
    std::set<std::pair<std::string, RequestId>> running_;  ///< by fingerprint
    double spent_ = 0;
    double reserved_ = 0;
    double accepted_ = 0;                        ///< the part of spent_ that is certain
    std::multimap<TimePoint, double> last_day_;  ///< paid calls
    double last_day_sum_ = 0;
    std::optional<double> balance_;
    double balance_accepted_ = 0;  ///< accepted_ when balance_ was read
    TimePoint balance_at_ = {};
    TimePoint balance_asked_at_ = {};
    std::uint64_t posts_started_ = 0;
    std::uint64_t posts_at_balance_ = 0;  ///< posts_started_ when it was asked for
    std::optional<TimePoint> balance_due_;
    bool reading_balance_ = false;
    std::optional<TimePoint> take_over_due_;
    bool taking_over_ = false;
    std::optional<TimePoint> next_wake_;
    TimePoint now_ = {};
    Actions actions_;
};

}  // namespace kontexture::engine
