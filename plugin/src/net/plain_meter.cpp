#include "net/plain_meter.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

// The C library's own header knows an older, shorter tcp_info.
#if __has_include(<linux/tcp.h>)
#include <linux/tcp.h>
#endif

namespace kontexture::net {
namespace {

std::optional<std::uint64_t> bytes_arrived([[maybe_unused]] int socket) {
#if __has_include(<linux/tcp.h>)
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
        size >= offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
        return info.tcpi_bytes_received;
#endif
    return std::nullopt;
}

}  // namespace

bool PlainMeter::is_endless(int socket) {
    const bool content = content_seen_.exchange(false, std::memory_order_relaxed);
    // More may arrive and be taken meanwhile: what was taken lies between two bounds.
    const auto before = bytes_arrived(socket);
    int waiting = 0;
    if (!before || ioctl(socket, FIONREAD, &waiting) != 0) return false;
    const auto after = bytes_arrived(socket);
    if (!after) return false;
    const auto unread = static_cast<std::uint64_t>(std::max(waiting, 0));
    if (content) taken_at_content_ = *after - std::min(*after, unread);
    return *before - std::min(*before, unread) > taken_at_content_ + kMaxFramingBytes;
}

}  // namespace kontexture::net
