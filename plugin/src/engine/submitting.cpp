#include "engine/engine.h"

// From acceptance to the answer of the paid call.
namespace kontexture::engine {

using namespace std::chrono_literals;

namespace {

constexpr int kMaxConnectionAttempts = 6;
constexpr int kMaxRateLimitedAttempts = 20;
constexpr int kMaxMaintenanceAttempts = 5;
/// Uploads are promised for 24 hours; older ones are made again before they are used.
constexpr Duration kUploadLife = 20h;
/// An older balance says little about what one paid call did to it.
constexpr Duration kBalanceLife = 60s;

}  // namespace

void Engine::start_intent(Job& job) {
    if (job.needs_upload && job.step != Step::LoadingInput) move(job, Step::LoadingInput);
    if (job.needs_upload) {
        actions_.push_back(LoadInput{job.id});
        return;
    }
    move(job, Step::WritingIntent);
    actions_.push_back(WriteIntent{job.id, job.reuse_identical});
}

void Engine::handle(const InputLoaded& event) {
    Job* job = find(event.id, Step::LoadingInput);
    if (!job) return;
    if (job->cancel) return finish_cancelled(*job);
    if (event.error) return fail(*job, *event.error);
    move(*job, Step::WritingIntent);
    actions_.push_back(WriteIntent{job->id, job->reuse_identical});
}

void Engine::handle(const IntentWritten& event) {
    Job* job = find(event.id, Step::WritingIntent);
    if (!job) return;
    if (event.error) return fail(*job, *event.error);
    job->durable = true;
    job->fingerprint = event.fingerprint;
    if (event.identical) {
        job->image = event.identical;
        job->reused = true;
        settle(*job, false);
    }
    if (job->cancel) return finish_cancelled(*job);
    if (job->image) return queue_decode(*job);
    if (!follow(*job)) {
        start_running(*job);
        queue_submit(*job, now_);
    }
    publish(*job);
}

bool Engine::upload_due(const Job& job) const {
    return job.needs_upload && (job.uploaded_at == TimePoint{} || now_ - job.uploaded_at > kUploadLife);
}

void Engine::queue_submit(Job& job, TimePoint ready, WaitReason reason) {
    if (job.sent_again && !job.hinted_task.empty()) return back_to_unknown(job);
    if (balance_asked_at_ + kBalanceLife < now_) read_balance();
    if (ready > now_) {
        wait(job, Step::SubmitWait, ready);
    } else {
        move(job, Step::SubmitWait);
        (upload_due(job) ? uploads_ : posts_).insert({job.priority, job.id});
    }
    job.waiting = reason;
}

void Engine::handle(const InputUploaded& event) {
    Job* job = find(event.id, Step::Uploading);
    if (!job) return;
    --uploads_under_way_;
    if (job->cancel) return finish_cancelled(*job);
    if (!event.trouble) {
        job->uploaded_at = now_;
        job->attempts = 0;
        job->error.reset();
        queue_submit(*job, now_);
        return publish(*job);
    }
    if (event.trouble->permanent || ++job->attempts >= kMaxConnectionAttempts)
        return fail(*job, event.trouble->error);
    job->error = event.trouble->error;
    queue_submit(*job, now_ + back_off(job->attempts, 1s, 30s, jitter(), event.trouble->retry_after),
                 WaitReason::Retry);
    publish(*job);
}

void Engine::handle(const SubmittingWritten& event) {
    Job* job = find(event.id, Step::WritingSubmitting);
    if (!job) return;
    // A 429 may have come while the row was written.
    const bool paused = now_ < window_.paused_until();
    const bool go =
        !event.error && !event.wait_until && !job->cancel && !closing_ && !paused && job->hinted_task.empty();
    if (!go) {
        window_.undone();
        --posts_under_way_;
    }
    if (job->cancel) return finish_cancelled(*job);
    if (event.error) return fail(*job, *event.error);
    if (event.wait_until) {
        window_.pause(*event.wait_until);
        queue_submit(*job, *event.wait_until, WaitReason::RateLimit);
        return publish(*job);
    }
    if (closing_) return write_back(*job, now_, WaitReason::Turn);
    if (paused) return write_back(*job, window_.paused_until(), WaitReason::RateLimit);
    if (!job->hinted_task.empty()) return write_back(*job, now_, WaitReason::Turn);
    ++posts_started_;
    move(*job, Step::Posting);
    job->submitted_at = job->watched_since = now_;
    actions_.push_back(Post{job->id});
    publish(*job);
}

void Engine::handle(const Submitted& event) {
    Job* job = find(event.id, Step::Posting);
    if (!job) return;
    --posts_under_way_;
    std::visit([this, job](const auto& reply) { on_reply(*job, reply); }, event.reply);
}

void Engine::on_reply(Job& job, const Accepted& reply) {
    window_.answered(now_);
    settle(job, true);
    accepted_ += job.credits;
    job.called_back = !job.hinted_task.empty();
    job.hinted_task.clear();
    job.sent_again = false;
    job.task_id = reply.task_id;
    job.attempts = 0;
    job.error.reset();
    move(job, Step::WritingTask);
    actions_.push_back(WriteTask{job.id, job.task_id});
    publish(job);
}

void Engine::on_reply(Job& job, const NotAccepted& reply) {
    using Again = NotAccepted::Again;
    if (reply.again == Again::NoConnection) {
        window_.undone();
    } else {
        window_.answered(now_);
    }
    job.error = reply.error;
    if (reply.again == Again::NextWindow) {
        window_.pause(now_ + std::max(config_.window, reply.retry_after.value_or(Duration{})));
        publish_account();
    }
    // The service says that it took nothing, and that it took a task: one of the two is for an earlier call,
    // or wrong.
    if (!job.hinted_task.empty()) {
        Error error = reply.error;
        error.code = ErrorCode::OutcomeUnknown;
        return become_unknown(job, std::move(error));
    }
    if (job.cancel) return finish_cancelled(job);

    ++job.attempts;
    switch (reply.again) {
        case Again::Never: return fail(job, reply.error);
        case Again::NoConnection:
            if (job.attempts >= kMaxConnectionAttempts) return fail(job, reply.error);
            return write_back(job, now_ + back_off(job.attempts, 1s, 30s, jitter(), reply.retry_after),
                              WaitReason::Retry);
        case Again::NextWindow:
            if (job.attempts >= kMaxRateLimitedAttempts) return fail(job, reply.error);
            return write_back(job, window_.paused_until(), WaitReason::RateLimit);
        case Again::Later:
            if (job.attempts >= kMaxMaintenanceAttempts) return fail(job, reply.error);
            return write_back(job,
                              now_ + 15s + back_off(job.attempts, 15s, 120s, jitter(), reply.retry_after),
                              WaitReason::Retry);
        case Again::Once:
            if (++job.server_errors > 1) return fail(job, reply.error);
            return write_back(job, now_ + 1s + back_off(job.attempts, 2s, 10s, jitter(), reply.retry_after),
                              WaitReason::Retry);
    }
}

void Engine::on_reply(Job& job, const OutcomeLost& reply) {
    window_.answered(now_);
    become_unknown(job, reply.error);
}

}  // namespace kontexture::engine
