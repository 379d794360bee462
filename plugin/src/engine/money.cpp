#include "engine/engine.h"

#include <cstdio>

// What is spent and reserved, against the limits.
namespace kontexture::engine {

namespace {

/// Sums of prices like 0.1 are not exact.
constexpr double kRounding = 1e-9;

}  // namespace

void Engine::remember_spend(TimePoint at, double credits) {
    // After the clock was set back, calls of the "future" count as of now.
    last_day_.emplace(std::min(at, now_), credits);
    last_day_sum_ += credits;
}

bool Engine::last_day_expired() const {
    return !last_day_.empty() && last_day_.begin()->first + kDay <= now_;
}

double Engine::spent_last_day() {
    while (last_day_expired()) {
        last_day_sum_ -= last_day_.begin()->second;
        last_day_.erase(last_day_.begin());
    }
    if (last_day_.empty()) last_day_sum_ = 0;
    return last_day_sum_;
}

bool Engine::reserve(Job& job) {
    const double wanted = reserved_ + job.credits - kRounding;
    // Written so that a limit that is no number allows nothing.
    if (config_.max_credits && !(spent_ + wanted <= *config_.max_credits)) return false;
    if (config_.max_credits_per_day && !(spent_last_day() + wanted <= *config_.max_credits_per_day))
        return false;
    job.reserved = job.credits;
    reserved_ += job.reserved;
    publish_account();
    return true;
}

void Engine::settle(Job& job, bool spent) {
    if (job.reserved == 0) return;
    reserved_ -= job.reserved;
    if (spent) {
        spent_ += job.reserved;
        remember_spend(now_, job.reserved);
    }
    job.reserved = 0;
    publish_account();
}

Error Engine::over_limit(double credits) {
    char text[320];
    if (config_.max_credits && !(spent_ + reserved_ + credits - kRounding <= *config_.max_credits)) {
        std::snprintf(text, sizeof text,
                      "This needs %g credits, but of the limit of %g credits %g are spent and %g reserved. "
                      "Nothing was sent. Raise the limit to go on.",
                      credits, *config_.max_credits, spent_, reserved_);
    } else {
        std::snprintf(
            text, sizeof text,
            "This needs %g credits, but of the limit of %g credits a day %g were spent in the last 24 "
            "hours and %g are reserved. Nothing was sent. Raise the daily limit to go on.",
            credits, config_.max_credits_per_day.value_or(0), spent_last_day(), reserved_);
    }
    return Error{ErrorCode::SpendLimit, 0, 0, text, {}};
}

void Engine::publish_account() {
    actions_.push_back(PublishAccount{spent_, reserved_, spent_last_day(), window_.paused_until()});
}

}  // namespace kontexture::engine
