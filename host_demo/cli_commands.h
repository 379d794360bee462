#pragma once

#include "cli_options.h"

namespace command_line {

// Each carries a command out and returns what the process ends with.
int run_generate(const Options& options);
int run_resume(const Options& options);
int run_resolve(const Options& options);
int run_list(const Options& options);
int run_credits(const Options& options);
int run_spend(const Options& options);

}  // namespace command_line
