#include "terminal_text.h"

#include <array>
#include <cstdio>
#include <limits>

namespace terminal_text {

namespace {

constexpr const char* kReplacement = "\xef\xbf\xbd";

struct Letter {
    std::size_t bytes = 1;
    char32_t code = 0;
    bool is_valid = false;
};

Letter letter_at(std::string_view text, std::size_t at) {
    // By the number of bytes: the least code that needs so many.
    constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) return {1, first, true};
    const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || at + bytes > text.size()) return {};
    char32_t code = first & (0xffU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<unsigned char>(text[at + i]);
        if ((next & 0xc0) != 0x80) return {};
        code = code << 6 | (next & 0x3fU);
    }
    if (code < kLeast[bytes] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
    return {bytes, code, true};
}

bool is_order(char32_t code) {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

std::string made_printable(std::string_view text, std::size_t max_letters, bool keeps_lines) {
    std::string result;
    for (std::size_t at = 0, letters = 0; at < text.size(); ++letters) {
        if (letters == max_letters) return result + "...";
        const Letter letter = letter_at(text, at);
        if (!letter.is_valid) {
            result += kReplacement;
        } else if (is_order(letter.code) && !(keeps_lines && letter.code == '\n')) {
            result += ' ';
        } else {
            result += text.substr(at, letter.bytes);
        }
        at += letter.bytes;
    }
    return result;
}

}  // namespace

std::string printable(std::string_view text, bool keeps_lines) {
    return made_printable(text, std::numeric_limits<std::size_t>::max(), keeps_lines);
}

std::string printable_start(std::string_view text, std::size_t max_letters) {
    return made_printable(text, max_letters, false);
}

std::string printable_json(std::string_view json) {
    std::string result;
    for (std::size_t at = 0; at < json.size();) {
        const Letter letter = letter_at(json, at);
        // Line breaks and the like stand between values only: inside of one they are escaped already.
        if (letter.is_valid && letter.code >= 0x20 && is_order(letter.code)) {
            char escaped[16];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(letter.code));
            result += escaped;
        } else {
            result += json.substr(at, letter.bytes);
        }
        at += letter.bytes;
    }
    return result;
}

}  // namespace terminal_text
