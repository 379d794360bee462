#pragma once

#include "net/callback_request.h"

#include <kontexture/config.h>

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

namespace kontexture::net {

/// The HTTP server for the service's callbacks. Answers at once and passes on no more than "that request may
/// have news of that task"; nothing of what a caller sent is in an answer. One connection, one request. Not
/// httplib's server: its old versions keep endless heads and chunked bodies in memory, and none ends a slow
/// connection.
///
/// Threads: open(), start(), stop() and the destructor on one; the rest from any.
class CallbackListener {
public:
    using Clock = std::chrono::steady_clock;
    /// From the request's whole beginning to its end, however slowly it comes.
    static constexpr std::chrono::seconds kRequestTime{5};
    static constexpr std::size_t kMaxConnections = 64;

    /// The task that a body names; nothing when it names none.
    using ReadTask = std::function<std::optional<std::string>(std::string_view body)>;
    struct Handlers {
        std::function<void(RequestId, std::string task_id)> on_hint;
        /// A callback of an expected request was not accepted: a sentence for a log, at most one a minute.
        std::function<void(std::string why)> on_refusal;
    };

    /// Binds, so that a callback that comes from now on waits. The errors name the field that has to change.
    static Result<std::unique_ptr<CallbackListener>> open(const CallbackConfig& config, ReadTask read_task);
    ~CallbackListener();
    CallbackListener(const CallbackListener&) = delete;
    CallbackListener& operator=(const CallbackListener&) = delete;

    /// Begins to answer. Each address ends in what only the holder of `secret` can make from the id. The
    /// handlers run on a thread of the listener and must not block.
    void start(std::span<const std::uint8_t> secret, Handlers handlers);
    /// Cuts all connections; no handler runs any more when it returns, within milliseconds. For good.
    void stop();

    std::uint16_t port() const { return port_; }
    /// Where the service shall report to. After start().
    std::string url_of(RequestId id) const;
    void expect(RequestId id);
    void forget(RequestId id);

private:
    struct Connection;
    using Connections = std::list<Connection>;

    CallbackListener(Secret key, ReadTask read_task);
    Error bind(const CallbackConfig& config);
    void run();
    void accept_all();
    bool serve(Connection& connection);
    bool receive(Connection& connection);
    bool send(Connection& connection);
    int judge(const CallbackReader& reader);
    int judge_head(const CallbackRequest& request);
    std::optional<RequestId> addressee(const CallbackRequest& request) const;
    int judge_signature(const CallbackRequest& request, const std::string& task_id);
    void complain(RequestId id, const char* what);

    const Secret key_;
    std::string secret_;
    const ReadTask read_task_;
    std::string public_url_;
    std::string path_;
    std::uint16_t port_ = 0;
    Handlers handlers_;
    int listener_ = -1;
    int wake_[2] = {-1, -1};
    std::thread thread_;

    // Of the thread.
    Connections connections_;
    Clock::time_point accept_again_ = {};
    Clock::time_point complain_again_ = {};

    std::mutex mutex_;
    std::unordered_set<std::uint64_t> expected_;
};

}  // namespace kontexture::net
