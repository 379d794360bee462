#pragma once

#include "engine/engine.h"
#include "runtime/workers.h"

#include <future>
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
    engine::Duration start_;
};

/// The thread that owns the engine: events in, actions out to the workers, news up to the owner thread. It
/// sleeps until there is an event or the engine's next wake-up.
class Conductor {
public:
    Conductor(engine::EngineConfig config, const Clock& clock, Workers& workers, Mailbox<News>& news);
    ~Conductor();

    /// Any thread. `data` comes with the first event of a job.
    void tell(engine::Event event, JobPtr data = nullptr);
    void restore(Restored restored);
    /// Starts nothing new from now on. Returns when everything told before has been dealt with, at the latest
    /// after `patience`.
    void close(std::chrono::milliseconds patience) { tell_and_wait(engine::Closing{}, patience); }
    /// The same wait for everything told so far.
    void catch_up(std::chrono::milliseconds patience) { tell_and_wait(engine::Tick{}, patience); }
    /// Deals with everything told so far and ends the thread.
    void stop();

private:
    struct Message {
        engine::Event event;
        std::vector<JobPtr> jobs;
        std::shared_ptr<std::promise<void>> dealt_with;
    };
    void tell_and_wait(engine::Event event, std::chrono::milliseconds patience);

    void loop();
    void carry_out(engine::Actions actions);
    /// What the workers do; the others are told to the owner thread, or done here.
    template <typename Action>
    void carry_out(const Action& action) {
        workers_.run(action, job(action.id));
    }
    void carry_out(const engine::ReadBalance& action) { workers_.run(action); }
    void carry_out(const engine::TakeOver& action) { workers_.run(action); }
    void carry_out(const engine::Deliver& action);
    void carry_out(const engine::AbortCall& action);
    void carry_out(const engine::DropBuffers& action);
    void carry_out(const engine::Publish& action);
    void carry_out(const engine::Forgotten& action);
    void carry_out(const engine::PublishAccount& action);
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
