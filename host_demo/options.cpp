#include "options.h"

#include "key_supply.h"
#include "terminal_text.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace demo {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string default_data_dir() {
    if (const std::string data = environment("XDG_DATA_HOME"); !data.empty()) return data + "/kontexture";
    if (const std::string home = environment("HOME"); !home.empty()) return home + "/.local/share/kontexture";
    if (const std::string data = environment("LOCALAPPDATA"); !data.empty()) return data + "/kontexture";
    return "kontexture-data";
}

bool read_int(std::string_view text, int min, int max, int& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= min && value <= max;
}

bool read_size(std::string_view text, Options& options) {
    const std::size_t cross = text.find('x');
    return cross != text.npos && read_int(text.substr(0, cross), 320, 16384, options.width) &&
           read_int(text.substr(cross + 1), 240, 16384, options.height);
}

kontexture::Error wrong(std::string message) {
    return {.code = kontexture::ErrorCode::InvalidArgument, .message = std::move(message)};
}

}  // namespace

const char* const kUsage =
    "kontexture_demo [--size WxH]\n"
    "kontexture_demo --auto PROMPT … --screenshot FILE [--edit INSTRUCTION] [--count N] [--timeout SECONDS]\n"
    "\n"
    "  --auto PROMPT      type the prompt, generate, put the texture on the sphere, quit; again for the "
    "cube,\n"
    "                     the torus, the floor and round again\n"
    "  --edit TEXT        then edit the last result with this instruction and put that in its place\n"
    "  --count N          this many pictures of a prompt (1 to 8)\n"
    "  --timeout SECONDS  give up on a prompt after so long (120)\n"
    "  --screenshot FILE  save the window as a PNG before quitting\n"
    "  --size WxH         of the window, in pixels\n"
    "\n"
    "The service's key comes from KIE_API_KEY in the environment, from the file that KIE_API_KEY_FILE names\n"
    "(readable by its owner only), or from the desktop's secret store. Without one a local service paints\n"
    "procedural pictures, no AI and no cost.\n"
    "Environment: KONTEXTURE_BASE_URL, KONTEXTURE_UPLOAD_URL, KONTEXTURE_DATA_DIR.\n";

kontexture::Result<Options> read_options(int argc, const char* const* argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        if (name == "--help" || name == "-h") {
            options.help = true;
            continue;
        }
        const char* value = i + 1 < argc ? argv[++i] : nullptr;
        if (!value) return wrong(std::string(name) + " needs a value, or is no argument. See --help.");
        if (name == "--auto")
            options.auto_prompts.emplace_back(value);
        else if (name == "--edit")
            options.auto_edit = value;
        else if (name == "--screenshot")
            options.screenshot = value;
        else if (name == "--count" && !read_int(value, 1, 8, options.count))
            return wrong("--count is a number from 1 to 8, not \"" + std::string(value) + "\".");
        else if (name == "--timeout" && !read_int(value, 1, 86400, options.timeout_seconds))
            return wrong("--timeout is a number of seconds, not \"" + std::string(value) + "\".");
        else if (name == "--size" && !read_size(value, options))
            return wrong("--size is like 1600x900, not \"" + std::string(value) + "\".");
        else if (name != "--count" && name != "--timeout" && name != "--size")
            return wrong(std::string(name) + " is no argument. See --help.");
    }
    if (!options.auto_edit.empty() && options.auto_prompts.empty())
        return wrong("--edit needs --auto: there is nothing to edit without a first picture.");
    return options;
}

kontexture::Result<kontexture::ServiceConfig> config_from_environment() {
    auto supply = key_supply::find_key("");
    if (!supply) return supply.error();
    if (!supply->note.empty())
        std::fprintf(stderr, "kontexture_demo: %s\n", terminal_text::printable(supply->note).c_str());
    kontexture::ServiceConfig config;
    config.api_key = std::move(supply->key);
    if (std::string url = environment("KONTEXTURE_BASE_URL"); !url.empty()) config.base_url = std::move(url);
    config.upload_url = environment("KONTEXTURE_UPLOAD_URL");
    config.data_dir = environment("KONTEXTURE_DATA_DIR");
    if (config.data_dir.empty()) config.data_dir = default_data_dir();
    return config;
}

}  // namespace demo
