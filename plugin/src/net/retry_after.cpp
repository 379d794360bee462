#include "net/retry_after.h"

#include "net/text.h"

#include <algorithm>
#include <charconv>

namespace kontexture::net {
namespace {

constexpr std::chrono::seconds kLongest = std::chrono::hours(1);

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"; the two older forms are not sent by anyone any more.
std::optional<std::chrono::sys_seconds> http_date(std::string_view text) {
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
    const std::size_t month_at = kMonths.find(text.substr(8, 3));
    const auto day = number(text.substr(5, 2)), year = number(text.substr(12, 4));
    const auto hour = number(text.substr(17, 2)), minute = number(text.substr(20, 2)),
               second = number(text.substr(23, 2));
    if (month_at == std::string_view::npos || month_at % 3 != 0 || !day || !year || !hour || !minute ||
        !second)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(month_at / 3 + 1)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

}  // namespace

std::optional<std::chrono::milliseconds> retry_after(const HttpReply& reply,
                                                     std::chrono::system_clock::time_point now) {
    const auto header = reply.header("Retry-After");
    if (!header) return std::nullopt;
    const std::string_view text = trimmed(*header);
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_digit))
        return std::min<std::chrono::seconds>(kLongest, std::chrono::seconds(number(text).value_or(3600)));
    const auto date = http_date(text);
    if (!date) return std::nullopt;
    // In whole seconds: a year far away does not fit the clock's nanoseconds.
    const auto wait = *date - std::chrono::floor<std::chrono::seconds>(now);
    return std::clamp<std::chrono::seconds>(wait, std::chrono::seconds(0), kLongest);
}

}  // namespace kontexture::net
