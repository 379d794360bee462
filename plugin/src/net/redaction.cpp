#include "net/redaction.h"

#include "net/text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace kontexture::net {
namespace {

constexpr std::size_t kShortestSecret = 4;
// What is shorter turns up by chance.
constexpr std::size_t kShortestEncoded = 8;
constexpr std::size_t kLongestSpelling = 6;
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The byte that two hexadecimal digits at the start of `text` stand for, or -1.
int hex_byte(std::string_view text) {
    if (text.size() < 2) return -1;
    const std::size_t high = kHexDigits.find(to_lower(text[0])), low = kHexDigits.find(to_lower(text[1]));
    if (high == std::string_view::npos || low == std::string_view::npos) return -1;
    return static_cast<int>(high * 16 + low);
}

bool is_hex(std::string_view text, char c) {
    return hex_byte(text) == static_cast<int>(static_cast<unsigned char>(c));
}

// How many bytes at the start of `text` spell `c`; zero when they do not.
std::size_t spelled(std::string_view text, char c) {
    if (text.empty()) return 0;
    if (text[0] == '\\') {
        const bool has_short_escape = c == '/' || c == '"' || c == '\\';
        if (has_short_escape && text.substr(1).starts_with(c)) return 2;
        if (text.starts_with("\\u00") && is_hex(text.substr(4), c)) return 6;
        if (text.starts_with("\\x") && is_hex(text.substr(2), c)) return 4;
        return c == '\\' ? 1 : 0;
    }
    if (text[0] == c) return 1;
    if (text[0] == '%' && is_hex(text.substr(1), c)) return 3;
    if (text.starts_with("&#x") && is_hex(text.substr(3), c) && text.substr(5).starts_with(';')) return 6;
    if (text.starts_with("&#")) {
        const std::string decimal = std::to_string(static_cast<unsigned char>(c)) + ';';
        if (text.substr(2).starts_with(decimal)) return 2 + decimal.size();
    }
    return 0;
}

std::size_t hex_spelled(std::string_view text, char c) {
    return is_hex(text, c) ? 2 : 0;
}

std::size_t base64_spelled(std::string_view text, char c) {
    // The two marks differ in the alphabet for addresses.
    const char other = c == '+' ? '-' : c == '/' ? '_' : c;
    if (const std::size_t length = spelled(text, c)) return length;
    return spelled(text, other);
}

std::size_t separator(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] == ' ' || text[0] == '\t' || text[0] == '\r' || text[0] == '\n') return 1;
    return text.starts_with("\\n") || text.starts_with("\\r") || text.starts_with("\\t") ? 2 : 0;
}

// One way to write the secret: characters, each of which may be spelled in several ways.
struct Form {
    std::string characters;
    std::size_t (*spell)(std::string_view text, char c);
    bool may_be_broken;
};

bool is_broken_escape(std::string_view rest) {
    return rest.empty() ||
           (rest.size() < kLongestSpelling && (rest[0] == '\\' || rest[0] == '%' || rest[0] == '&'));
}

// How many bytes at the start of `text` are the form; zero when they are not.
std::size_t length_of(const Form& form, std::string_view text, Ending ending) {
    if (text.starts_with(form.characters)) return form.characters.size();
    std::size_t length = 0;
    for (std::size_t known = 0; known < form.characters.size(); ++known) {
        std::size_t bytes = form.spell(text.substr(length), form.characters[known]);
        std::size_t skipped = 0;
        while (bytes == 0 && known > 0 && form.may_be_broken) {
            const std::size_t blanks = separator(text.substr(length + skipped));
            if (blanks == 0) break;
            skipped += blanks;
            bytes = form.spell(text.substr(length + skipped), form.characters[known]);
        }
        if (bytes == 0) {
            const bool is_cut = ending == Ending::Cut && known >= kShortestSecret;
            return is_cut && is_broken_escape(text.substr(length + skipped)) ? text.size() : 0;
        }
        length += skipped + bytes;
    }
    return length;
}

// The characters of base64 that depend on nothing but the secret, when it begins `before` bytes into a group
// of three.
std::string base64_core(std::string_view secret, std::size_t before) {
    const std::size_t first_bit = before * 8, end_bit = first_bit + secret.size() * 8;
    std::string core;
    for (std::size_t bit = (first_bit + 5) / 6 * 6; bit + 6 <= end_bit; bit += 6) {
        unsigned value = 0;
        for (std::size_t i = bit - first_bit; i < bit - first_bit + 6; ++i) {
            const unsigned byte = static_cast<unsigned char>(secret[i / 8]);
            value = value << 1 | (byte >> (7 - i % 8) & 1U);
        }
        core += kBase64[value];
    }
    return core;
}

std::vector<Form> forms_of(std::string_view secret) {
    const bool is_long = secret.size() >= kShortestEncoded;
    std::vector<Form> forms = {{std::string(secret), spelled, is_long}};
    if (!is_long) return forms;
    forms.push_back({std::string(secret), hex_spelled, true});
    for (const std::size_t before : {0U, 1U, 2U})
        forms.push_back({base64_core(secret, before), base64_spelled, true});
    return forms;
}

}  // namespace

void blank(std::string& text, std::string_view secret, Ending ending) {
    constexpr std::string_view kBlank = "[key]";
    if (secret.size() < kShortestSecret) return;
    const std::vector<Form> forms = forms_of(secret);
    std::string blanked;
    for (std::string_view rest = text; !rest.empty();) {
        std::size_t length = 0;
        for (const Form& form : forms) length = std::max(length, length_of(form, rest, ending));
        blanked.append(length > 0 ? kBlank : rest.substr(0, 1));
        rest.remove_prefix(std::max<std::size_t>(length, 1));
    }
    text = std::move(blanked);
}

}  // namespace kontexture::net
