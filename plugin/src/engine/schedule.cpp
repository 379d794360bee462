#include "engine/schedule.h"

#include <algorithm>

namespace kontexture::engine {

using namespace std::chrono_literals;

Duration back_off(int attempt, Duration base, Duration cap, double jitter,
                  std::optional<Duration> retry_after) {
    const int doublings = std::clamp(attempt, 0, 30);
    const std::int64_t ceiling = std::min<std::int64_t>(cap.count(), base.count() << doublings);
    const auto wait =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(ceiling) * jitter));
    if (!retry_after) return Duration(wait);
    return std::max(Duration(wait), std::min<Duration>(*retry_after, 10min));
}

double Jitter::next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return (static_cast<double>(z >> 11) + 1.0) * 0x1.0p-53;
}

void SubmitWindow::expire(TimePoint now) {
    while (!answers_.empty() && answers_.front() + window_ <= now) answers_.pop_front();
}

bool SubmitWindow::open(TimePoint now) {
    expire(now);
    return now >= paused_until_ && under_way_ + static_cast<int>(answers_.size()) < limit_;
}

std::optional<TimePoint> SubmitWindow::opens_at(TimePoint now) {
    expire(now);
    const int counted = under_way_ + static_cast<int>(answers_.size());
    if (counted < limit_) return std::max(now, paused_until_);
    const auto excess = static_cast<std::size_t>(counted - limit_);
    if (excess >= answers_.size()) return std::nullopt;
    return std::max(answers_[excess] + window_, paused_until_);
}

void SubmitWindow::answered(TimePoint now) {
    --under_way_;
    answers_.push_back(now);
}

void SubmitWindow::pause(TimePoint until) {
    paused_until_ = std::max(paused_until_, until);
}

}  // namespace kontexture::engine
