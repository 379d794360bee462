#include "runtime/conductor.h"

#include <ctime>

namespace kontexture::runtime {

namespace {

/// Nobody can set it, and unlike the steady clock it goes on while the machine sleeps: a day's limit counts
/// nights.
engine::Duration since_boot() {
#ifdef CLOCK_BOOTTIME
    timespec time{};
    if (clock_gettime(CLOCK_BOOTTIME, &time) == 0)
        return std::chrono::duration_cast<engine::Duration>(std::chrono::seconds(time.tv_sec) +
                                                            std::chrono::nanoseconds(time.tv_nsec));
#endif
    return std::chrono::duration_cast<engine::Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

Clock::Clock()
    : wall_start_(std::chrono::time_point_cast<engine::Duration>(std::chrono::system_clock::now())),
      start_(since_boot()) {}

engine::TimePoint Clock::now() const {
    return wall_start_ + (since_boot() - start_);
}

std::chrono::steady_clock::time_point Clock::steady(engine::TimePoint time) const {
    // One more millisecond: now() rounds down, and waking a moment early would mean waking twice.
    return std::chrono::steady_clock::now() + (time - now()) + std::chrono::milliseconds(1);
}

Conductor::Conductor(engine::EngineConfig config, const Clock& clock, Workers& workers, Mailbox<News>& news)
    : engine_(config), clock_(clock), workers_(workers), news_(news), thread_([this] { loop(); }) {}

Conductor::~Conductor() {
    stop();
}

void Conductor::tell(engine::Event event, JobPtr data) {
    Message message{std::move(event), {}, nullptr};
    if (data) message.jobs.push_back(std::move(data));
    mailbox_.push(std::move(message));
}

void Conductor::restore(Restored restored) {
    std::vector<RequestId> ids;
    for (const engine::RestoredJob& job : restored.event.jobs) ids.push_back(job.id);
    mailbox_.push(Message{std::move(restored.event), std::move(restored.jobs), nullptr});
    // Not before: a callback for a job that the engine does not know yet would be accepted and lost.
    workers_.expect_callbacks(ids);
}

void Conductor::tell_and_wait(engine::Event event, std::chrono::milliseconds patience) {
    auto dealt_with = std::make_shared<std::promise<void>>();
    const auto done = dealt_with->get_future();
    mailbox_.push(Message{std::move(event), {}, std::move(dealt_with)});
    done.wait_for(patience);
}

void Conductor::stop() {
    mailbox_.close();
    if (thread_.joinable()) thread_.join();
}

JobPtr Conductor::job(RequestId id) const {
    const auto found = jobs_.find(id.value);
    return found == jobs_.end() ? nullptr : found->second;
}

void Conductor::loop() {
    std::vector<Message> messages;
    for (;;) {
        std::optional<std::chrono::steady_clock::time_point> until;
        if (const auto wake = engine_.next_wake()) until = clock_.steady(*wake);
        const bool open = mailbox_.wait(messages, until);
        for (Message& message : messages) {
            for (JobPtr& data : message.jobs) jobs_[data->row.id.value] = data;
            carry_out(engine_.on(message.event, clock_.now()));
            if (message.dealt_with) message.dealt_with->set_value();
        }
        if (!open) return;
        if (messages.empty()) carry_out(engine_.on(engine::Tick{}, clock_.now()));
    }
}

void Conductor::carry_out(const engine::Deliver& action) {
    news_.push(DeliverNews{action.id, job(action.id)});
}

void Conductor::carry_out(const engine::AbortCall& action) {
    if (const JobPtr data = job(action.id); data && data->call) data->call->cancel();
}

void Conductor::carry_out(const engine::DropBuffers& action) {
    // The owner thread may be handing these pixels over, so it drops them.
    news_.push(DropNews{action.id});
}

void Conductor::carry_out(const engine::Publish& action) {
    news_.push(RequestNews{action, job(action.id)});
}

void Conductor::carry_out(const engine::Forgotten& action) {
    jobs_.erase(action.id.value);
    workers_.forget_callbacks(action.id);
    news_.push(ForgottenNews{action.id});
}

void Conductor::carry_out(const engine::PublishAccount& action) {
    news_.push(MoneyNews{action});
}

// After the specializations, because this uses them.
void Conductor::carry_out(engine::Actions actions) {
    for (const engine::Action& action : actions) std::visit([this](const auto& a) { carry_out(a); }, action);
}

}  // namespace kontexture::runtime
