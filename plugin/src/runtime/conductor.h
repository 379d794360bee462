#pragma once

#include "engine/engine.h"
#include "runtime/workers.h"

#include <thread>
#include <unordered_map>

namespace kontexture::runtime {

/// Wall-clock time that only moves forward while the process lives, whatever is done to the machine's clock.
class Clock {
public:
    Clock();
    engine::TimePoint now() const;
    std::chrono::steady_clock::time_point steady(engine::TimePoint time) const;

private:
    engine::TimePoint wall_start_;
    std::chrono::steady_clock::time_point steady_start_;
};

/// The thread that owns the engine: events in, actions out to the workers, news up to the owner thread. It
/// sleeps until there is an event or the engine's next wake-up.
class Conductor {
public:
    Conductor(engine::EngineConfig config, const Clock& clock, Workers& workers, Mailbox<News>& news);
    ~Conductor();

    /// Any thread. `data` comes with the first event of a job.
    void tell(engine::Event event, JobPtr data = nullptr);
    void restore(engine::Restore event, std::vector<JobPtr> jobs);
    void stop();

private:
    struct Message {
        engine::Event event;
        std::vector<JobPtr> jobs;
    };

    void loop();
    void carry_out(engine::Actions actions);
    template <typename Action>
    void carry_out(const Action& action);
    JobPtr job(RequestId id) const;

    engine::Engine engine_;
    const Clock& clock_;
    Workers& workers_;
    Mailbox<News>& news_;
    Mailbox<Message> mailbox_;
    std::unordered_map<std::uint64_t, JobPtr> jobs_;
    std::thread thread_;
};

}  // namespace kontexture::runtime
