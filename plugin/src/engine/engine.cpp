#include "engine/engine.h"

#include <algorithm>
#include <cassert>

// Commands, and what all stages share. The stages themselves: submitting.cpp, collecting.cpp, unknown.cpp;
// their order in time: dispatch.cpp.
namespace kontexture::engine {

namespace {

Error ended_while_sending() {
    return {ErrorCode::OutcomeUnknown, 0, 0,
            "The program ended while this request was being sent. The service may have taken and charged it; "
            "look at the service's task log, then send it again or discard it.",
            "restored without a task id"};
}

}  // namespace

Engine::Engine(EngineConfig config)
    : config_(config), jitter_(config.seed), window_(config.submits_per_window, config.window) {}

Actions Engine::on(const Event& event, TimePoint now) {
    now_ = std::max(now_, now);
    if (!take_over_due_ && config_.take_over_every > Duration::zero())
        take_over_due_ = now_ + config_.take_over_every;
    actions_.clear();
    std::visit([this](const auto& e) { handle(e); }, event);
    dispatch();
    return std::move(actions_);
}

Engine::Job* Engine::find(RequestId id) {
    const auto found = jobs_.find(id.value);
    return found == jobs_.end() ? nullptr : &found->second;
}

Engine::Job* Engine::find(RequestId id, Step step) {
    Job* job = find(id);
    return job && job->step == step ? job : nullptr;
}

void Engine::move(Job& job, Step to) {
    assert(allowed(job.step, to));
    job.step = to;
    job.due = {};
    job.waiting = WaitReason::None;
}

void Engine::wait(Job& job, Step to, TimePoint due) {
    move(job, to);
    job.due = due;
    timers_.insert({due, job.id});
}

/// Takes a waiting job out of whatever it waits in.
void Engine::unqueue(Job& job) {
    timers_.erase({job.due, job.id});
    posts_.erase({job.priority, job.id});
    uploads_.erase({job.priority, job.id});
    decodes_.erase({job.due, job.id});
    polls_.erase({job.due, job.id});
}

void Engine::handle(const Submit& event) {
    Job& job = jobs_[event.id.value];
    job.id = event.id;
    job.model = event.model;
    job.credits = event.credits;
    job.needs_upload = event.needs_upload;
    job.reuse_identical = event.reuse_identical;
    job.priority = event.priority;
    job.observed = true;
    if (!reserve(job)) return fail(job, over_limit(job.credits));
    start_intent(job);
}

void Engine::handle(const LoadImage& event) {
    Job& job = jobs_[event.id.value];
    job.id = event.id;
    job.image = event.image;
    job.from_library = true;
    job.step = Step::DecodeWait;
    job.due = now_;
    decodes_.insert({now_, job.id});
    publish(job);
}

void Engine::handle(const Cancel& event) {
    Job* job = find(event.id);
    if (!job || job->cancel) return;
    switch (job->step) {
        case Step::Uploading:
            job->cancel = true;
            actions_.push_back(AbortCall{job->id});
            return publish(*job);
        case Step::LoadingInput:
        case Step::WritingIntent:
        case Step::WritingSubmitting:
        case Step::WritingBack:
        case Step::Posting:
        case Step::WritingTask:
        case Step::TaskWriteWait:
        case Step::Decoding: job->cancel = true; return publish(*job);
        case Step::Delivering:
            job->cancel = true;
            actions_.push_back(DropBuffers{job->id});
            return;
        case Step::Following:
        case Step::Held:
        case Step::SubmitWait:
        case Step::DecodeWait:
            unqueue(*job);
            job->cancel = true;
            return finish_cancelled(*job);
        case Step::PollWait:
        case Step::Polling:
        case Step::FetchWait:
        case Step::Fetching:
        case Step::Storing: return cancel_task(*job);
        case Step::Ready:
        case Step::Failed:
        case Step::Cancelled:
        case Step::Unknown:
        case Step::CheckWait:
        case Step::Checking: return;
    }
}

void Engine::handle(const Retry& event) {
    Job* job = find(event.id, Step::Failed);
    if (!job || job->forgotten) return;
    job->attempts = job->server_errors = job->expired = job->damaged = job->missing = 0;
    if (job->image) {
        job->finished_at = {};
        job->error.reset();
        return queue_decode(*job);
    }
    if (job->task_open) {
        job->finished_at = {};
        job->error.reset();
        job->watched_since = now_;
        start_running(*job);
        actions_.push_back(WriteState{job->id, JobState::Generating, false, std::nullopt});
        poll_at(*job, now_);
        return publish(*job);
    }
    if (!reserve(*job)) {
        job->error = over_limit(job->credits);
        return publish(*job);
    }
    job->finished_at = {};
    job->error.reset();
    job->task_id.clear();
    job->url.clear();
    job->hinted_task.clear();
    job->balance_before.reset();
    job->submitted_at = job->last_running = {};
    job->observed = true;
    if (job->durable) return write_back(*job, now_, WaitReason::Turn);
    start_intent(*job);
}

void Engine::handle(const Resume& event) {
    std::vector<RequestId> held;
    if (event.id) {
        held.push_back(event.id);
    } else {
        for (const auto& [id, job] : jobs_)
            if (job.step == Step::Held) held.push_back(job.id);
        std::sort(held.begin(), held.end());
    }
    for (RequestId id : held) {
        Job* job = find(id, Step::Held);
        if (!job) continue;
        if (reserve(*job)) {
            job->error.reset();
            job->observed = true;
            if (job->reuse_identical) {
                look_for_identical(*job);
            } else {
                start_running(*job);
                queue_submit(*job, now_);
            }
        } else {
            job->error = over_limit(job->credits);
        }
        publish(*job);
    }
}

void Engine::handle(const SetCreditLimit& event) {
    (event.per_day ? config_.max_credits_per_day : config_.max_credits) = event.credits;
    publish_account();
}

void Engine::handle(const Forget& event) {
    Job* job = find(event.id);
    if (!job) {
        actions_.push_back(Forgotten{event.id});
        return;
    }
    handle(Cancel{event.id});
    job->forgotten = true;
    erase_if_forgotten(event.id);
}

void Engine::handle(const Restore& event) {
    for (const PastDuration& past : event.durations) plan_of(past.model).learn(past.duration);
    for (const RestoredJob& row : event.jobs) restore(row);
    for (const PastSpend& spend : event.spends) remember_spend(spend.at, spend.credits);
    if (!event.spends.empty()) publish_account();
    if (std::exchange(taking_over_, false)) take_over_due_ = now_ + config_.take_over_every;
}

void Engine::restore(const RestoredJob& row) {
    Job& job = jobs_[row.id.value];
    job.id = row.id;
    job.model = row.model;
    job.credits = row.credits;
    job.needs_upload = row.needs_upload;
    job.reuse_identical = row.reuse_identical;
    job.priority = row.priority;
    job.task_id = row.task_id;
    job.fingerprint = row.fingerprint;
    job.submitted_at = std::min(row.submitted_at, now_);
    job.watched_since = now_;
    job.balance_before = row.balance_before;
    job.accepted_before = accepted_ - row.spent_since;
    job.cancel = row.cancelled;
    job.durable = true;
    job.restored = true;
    if (row.submitted_at + 2 * config_.window > now_) {
        // The service may have seen it just now, whatever our clock said when it left.
        window_.started();
        window_.answered(now_);
    }
    if (!row.task_id.empty()) {
        // A known task is paid for; asking for it is free.
        job.step = Step::PollWait;
        job.due = now_;
        timers_.insert({job.due, job.id});
        start_running(job);
    } else if (row.state == JobState::Queued) {
        job.step = Step::Held;
        job.waiting = WaitReason::Resume;
    } else {
        job.step = Step::Unknown;
        job.cancel = false;
        job.error = row.error ? *row.error : ended_while_sending();
        remember_lost(job);
        job.hinted_task = row.hinted_task;
        start_running(job);
        if (row.state != JobState::OutcomeUnknown)
            actions_.push_back(WriteState{job.id, JobState::OutcomeUnknown, false, job.error});
        if (!job.hinted_task.empty()) return check_task(job, now_);
        if (job.balance_before) balance_due_ = now_;
    }
    publish(job);
}

void Engine::handle(const StateWritten& event) {
    Job* job = find(event.id, Step::WritingBack);
    if (!job || event.state != JobState::Queued) return;
    if (job->cancel) return finish_cancelled(*job);
    if (event.error) return fail(*job, *event.error);
    // A retry: what it waited for, or an identical request since, may have brought the picture.
    if (!job->running && job->reuse_identical) return look_for_identical(*job);
    start_running(*job);
    queue_submit(*job, job->due, job->waiting);
    publish(*job);
}

void Engine::write_back(Job& job, TimePoint due, WaitReason reason) {
    move(job, Step::WritingBack);
    job.due = due;
    job.waiting = reason;
    actions_.push_back(WriteState{job.id, JobState::Queued, false, job.error});
    publish(job);
}

void Engine::fail(Job& job, Error error, bool task_open) {
    job.error = std::move(error);
    // A paid task that may still bring a picture stays unfinished on disk: the next run asks for it again.
    const bool ask_again = task_open && job.error->code != ErrorCode::NotFound;
    if (job.cancel) return finish_cancelled(job, ask_again);
    move(job, Step::Failed);
    job.task_open = task_open;
    job.finished_at = now_;
    settle(job, false);
    if (job.durable && !job.image)
        actions_.push_back(
            WriteState{job.id, ask_again ? JobState::Generating : JobState::Failed, false, job.error});
    publish(job);
    stop_running(job, job.error);
    erase_if_forgotten(job.id);
}

void Engine::finish_cancelled(Job& job, bool ask_again) {
    move(job, Step::Cancelled);
    job.cancel = true;
    job.finished_at = now_;
    settle(job, false);
    if (job.durable && !job.image)
        actions_.push_back(
            WriteState{job.id, ask_again ? JobState::Generating : JobState::Cancelled, ask_again, job.error});
    publish(job);
    stop_running(job);
    erase_if_forgotten(job.id);
}

/// A task that exists is paid for: it goes on behind the scenes until its picture is in the library.
void Engine::cancel_task(Job& job) {
    job.cancel = true;
    actions_.push_back(WriteState{job.id, JobState::Generating, true, std::nullopt});
    publish(job);
}

void Engine::erase_if_forgotten(RequestId id) {
    Job* job = find(id);
    if (!job || !job->forgotten) return;
    if (!is_final(state_of(job->step)) && job->step != Step::Unknown) return;
    stop_running(*job);
    jobs_.erase(id.value);
    actions_.push_back(Forgotten{id});
}

void Engine::publish(const Job& job) {
    if (job.forgotten) return;
    // A task that a callback named is not certain before its row is written: it may be another job's.
    const bool behind_the_scenes = job.cancel && has_task(job.step) && !job.adopted;
    Publish news;
    news.id = job.id;
    news.state = behind_the_scenes ? JobState::Cancelled
                 : job.adopted     ? JobState::OutcomeUnknown
                                   : state_of(job.step);
    // Once its input is at the service, a job that waits for its turn does not fall back to "queued".
    if (news.state == JobState::Queued && job.uploaded_at != TimePoint{}) news.state = JobState::Preparing;
    news.waiting = behind_the_scenes ? WaitReason::None : job.waiting;
    news.waits_until = job.due;
    const bool tells_error = job.step == Step::Failed || news.state == JobState::OutcomeUnknown ||
                             job.waiting == WaitReason::Retry || job.waiting == WaitReason::Resume;
    if (tells_error) news.error = job.error;
    if (news.state == JobState::OutcomeUnknown) news.balance_change = job.balance_change;
    // Not before it is stored: what was told must still hold after a crash.
    if (job.step != Step::WritingTask) news.task_id = job.task_id;
    news.submitted_at = job.submitted_at;
    news.finished_at = job.finished_at;
    news.typical_duration = plan_of(job.model).median();
    news.image = job.image;
    news.cancel_requested = job.cancel;
    news.reused = job.reused;
    news.restored = job.restored;
    actions_.push_back(std::move(news));
}

}  // namespace kontexture::engine
