#include "cli_collect.h"

#include "cli_requests.h"

namespace command_line {

namespace {

int fail(const kontexture::Error& error) {
    if (error.code == kontexture::ErrorCode::Interrupted) return kInterrupted;
    print_error(error);
    const bool is_refused = error.code == kontexture::ErrorCode::InvalidArgument ||
                            error.code == kontexture::ErrorCode::SpendLimit;
    return is_refused ? kNothingSent : kSomeFailed;
}

}  // namespace

std::string Collecting::path_of(kontexture::RequestId id, const kontexture::TextureRequest& request) const {
    if (!folder.empty()) return path_for({{}, folder}, id, request);
    const auto wish = outbox.wishes().find(id.value);
    return wish == outbox.wishes().end() ? "" : wish->second.path;
}

int run_collecting(const Options& options,
                   const std::function<kontexture::Result<ExitCode>(const Collecting&)>& work) {
    auto place = find_place(options);
    if (!place) return fail(place.error());
    std::string folder;
    if (!options.fields.out.empty()) {
        auto made = make_folder(options.fields.out);
        if (!made) return fail(made.error());
        folder = std::move(*made);
    }
    const auto session = Session::open(std::move(*place));
    if (!session) return fail(session.error());
    const Place& here = (*session)->place();
    Outbox outbox(here.config.data_dir, here.config.service_id);
    if (const auto taken = outbox.take_over(); !taken) return fail(taken.error());
    const auto report = make_report(options.jsonl);
    for (const std::string& path : outbox.ignored())
        report->note(path + " is ignored: it is not a plain file that only you may write.");
    const auto code = work({**session, outbox, *report, std::move(folder)});
    return code ? *code : fail(code.error());
}

}  // namespace command_line
