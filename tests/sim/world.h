#pragma once

#include "faults.h"
#include "store_model.h"

#include "engine/engine.h"

#include <functional>
#include <queue>
#include <random>
#include <string>

namespace kontexture::sim {

struct WorldOptions {
    std::uint64_t seed = 1;
    int jobs = 200;
    int max_processes = 3;
    std::array<bool, kFaultCount> off{};  ///< faults that do not happen
    bool trace = false;
};

/// Up to three processes with an engine each in a simulated world: service, network, disk, clock and person,
/// all from one seed. The money rules are checked at every step; the first violation ends the run and says
/// so.
class World {
public:
    explicit World(const WorldOptions& options);

    /// Empty when all rules held, otherwise what was broken.
    std::string run();
    const Tally& tally() const { return tally_; }

private:
    /// A running program. It is gone at once when it crashes.
    struct Process {
        int number = 0;
        std::int64_t session = 0;
        std::optional<engine::Engine> engine;
        Duration clock = {};  ///< of its engine against the machine's steady clock; fixed at its start
        TimePoint started_at = {};
        TimePoint disk_free_at = {};  ///< writes are made one after the other
        TimePoint disk_full_until = {};
        TimePoint disk_troubled_at = {};  ///< when writes last failed or had to wait for long
        std::optional<TimePoint> wake;
        bool closing = false;
        std::map<std::uint64_t, bool> posts;  ///< by number: not answered; whether it has left
        TimePoint paused_until = {};          ///< a 429 said so
        std::optional<double> most_credits;   ///< highest limit so far
        double charged = 0;                   ///< by posts of this process, those of unknown outcome, too
        double reserved = 0;                  ///< as published
        std::uint64_t last_id = 0;
        std::map<std::string, int> paid_twins;   ///< accepted, by fingerprint
        std::map<std::string, int> asked_twins;  ///< of those that must be paid each
    };
    struct Task {
        RequestId job;
        TimePoint visible_at = {};
        TimePoint done_at = {};
        bool fails = false;
        bool on_disk = false;  ///< its id ever reached the store
        ImageId image;
        TimePoint polled_at = {};
    };
    struct Post {
        RequestId job;
        bool charged = false;
    };
    struct Job {
        RequestId id;
        double credits = 0;
        bool needs_upload = false;
        bool reuse_identical = false;
        std::string fingerprint;
        int submitted_by = 0;
        int may_post_in = 0;  ///< submitted, resumed or resolved in this process
        int accepted = 0;     ///< POSTs that the service took
        int sent_again = 0;   ///< a person asked for another one, knowing
        bool discarded = false;
        bool damaged_fetch = false;
        int busy_in = 0;
        int outstanding = 0;  ///< actions under way in that process, without WriteState
        int shown_in = 0;
        JobState shown = JobState::Queued;
        WaitReason waiting = WaitReason::None;
        int forgotten_in = 0;
        std::string last_task;
        std::string fetched_task;
    };
    using Action = std::function<void()>;
    struct Timed {
        TimePoint at;
        std::uint64_t order;
        int process;    ///< whose event it is; it dies with it, unless…
        bool outlives;  ///< …what is on the wire arrives
        Point point;
        Action action;
        bool operator<(const Timed& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };

    // Processes (processes.cpp)
    void start_process();
    void end_process(int number, bool crashed);
    void close(Process& p);
    void cut_posts(Process& p);
    void expect_take_over(std::int64_t session);
    void check_taken_over(std::int64_t session, TimePoint died_at);
    void check_polled(const std::vector<std::string>& tasks, TimePoint died_at);
    bool anyone_lived_since(TimePoint time) const;
    void feed(Process& p, const engine::Event& event);
    Process* find_process(int number);
    Process* owner_of(const Job& job);

    // The person (person.cpp)
    void submit_next();
    void submit(Process& p, const std::string& prompt, bool reuse);
    void meddle();
    void meddle_with(Process& p, Job& job);
    void resolve(Process& p, Job& job);
    void retry(Process& p, Job& job);
    void set_limit(Process& p);
    void disturb();
    void forge(Fault kind);

    // The disk (disk.cpp): each write takes some time and is then answered
    void carry_out(Process& p, const engine::WriteIntent& a);
    void carry_out(Process& p, const engine::FindIdentical& a);
    void carry_out(Process& p, const engine::WriteSubmitting& a);
    void carry_out(Process& p, const engine::WriteHint& a);
    void carry_out(Process& p, const engine::WriteTask& a);
    void carry_out(Process& p, const engine::StoreResult& a);
    void carry_out(Process& p, const engine::WriteState& a);
    void carry_out(Process& p, const engine::TakeOver& a);
    using Write = std::function<engine::Event(Process& p, bool full)>;
    void disk(Process& p, Point row, Point told, Write write);
    engine::Event store_result(Process& p, RequestId id);

    // Network and service (network.cpp, service.cpp)
    void carry_out(Process& p, const engine::LoadInput& a);
    void carry_out(Process& p, const engine::UploadInput& a);
    void carry_out(Process& p, const engine::ReadBalance& a);
    void carry_out(Process& p, const engine::Post& a);
    void carry_out(Process& p, const engine::Poll& a);
    void carry_out(Process& p, const engine::Fetch& a);
    void carry_out(Process&, const engine::AbortCall&) {}
    void send_post(Process& p, std::uint64_t number);
    void answer_post(int process, std::uint64_t number, const engine::SubmitReply& reply);
    void leave_poll(Process& p, const engine::Poll& a);
    void arrive(int process, std::uint64_t number);
    engine::SubmitReply accept(int process, std::uint64_t number);
    engine::SubmitReply refusal();
    engine::PollReply record_of(const std::string& task_id);
    void charge(int process, std::uint64_t number);
    void plan_callbacks(RequestId id, const std::string& task_id, TimePoint done_at);
    void call_back(RequestId id, const std::string& task_id, TimePoint time);

    // What is shown (shown.cpp)
    void carry_out(Process& p, const engine::Decode& a);
    void carry_out(Process& p, const engine::Deliver& a);
    void carry_out(Process&, const engine::DropBuffers&) {}
    void carry_out(Process& p, const engine::Publish& a);
    void carry_out(Process& p, const engine::Forgotten& a);
    void carry_out(Process& p, const engine::PublishAccount& a);

    // The end (ending.cpp)
    void become_calm();
    void start_once_more();
    bool settled(const Job& job);
    bool all_settled();
    void press_on();
    void check_jobs();
    void check_tasks();
    void check_twins();
    void check_reservations();

    void begin(Process& p, RequestId id, const char* what);
    void answer(Process& p, Point point, RequestId id, Duration after, engine::Event event);
    bool chance(double probability);
    bool chance(Fault fault);
    double level(double most);
    Duration between(int from_ms, int to_ms);
    void at(TimePoint time, int process, Point point, Action action, bool outlives = false);
    Duration steady() const { return now_.time_since_epoch(); }
    void step();
    void violate(const std::string& what);
    void note(const std::string& text);
    bool has_violation() const { return !violation_.empty(); }
    static std::string name(RequestId id);

    WorldOptions options_;
    std::mt19937_64 random_;
    std::array<double, kFaultCount> odds_{};  ///< of each fault
    bool calm_ = false;                       ///< no more faults: everything must come to an end
    bool last_run_ = false;
    bool faultless_ = false;
    bool fast_ = false;  ///< a near, quick service: bursts press against its rate limit
    bool callbacks_ = false;
    bool long_breaks_ = false;
    bool clock_jumped_ = false;
    int process_count_ = 1;
    int jobs_left_;
    int starting_ = 0;  ///< processes that will start
    std::optional<double> limit_;
    std::optional<double> limit_per_day_;
    std::optional<double> most_per_day_;
    TimePoint now_{std::chrono::hours(480'000)};  ///< steady
    Duration wall_ = {};                          ///< the machine's clock against it
    std::uint64_t order_ = 0;
    std::priority_queue<Timed> timeline_;
    int current_process_ = 0;  ///< of the event under way
    Point current_point_ = Point::Other;

    std::map<int, Process> processes_;  ///< living
    int last_process_ = 0;
    StoreModel store_;
    std::map<std::uint64_t, Job> jobs_;
    std::vector<RequestId> ids_;  ///< in order of their submission
    std::map<std::string, Task> tasks_;
    std::vector<std::string> known_tasks_;           ///< that reached the disk
    std::map<std::uint64_t, std::string> pictures_;  ///< image -> task
    std::deque<TimePoint> arrivals_;                 ///< of POSTs, at the service
    std::deque<TimePoint> polls_;                    ///< when they left
    std::deque<std::pair<TimePoint, double>> charges_;
    double charged_in_all_ = 0;
    std::uint64_t last_image_ = 0;
    std::uint64_t last_task_ = 0;
    std::uint64_t last_post_ = 0;
    std::map<std::uint64_t, Post> posts_;

    std::string violation_;
    Tally tally_;
};

}  // namespace kontexture::sim
