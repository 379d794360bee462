#include "key_sweep.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace kontexture::test {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string lowered(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

/// Without blanks and line ends, real ones and JSON's.
std::string joined(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (text[i] == '\\' && (next == 'n' || next == 'r' || next == 't'))
            ++i;
        else if (!std::isspace(static_cast<unsigned char>(text[i])))
            result += text[i];
    }
    return result;
}

int hex_at(std::string_view text, std::size_t at) {
    if (at + 2 > text.size()) return -1;
    const auto digit = [&](std::size_t i) {
        return kHexDigits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(text[i]))));
    };
    if (digit(at) == kHexDigits.npos || digit(at + 1) == kHexDigits.npos) return -1;
    return static_cast<int>(digit(at) * 16 + digit(at + 1));
}

/// With "%41", "\x41", "\u0041", "\/" and the like as what they stand for.
std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::size_t digits = 0;
        if (text[i] == '%') digits = 1;
        if (text.substr(i).starts_with("\\x")) digits = 2;
        if (text.substr(i).starts_with("\\u00")) digits = 4;
        const int byte = digits > 0 ? hex_at(text, i + digits) : -1;
        if (byte >= 0) {
            result += static_cast<char>(byte);
            i += digits + 1;
        } else if (text[i] != '\\') {
            result += text[i];
        }
    }
    return result;
}

std::string hex_of(std::string_view key) {
    std::string result;
    for (const char c : key) {
        result += kHexDigits[static_cast<unsigned char>(c) >> 4];
        result += kHexDigits[static_cast<unsigned char>(c) & 15];
    }
    return result;
}

/// The part of the base64 of something that ends with the key which is the same whatever stands around it.
std::string base64_of(std::string_view key, std::size_t before) {
    const std::string whole = std::string(before, 'x') + std::string(key);
    std::string result;
    for (std::size_t i = 0; i + 3 <= whole.size() + 2; i += 3) {
        unsigned group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (i + k < whole.size() ? static_cast<unsigned char>(whole[i + k]) : 0U);
        for (int shift = 18; shift >= 0; shift -= 6) result += kBase64[group >> shift & 63];
    }
    const std::size_t first = (before * 8 + 5) / 6, end = whole.size() * 8 / 6;
    return result.substr(first, end - first);
}

std::string utf16_of(std::string_view key) {
    std::string result;
    for (const char c : key) (result += c) += '\0';
    result.pop_back();
    return result;
}

/// Texts that are compressed cannot be searched; nothing here writes any.
bool has_compressed_text(std::string_view file) {
    if (!file.starts_with("\x89PNG")) return false;
    for (std::size_t at = 8; at + 12 <= file.size();) {
        std::size_t size = 0;
        for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(file[at + i]);
        const std::string_view name = file.substr(at + 4, 4);
        if (name == "zTXt" || name == "iCCP") return true;
        if (name == "iTXt") {
            const std::string_view data = file.substr(at + 8, size);
            const std::size_t end = data.find('\0');
            if (end != data.npos && end + 1 < data.size() && data[end + 1] != '\0') return true;
        }
        at += size + 12;
    }
    return false;
}

void look_at(const std::filesystem::path& path, std::string_view key, Sweep& result) {
    ++result.files;
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (const std::string& form : find_key(text, key)) result.found.push_back(path.string() + ": " + form);
    if (has_compressed_text(text)) result.found.push_back(path.string() + ": a compressed text");
}

}  // namespace

std::vector<std::string> find_key(std::string_view text, std::string_view key) {
    std::vector<std::string> found;
    const auto look = [&](const std::string& where, const std::string& what, const char* form) {
        if (where.find(what) != where.npos) found.emplace_back(form);
    };
    const std::string low = lowered(text), close = joined(text);
    look(low, lowered(key), "as it is");
    look(lowered(close), lowered(key), "with blanks");
    look(lowered(unescaped(close)), lowered(key), "escaped");
    look(lowered(close), hex_of(key), "in hexadecimal");
    look(low, lowered(utf16_of(key)), "in UTF-16");
    std::string plain = unescaped(close);
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    for (const std::size_t before : {0U, 1U, 2U}) look(plain, base64_of(key, before), "in base64");
    return found;
}

void sweep(const std::string& path, std::string_view key, Sweep& result) {
    namespace fs = std::filesystem;
    const auto name = [&](const fs::path& entry) {
        if (!find_key(entry.filename().string(), key).empty())
            result.found.push_back(entry.string() + ": its name");
    };
    std::error_code error;
    if (fs::is_regular_file(path)) look_at(path, key, result);
    for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
        name(entry->path());
        if (entry->is_regular_file()) look_at(entry->path(), key, result);
    }
}

}  // namespace kontexture::test
