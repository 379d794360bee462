#include "net/address.h"
#include "net/http.h"
#include "net/redaction.h"
#include "net/retry_after.h"
#include "net/text.h"
#include "net/url.h"
#include "providers/wire_text.h"

#include "fuzz.h"

#include <algorithm>

// What a server's head can hold. Input: a line with an address, a line with a Location, a line with a
// Retry-After, and the rest is text to be shown.
namespace {

using namespace kontexture;

bool is_clean(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return net::is_control(c) || c == ' '; });
}

void check_url(const net::Url& url) {
    fuzz::require(url.scheme == "http" || url.scheme == "https", "only http and https");
    fuzz::require(!url.host.empty() && url.port != 0 && url.target.starts_with('/'), "an address is whole");
    fuzz::require(is_clean(url.host) && is_clean(url.target), "nothing is smuggled into a request");
    // Percent-encoding can make it longer than what is read.
    constexpr std::size_t kLongest = 8192;
    if (url.text().size() > kLongest) return;
    const Result<net::Url> again = net::parse_url(url.text());
    fuzz::require(again && again->text() == url.text() && net::same_origin(url, *again),
                  "an address reads back as what it is");
}

void check_address(std::string_view host) {
    const auto address = net::parse_address(host);
    if (!address) return;
    const net::AddressKind kind = net::classify(*address);
    fuzz::require(net::is_loopback_host(host) == (kind == net::AddressKind::Loopback),
                  "loopback is loopback");
    if (!address->v6) return;
    // An IPv6 spelling of an IPv4 address opens no door that the plain one closes.
    net::Address plain;
    std::copy_n(address->bytes.begin() + 12, 4, plain.bytes.begin());
    const bool is_mapped = std::all_of(address->bytes.begin(), address->bytes.begin() + 10,
                                       [](std::uint8_t byte) { return byte == 0; }) &&
                           address->bytes[10] == 0xff && address->bytes[11] == 0xff;
    if (is_mapped) fuzz::require(net::classify(plain) == kind, "a mapped address is judged as what it is");
}

void check_shown(std::string_view text) {
    constexpr std::size_t kMost = 100;
    const std::string excerpt = net::excerpt(text, kMost);
    fuzz::require(excerpt.size() <= kMost && providers::is_utf8(excerpt) &&
                      !providers::has_control_characters(excerpt, false),
                  "an excerpt can be shown");
    const std::string clean = providers::clean_text(text, kMost);
    fuzz::require(providers::is_utf8(clean) && !providers::has_control_characters(clean, false),
                  "clean text can be shown");
    fuzz::require(providers::is_utf8(providers::repair_utf8(text)), "repaired text is UTF-8");
    for (const net::Ending ending : {net::Ending::Whole, net::Ending::Cut}) {
        constexpr std::string_view kSecret = "k\"e/y\\1";
        std::string blanked(text);
        net::blank(blanked, kSecret, ending);
        fuzz::require(blanked.find(kSecret) == std::string::npos, "a key is blanked");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Reader reader(data, size);
    const std::string_view address = reader.line();
    const std::string_view location = reader.line();
    const std::string_view wait = reader.line();

    const net::Url base = net::parse_url("https://files.example.com:8443/a/b?c=d").value();
    const Result<net::Url> url = net::parse_url(address);
    if (url) check_url(*url);
    if (url && providers::is_web_address(address)) check_address(url->host);
    check_address(address);
    [[maybe_unused]] const bool local = providers::is_local_address(address);
    for (const net::Url& from : {base, url ? *url : base})
        if (const Result<net::Url> next = net::resolve_reference(from, location)) check_url(*next);

    net::HttpReply reply;
    reply.headers.push_back({"retry-after", std::string(wait)});
    const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
    if (const auto pause = net::retry_after(reply, now))
        fuzz::require(pause->count() >= 0 && *pause <= std::chrono::hours(1), "a wait is bounded");
    check_shown(reader.rest());
    check_shown(address);
    return 0;
}
