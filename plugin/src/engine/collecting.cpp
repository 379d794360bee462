#include "engine/engine.h"

#include <algorithm>

// From the task id to the texture. Nothing here gives a known task up on trouble that may pass.
namespace kontexture::engine {

using namespace std::chrono_literals;

namespace {

/// A record may appear late; after that it is missed for a while before it counts as gone.
constexpr Duration kRecordGrace = 15s;
constexpr Duration kMissingPatience = 2min;
constexpr int kMissingPolls = 6;
/// The service itself reports a time-out after ten minutes; a task still "running" after a day is stuck.
constexpr Duration kTaskLife = 24h;
constexpr int kMaxExpired = 4;
constexpr int kMaxDamaged = 3;

}  // namespace

void Engine::handle(const TaskWritten& event) {
    Job* job = find(event.id, Step::WritingTask);
    if (!job) return;
    if (event.error && event.error->code == ErrorCode::Conflict && job->adopted) return give_up_hint(*job);
    if (!event.error) {
        if (std::exchange(job->adopted, false)) accepted_ += job->credits;
        job->decided.reset();
        job->sent_again = false;
        job->attempts = 0;
        job->error.reset();
        job->balance_change.reset();
        // Not earlier: "generating" on disk promises the task's id.
        if (job->cancel) actions_.push_back(WriteState{job->id, JobState::Generating, true, std::nullopt});
        if (job->called_back) {
            poll_at(*job, now_);
        } else {
            poll_as_planned(*job);
        }
        return publish(*job);
    }
    job->error = event.error;
    wait(*job, Step::TaskWriteWait, now_ + 1s + back_off(++job->attempts, 1s, 30s, jitter()));
    job->waiting = WaitReason::Retry;
    publish(*job);
}

void Engine::poll_at(Job& job, TimePoint due) {
    wait(job, Step::PollWait, due);
}

void Engine::poll_as_planned(Job& job) {
    const TimePoint planned = job.submitted_at + plan_of(job.model).next(now_ - job.submitted_at);
    poll_at(job, std::max(planned, now_));
}

void Engine::poll_again(Job& job, Error error, TimePoint due) {
    job.error = std::move(error);
    poll_at(job, due);
    job.waiting = WaitReason::Retry;
    publish(job);
}

void Engine::handle(const Polled& event) {
    Job* job = find(event.id);
    if (!job || (job->step != Step::Polling && job->step != Step::Checking)) return;
    --polls_under_way_;
    if (job->step == Step::Checking) return on_check(*job, event.reply);
    std::visit([this, job](const auto& reply) { on_reply(*job, reply); }, event.reply);
}

void Engine::on_reply(Job& job, const TaskRunning&) {
    job.last_running = now_;
    job.attempts = job.missing = 0;
    if (now_ - job.watched_since > kTaskLife)
        return fail(
            job,
            Error{ErrorCode::ServiceTimeout,
                  0,
                  0,
                  "The service has not finished this picture within a day. Retry asks for it again for free.",
                  {}},
            true);
    const bool was_troubled = job.error.has_value();
    job.error.reset();
    // Called back while this poll was on its way: the record says "done" any moment now.
    if (job.called_back) {
        poll_at(job, now_ + 1s);
    } else {
        poll_as_planned(job);
    }
    if (was_troubled) publish(job);
}

void Engine::on_reply(Job& job, const TaskMissing& reply) {
    if (now_ - job.submitted_at < kRecordGrace) {
        poll_at(job, now_ + 1s + back_off(0, 1s, 1s, jitter()));
        return;
    }
    if (job.missing++ == 0) job.missing_since = now_;
    if (job.missing >= kMissingPolls && now_ - job.missing_since >= kMissingPatience)
        return fail(job, reply.error, true);
    poll_again(job, reply.error, now_ + 2s + back_off(job.missing, 2s, 30s, jitter()));
}

void Engine::on_reply(Job& job, const TaskDone& reply) {
    if (job.observed) {
        // It finished somewhere between the last "not yet" and now.
        const TimePoint before = std::max(job.last_running, job.submitted_at);
        plan_of(job.model).learn(before + (now_ - before) / 2 - job.submitted_at);
        job.observed = false;
    }
    job.attempts = 0;
    job.url = reply.url;
    job.error.reset();
    wait(job, Step::FetchWait, now_);
    publish(job);
}

void Engine::on_reply(Job& job, const TaskFailed& reply) {
    fail(job, reply.error);
}

void Engine::on_reply(Job& job, const PollTrouble& reply) {
    Duration after = back_off(++job.attempts, 1s, 30s, jitter(), reply.retry_after);
    // A refused key does not get better by itself; a person may set another.
    if (reply.error.code == ErrorCode::Unauthorized) after = std::max<Duration>(after, 30s);
    poll_again(job, reply.error, now_ + after);
}

void Engine::handle(const Fetched& event) {
    Job* job = find(event.id, Step::Fetching);
    if (!job) return;
    if (!event.trouble) {
        move(*job, Step::Storing);
        actions_.push_back(StoreResult{job->id});
        return;
    }
    --fetches_under_way_;
    const CallTrouble& trouble = *event.trouble;
    if (trouble.error.code == ErrorCode::ResultExpired) {
        if (++job->expired >= kMaxExpired) return fail(*job, trouble.error, true);
        return poll_again(*job, trouble.error, now_ + 1s + back_off(job->expired, 2s, 30s, jitter()));
    }
    if (trouble.permanent) return fail(*job, trouble.error, true);
    // Now and then the record is read again, in case the address has changed.
    const Duration after = back_off(++job->attempts, 1s, 60s, jitter(), trouble.retry_after);
    if (job->attempts % 4 == 0) return poll_again(*job, trouble.error, now_ + after);
    fetch_again(*job, trouble.error, after);
}

void Engine::fetch_again(Job& job, Error error, Duration after) {
    job.error = std::move(error);
    wait(job, Step::FetchWait, now_ + after);
    job.waiting = WaitReason::Retry;
    publish(job);
}

void Engine::handle(const ResultStored& event) {
    Job* job = find(event.id, Step::Storing);
    if (!job) return;
    --fetches_under_way_;
    if (!event.error) {
        job->image = event.image;
        job->error.reset();
        stop_running(*job);
        if (job->cancel) return finish_cancelled(*job);
        return queue_decode(*job);
    }
    if (event.error->code == ErrorCode::ImageTooLarge) return fail(*job, *event.error, true);
    if (event.error->code == ErrorCode::ImageDamaged) {
        if (++job->damaged >= kMaxDamaged) return fail(*job, *event.error, true);
        return poll_again(*job, *event.error, now_ + 1s + back_off(job->damaged, 2s, 30s, jitter()));
    }
    // The disk: the picture is safe at the service for a while, so wait for room.
    fetch_again(*job, *event.error, 2s + back_off(++job->attempts, 2s, 60s, jitter()));
}

void Engine::queue_decode(Job& job) {
    move(job, Step::DecodeWait);
    job.due = now_;
    decodes_.insert({job.due, job.id});
    publish(job);
}

void Engine::handle(const Decoded& event) {
    Job* job = find(event.id, Step::Decoding);
    if (!job) return;
    if (!event.error && !job->cancel) {
        move(*job, Step::Delivering);
        actions_.push_back(Deliver{job->id});
        return publish(*job);
    }
    --images_under_way_;
    actions_.push_back(DropBuffers{job->id});
    if (job->cancel) return finish_cancelled(*job);
    const bool fresh = !job->url.empty();
    if (event.error->code == ErrorCode::ImageDamaged && fresh && ++job->damaged < kMaxDamaged) {
        job->image = {};
        return poll_again(*job, *event.error, now_ + 1s + back_off(job->damaged, 2s, 30s, jitter()));
    }
    fail(*job, *event.error);
}

void Engine::handle(const Delivered& event) {
    Job* job = find(event.id, Step::Delivering);
    if (!job) return;
    --images_under_way_;
    if (job->cancel) return finish_cancelled(*job);
    if (event.error) return fail(*job, *event.error);
    move(*job, Step::Ready);
    job->finished_at = now_;
    publish(*job);
    erase_if_forgotten(job->id);
}

}  // namespace kontexture::engine
