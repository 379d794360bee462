#include <filesystem>

#include "cli_commands.h"
#include "cli_interrupt.h"
#include "cli_report.h"
#include "cli_session.h"

// spend: what the data folder's requests have cost.
namespace command_line {

using kontexture::Error;
using kontexture::ErrorCode;
using kontexture::Event;
using kontexture::Ledger;
using kontexture::Result;

namespace {

Error interrupted() {
    return {.code = ErrorCode::Interrupted, .message = "Interrupted."};
}

Result<void> save(Session& session, const std::string& path) {
    session.service().library().save_ledger(path);
    while (!is_interrupted())
        for (const Event& event : session.pump()) {
            if (event.kind != Event::Kind::Saved || event.path != path) continue;
            if (event.error.code != ErrorCode::None) return event.error;
            return {};
        }
    return interrupted();
}

Result<const Ledger*> read(Session& session) {
    kontexture::Library& library = session.service().library();
    library.load_ledger();
    while (library.ledger().loading) {
        if (is_interrupted()) return interrupted();
        session.pump();
    }
    if (library.ledger().error.code != ErrorCode::None) return library.ledger().error;
    return &library.ledger();
}

int fail(const Error& error) {
    if (error.code == ErrorCode::Interrupted) return kInterrupted;
    print_error(error);
    return error.code == ErrorCode::InvalidArgument ? kNothingSent : kSomeFailed;
}

}  // namespace

int run_spend(const Options& options) {
    auto place = find_place(options);
    if (!place) return fail(place.error());
    // Its payments are in the data folder; nobody has to run for that.
    if (std::exchange(place->local, false)) place->config.service_id = kLocalId;
    place->config.collect_outstanding = false;
    const auto session = Session::open(std::move(*place));
    if (!session) return fail(session.error());
    const auto report = make_report(options.jsonl);
    const auto ledger = read(**session);
    if (!ledger) return fail(ledger.error());
    report->spend(**ledger);
    if (options.csv.empty()) return kAllReady;
    const std::string path = std::filesystem::absolute(options.csv).lexically_normal().string();
    if (const auto saved = save(**session, path); !saved) return fail(saved.error());
    report->note("Written: " + path);
    return kAllReady;
}

}  // namespace command_line
