#include "net/text.h"

#include <algorithm>

namespace kontexture::net {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char x, char y) { return to_lower(x) == to_lower(y); }) != text.end();
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_header_name(std::string_view text) {
    static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

bool is_header_value(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

namespace {

/// How many bytes of `text` spell `c`, as it is or as a JSON escape; zero when they do not.
std::size_t spelt(std::string_view text, char c) {
    if (text.starts_with(c)) return 1;
    if (c == '/' && text.starts_with("\\/")) return 2;
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (text.size() < 6 || !text.starts_with("\\u00")) return 0;
    const std::size_t high = kDigits.find(to_lower(text[4])), low = kDigits.find(to_lower(text[5]));
    if (high == std::string_view::npos || low == std::string_view::npos) return 0;
    return static_cast<char>(high * 16 + low) == c ? 6 : 0;
}

/// The same for a whole word.
std::size_t spelt(std::string_view text, std::string_view word) {
    std::size_t length = 0;
    for (const char c : word) {
        const std::size_t bytes = spelt(text.substr(length), c);
        if (bytes == 0) return 0;
        length += bytes;
    }
    return length;
}

/// How many bytes at the start of `text` are one well-formed UTF-8 character; zero when they are not.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return 0;
    for (std::size_t at = 1; at < length; ++at)
        if ((byte(at) & 0xC0) != 0x80) return 0;
    const unsigned second = byte(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    return overlong || outside ? 0 : length;
}

}  // namespace

void blank(std::string& text, std::string_view secret) {
    constexpr std::size_t kShortest = 4;
    constexpr std::string_view kBlank = "[key]";
    if (secret.size() < kShortest) return;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t length = spelt(std::string_view(text).substr(at), secret);
        if (length == 0) continue;
        text.replace(at, length, kBlank);
        at += kBlank.size() - 1;
    }
}

std::string excerpt(std::string_view text, std::size_t max_bytes) {
    std::string clean;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text.substr(at));
        if (clean.size() + std::max<std::size_t>(length, 1) > max_bytes) break;
        if (length == 0) {
            clean += '?';
        } else if (is_control(text[at])) {
            clean += ' ';
        } else {
            clean += text.substr(at, length);
        }
        at += std::max<std::size_t>(length, 1);
    }
    return clean;
}

}  // namespace kontexture::net
