#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace kontexture::net {

/// Why a call was stopped from outside.
enum class StopReason : std::uint8_t {
    None,
    Cancelled,
    Deadline,        ///< the whole call took too long
    ConnectTimeout,  ///< name, connection and TLS took too long
    EndlessFraming,  ///< the reply's head, a chunk's size or the trailers do not end
};

/// The stop switch inside one call: sticky, the first reason stays, and whatever the call is blocked in is
/// woken. Any thread.
class Interruption {
public:
    void raise(StopReason reason);
    bool raised() const { return reason() != StopReason::None; }
    StopReason reason() const { return reason_.load(std::memory_order_acquire); }

    /// What wakes the phase the call is in; runs at once when raised already, and may run more than once.
    /// After set_waker(nullptr) returned, the former waker is not running and will not run.
    void set_waker(std::function<void()> waker);
    /// Runs the waker once more, if raised.
    void wake_again();

private:
    std::atomic<StopReason> reason_{StopReason::None};
    std::mutex mutex_;
    std::function<void()> waker_;
};

/// One thread that stops calls at their time limits, however busy the server keeps them, and goes on waking a
/// stopped call until it has noticed: a socket that is shut down just before connect() does not remember it.
/// Any thread. Lock order: Cancellation, Watchdog, Interruption.
class Watchdog {
public:
    using Clock = std::chrono::steady_clock;

    Watchdog();
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// Watches one call while it lives.
    class Watch {
    public:
        Watch(Watchdog& watchdog, Interruption& interruption, Clock::time_point deadline);
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

        /// A second, earlier limit for the way to the server.
        void set_connect_limit(Clock::time_point limit);
        void clear_connect_limit() { set_connect_limit(Clock::time_point::max()); }
        /// Something that is asked every few milliseconds and says whether the reply's framing is endless. It
        /// runs on the watchdog's thread under a lock: after set_meter(nullptr) returned, the former meter is
        /// not running and will not run.
        void set_meter(std::function<bool()> is_endless);
        /// Raises, and has the call woken until it ends.
        void stop(StopReason reason);

    private:
        friend class Watchdog;
        Watchdog& watchdog_;
        Interruption& interruption_;
        const Clock::time_point deadline_;
        Clock::time_point connect_limit_ = Clock::time_point::max();
        std::function<bool()> is_endless_;
        std::list<Watch*>::iterator place_;
    };

private:
    void run();
    Clock::time_point visit(Watch& watch, Clock::time_point now);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Watch*> watches_;
    bool closing_ = false;
    std::thread thread_;
};

}  // namespace kontexture::net
