#include "runtime/ledger_csv.h"
#include "runtime/replace_file.h"
#include "runtime/workers.h"

#include <limits>

// What was spent, for a person's eyes and spreadsheets.
namespace kontexture::runtime {
namespace {

constexpr const char* kSafe = "The payments are still in the data folder.";

Ledger read_newest(store::Store& store) {
    // One more, to see whether there are more.
    Ledger ledger = store.ledger(static_cast<int>(Ledger::kMostEntries) + 1);
    ledger.has_more = ledger.entries.size() > Ledger::kMostEntries;
    if (ledger.has_more) ledger.entries.pop_back();
    return ledger;
}

}  // namespace

void Workers::load_ledger() {
    const auto read = [this] { news_.push(LedgerNews{read_newest(*store_)}); };
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
            const std::string text = ledger_csv(ledger);
            const auto bytes = std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
            news_.push(SavedNews{{}, path, replace_file(path, bytes, kSafe)});
        };
        start_reading(images_, write, on_failure);
    };
    start_reading(disk_, read, on_failure);
}

}  // namespace kontexture::runtime
