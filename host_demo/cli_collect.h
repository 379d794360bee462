#pragma once

#include <functional>
#include <string>

#include "cli_outbox.h"
#include "cli_report.h"
#include "cli_session.h"

namespace command_line {

/// What a command works with that collects what earlier runs left. Lives as long as its run_collecting().
struct Collecting {
    Session& session;
    Outbox& outbox;  ///< with the wishes of dead runs
    Report& report;
    std::string folder;  ///< of --out; empty: each picture goes where it was wanted

    /// Empty: it stays in the library.
    std::string path_of(kontexture::RequestId id, const kontexture::TextureRequest& request) const;
};

/// Opens what `work` needs, has it done and returns what the process ends with; errors have then been
/// printed.
int run_collecting(const Options& options,
                   const std::function<kontexture::Result<ExitCode>(const Collecting&)>& work);

}  // namespace command_line
