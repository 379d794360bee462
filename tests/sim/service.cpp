#include "world.h"

#include <algorithm>

// The service: what it takes, charges, answers and calls back.
namespace kontexture::sim {

using namespace std::chrono_literals;

namespace {

constexpr Duration kServiceWindow = 10s;
constexpr std::size_t kServiceLimit = 20;

Error error_of(ErrorCode code) {
    return Error{code, 0, 0, to_string(code), {}};
}

}  // namespace

/// The service sees a POST.
void World::arrive(int process, std::uint64_t number) {
    while (!arrivals_.empty() && arrivals_.front() + kServiceWindow <= now_) arrivals_.pop_front();
    arrivals_.push_back(now_);
    if (arrivals_.size() > kServiceLimit)
        return violate("more than 20 submits reached the service within 10 s");

    const engine::SubmitReply reply = chance(Fault::Refused) ? refusal() : accept(process, number);
    if (has_violation() || chance(Fault::ReplyLate)) return;
    const auto tell = [this, process, number](Duration after, engine::SubmitReply told) {
        at(now_ + after, process, Point::PostAnswer,
           [this, process, number, told = std::move(told)] { answer_post(process, number, told); });
    };
    if (chance(Fault::ReplyLost))
        return tell(between(10, 130'000), engine::OutcomeLost{error_of(ErrorCode::Network)});
    tell(between(10, fast_ ? 200 : chance(0.02) ? 100'000 : 3'000), reply);
}

engine::SubmitReply World::refusal() {
    using Again = engine::NotAccepted::Again;
    switch (std::uniform_int_distribution(0, 3)(random_)) {
        case 0: return engine::NotAccepted{error_of(ErrorCode::InsufficientCredits), Again::Never, {}};
        case 1: return engine::NotAccepted{error_of(ErrorCode::RateLimited), Again::NextWindow, {}};
        case 2:
            return engine::NotAccepted{error_of(ErrorCode::Maintenance), Again::Later, between(0, 60'000)};
        default: return engine::NotAccepted{error_of(ErrorCode::ServiceError), Again::Once, {}};
    }
}

engine::SubmitReply World::accept(int process, std::uint64_t number) {
    ++tally_.accepted;
    const RequestId id = posts_.at(number).job;
    Job& job = jobs_.at(id.value);
    if (++job.accepted > 1 + job.sent_again) violate("job " + name(id) + " was accepted, and charged, twice");
    charge(process, number);
    charged_in_all_ += job.credits;
    if (Process* p = find_process(process)) ++p->paid_twins[job.fingerprint];
    const std::string task = "task" + std::to_string(++last_task_);
    const Duration takes = between(3'000, chance(0.05) ? 600'000 : 25'000);
    const Duration hidden = chance(Fault::RecordLate) ? between(0, 18'000) : 0ms;
    tasks_[task] = {id, now_ + hidden, now_ + takes, chance(Fault::TaskFails), false, {}, {}};
    job.last_task = task;
    note("the service takes job " + name(id) + " as " + task);
    plan_callbacks(id, task, now_ + takes);
    return engine::Accepted{task};
}

/// Once for each POST that the service took, or may have taken as far as the process knows.
void World::charge(int process, std::uint64_t number) {
    Post& post = posts_.at(number);
    if (std::exchange(post.charged, true)) return;
    const double credits = jobs_.at(post.job.value).credits;
    while (!charges_.empty() && charges_.front().first + 24h <= now_) charges_.pop_front();
    charges_.push_back({now_, credits});
    double last_day = 0;
    for (const auto& [time, each] : charges_) last_day += each;
    // A day is what the machine's clock says.
    if (limit_per_day_ && !calm_ && !clock_jumped_ && last_day > *most_per_day_ + 1e-6)
        violate("more was charged than the limit per day allows");
    Process* p = find_process(process);
    if (!p) return;
    p->charged += credits;
    if (p->most_credits && !calm_ && p->charged > *p->most_credits + 1e-6)
        violate("more was charged than the session's limit allows");
}

engine::PollReply World::record_of(const std::string& task_id) {
    const auto found = tasks_.find(task_id);
    if (chance(Fault::PollTrouble)) {
        const bool key = chance(0.2);
        return engine::PollTrouble{error_of(key ? ErrorCode::Unauthorized : ErrorCode::Network),
                                   std::nullopt};
    }
    if (found == tasks_.end()) return engine::TaskMissing{error_of(ErrorCode::NotFound)};
    const Task& task = found->second;
    if (now_ < task.visible_at) return engine::TaskMissing{error_of(ErrorCode::NotFound)};
    if (now_ < task.done_at) return engine::TaskRunning{};
    if (task.fails) return engine::TaskFailed{error_of(ErrorCode::GenerationFailed)};
    return engine::TaskDone{"https://result/" + task_id};
}

void World::plan_callbacks(RequestId id, const std::string& task_id, TimePoint done_at) {
    if (!callbacks_) return;
    if (chance(Fault::CallbackEarly)) call_back(id, task_id, now_ + between(0, 100));
    if (chance(Fault::CallbackLost)) return;
    const Duration late = chance(Fault::CallbackLate) ? between(60'000, 3'600'000) : between(10, 3'000);
    call_back(id, task_id, done_at + late);
    if (chance(Fault::CallbackTwice)) call_back(id, task_id, done_at + late + between(0, 60'000));
}

/// It reaches the process that has the job, if there is one.
void World::call_back(RequestId id, const std::string& task_id, TimePoint time) {
    at(time, 0, Point::Callback, [this, id, task_id] {
        Process* p = owner_of(jobs_.at(id.value));
        if (!p) return;
        ++tally_.callbacks;
        current_process_ = p->number;
        note("callback to " + name(id) + ": " + task_id);
        feed(*p, engine::CalledBack{id, task_id});
    });
}

}  // namespace kontexture::sim
