#include "runtime/ledger_csv.h"

#include <array>
#include <charconv>
#include <ctime>

namespace kontexture::runtime {
namespace {

/// RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
std::string cell(std::string_view text) {
    std::string quoted = "\"";
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        quoted += '\'';
    for (const char letter : text) {
        if (letter == '"') quoted += '"';
        quoted += letter;
    }
    return quoted + '"';
}

std::string utc(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

/// With a point, whatever the host's locale says.
std::string number(double value) {
    std::array<char, 40> text;
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 6);
    return {text.data(), end.ptr};
}

}  // namespace

std::string ledger_csv(const Ledger& ledger) {
    std::string text = "time,request,kind,credits,model,task,prompt\r\n";
    for (const LedgerEntry& entry : ledger.entries) {
        text += utc(entry.at) + ',' + std::to_string(entry.request.value) + ',' + to_string(entry.kind) +
                ',' + number(entry.credits) + ',' + cell(entry.model) + ',' + cell(entry.task_id) + ',' +
                cell(entry.prompt) + "\r\n";
    }
    return text;
}

}  // namespace kontexture::runtime
