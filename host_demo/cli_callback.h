#pragma once

#include <kontexture/config.h>

#include "cli_options.h"

namespace command_line {

/// What --callback-url, --callback-listen and the environment's KONTEXTURE_CALLBACK_KEY or
/// KONTEXTURE_CALLBACK_KEY_FILE say; nothing without --callback-url.
kontexture::Result<std::optional<kontexture::CallbackConfig>> find_callback(const Options& options);

}  // namespace command_line
