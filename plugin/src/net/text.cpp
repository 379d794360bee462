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

void blank(std::string& text, std::string_view secret) {
    constexpr std::size_t kShortest = 4;
    constexpr std::string_view kBlank = "[key]";
    if (secret.size() < kShortest) return;
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kBlank.size()))
        text.replace(at, secret.size(), kBlank);
}

std::string excerpt(std::string_view text, std::size_t max_bytes) {
    std::string cut(text.substr(0, max_bytes));
    std::replace_if(cut.begin(), cut.end(), is_control, ' ');
    return cut;
}

}  // namespace kontexture::net
