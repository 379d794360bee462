#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace httplib {
class Client;
}

namespace local_service {

enum class Seal : std::uint8_t { Right, Wrong, Old, None };

struct Callback {
    std::string url;
    std::string task_id;  ///< what is signed
    std::string body;
    Seal seal = Seal::Right;
    int tries_left = 4;  ///< "after 3 consecutive failed retries the system stops sending"
};

/// Posts callbacks when they are due, one after another on a thread of its own. Any thread.
class CallbackSender {
public:
    /// Without a key they are not signed. Unless `anywhere`, only addresses of this machine are called.
    CallbackSender(std::string key, bool anywhere, std::chrono::milliseconds retry_pause);
    ~CallbackSender();
    CallbackSender(const CallbackSender&) = delete;
    CallbackSender& operator=(const CallbackSender&) = delete;

    void schedule(Callback callback, std::chrono::milliseconds delay);
    /// Returns when it is answered, or was not within some seconds.
    void send(const Callback& callback);
    /// Cuts what is under way; nothing is sent any more when it returns.
    void stop();

    /// The HTTP status of each answer so far; zero where none came.
    std::vector<int> answers() const;

private:
    using Clock = std::chrono::steady_clock;

    void run();
    int post(const Callback& callback);

    const std::string key_;
    const bool anywhere_;
    const std::chrono::milliseconds retry_pause_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<Clock::time_point, Callback> due_;
    std::set<httplib::Client*> under_way_;
    std::vector<int> answers_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace local_service
