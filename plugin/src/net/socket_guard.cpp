#include "net/socket_guard.h"

#include <ctime>

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kontexture::net {
namespace {

sigset_t only_sigpipe() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
}

// The number stays the owner's to close; it just is no socket any more.
void make_useless(int socket) {
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0) {
        shutdown(socket, SHUT_RDWR);
        return;
    }
    dup2(null, socket);
    close(null);
}

}  // namespace

SocketGuard::~SocketGuard() {
    interruption_.set_waker(nullptr);
    if (copy_ >= 0) close(copy_);
}

void SocketGuard::opened(int socket) {
    ++sockets_;
    if (sockets_ == 1) copy_ = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (sockets_ > 1 || copy_ < 0 || interruption_.raised()) {
        make_useless(socket);
        return;
    }
    interruption_.set_waker([copy = copy_] { shutdown(copy, SHUT_RDWR); });
}

SigpipeBlock::SigpipeBlock() {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    const sigset_t block = only_sigpipe();
    pthread_sigmask(SIG_BLOCK, &block, &former_);
}

SigpipeBlock::~SigpipeBlock() {
    if (!was_pending_) {
        const sigset_t taken = only_sigpipe();
        const timespec no_wait{};
        while (sigtimedwait(&taken, nullptr, &no_wait) == SIGPIPE) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &former_, nullptr);
}

}  // namespace kontexture::net
