#pragma once

#include <kontexture/service.h>

#include <string>
#include <vector>

namespace demo {

/// The demo's arguments.
struct Options {
    /// Not empty: do the whole job without a person, then quit. Each prompt is for the next object.
    std::vector<std::string> auto_prompts;
    std::string auto_edit;   ///< an instruction for a round over the last result
    std::string screenshot;  ///< PNG file; alone, it shows the first picture and quits
    int count = 1;
    int timeout_seconds = 120;
    int width = 0;  ///< of the window, in pixels; zero: by the screen
    int height = 0;
    bool help = false;
};

extern const char* const kUsage;

kontexture::Result<Options> read_options(int argc, const char* const* argv);

/// The key of key_supply.h, KONTEXTURE_BASE_URL, KONTEXTURE_UPLOAD_URL and KONTEXTURE_DATA_DIR; the data
/// folder is $XDG_DATA_HOME/kontexture or its usual place when none is given. An error when a key file may
/// not be used.
kontexture::Result<kontexture::ServiceConfig> config_from_environment();

}  // namespace demo
