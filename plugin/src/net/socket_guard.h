#pragma once

#include "net/interruption.h"

#include <csignal>

namespace kontexture::net {

/// Holds a second descriptor of a call's socket, so that another thread can shut it down at any moment
/// without racing the owner's close(). Thread: opened() and the destructor on the calling thread.
class SocketGuard {
public:
    explicit SocketGuard(Interruption& interruption) : interruption_(interruption) {}
    ~SocketGuard();
    SocketGuard(const SocketGuard&) = delete;
    SocketGuard& operator=(const SocketGuard&) = delete;

    /// Takes note of a socket that is about to connect. Makes it useless, so that connect() fails, when the
    /// call is stopped already, or when it is the second one: some httplib versions send a request again
    /// after a TLS server closed without an answer, and a POST must not be sent twice.
    void opened(int socket);
    int sockets() const { return sockets_; }
    /// The second descriptor; negative before opened().
    int copy() const { return copy_; }

private:
    Interruption& interruption_;
    int copy_ = -1;
    int sockets_ = 0;
};

/// While it lives, a write to a closed connection does not raise SIGPIPE in this thread: TLS writes have no
/// flag for that, and the process's signal handlers are the host's.
class SigpipeBlock {
public:
    SigpipeBlock();
    ~SigpipeBlock();
    SigpipeBlock(const SigpipeBlock&) = delete;
    SigpipeBlock& operator=(const SigpipeBlock&) = delete;

private:
    sigset_t former_;
    bool was_pending_ = false;
};

}  // namespace kontexture::net
