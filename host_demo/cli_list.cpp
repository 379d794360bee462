#include "cli_commands.h"
#include "cli_interrupt.h"
#include "cli_report.h"
#include "cli_session.h"

// list and credits: what is known, without changing anything.
namespace command_line {

using kontexture::ErrorCode;
using kontexture::Event;
using kontexture::LibraryEntry;

namespace {

constexpr int kCreditsTimeoutSeconds = 60;

int fail(const kontexture::Error& error) {
    if (error.code == ErrorCode::Interrupted) return kInterrupted;
    print_error(error);
    return error.code == ErrorCode::InvalidArgument ? kNothingSent : kSomeFailed;
}

void add(Summary& summary, kontexture::JobState state) {
    switch (happening_of(state)) {
        case Happening::Ready: ++summary.ready; return;
        case Happening::Failed: ++summary.failed; return;
        case Happening::Unknown: ++summary.unknown; return;
        case Happening::Cancelled: ++summary.cancelled; return;
        case Happening::Accepted:
        case Happening::State: return;
    }
}

}  // namespace

int run_list(const Options& options) {
    auto place = find_place(options);
    if (!place) return fail(place.error());
    place->local = false;
    place->config.collect_outstanding = false;
    const auto session = Session::open(std::move(*place));
    if (!session) return fail(session.error());
    const auto report = make_report(options.jsonl);
    Summary summary;
    std::uint64_t last = 0;
    const auto read = (*session)->read_library(options.search, [&](std::span<const LibraryEntry> entries) {
        report->entries(entries);
        for (const LibraryEntry& entry : entries) add(summary, entry.state);
        last += entries.size();
    });
    if (!read) return fail(read.error());
    if (last == 0) report->note("There are no requests.");
    report->set_total(static_cast<int>(last));
    report->summarize(summary);
    return kAllReady;
}

int run_credits(const Options& options) {
    auto place = find_place(options);
    if (!place) return fail(place.error());
    place->config.collect_outstanding = false;
    const auto session = Session::open(std::move(*place));
    if (!session) return fail(session.error());
    kontexture::Service& service = (*session)->service();
    const auto deadline = std::chrono::steady_clock::now() +
                          std::chrono::seconds(options.timeout_seconds.value_or(kCreditsTimeoutSeconds));
    service.refresh_account();
    const kontexture::Account* account = &service.account();
    while (!account->credits && account->error.code == ErrorCode::None) {
        if (is_interrupted()) return kInterrupted;
        if (std::chrono::steady_clock::now() > deadline)
            return fail({.code = ErrorCode::Timeout,
                         .message = "The service did not tell the balance in time. Try again later."});
        (*session)->pump();
        account = &service.account();
    }
    if (!account->credits) return fail(account->error);
    const auto report = make_report(options.jsonl);
    report->credits(*account->credits,
                    (*session)->place().local ? "the local service" : (*session)->place().config.base_url);
    return kAllReady;
}

}  // namespace command_line
