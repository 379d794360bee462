#pragma once

#include "engine/messages.h"

#include <deque>

namespace kontexture::engine {

/// Full-jitter exponential back-off: uniform in (0, min(cap, base * 2^attempt)], by `jitter` in (0, 1].
/// `attempt` counts from zero. The server's own wish wins when it is longer, up to ten minutes.
Duration back_off(int attempt, Duration base, Duration cap, double jitter,
                  std::optional<Duration> retry_after = {});

/// A small repeatable random number generator (splitmix64).
class Jitter {
public:
    explicit Jitter(std::uint64_t seed) : state_(seed) {}
    double next();  ///< uniform in (0, 1]

private:
    std::uint64_t state_;
};

/// Counts paid calls so that a service which allows `limit` in any `window` never sees more. A call counts
/// from its start until one window after its *answer*: whenever the service saw it in between, no window of
/// the service's holds more than the limit.
class SubmitWindow {
public:
    SubmitWindow(int limit, Duration window) : limit_(limit), window_(window) {}

    bool open(TimePoint now);
    /// When open() will be true again, as far as time alone decides; nothing while calls under way fill the
    /// window.
    std::optional<TimePoint> opens_at(TimePoint now);
    void started() { ++under_way_; }
    void answered(TimePoint now);
    /// The call was not made after all.
    void undone() { --under_way_; }
    /// After a 429: nothing before `until`.
    void pause(TimePoint until);
    TimePoint paused_until() const { return paused_until_; }

private:
    void expire(TimePoint now);

    int limit_;
    Duration window_;
    int under_way_ = 0;
    std::deque<TimePoint> answers_;
    TimePoint paused_until_ = {};
};

}  // namespace kontexture::engine
