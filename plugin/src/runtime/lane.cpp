#include "runtime/lane.h"

namespace kontexture::runtime {

Lane::Lane(int threads) {
    try {
        for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
    } catch (...) {
        // Threads that did start must not outlive this half-made object.
        stop();
        join();
        throw;
    }
}

Lane::~Lane() {
    stop();
    join();
}

void Lane::post(std::function<void()> task, Urgency urgency) {
    {
        const std::lock_guard lock(mutex_);
        if (stopped_) return;
        (urgency == Urgency::Normal ? normal_ : low_).push_back(std::move(task));
    }
    changed_.notify_one();
}

void Lane::stop() {
    std::deque<std::function<void()>> dropped_normal, dropped_low;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        // Destroyed outside the lock: a task may own much.
        dropped_normal.swap(normal_);
        dropped_low.swap(low_);
    }
    changed_.notify_all();
}

void Lane::join() {
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

bool Lane::wait_idle(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return idle_.wait_for(lock, patience,
                          [this] { return running_ == 0 && normal_.empty() && low_.empty(); });
}

void Lane::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopped_ || !normal_.empty() || !low_.empty(); });
        if (stopped_) return;
        auto& queue = normal_.empty() ? low_ : normal_;
        std::function<void()> task = std::move(queue.front());
        queue.pop_front();
        ++running_;
        lock.unlock();
        task();
        task = nullptr;
        lock.lock();
        if (--running_ == 0) idle_.notify_all();
    }
}

}  // namespace kontexture::runtime
