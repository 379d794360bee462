#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The few rules of HTTP about text, independent of any locale. Pure.
namespace kontexture::net {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool equal_ignoring_case(std::string_view a, std::string_view b);
bool contains_ignoring_case(std::string_view text, std::string_view part);
/// Without spaces, tabs and line ends at both ends.
std::string_view trimmed(std::string_view text);

/// RFC 9110 token: what a header's name may be.
bool is_header_name(std::string_view text);
/// No control character but a tab, so that nothing can be smuggled into the request.
bool is_header_value(std::string_view text);

/// Fit for a message: valid UTF-8, with control characters as spaces and foreign bytes as "?".
std::string clean(std::string_view text);
/// The same, at most `max_bytes`; ends between characters.
std::string excerpt(std::string_view text, std::size_t max_bytes = 300);

}  // namespace kontexture::net
