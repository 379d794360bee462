#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace kontexture::runtime {

/// Messages from any thread to one reader.
template <typename T>
class Mailbox {
public:
    void push(T message) {
        {
            const std::lock_guard lock(mutex_);
            messages_.push_back(std::move(message));
            has_mail_.store(true, std::memory_order_release);
        }
        arrived_.notify_one();
    }

    /// One atomic load.
    bool has_mail() const { return has_mail_.load(std::memory_order_acquire); }

    /// Replaces the content of `out` by all that has come, without waiting.
    void take(std::vector<T>& out) {
        out.clear();
        const std::lock_guard lock(mutex_);
        out.swap(messages_);
        has_mail_.store(false, std::memory_order_release);
    }

    /// As take(), but waits for mail until `until` (for ever when absent) or close(). False once closed.
    bool wait(std::vector<T>& out, std::optional<std::chrono::steady_clock::time_point> until) {
        out.clear();
        std::unique_lock lock(mutex_);
        const auto ready = [this] { return !messages_.empty() || closed_; };
        if (until) {
            arrived_.wait_until(lock, *until, ready);
        } else {
            arrived_.wait(lock, ready);
        }
        out.swap(messages_);
        has_mail_.store(false, std::memory_order_release);
        return !closed_;
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        arrived_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<T> messages_;
    std::atomic<bool> has_mail_{false};
    bool closed_ = false;
};

}  // namespace kontexture::runtime
