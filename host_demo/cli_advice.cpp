#include "cli_advice.h"

#include <kontexture/config.h>

#include <string_view>
#include <utility>

#include "terminal_text.h"

namespace command_line {

namespace {

constexpr std::size_t kMaxLetters = 200;

/// Of letters that mean nothing to a shell, without a user's name in front of the host.
bool is_plain_address(std::string_view address) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~:/";
    if (address.size() > kMaxLetters) return false;
    const std::size_t scheme = address.starts_with("https://") ? 8 : address.starts_with("http://") ? 7 : 0;
    if (scheme == 0) return false;
    const std::string_view rest = address.substr(scheme);
    return !rest.empty() && rest.front() != '/' && rest.find_first_not_of(kPlain) == rest.npos;
}

}  // namespace

std::string advice_on(const std::string& service, int number) {
    std::string text = std::to_string(number) + (number == 1 ? " request" : " requests");
    if (service == "local") return text + " of the local service remain. Collect: kontexture resume --local";
    if (service == kontexture::ServiceConfig().base_url)
        return text + " of " + service +
               " remain. Collect: set KIE_API_KEY, then kontexture resume --base-url " + service;
    if (is_plain_address(service))
        return text + " of this folder went to " + service +
               ". Give it your key only if you know this address: set KIE_API_KEY, then kontexture resume "
               "--base-url " +
               service;
    return text + " of this folder went to an address that is not a plain one and is left alone: \"" +
           terminal_text::printable_start(service, kMaxLetters) + "\"";
}

std::string in_options(std::string message) {
    constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"ServiceConfig::prices", "--price"},
        {"ServiceConfig::data_dir", "--data-dir"},
        {"ServiceConfig::base_url", "--base-url"},
        {"CallbackConfig::public_url", "--callback-url"},
        {"CallbackConfig::listen_address", "--callback-listen"},
        {"CallbackConfig::port", "--callback-listen"},
        {"CallbackConfig::hmac_key", "KONTEXTURE_CALLBACK_KEY"},
    };
    for (const auto& [field, option] : kNames)
        for (std::size_t at = 0; (at = message.find(field, at)) != message.npos; at += option.size())
            message.replace(at, field.size(), option);
    return message;
}

}  // namespace command_line
