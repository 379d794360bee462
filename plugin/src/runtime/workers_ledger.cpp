#include "runtime/replace_file.h"
#include "runtime/workers.h"

#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <limits>

// What was spent, for a person's eyes and spreadsheets.
namespace kontexture::runtime {
namespace {

constexpr int kShownEntries = 1000;

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

std::string csv(const Ledger& ledger) {
    std::string text = "time,request,kind,credits,model,task,prompt\r\n";
    for (const LedgerEntry& entry : ledger.entries) {
        char numbers[96];
        std::snprintf(numbers, sizeof numbers, ",%" PRIu64 ",%s,%g,", entry.request.value,
                      to_string(entry.kind), entry.credits);
        text += utc(entry.at) + numbers + cell(entry.model) + ',' + cell(entry.task_id) + ',' +
                cell(entry.prompt) + "\r\n";
    }
    return text;
}

}  // namespace

void Workers::load_ledger() {
    const auto read = [this] { news_.push(LedgerNews{store_->ledger(kShownEntries)}); };
    start_reading(disk_, read, [](Error error) {
        LedgerNews news;
        news.ledger.error = std::move(error);
        return news;
    });
}

void Workers::save_ledger(std::string path) {
    const auto on_failure = [path](Error error) { return SavedNews{{}, path, std::move(error)}; };
    const auto read = [this, path, on_failure] {
        Ledger ledger = store_->ledger(std::numeric_limits<int>::max());
        if (ledger.error.code != ErrorCode::None) return news_.push(on_failure(std::move(ledger.error)));
        const auto write = [this, path, ledger = std::move(ledger)] {
            const std::string text = csv(ledger);
            const auto bytes = std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
            news_.push(SavedNews{{}, path, replace_file(path, bytes)});
        };
        start_reading(images_, write, on_failure);
    };
    start_reading(disk_, read, on_failure);
}

}  // namespace kontexture::runtime
