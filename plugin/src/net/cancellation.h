#pragma once

#include <atomic>
#include <functional>
#include <mutex>

namespace kontexture::net {

/// One call's stop flag: sticky, and it wakes whatever the call is blocked in. Any thread.
class Cancellation {
public:
    /// Sets the flag and runs the hook, if one is set. Further calls do nothing.
    void cancel();
    bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }

    /// What cancel() shall do to wake the call; runs at once when the flag is set already. Replaces the hook
    /// before. The hook runs under a lock: after set_hook(nullptr) returned, the former hook is not running
    /// and will not run.
    void set_hook(std::function<void()> hook);

private:
    std::atomic<bool> cancelled_{false};
    std::mutex mutex_;
    std::function<void()> hook_;
};

}  // namespace kontexture::net
