#pragma once

#include <atomic>
#include <cstdint>

namespace kontexture::net {

/// Notices when httplib takes more and more from a plain socket without handing on content, of which it would
/// keep every byte. Nothing can be put between the two, so the kernel's counters are looked at from time to
/// time: memory stays bounded, but a line that is merely long is not noticed. That is enough because plain
/// http is for this machine only.
class PlainMeter {
public:
    static constexpr std::uint64_t kMaxFramingBytes = 256 * 1024;

    /// The head or some content was handed on. Any thread.
    void content_seen() { content_seen_.store(true, std::memory_order_relaxed); }
    /// Never true where the kernel does not count. Thread: always the same one.
    bool is_endless(int socket);

private:
    std::atomic<bool> content_seen_{false};
    std::uint64_t taken_at_content_ = 0;
};

}  // namespace kontexture::net
