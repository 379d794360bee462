#pragma once

#include <kontexture/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace kontexture::net {

/// An absolute http or https address, taken apart. Pure value.
struct Url {
    std::string scheme;        ///< "http" or "https"
    std::string host;          ///< lower case; an IPv6 address without its brackets
    std::uint16_t port = 80;   ///< the scheme's own when the text names none
    std::string target = "/";  ///< path and query as they go on the wire; no fragment

    bool https() const { return scheme == "https"; }
    bool is_ipv6() const { return host.find(':') != std::string::npos; }
    /// The value of the Host header: the port only when it is not the scheme's own.
    std::string authority() const;
    std::string text() const;
};

bool same_origin(const Url& a, const Url& b);
bool is_ip_literal(const Url& url);
/// A name or number that can only mean this machine: localhost, 127/8, ::1.
bool is_loopback_host(std::string_view host);

/// Strict where it matters for security: refuses a user name, control characters, spaces, backslashes, odd
/// number forms of addresses and ports out of range. Lenient in the path: bytes that do not belong there are
/// percent-encoded. The message says what is wrong with it.
Result<Url> parse_url(std::string_view text);

/// What a Location header means, seen from `base`.
Result<Url> resolve_reference(const Url& base, std::string_view reference);

}  // namespace kontexture::net
