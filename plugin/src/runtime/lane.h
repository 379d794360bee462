#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kontexture::runtime {

/// A fixed number of threads that work off one queue, in order. Tasks do not
/// throw; the constructor does when the system refuses a thread.
class Lane {
public:
    enum class Urgency { Normal, Low };  ///< Low waits until no Normal task is queued

    explicit Lane(int threads);
    ~Lane();

    /// Any thread. After stop() the task is dropped.
    void post(std::function<void()> task, Urgency urgency = Urgency::Normal);
    /// Drops what is queued; what runs goes on. Further posts are ignored.
    void stop();
    /// Waits for the threads; only after stop().
    void join();
    /// True when nothing is queued or running, at the latest after `patience`.
    bool wait_idle(std::chrono::milliseconds patience);

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::condition_variable idle_;
    std::deque<std::function<void()>> normal_;
    std::deque<std::function<void()>> low_;
    int running_ = 0;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace kontexture::runtime
