#include <cstdio>

#include "cli_commands.h"
#include "cli_interrupt.h"
#include "cli_tracker.h"

// generate: everything is checked first, then sent, then followed until the files are there.
namespace command_line {

using kontexture::Error;
using kontexture::Result;

namespace {

/// What would be refused is found before the first request is sent.
Result<void> check(Session& session, const std::vector<Planned>& planned,
                   const std::optional<double>& max_credits) {
    const kontexture::Service& service = session.service();
    double credits = 0;
    for (const Planned& each : planned) {
        if (const auto checked = service.check(each.request); !checked) {
            Error error = checked.error();
            error.message = each.where + error.message;
            return error;
        }
        credits += service.estimate(each.request);
    }
    if (!max_credits || credits <= *max_credits) return session.check_day(credits);
    char text[200];
    std::snprintf(
        text, sizeof text,
        "%zu pictures need about %g credits, more than --max-credits %g. Nothing was sent; raise the "
        "limit or ask for fewer.",
        planned.size(), credits, *max_credits);
    return Error{.code = kontexture::ErrorCode::SpendLimit, .message = text};
}

int fail(const Error& error, int status) {
    print_error(error);
    return status;
}

}  // namespace

int run_generate(const Options& options) {
    auto place = find_place(options);
    if (!place) return fail(place.error(), kNothingSent);
    const auto planned = plan_requests(options);
    if (!planned) return fail(planned.error(), kNothingSent);
    // What earlier runs left is resume's business; here it would only be in the way.
    place->config.collect_outstanding = false;
    place->config.max_credits = options.max_credits;
    const auto session = Session::open(std::move(*place));
    if (!session)
        return fail(session.error(), session.error().code == kontexture::ErrorCode::InvalidArgument
                                         ? kNothingSent
                                         : kSomeFailed);
    if (options.max_credits_per_day && !(*session)->wait_until_restored()) return kInterrupted;
    if (const auto checked = check(**session, *planned, options.max_credits); !checked)
        return fail(checked.error(), kNothingSent);

    const auto report = make_report(options.jsonl);
    report->set_total(static_cast<int>(planned->size()));
    const Place& here = (*session)->place();
    Outbox outbox(here.config.data_dir, here.config.service_id);
    Tracker tracker(**session, outbox, *report);
    for (const Planned& each : *planned) {
        if (is_interrupted()) break;
        tracker.submit(each);
    }
    return tracker.run(options.timeout_seconds);
}

}  // namespace command_line
