#pragma once

#include "engine/engine.h"

#include <functional>
#include <map>
#include <queue>
#include <random>
#include <set>
#include <string>

namespace kontexture::sim {

using engine::Duration;
using engine::TimePoint;

/// How often things go wrong in one world, each a probability.
struct Faults {
    double no_connection = 0;
    double reply_lost = 0;  ///< the POST arrived, its answer does not
    double post_lost = 0;   ///< the POST left, but never arrived
    double refused = 0;     ///< a parsed error of any kind
    double poll_trouble = 0;
    double record_late = 0;
    double fetch_trouble = 0;
    double url_expired = 0;
    double damaged = 0;
    double task_fails = 0;
    double disk_full = 0;
    double host_fails = 0;
    double crash = 0;     ///< after any one event
    double meddling = 0;  ///< a person's cancel, retry, release, … after any one event
};

/// What a world did, for the report.
struct Tally {
    std::uint64_t jobs = 0, events = 0, posts = 0, accepted = 0, polls = 0, crashes = 0, faults = 0;
    std::uint64_t ready = 0, failed = 0, cancelled = 0, unknown = 0, pictures = 0;
    void add(const Tally& other);
};

/// One engine in a simulated world: service, network, disk, clock and person, all from one seed. The money
/// rules are checked at every step; the first violation ends the run and says so.
class World {
public:
    World(std::uint64_t seed, int jobs, bool trace);

    /// Empty when all rules held, otherwise what was broken.
    std::string run();
    const Tally& tally() const { return tally_; }

private:
    struct Row {
        JobState state = JobState::Queued;
        double credits = 0;
        bool needs_upload = false;
        std::string task_id;
        TimePoint submitted_at = {};
        bool cancelled = false;
        ImageId image;
    };
    struct Task {
        RequestId job;
        TimePoint visible_at = {};
        TimePoint done_at = {};
        bool fails = false;
    };
    struct JobModel {
        double credits = 0;
        bool needs_upload = false;
        int accepted = 0;       ///< POSTs that the service took
        int sent_again = 0;     ///< a person asked for another one, knowing
        bool may_post = false;  ///< submitted, resumed or resolved in this process
        bool damaged_fetch = false;
        bool forgotten = false;
        int outstanding = 0;  ///< actions under way, without WriteState
        JobState shown = JobState::Queued;
        bool was_shown = false;
        std::string last_task;
    };
    using Action = std::function<void()>;
    struct Timed {
        TimePoint at;
        std::uint64_t order;
        int process;  ///< zero: happens whether or not the process lives
        Action action;
        bool operator<(const Timed& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };

    // The process and its person
    void start_process();
    void crash();
    void feed(const engine::Event& event);
    void submit_next();
    void meddle();
    void settle_everything();

    // Executors: each takes time and then answers
    void carry_out(const engine::LoadInput& a);
    void carry_out(const engine::WriteIntent& a);
    void carry_out(const engine::FindIdentical& a);
    void carry_out(const engine::ReadBalance&);
    void carry_out(const engine::TakeOver&);
    void carry_out(const engine::UploadInput& a);
    void carry_out(const engine::WriteSubmitting& a);
    void carry_out(const engine::Post& a);
    void carry_out(const engine::WriteTask& a);
    void carry_out(const engine::Poll& a);
    void carry_out(const engine::Fetch& a);
    void carry_out(const engine::StoreResult& a);
    void carry_out(const engine::Decode& a);
    void carry_out(const engine::Deliver& a);
    void carry_out(const engine::WriteState& a);
    void carry_out(const engine::AbortCall&) {}
    void carry_out(const engine::DropBuffers& a);
    void carry_out(const engine::Publish& a);
    void carry_out(const engine::Forgotten& a);
    void carry_out(const engine::PublishAccount& a);

    void arrive(RequestId id, bool reply_lost, bool refused);
    engine::SubmitReply refusal();
    engine::PollReply record_of(const std::string& task_id);
    void answer(RequestId id, Duration after, engine::Event event);
    void disk(std::function<engine::Event(bool full)> write);
    std::optional<TimePoint> shared_window();
    void check_end();

    bool chance(double probability);
    Duration between(int from_ms, int to_ms);
    void at(TimePoint time, int process, Action action);
    void violate(const std::string& what);
    void note(const std::string& text);
    bool has_violation() const { return !violation_.empty(); }

    std::mt19937_64 random_;
    Faults faults_;
    bool trace_;
    bool calm_ = false;  ///< no more faults: everything must come to an end
    int jobs_wanted_;
    bool disk_was_full_ = false;
    bool fast_ = false;  ///< a near, quick service: bursts press against its rate limit
    std::optional<double> limit_;
    TimePoint now_{std::chrono::hours(480'000)};
    std::uint64_t order_ = 0;
    std::priority_queue<Timed> timeline_;

    std::optional<engine::Engine> engine_;
    int process_ = 0;
    TimePoint disk_free_at_ = {};  ///< writes are made one after the other
    std::optional<TimePoint> wake_;

    std::map<std::uint64_t, Row> rows_;
    std::map<std::uint64_t, JobModel> models_;
    std::map<std::string, Task> tasks_;
    std::set<std::string> stored_tasks_;  ///< task ids that ever reached the disk
    std::set<std::string> lost_tasks_;    ///< the service itself lost the picture
    std::deque<TimePoint> arrivals_;      ///< of POSTs, at the service
    std::deque<TimePoint> polls_;
    std::deque<TimePoint> journal_window_;           ///< submits written to disk
    std::map<std::uint64_t, std::uint64_t> images_;  ///< image -> job
    std::uint64_t last_id_ = 0;
    std::uint64_t last_image_ = 0;
    std::uint64_t last_task_ = 0;
    double charged_by_process_ = 0;

    std::string violation_;
    Tally tally_;
};

}  // namespace kontexture::sim
