#pragma once

#include <cstdint>
#include <functional>
#include <string>

struct ssl_ctx_st;

namespace kontexture::net {

/// Looks into one TLS connection of the calling thread: when the handshake is done, what the certificate
/// check said, and that what is no content stays short. The last because httplib keeps an endless line in
/// memory, and old versions recurse over the first one until the stack is gone. Thread: the one that makes
/// the call. Lifetime: longer than the connection.
class TlsProbe {
public:
    /// Most bytes, as they come from the network, before head_seen(). Two full TLS records and the session
    /// tickets, so a head of 16 KiB always passes; a line of 40 KiB already overflows a stack of 8 MiB.
    static constexpr std::uint64_t kMaxHeadBytes = 34 * 1024;

    /// The same after it, from one piece of content to the next.
    static constexpr std::uint64_t kMaxFramingBytes = 256 * 1024;

    TlsProbe(std::function<void()> on_handshake, std::function<void()> on_endless_framing);
    ~TlsProbe();
    TlsProbe(const TlsProbe&) = delete;
    TlsProbe& operator=(const TlsProbe&) = delete;

    /// The certificate has to name `host`, a name or a number, among its alternative names: httplib, which
    /// looks as well, is content with the subject on some versions. Also switches off the closing handshake,
    /// for which a silent server could make us wait, and versions before TLS 1.2.
    void install(ssl_ctx_st* context, const std::string& host);
    void head_seen() {
        max_bytes_ = kMaxFramingBytes;
        content_seen();
    }
    void content_seen() { bytes_ = 0; }

    long verify_result() const { return verify_result_; }

private:
    friend struct TlsProbeHooks;
    std::function<void()> on_handshake_;
    std::function<void()> on_endless_framing_;
    bool handshake_done_ = false;
    long verify_result_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t max_bytes_ = kMaxHeadBytes;
};

}  // namespace kontexture::net
