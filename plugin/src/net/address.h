#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kontexture::net {

/// An IPv4 or IPv6 address in network byte order. Pure value.
struct Address {
    std::array<std::uint8_t, 16> bytes{};
    bool v6 = false;
};

enum class AddressKind : std::uint8_t {
    Public,
    Loopback,   ///< 127/8, ::1
    Private,    ///< RFC 1918, unique local fc00::/7, site local fec0::/10, carrier-grade NAT 100.64/10
    LinkLocal,  ///< 169.254/16, fe80::/10
    Reserved,   ///< never a place to fetch from: unspecified, multicast, broadcast, documentation, tunnels
};

/// Dotted quad or IPv6 text without brackets and zone; nothing else, no octal or short forms.
std::optional<Address> parse_address(std::string_view text);

/// What is reached by the address. An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4)
/// is judged by that.
AddressKind classify(const Address& address);

}  // namespace kontexture::net
