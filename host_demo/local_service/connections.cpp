#include "connections.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#ifdef __linux__
#include <sys/syscall.h>
#endif

namespace local_service {

namespace {

constexpr int kMaxDescriptors = 4096;

int port_of(int socket, bool far_end) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    const int rc = far_end ? ::getpeername(socket, raw, &size) : ::getsockname(socket, raw, &size);
    if (rc != 0 || address.sin_family != AF_INET) return -1;
    return ntohs(address.sin_port);
}

template <class Visit>
void each_connection(int server_port, Visit visit) {
    const long limit = ::sysconf(_SC_OPEN_MAX);
    const int count = limit > 0 ? static_cast<int>(std::min<long>(limit, kMaxDescriptors)) : 1024;
    for (int fd = 3; fd < count; ++fd) {
        if (port_of(fd, false) != server_port) continue;
        const int far = port_of(fd, true);
        if (far > 0 && !visit(fd, far)) return;
    }
}

}  // namespace

int find_connection(int server_port, int client_port) {
    int found = -1;
    each_connection(server_port, [&](int fd, int far) {
        if (far != client_port) return true;
        found = fd;
        return false;
    });
    return found;
}

void shut_connections(int server_port) {
    each_connection(server_port, [](int fd, int) {
        shut(fd);
        return true;
    });
}

void shut(int socket) {
    if (socket >= 0) ::shutdown(socket, SHUT_RDWR);
}

bool peer_is_gone(int socket) {
    char byte = 0;
    return socket >= 0 && ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void lower_thread_priority() {
#ifdef __linux__
    const auto self = static_cast<id_t>(::syscall(SYS_gettid));
    // Failing to lower it is harmless.
    (void)::setpriority(PRIO_PROCESS, self, 10);
#endif
}

}  // namespace local_service
