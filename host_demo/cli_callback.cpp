#include "cli_callback.h"

#include <charconv>
#include <cstdlib>

#include "cli_requests.h"
#include "key_supply.h"

namespace command_line {

using kontexture::CallbackConfig;
using kontexture::Result;

namespace {

/// "127.0.0.1:8377" or "[::1]:8377".
bool read_place(std::string_view text, CallbackConfig& config) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return false;
    std::string_view address = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), config.port);
    config.listen_address = address;
    return error == std::errc() && end == port.data() + port.size() && !address.empty();
}

}  // namespace

Result<std::optional<CallbackConfig>> find_callback(const Options& options) {
    // Also without callbacks: no child is to inherit it.
    kontexture::Secret key = key_supply::take_variable("KONTEXTURE_CALLBACK_KEY");
    if (options.callback_url.empty()) return std::optional<CallbackConfig>();
    CallbackConfig config;
    config.hmac_key = std::move(key);
    config.public_url = options.callback_url;
    if (!options.callback_listen.empty() && !read_place(options.callback_listen, config))
        return invalid("--callback-listen \"" + options.callback_listen +
                       "\" is not an address and a port. Write it like 127.0.0.1:8377.");
    const char* const file = std::getenv("KONTEXTURE_CALLBACK_KEY_FILE");
    if (config.hmac_key.empty() && file) {
        auto read = key_supply::read_key_file(file);
        if (!read) return read.error();
        config.hmac_key = std::move(*read);
    }
    return std::optional(std::move(config));
}

}  // namespace command_line
