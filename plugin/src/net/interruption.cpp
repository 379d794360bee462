#include "net/interruption.h"

#include <algorithm>
#include <utility>

namespace kontexture::net {
namespace {

constexpr std::chrono::milliseconds kWakeAgainAfter{5};
constexpr std::chrono::milliseconds kAskMeterAfter{20};

}  // namespace

void Interruption::raise(StopReason reason) {
    const std::lock_guard lock(mutex_);
    auto none = StopReason::None;
    if (reason_.compare_exchange_strong(none, reason, std::memory_order_acq_rel) && waker_) waker_();
}

void Interruption::set_waker(std::function<void()> waker) {
    const std::lock_guard lock(mutex_);
    waker_ = std::move(waker);
    if (waker_ && raised()) waker_();
}

void Interruption::wake_again() {
    const std::lock_guard lock(mutex_);
    if (waker_ && raised()) waker_();
}

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Watchdog::run() {
    std::unique_lock lock(mutex_);
    while (!closing_) {
        const auto now = Clock::now();
        auto next = Clock::time_point::max();
        for (Watch* watch : watches_) next = std::min(next, visit(*watch, now));
        if (next == Clock::time_point::max())
            changed_.wait(lock);
        else
            changed_.wait_until(lock, next);
    }
}

// Looks after one call; returns when to look again.
Watchdog::Clock::time_point Watchdog::visit(Watch& watch, Clock::time_point now) {
    if (watch.interruption_.raised()) {
        watch.interruption_.wake_again();
        return now + kWakeAgainAfter;
    }
    const auto limit = std::min(watch.deadline_, watch.connect_limit_);
    if (now >= limit)
        watch.interruption_.raise(now < watch.deadline_ ? StopReason::ConnectTimeout : StopReason::Deadline);
    else if (!watch.is_endless_)
        return limit;
    else if (!watch.is_endless_())
        return std::min(limit, now + kAskMeterAfter);
    else
        watch.interruption_.raise(StopReason::EndlessFraming);
    return now + kWakeAgainAfter;
}

Watchdog::Watch::Watch(Watchdog& watchdog, Interruption& interruption, Clock::time_point deadline)
    : watchdog_(watchdog), interruption_(interruption), deadline_(deadline) {
    {
        const std::lock_guard lock(watchdog_.mutex_);
        place_ = watchdog_.watches_.insert(watchdog_.watches_.end(), this);
    }
    watchdog_.changed_.notify_all();
}

Watchdog::Watch::~Watch() {
    const std::lock_guard lock(watchdog_.mutex_);
    watchdog_.watches_.erase(place_);
}

void Watchdog::Watch::set_connect_limit(Clock::time_point limit) {
    {
        const std::lock_guard lock(watchdog_.mutex_);
        connect_limit_ = limit;
    }
    watchdog_.changed_.notify_all();
}

void Watchdog::Watch::set_meter(std::function<bool()> is_endless) {
    {
        const std::lock_guard lock(watchdog_.mutex_);
        is_endless_ = std::move(is_endless);
    }
    watchdog_.changed_.notify_all();
}

void Watchdog::Watch::stop(StopReason reason) {
    interruption_.raise(reason);
    // Taking the lock once makes sure that the thread is waiting, or has yet to look at this call.
    { const std::lock_guard lock(watchdog_.mutex_); }
    watchdog_.changed_.notify_all();
}

}  // namespace kontexture::net
