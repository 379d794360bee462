#pragma once

#include <kontexture/service.h>

#include <array>
#include <chrono>
#include <cstdarg>
#include <optional>
#include <string_view>

namespace kontexture::panel {
namespace text {
struct SpentFormats;
}

/// A short text without an allocation. Cut when too long, never in the middle of a UTF-8 character.
class Line {
public:
#if defined(__GNUC__)
    [[gnu::format(printf, 2, 3)]]
#endif
    explicit Line(const char* format, ...);

    const char* c_str() const {
        return text_.data();
    }
    operator std::string_view() const {
        return {text_.data(), size_};
    }

private:
    std::array<char, 384> text_ = {};
    std::size_t size_ = 0;
};

/// "7 s", "2 min 05 s".
Line duration_text(std::chrono::milliseconds duration);
/// "4", "812.5".
Line credits_text(double credits);
/// "12 (+5) of 50 spent", as the formats have it.
Line spent_text(const text::SpentFormats& formats, double spent, double reserved,
                std::optional<double> limit);
/// "0.075", "1.20".
Line usd_text(double usd);
/// What a person typed: "100", "12.5", "12,5"; nothing when it is no amount.
std::optional<double> amount_from(std::string_view text);
/// "640 kB", "1.3 MB".
Line bytes_text(std::uint64_t bytes);
/// "24 Nov, 08:15" in local time.
Line date_text(std::chrono::system_clock::time_point time);
/// "08:15:30" in local time.
Line clock_text(std::chrono::system_clock::time_point time);

}  // namespace kontexture::panel
