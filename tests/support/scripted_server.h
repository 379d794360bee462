#pragma once

#include "test_certificates.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;

namespace kontexture::test {

/// The server's side of one connection: bytes as the script wants them.
class Connection {
public:
    Connection(int socket, ssl_st* tls, const std::atomic<bool>& closing)
        : socket_(socket), tls_(tls), closing_(closing) {}

    /// Head and, by its Content-Length, body; what there is when the client closes before.
    std::string read_request();
    /// Up to `most` bytes; empty when the client closed.
    std::string read_some(std::size_t most = 65536);
    /// False when the client is gone.
    bool send(std::string_view bytes);
    /// One byte at a time, for as long as both sides live; then from the start again.
    void drip_forever(std::string_view bytes, std::chrono::milliseconds pause);
    /// Says and reads nothing until the server is destroyed or the client closes.
    void hold();
    /// TLS only: says goodbye properly.
    void close_notify();

private:
    int socket_;
    ssl_st* tls_;
    const std::atomic<bool>& closing_;
};

/// A server on a free port of 127.0.0.1 that runs a script for every connection, each in its own thread. With
/// an identity it speaks TLS before the script starts. Destroying it cuts all connections.
class ScriptedServer {
public:
    using Script = std::function<void(Connection&)>;
    explicit ScriptedServer(Script script, std::optional<Identity> identity = std::nullopt);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    int port() const { return port_; }
    /// "http://127.0.0.1:PORT" or "https://localhost:PORT".
    std::string origin() const;
    /// TCP connections so far.
    int connections() const { return connections_; }

private:
    void accept_loop();
    void serve(int socket);

    Script script_;
    ssl_ctx_st* context_ = nullptr;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> closing_{false};
    std::atomic<int> connections_{0};
    std::mutex mutex_;
    std::vector<int> sockets_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// A complete reply with a Content-Length.
std::string reply(int status, std::string_view body, std::string_view more_headers = "");

/// A port of 127.0.0.1 where nobody listens.
int closed_port();

/// A listener whose queue is full, so that a connection to it neither succeeds nor fails.
class StuckListener {
public:
    StuckListener();
    ~StuckListener();
    StuckListener(const StuckListener&) = delete;
    StuckListener& operator=(const StuckListener&) = delete;
    int port() const { return port_; }

private:
    std::vector<int> sockets_;
    int port_ = 0;
};

}  // namespace kontexture::test
