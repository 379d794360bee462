#include "net/url.h"

#include "net/address.h"
#include "net/text.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace kontexture::net {
namespace {

constexpr std::size_t kLongestUrl = 8192;

Error bad_url(std::string_view text, std::string_view why) {
    Error error;
    error.code = ErrorCode::InvalidArgument;
    error.message = "The address \"" + excerpt(text, 120) + "\" cannot be used: " + std::string(why) + ".";
    return error;
}

bool has_forbidden_byte(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return is_control(c) || c == ' ' || c == '\\'; });
}

bool is_host_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && std::all_of(label.begin(), label.end(), [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    });
}

bool is_number(std::string_view label) {
    if (label.starts_with("0x")) return true;
    return std::all_of(label.begin(), label.end(), is_digit);
}

// A name whose last label is a number would be read as an address by some resolvers and as a name by others.
bool is_valid_name(std::string_view host) {
    if (host.size() > 253) return false;
    std::string_view rest = host;
    std::string_view last;
    while (true) {
        const std::size_t dot = rest.find('.');
        last = rest.substr(0, dot);
        if (!is_host_label(last)) return false;
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    return !is_number(last) || parse_address(host).has_value();
}

std::string encode_target(std::string_view target) {
    constexpr std::string_view kEncoded = "\"<>^`{|}";
    constexpr char kHex[] = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(target.size());
    for (const char c : target) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && kEncoded.find(c) == std::string_view::npos) {
            encoded += c;
        } else {
            encoded += '%';
            encoded += kHex[byte >> 4];
            encoded += kHex[byte & 15];
        }
    }
    return encoded;
}

Result<void> read_authority(std::string_view text, std::string_view authority, Url& url) {
    if (authority.find('@') != std::string_view::npos)
        return bad_url(text.substr(0, text.find(':')),
                       "a user name or password in an address is not allowed");
    std::string_view host = authority;
    std::string_view port;
    bool has_port = false;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) return bad_url(text, "the bracket is not closed");
        host = authority.substr(1, close - 1);
        std::string_view rest = authority.substr(close + 1);
        has_port = !rest.empty();
        if (has_port && rest.front() != ':') return bad_url(text, "something follows the bracket");
        if (has_port) port = rest.substr(1);
    } else if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon + 1);
        has_port = true;
    }
    url.host.assign(host);
    std::transform(url.host.begin(), url.host.end(), url.host.begin(), to_lower);
    if (authority.starts_with('[')) {
        if (!url.is_ipv6() || !parse_address(url.host)) return bad_url(text, "that is no IPv6 address");
    } else if (!is_valid_name(url.host)) {
        return bad_url(text, "it names no valid host");
    }
    url.port = url.https() ? 443 : 80;
    if (!has_port) return {};
    unsigned value = 0;
    const auto [end, status] = std::from_chars(port.data(), port.data() + port.size(), value);
    if (status != std::errc() || end != port.data() + port.size() || value < 1 || value > 65535)
        return bad_url(text, "the port must be a number from 1 to 65535");
    url.port = static_cast<std::uint16_t>(value);
    return {};
}

// RFC 3986 5.2.4 for a path that starts with a slash.
std::string without_dot_segments(std::string_view path) {
    std::vector<std::string_view> segments;
    bool ends_with_slash = false;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t slash = path.find('/');
        const std::string_view segment = path.substr(0, slash);
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
        const bool dots = segment == "." || segment == "..";
        if (segment == ".." && !segments.empty()) segments.pop_back();
        if (!dots) segments.push_back(segment);
        ends_with_slash = dots;
    }
    std::string clean;
    for (const std::string_view segment : segments) clean.append("/").append(segment);
    if (ends_with_slash || clean.empty()) clean += '/';
    return clean;
}

bool has_scheme(std::string_view reference) {
    const std::size_t colon = reference.find(':');
    return colon != std::string_view::npos && colon < reference.find_first_of("/?#");
}

}  // namespace

std::string Url::authority() const {
    std::string text = host;
    if (is_ipv6()) text.insert(text.begin(), '[');
    if (is_ipv6()) text += ']';
    if (port != (https() ? 443 : 80)) text.append(":").append(std::to_string(port));
    return text;
}

std::string Url::text() const {
    return scheme + "://" + authority() + target;
}

bool same_origin(const Url& a, const Url& b) {
    return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

bool is_ip_literal(const Url& url) {
    return parse_address(url.host).has_value();
}

bool is_loopback_host(std::string_view host) {
    if (host == "localhost") return true;
    const auto address = parse_address(host);
    return address && classify(*address) == AddressKind::Loopback;
}

Result<Url> parse_url(std::string_view text) {
    if (text.size() > kLongestUrl) return bad_url(text, "it is too long");
    if (has_forbidden_byte(text))
        return bad_url(text, "it contains a space, a backslash or a control character");
    Url url;
    const std::size_t colon = text.find("://");
    const std::string_view scheme = text.substr(0, colon);
    if (colon != std::string_view::npos && equal_ignoring_case(scheme, "https"))
        url.scheme = "https";
    else if (colon != std::string_view::npos && equal_ignoring_case(scheme, "http"))
        url.scheme = "http";
    else
        return bad_url(text, "it must start with https://");
    std::string_view rest = text.substr(colon + 3);
    rest = rest.substr(0, rest.find('#'));
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    if (auto read = read_authority(text, rest.substr(0, end), url); !read) return read.error();
    const std::string target = encode_target(rest.substr(end));
    url.target = target.starts_with('/') ? target : "/" + target;
    return url;
}

Result<Url> resolve_reference(const Url& base, std::string_view reference) {
    if (has_scheme(reference)) return parse_url(reference);
    if (reference.starts_with("//")) return parse_url(base.scheme + ":" + std::string(reference));
    if (has_forbidden_byte(reference) || reference.size() > kLongestUrl)
        return bad_url(reference, "the redirect contains a space, a backslash or a control character");
    reference = reference.substr(0, reference.find('#'));
    const std::string_view base_path = std::string_view(base.target).substr(0, base.target.find('?'));
    const std::size_t query_at = std::min(reference.find('?'), reference.size());
    const std::string_view path = reference.substr(0, query_at);
    std::string joined;
    if (path.empty())
        joined = base_path;
    else if (path.starts_with('/'))
        joined = path;
    else
        joined = std::string(base_path.substr(0, base_path.rfind('/') + 1)).append(path);
    Url url = base;
    url.target = encode_target(without_dot_segments(joined).append(reference.substr(query_at)));
    if (reference.empty()) url.target = base.target;
    return url;
}

}  // namespace kontexture::net
