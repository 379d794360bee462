#include "net/call.h"

#include "net/messages.h"

#include <algorithm>

namespace kontexture::net {
namespace {

using Clock = Watchdog::Clock;

// The watchdog's arithmetic must not overflow, whatever the caller asks for.
constexpr std::chrono::milliseconds kLongestCall = std::chrono::hours(24);

std::chrono::milliseconds until(Clock::time_point limit) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now());
}

std::vector<Address> parse_all(const std::vector<std::string>& texts) {
    std::vector<Address> addresses;
    for (const std::string& text : texts)
        if (const auto address = parse_address(text)) addresses.push_back(*address);
    return addresses;
}

}  // namespace

Call::Call(const ClientOptions& options, const Resolver& resolver, Watchdog& watchdog,
           std::chrono::milliseconds deadline, Cancellation& cancellation)
    : options_(options),
      resolver_(resolver),
      deadline_(std::clamp(deadline, std::chrono::milliseconds(0), kLongestCall)),
      cancellation_(cancellation),
      watch_(watchdog, interruption_, Clock::now() + deadline_) {
    cancellation_.set_hook([this] { watch_.stop(StopReason::Cancelled); });
}

Call::~Call() {
    cancellation_.set_hook(nullptr);
}

Trouble Call::stopped(const Url& url, bool may_have_been_sent) const {
    return {stopped_error(interruption_.reason(), url, deadline_, options_), may_have_been_sent, false};
}

std::optional<Trouble> Call::perform(Exchange& exchange, ReplySink& sink, const AddressRule& rule) {
    watch_.set_connect_limit(Clock::now() + std::min(options_.connect_timeout, kLongestCall));
    LookupAnswer answer = resolver_.resolve(exchange.url.host, options_.force_ipv4, interruption_);
    if (interruption_.raised()) return stopped(exchange.url, false);
    const std::vector<Address> addresses = parse_all(answer.addresses);
    // A link-local address with a zone does not parse; it is no place for an API or a picture either.
    std::erase_if(answer.addresses, [](const std::string& text) { return !parse_address(text); });
    if (addresses.empty()) return Trouble{lookup_error(exchange.url, answer), false, false};
    if (rule)
        if (const auto why = rule(addresses))
            return Trouble{forbidden_error(exchange.url, *why), false, true};
    return connect(exchange, answer.addresses, sink);
}

std::optional<Trouble> Call::connect(Exchange& exchange, const std::vector<std::string>& addresses,
                                     ReplySink& sink) {
    const auto limit = Clock::now() + std::min(options_.connect_timeout, kLongestCall);
    ExchangeResult result;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const auto left = until(limit);
        if (i > 0 && left <= std::chrono::milliseconds(0)) break;
        exchange.address = addresses[i];
        // A black hole must leave time for the others.
        exchange.connect_timeout = i + 1 < addresses.size() ? left / 2 : left;
        exchange.idle_timeout = options_.idle_timeout;
        exchange.ca_file = options_.ca_file;
        watch_.set_connect_limit(limit);
        result = net::exchange(exchange, sink, interruption_, watch_);
        const bool next =
            result.end == ExchangeEnd::NotConnected || result.end == ExchangeEnd::ConnectTimeout;
        if (!next || result.may_have_been_sent || interruption_.raised()) break;
    }
    if (result.end == ExchangeEnd::Complete) return std::nullopt;
    if (interruption_.raised()) return stopped(exchange.url, result.may_have_been_sent);
    if (result.end == ExchangeEnd::SinkStopped) return std::nullopt;
    return Trouble{exchange_error(exchange.url, result, options_), result.may_have_been_sent, false};
}

std::vector<AddressKind> Call::kinds_of(const std::string& host) {
    std::vector<AddressKind> kinds;
    const LookupAnswer answer = resolver_.resolve(host, options_.force_ipv4, interruption_);
    for (const Address& address : parse_all(answer.addresses)) kinds.push_back(classify(address));
    return kinds;
}

}  // namespace kontexture::net
