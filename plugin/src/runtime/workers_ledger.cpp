#include "runtime/ledger_csv.h"
#include "runtime/replace_file.h"
#include "runtime/workers.h"

#include <limits>

// What was spent, for a person's eyes and spreadsheets.
namespace kontexture::runtime {
namespace {

constexpr int kShownEntries = 1000;

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
            const std::string text = ledger_csv(ledger);
            const auto bytes = std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
            news_.push(SavedNews{{}, path, replace_file(path, bytes)});
        };
        start_reading(images_, write, on_failure);
    };
    start_reading(disk_, read, on_failure);
}

}  // namespace kontexture::runtime
