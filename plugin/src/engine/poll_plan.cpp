#include "engine/poll_plan.h"

#include <algorithm>
#include <cmath>

namespace kontexture::engine {
namespace {

constexpr double kPriorSigma = 0.5;
constexpr double kPriorWeight = 2;  ///< the prior counts as much as this many jobs
constexpr std::size_t kRemembered = 64;
constexpr int kGrid = 192;
constexpr double kGridSigmas = 3.5;
/// What one poll may cost, in seconds of waiting: the waiting is then about half of that with a poll every
/// 3 s, for at most twice its polls.
constexpr double kPollPrice = 0.2;

double log_normal_cdf(double seconds, double mu, double sigma) {
    if (seconds <= 0) return 0;
    return 0.5 * std::erfc(-(std::log(seconds) - mu) / (sigma * std::sqrt(2.0)));
}

}  // namespace

PollPlan::PollPlan(Duration expected)
    : prior_mu_(std::log(std::max(0.05, std::chrono::duration<double>(expected).count()))) {
    plan();
}

void PollPlan::learn(Duration duration) {
    const double seconds = std::max(0.05, std::chrono::duration<double>(duration).count());
    if (log_seconds_.size() < kRemembered) {
        log_seconds_.push_back(std::log(seconds));
    } else {
        log_seconds_[oldest_] = std::log(seconds);
        oldest_ = (oldest_ + 1) % kRemembered;
    }
    plan();
}

void PollPlan::plan() {
    const auto count = static_cast<double>(log_seconds_.size());
    double mu = prior_mu_ * kPriorWeight;
    for (double x : log_seconds_) mu += x;
    mu /= kPriorWeight + count;
    double squares = kPriorSigma * kPriorSigma * kPriorWeight;
    squares += kPriorWeight * (prior_mu_ - mu) * (prior_mu_ - mu);
    for (double x : log_seconds_) squares += (x - mu) * (x - mu);
    const double sigma = std::sqrt(squares / (kPriorWeight + count) * (1.0 + 1.0 / (kPriorWeight + count)));

    median_ = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::exp(mu)));
    step_seconds_ = std::exp(mu + kGridSigmas * sigma) / kGrid;

    // done[i]: probability to be done at grid time i; moment[i]: the part of the mean time that falls before
    // i.
    std::vector<double> done(kGrid + 1), moment(kGrid + 1), cost(kGrid + 1);
    for (int i = 0; i < kGrid; ++i) {
        const auto at = static_cast<std::size_t>(i);
        done[at + 1] = log_normal_cdf((i + 1) * step_seconds_, mu, sigma);
        moment[at + 1] = moment[at] + (done[at + 1] - done[at]) * (i + 0.5) * step_seconds_;
    }
    next_.assign(kGrid + 1, kGrid);
    for (int i = kGrid - 1; i >= 0; --i) {
        const auto from = static_cast<std::size_t>(i);
        double best = HUGE_VAL;
        for (int j = i + 1; j <= kGrid; ++j) {
            const auto to = static_cast<std::size_t>(j);
            const double waiting = j * step_seconds_ * (done[to] - done[from]) - (moment[to] - moment[from]);
            const double total = waiting + kPollPrice * (1 - done[from]) + cost[to];
            if (total >= best) continue;
            best = total;
            next_[from] = j;
        }
        cost[from] = best;
    }
}

Duration PollPlan::next(Duration elapsed) const {
    const double seconds = std::max(0.0, std::chrono::duration<double>(elapsed).count());
    const double grid_end = kGrid * step_seconds_;
    double at = 0;
    if (seconds < grid_end - step_seconds_) {
        at = next_[static_cast<std::size_t>(seconds / step_seconds_)] * step_seconds_;
        at = std::max(at, seconds + 0.25);
    } else {
        // Past all expectation: ever more patiently, but never less than once a minute.
        at = seconds + std::clamp(seconds / 10, 1.0, 60.0);
    }
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(at));
}

}  // namespace kontexture::engine
