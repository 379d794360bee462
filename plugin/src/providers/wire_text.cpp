#include "providers/wire_text.h"

#include <algorithm>
#include <optional>

namespace kontexture::providers {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

/// One character and the bytes it took; no value (and one byte) for what is not UTF-8.
struct Decoded {
    std::optional<char32_t> character;
    std::size_t bytes = 1;
};

Decoded decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
    char32_t character = lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        character = (character << 6) | (byte(i) & 0x3Fu);
    }
    constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (character < kSmallest[length] || character > 0x10FFFF) return {};
    if (character >= 0xD800 && character <= 0xDFFF) return {};
    return {character, length};
}

bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

bool is_space(char32_t c) {
    return c == ' ' || c == 0xA0 || c == 0x3000 || c == 0x2028 || c == 0x2029 || (c >= 0x2000 && c <= 0x200B);
}

/// Bidirectional overrides and isolates, the byte order mark.
bool is_invisible_mark(char32_t c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F ||
           c == 0xFEFF;
}

bool is_ascii_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const Decoded next = decode(text);
        if (!next.character) return false;
        text.remove_prefix(next.bytes);
    }
    return true;
}

bool is_blank(std::string_view text) {
    while (!text.empty()) {
        const Decoded next = decode(text);
        if (!next.character) return false;
        if (!is_control(*next.character) && !is_space(*next.character) && !is_invisible_mark(*next.character))
            return false;
        text.remove_prefix(next.bytes);
    }
    return true;
}

bool has_control_characters(std::string_view text, bool allow_line_breaks) {
    while (!text.empty()) {
        const Decoded next = decode(text);
        const char32_t c = next.character.value_or(U'?');
        const bool line_break = c == '\t' || c == '\n' || c == '\r';
        if (is_control(c) && !(allow_line_breaks && line_break)) return true;
        text.remove_prefix(next.bytes);
    }
    return false;
}

bool is_web_address(std::string_view text) {
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos) return false;
    const std::string scheme = lower_case(text.substr(0, colon));
    if (scheme != "http" && scheme != "https") return false;
    const std::string_view rest = text.substr(colon + 3);
    if (rest.empty() || std::string_view("/?#:@").find(rest.front()) != std::string_view::npos) return false;
    return is_utf8(text) && !has_control_characters(text, false) && text.find(' ') == std::string_view::npos;
}

bool is_local_address(std::string_view text) {
    if (!is_web_address(text)) return false;
    std::string host = lower_case(text.substr(text.find("://") + 3));
    host.resize(std::min(host.size(), host.find_first_of("/?#")));
    host.erase(0, host.rfind('@') + 1);
    if (host.starts_with('['))
        return host.starts_with("[::1]") || host.starts_with("[fc") || host.starts_with("[fd") ||
               host.starts_with("[fe80:");
    host.resize(std::min(host.size(), host.find(':')));
    if (host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local")) return true;
    if (host.find_first_not_of("0123456789.") != std::string::npos) return false;
    for (std::string_view network : {"127.", "10.", "192.168.", "169.254.", "0."})
        if (host.starts_with(network)) return true;
    // 172.16.0.0 to 172.31.255.255
    return host.size() > 7 && host.starts_with("172.") && host[6] == '.' && host.substr(4, 2) >= "16" &&
           host.substr(4, 2) <= "31";
}

std::string repair_utf8(std::string_view text) {
    std::string repaired;
    repaired.reserve(text.size());
    while (!text.empty()) {
        const Decoded next = decode(text);
        repaired += next.character ? text.substr(0, next.bytes) : kReplacement;
        text.remove_prefix(next.bytes);
    }
    return repaired;
}

std::string clean_text(std::string_view text, std::size_t max_characters) {
    std::string clean;
    std::size_t characters = 0;
    std::size_t last_character_at = 0;
    bool gap = false;
    while (!text.empty()) {
        const Decoded next = decode(text);
        const char32_t c = next.character.value_or(U'?');
        const std::string_view bytes = next.character ? text.substr(0, next.bytes) : kReplacement;
        text.remove_prefix(next.bytes);
        if (is_invisible_mark(c)) continue;
        if (is_control(c) || is_space(c)) {
            gap = !clean.empty();
            continue;
        }
        const std::size_t wanted = gap ? 2 : 1;
        if (characters + wanted > max_characters) {
            clean.resize(last_character_at);
            clean += max_characters > 0 ? kEllipsis : std::string_view();
            return clean;
        }
        if (gap) clean += ' ';
        gap = false;
        last_character_at = clean.size();
        clean += bytes;
        characters += wanted;
    }
    return clean;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_ascii_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_ascii_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kUnreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string encoded;
    for (char c : text) {
        if (kUnreserved.find(c) != std::string_view::npos) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kHex[byte >> 4];
        encoded += kHex[byte & 15];
    }
    return encoded;
}

}  // namespace kontexture::providers
