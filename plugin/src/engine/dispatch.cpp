#include "engine/engine.h"

#include <algorithm>

// What is due, and what limits it. Called after every event; it looks only at what can start now.
namespace kontexture::engine {

using namespace std::chrono_literals;

namespace {

constexpr Duration kBalancePatience = 1s;
/// What an older balance was is no news of one paid call: people buy credits, and use them elsewhere.
constexpr Duration kBalanceUse = 10min;

}  // namespace

void Engine::dispatch() {
    if (closing_) return next_wake_.reset();
    wake_due();
    dispatch_chores();
    dispatch_submits();
    dispatch_polls();
    dispatch_fetches();
    dispatch_decodes();
    compute_wake();
}

void Engine::wake_due() {
    while (!timers_.empty() && timers_.begin()->at <= now_) {
        const Due due = *timers_.begin();
        timers_.erase(timers_.begin());
        Job* job = find(due.id);
        if (!job) continue;
        if (job->step == Step::SubmitWait) {
            (upload_due(*job) ? uploads_ : posts_).insert({job->priority, job->id});
        } else if (job->step == Step::TaskWriteWait) {
            move(*job, Step::WritingTask);
            actions_.push_back(WriteTask{job->id, job->task_id, job->adopted});
        } else if (job->step == Step::PollWait || job->step == Step::CheckWait) {
            polls_.insert(due);
        } else if (job->step == Step::FetchWait) {
            fetches_.insert(due);
        }
    }
}

/// The first paid call waits a moment for the balance, so that one whose answer is lost can be explained.
std::optional<TimePoint> Engine::posts_held_until() const {
    if (!reading_balance_ || balance_) return std::nullopt;
    const TimePoint until = balance_asked_at_ + kBalancePatience;
    return now_ < until ? std::optional(until) : std::nullopt;
}

void Engine::dispatch_chores() {
    if (config_.max_credits_per_day && last_day_expired()) publish_account();
    if (balance_due_ && *balance_due_ <= now_) read_balance();
    if (!taking_over_ && take_over_due_ && *take_over_due_ <= now_) {
        taking_over_ = true;
        actions_.push_back(TakeOver{});
    }
}

void Engine::dispatch_submits() {
    while (!posts_.empty() && !posts_held_until() && posts_under_way_ < config_.max_posts &&
           window_.open(now_)) {
        Job& job = *find(posts_.begin()->id);
        posts_.erase(posts_.begin());
        if (upload_due(job)) {
            uploads_.insert({job.priority, job.id});
            continue;
        }
        ++posts_under_way_;
        window_.started();
        move(job, Step::WritingSubmitting);
        job.balance_before.reset();
        if (balance_ && now_ < balance_at_ + kBalanceUse) {
            job.balance_before = balance_;
            job.accepted_before = balance_accepted_;
        }
        actions_.push_back(WriteSubmitting{job.id, config_.submits_per_window, config_.window, job.credits,
                                           config_.max_credits_per_day, job.balance_before});
    }
    while (!uploads_.empty() && uploads_under_way_ < config_.max_uploads) {
        Job& job = *find(uploads_.begin()->id);
        uploads_.erase(uploads_.begin());
        ++uploads_under_way_;
        move(job, Step::Uploading);
        actions_.push_back(UploadInput{job.id});
        publish(job);
    }
    if (posts_.empty() || posts_held_until() || posts_under_way_ >= config_.max_posts) return;
    Job& first = *find(posts_.begin()->id);
    const TimePoint opens = window_.opens_at(now_).value_or(TimePoint{});
    if (first.waiting == WaitReason::RateLimit && first.due == opens) return;
    first.waiting = WaitReason::RateLimit;
    first.due = opens;
    publish(first);
}

void Engine::dispatch_polls() {
    while (!polls_.empty() && polls_under_way_ < config_.max_polls && now_ >= next_poll_) {
        Job& job = *find(polls_.begin()->id);
        polls_.erase(polls_.begin());
        ++polls_under_way_;
        next_poll_ = now_ + config_.poll_gap;
        job.called_back = false;
        if (job.step == Step::CheckWait) {
            move(job, Step::Checking);
            actions_.push_back(Poll{job.id, job.hinted_task, config_.poll_gap});
        } else {
            move(job, Step::Polling);
            actions_.push_back(Poll{job.id, job.task_id, config_.poll_gap});
        }
    }
}

void Engine::dispatch_fetches() {
    while (!fetches_.empty() && fetches_under_way_ < config_.max_fetches) {
        Job& job = *find(fetches_.begin()->id);
        fetches_.erase(fetches_.begin());
        ++fetches_under_way_;
        move(job, Step::Fetching);
        actions_.push_back(Fetch{job.id, job.url});
    }
}

void Engine::dispatch_decodes() {
    while (!decodes_.empty() && images_under_way_ < config_.max_images) {
        Job& job = *find(decodes_.begin()->id);
        decodes_.erase(decodes_.begin());
        ++images_under_way_;
        move(job, Step::Decoding);
        actions_.push_back(Decode{job.id, job.image});
    }
}

void Engine::compute_wake() {
    next_wake_.reset();
    const auto at_latest = [this](TimePoint time) {
        next_wake_ = next_wake_ ? std::min(*next_wake_, time) : time;
    };
    if (balance_due_) at_latest(*balance_due_);
    if (take_over_due_ && !taking_over_) at_latest(*take_over_due_);
    if (!timers_.empty()) at_latest(timers_.begin()->at);
    if (!polls_.empty() && polls_under_way_ < config_.max_polls) at_latest(next_poll_);
    if (const auto held = posts_held_until(); held && !posts_.empty()) at_latest(*held);
    if (config_.max_credits_per_day && !last_day_.empty()) at_latest(last_day_.begin()->first + kDay);
    if (!posts_.empty() && !posts_held_until() && posts_under_way_ < config_.max_posts)
        if (const auto opens = window_.opens_at(now_)) at_latest(*opens);
}

}  // namespace kontexture::engine
