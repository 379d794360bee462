#include "engine/engine.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

// Paid calls whose answer was lost: what the balance says about them, and callbacks that bring the task after
// all.
namespace kontexture::engine {

using namespace std::chrono_literals;

namespace {

/// The service books with a delay.
constexpr Duration kBookingTime = 3s;
constexpr Duration kBetweenHints = 5s;
constexpr int kMaxChecks = 8;
/// How every sentence about it begins.
constexpr char kBalance[] = " The balance ";

}  // namespace

void Engine::become_unknown(Job& job, Error error) {
    // It may have been charged, so it counts against the limits.
    settle(job, true);
    job.error = std::move(error);
    remember_lost(job);
    job.cancel = false;
    job.attempts = 0;
    move(job, Step::Unknown);
    actions_.push_back(WriteState{job.id, JobState::OutcomeUnknown, false, job.error});
    publish(job);
    balance_due_ = now_ + kBookingTime;
    if (!job.hinted_task.empty() && !is_claimed(job.hinted_task, job.id))
        take_hint(job, std::exchange(job.hinted_task, {}));
    erase_if_forgotten(job.id);
}

/// What is said of the balance is said anew; a job of an earlier run may bring an older sentence.
void Engine::remember_lost(Job& job) {
    job.lost = *job.error;
    job.lost.message.resize(std::min(job.lost.message.size(), job.lost.message.find(kBalance)));
}

/// Asks for the balance unless that is under way.
void Engine::read_balance() {
    balance_due_.reset();
    if (reading_balance_ || !config_.reads_balance) return;
    reading_balance_ = true;
    balance_asked_at_ = now_;
    posts_at_balance_ = posts_started_;
    actions_.push_back(ReadBalance{});
}

void Engine::handle(const BalanceRead& event) {
    reading_balance_ = false;
    if (!event.credits) return;
    const auto waits = [](const Job& job) {
        return state_of(job.step) == JobState::OutcomeUnknown && job.balance_before;
    };
    if (posts_under_way_ > 0 || posts_started_ != posts_at_balance_) {
        // Nobody knows whether it has those calls in it.
        const bool asked =
            std::any_of(jobs_.begin(), jobs_.end(), [&](const auto& each) { return waits(each.second); });
        if (asked) balance_due_ = now_ + kBookingTime;
        return;
    }
    balance_ = event.credits;
    balance_accepted_ = accepted_;
    balance_at_ = now_;
    for (auto& [id, job] : jobs_)
        if (waits(job)) explain_balance(job);
}

/// The change of the balance across the paid call, without what other jobs of this process took meanwhile.
void Engine::explain_balance(Job& job) {
    const double change = *balance_ - *job.balance_before + (accepted_ - job.accepted_before);
    if (job.balance_change && std::abs(*job.balance_change - change) < 1e-6) return;
    job.balance_change = change;
    char text[200];
    if (change <= -job.credits + 1e-6 && job.credits > 0) {
        std::snprintf(text, sizeof text,
                      "%sfell by %g credits meanwhile (the price is %g): it was probably charged.", kBalance,
                      -change, job.credits);
    } else if (std::abs(change) < 1e-6) {
        std::snprintf(text, sizeof text, "%sdid not change: it was probably not charged.", kBalance);
    } else {
        std::snprintf(text, sizeof text, "%schanged by %+g credits meanwhile (the price is %g).", kBalance,
                      change, job.credits);
    }
    job.error = job.lost;
    job.error->message += text;
    actions_.push_back(WriteState{job.id, JobState::OutcomeUnknown, false, job.error});
    publish(job);
}

void Engine::handle(const Resolve& event) {
    Job* job = find(event.id);
    // What a person no longer sees they do not decide on.
    if (job && !job->forgotten) resolve(*job, event.resolution);
}

void Engine::resolve(Job& job, Resolution resolution) {
    // The record may be about to answer the question; what a person decided counts when it does not.
    if (job.step == Step::Checking || job.adopted) {
        if (resolution != Resolution::Wait) job.decided = resolution;
        if (job.adopted) job.cancel = job.decided == Resolution::Discard;
        return;
    }
    if (job.step != Step::Unknown && job.step != Step::CheckWait) return;
    switch (resolution) {
        case Resolution::Wait: return read_balance();
        case Resolution::Discard: unqueue(job); return finish_cancelled(job);
        case Resolution::SendAgain:
            if (!reserve(job)) {
                job.error = over_limit(job.credits);
                return publish(job);
            }
            unqueue(job);
            job.attempts = job.server_errors = 0;
            job.error.reset();
            job.balance_before.reset();
            job.balance_change.reset();
            job.hinted_task.clear();
            job.lost_at = std::exchange(job.submitted_at, {});
            job.observed = true;
            job.sent_again = true;
            return write_back(job, now_, WaitReason::Turn);
    }
}

void Engine::handle(const CalledBack& event) {
    Job* job = find(event.id);
    // Forged ones must not turn into a flood of polls.
    if (!job || (job->called_back_at != TimePoint{} && now_ < job->called_back_at + kBetweenHints)) return;
    if (is_claimed(event.task_id, job->id)) return;
    job->called_back_at = now_;
    switch (job->step) {
        case Step::Posting:
            job->hinted_task = event.task_id;
            actions_.push_back(WriteHint{job->id, event.task_id});
            return;
        case Step::Unknown: return take_hint(*job, event.task_id);
        case Step::SubmitWait:
            if (!job->sent_again) return;
            job->hinted_task = event.task_id;
            return back_to_unknown(*job);
        case Step::WritingBack:
        case Step::Uploading:
        case Step::WritingSubmitting:
            if (!job->sent_again) return;
            job->hinted_task = event.task_id;
            actions_.push_back(WriteHint{job->id, event.task_id});
            return;
        case Step::WritingTask:
        case Step::TaskWriteWait:
        case Step::Polling: job->called_back = true; return;
        case Step::PollWait:
            // Already due, or told to wait by a server in trouble.
            if (job->due <= now_ || job->waiting == WaitReason::Retry) return;
            timers_.erase({job->due, job->id});
            job->due = now_;
            timers_.insert({job->due, job->id});
            return;
        case Step::Failed:
            if (job->task_open && job->task_id == event.task_id) return handle(Retry{event.id});
            if (!job->sent_again || !job->task_id.empty()) return;
            job->hinted_task = event.task_id;
            return back_to_unknown(*job);
        case Step::LoadingInput:
        case Step::WritingIntent:
        case Step::Following:
        case Step::Held:
        case Step::FetchWait:
        case Step::Fetching:
        case Step::Storing:
        case Step::DecodeWait:
        case Step::Decoding:
        case Step::Delivering:
        case Step::Ready:
        case Step::Cancelled:
        case Step::CheckWait:
        case Step::Checking: return;
    }
}

/// The first paid call did start a task, it seems: before that is known, no second one leaves.
void Engine::back_to_unknown(Job& job) {
    unqueue(job);
    settle(job, false);
    move(job, Step::Unknown);
    start_running(job);
    job.submitted_at = job.lost_at;
    job.finished_at = {};
    job.observed = false;
    job.error = job.lost;
    actions_.push_back(WriteState{job.id, JobState::OutcomeUnknown, false, job.error});
    take_hint(job, std::exchange(job.hinted_task, {}));
}

void Engine::take_hint(Job& job, const std::string& task_id) {
    job.hinted_task = task_id;
    job.attempts = job.unfound = 0;
    actions_.push_back(WriteHint{job.id, task_id});
    check_task(job, now_);
}

void Engine::check_task(Job& job, TimePoint due) {
    wait(job, Step::CheckWait, due);
    job.waiting = WaitReason::Check;
    publish(job);
}

/// The record of the task that a callback named was asked for. It becomes this job's task only when there is
/// one.
void Engine::on_check(Job& job, const PollReply& reply) {
    const bool missing = std::holds_alternative<TaskMissing>(reply);
    if (missing || std::holds_alternative<PollTrouble>(reply)) {
        // Only what the service says counts against the hint; a network that is down says nothing.
        job.unfound += missing;
        if (job.unfound >= kMaxChecks) return give_up_hint(job);
        check_task(job, now_ + 1s + back_off(++job.attempts, 1s, 60s, jitter()));
        return act_on_decision(job);
    }
    job.task_id = std::exchange(job.hinted_task, {});
    job.adopted = true;
    job.cancel = job.decided == Resolution::Discard;
    job.attempts = 0;
    // One that has ended is collected at once, not when the plan says.
    if (!std::holds_alternative<TaskRunning>(reply)) job.called_back = true;
    move(job, Step::WritingTask);
    job.waiting = WaitReason::Check;
    actions_.push_back(WriteTask{job.id, job.task_id, true});
    publish(job);
}

void Engine::give_up_hint(Job& job) {
    job.hinted_task.clear();
    job.task_id.clear();
    job.adopted = job.cancel = false;
    job.attempts = 0;
    actions_.push_back(WriteHint{job.id, {}});
    job.error = job.lost;
    move(job, Step::Unknown);
    actions_.push_back(WriteState{job.id, JobState::OutcomeUnknown, false, job.error});
    publish(job);
    if (job.balance_before) balance_due_ = now_;
    const RequestId id = job.id;
    act_on_decision(job);
    erase_if_forgotten(id);
}

/// What a person decided during the check. One who has let the request go since wants no second payment.
void Engine::act_on_decision(Job& job) {
    const auto decided = std::exchange(job.decided, {});
    if (decided && !(job.forgotten && *decided == Resolution::SendAgain)) resolve(job, *decided);
}

bool Engine::is_claimed(const std::string& task_id, RequestId by_other_than) const {
    return std::any_of(jobs_.begin(), jobs_.end(), [&](const auto& each) {
        return each.second.task_id == task_id && each.second.id != by_other_than;
    });
}

}  // namespace kontexture::engine
