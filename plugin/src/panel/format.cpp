#include "panel/format.h"

#include "panel/strings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace kontexture::panel {
namespace {

std::tm local_time(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm local = {};
#if defined(_WIN32)
    localtime_s(&local, &seconds);
#else
    localtime_r(&seconds, &local);
#endif
    return local;
}

}  // namespace

Line::Line(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    const int wanted = std::vsnprintf(text_.data(), text_.size(), format, arguments);
    va_end(arguments);
    size_ = std::min(static_cast<std::size_t>(std::max(wanted, 0)), text_.size() - 1);
    if (static_cast<std::size_t>(std::max(wanted, 0)) <= size_) return;
    while (size_ > 0 && (static_cast<unsigned char>(text_[size_ - 1]) & 0xC0) == 0x80) --size_;
    if (size_ > 0 && (static_cast<unsigned char>(text_[size_ - 1]) & 0x80) != 0) --size_;
    text_[size_] = 0;
}

Line duration_text(std::chrono::milliseconds duration) {
    const auto seconds = static_cast<int>(std::clamp<long long>((duration.count() + 500) / 1000, 0, 359999));
    if (seconds < 100) return Line(text::kSecondsFormat, seconds);
    return Line(text::kMinutesFormat, seconds / 60, seconds % 60);
}

Line credits_text(double credits) {
    // Shortest of at most two decimals.
    const double cents = credits * 100;
    const auto rounded = std::llround(cents);
    if (rounded % 100 == 0) return Line("%lld", rounded / 100);
    return rounded % 10 == 0 ? Line("%.1f", credits) : Line("%.2f", credits);
}

std::optional<double> amount_from(std::string_view text) {
    constexpr std::size_t kMostDigits = 9;
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    double amount = 0;
    double place = 0;  // zero before the point
    std::size_t digits = 0;
    for (const char letter : text) {
        if ((letter == '.' || letter == ',') && place == 0) {
            place = 1;
        } else if (letter >= '0' && letter <= '9' && ++digits <= kMostDigits) {
            place /= 10;
            amount = place > 0 ? amount + place * (letter - '0') : amount * 10 + (letter - '0');
        } else {
            return std::nullopt;
        }
    }
    return digits > 0 ? std::optional(amount) : std::nullopt;
}

Line spent_text(const text::SpentFormats& formats, double spent, double reserved,
                std::optional<double> limit) {
    const Line gone = credits_text(spent);
    const Line held = credits_text(reserved);
    if (!limit)
        return reserved > 0 ? Line(formats.reserved, gone.c_str(), held.c_str())
                            : Line(formats.spent, gone.c_str());
    const Line most = credits_text(*limit);
    return reserved > 0 ? Line(formats.reserved_limit, gone.c_str(), held.c_str(), most.c_str())
                        : Line(formats.limit, gone.c_str(), most.c_str());
}

Line usd_text(double usd) {
    const auto mills = std::llround(usd * 1000);
    return mills % 10 == 0 ? Line("%.2f", usd) : Line("%.3f", usd);
}

Line bytes_text(std::uint64_t bytes) {
    if (bytes >= 1000000) return Line(text::kMegabytesFormat, static_cast<double>(bytes) / 1e6);
    return Line(text::kKilobytesFormat, static_cast<double>(bytes) / 1e3);
}

Line date_text(std::chrono::system_clock::time_point time) {
    const std::tm local = local_time(time);
    char buffer[64];
    const std::size_t size = std::strftime(buffer, sizeof buffer, "%d %b, %H:%M", &local);
    return Line("%.*s", static_cast<int>(size), buffer);
}

Line clock_text(std::chrono::system_clock::time_point time) {
    const std::tm local = local_time(time);
    return Line("%02d:%02d:%02d", local.tm_hour, local.tm_min, local.tm_sec);
}

}  // namespace kontexture::panel
