#include "net/address.h"

#include <algorithm>
#include <string>

#include <arpa/inet.h>

namespace kontexture::net {
namespace {

struct Range4 {
    std::uint32_t base;
    int bits;
    AddressKind kind;
};

constexpr std::uint32_t quad(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24 | b << 16 | c << 8 | d;
}

// IANA's special-purpose registry, as far as it is not globally reachable. 198.18/15 is counted as private
// because tunnelling clients answer every name with it, the service's own included.
constexpr Range4 kRanges4[] = {
    {quad(0, 0, 0, 0), 8, AddressKind::Reserved},       {quad(10, 0, 0, 0), 8, AddressKind::Private},
    {quad(100, 64, 0, 0), 10, AddressKind::Private},    {quad(127, 0, 0, 0), 8, AddressKind::Loopback},
    {quad(169, 254, 0, 0), 16, AddressKind::LinkLocal}, {quad(172, 16, 0, 0), 12, AddressKind::Private},
    {quad(192, 0, 0, 0), 24, AddressKind::Reserved},    {quad(192, 0, 2, 0), 24, AddressKind::Reserved},
    {quad(192, 88, 99, 0), 24, AddressKind::Reserved},  {quad(192, 168, 0, 0), 16, AddressKind::Private},
    {quad(198, 18, 0, 0), 15, AddressKind::Private},    {quad(198, 51, 100, 0), 24, AddressKind::Reserved},
    {quad(203, 0, 113, 0), 24, AddressKind::Reserved},  {quad(224, 0, 0, 0), 4, AddressKind::Reserved},
    {quad(240, 0, 0, 0), 4, AddressKind::Reserved},
};

AddressKind classify4(const std::uint8_t* bytes) {
    const std::uint32_t value = quad(bytes[0], bytes[1], bytes[2], bytes[3]);
    for (const Range4& range : kRanges4)
        if ((value ^ range.base) >> (32 - range.bits) == 0) return range.kind;
    return AddressKind::Public;
}

bool has_prefix(const Address& address, std::initializer_list<std::uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), address.bytes.begin());
}

AddressKind classify6(const Address& address) {
    const auto& bytes = address.bytes;
    const std::uint8_t* last_four = bytes.data() + 12;
    if (has_prefix(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return classify4(last_four);
    if (has_prefix(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})) {
        if (has_prefix(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}))
            return AddressKind::Loopback;
        return classify4(last_four);
    }
    if (has_prefix(address, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return classify4(last_four);
    if (has_prefix(address, {0x20, 0x02})) return classify4(bytes.data() + 2);
    if ((bytes[0] & 0xfe) == 0xfc) return AddressKind::Private;
    if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) return AddressKind::LinkLocal;
    if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0xc0) return AddressKind::Private;
    // 2001::/23 holds Teredo and other protocol assignments; 2001:db8::/32 and 3fff::/20 are documentation.
    if (has_prefix(address, {0x20, 0x01}) && (bytes[2] & 0xfe) == 0) return AddressKind::Reserved;
    if (has_prefix(address, {0x20, 0x01, 0x0d, 0xb8})) return AddressKind::Reserved;
    if (has_prefix(address, {0x3f, 0xff}) && (bytes[2] & 0xf0) == 0) return AddressKind::Reserved;
    return (bytes[0] & 0xe0) == 0x20 ? AddressKind::Public : AddressKind::Reserved;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    const std::string terminated(text);
    if (terminated.size() != std::char_traits<char>::length(terminated.c_str())) return std::nullopt;
    Address address;
    address.v6 = text.find(':') != std::string_view::npos;
    if (inet_pton(address.v6 ? AF_INET6 : AF_INET, terminated.c_str(), address.bytes.data()) != 1)
        return std::nullopt;
    return address;
}

AddressKind classify(const Address& address) {
    return address.v6 ? classify6(address) : classify4(address.bytes.data());
}

}  // namespace kontexture::net
