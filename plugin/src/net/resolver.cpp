#include "net/resolver.h"

#include "net/address.h"
#include "net/url.h"

#include <algorithm>
#include <condition_variable>
#include <optional>
#include <system_error>
#include <thread>

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

namespace kontexture::net {
namespace {

// Lookups under way at once, those left behind included: a dead name server must not fill the process.
constexpr int kMostLookups = 8;
constexpr std::size_t kMostAddresses = 8;

std::optional<LookupAnswer> answer_without_lookup(const std::string& host, bool ipv4_only) {
    if (host == "localhost")
        return ipv4_only ? LookupAnswer{{"127.0.0.1"}, "", false}
                         : LookupAnswer{{"127.0.0.1", "::1"}, "", false};
    const auto address = parse_address(host);
    if (!address) return std::nullopt;
    if (address->v6 && ipv4_only) return LookupAnswer{{}, "an IPv6 address, but only IPv4 is allowed", false};
    return LookupAnswer{{host}, "", false};
}

struct Waiting {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<LookupAnswer> answer;
    bool stopped = false;
};

}  // namespace

struct Resolver::Slots {
    std::mutex mutex;
    int free = kMostLookups;
};

LookupAnswer system_lookup(const std::string& host, bool ipv4_only) {
    addrinfo hints{};
    hints.ai_family = ipv4_only ? AF_INET : AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    LookupAnswer answer;
    if (const int status = getaddrinfo(host.c_str(), nullptr, &hints, &found); status != 0) {
        answer.error = gai_strerror(status);
        answer.unknown_name = status == EAI_NONAME;
        return answer;
    }
    for (const addrinfo* at = found; at && answer.addresses.size() < kMostAddresses; at = at->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
            answer.addresses.emplace_back(text);
    }
    freeaddrinfo(found);
    if (answer.addresses.empty()) answer.error = "the name has no address";
    return answer;
}

Resolver::Resolver(Lookup lookup)
    : lookup_(lookup ? std::move(lookup) : Lookup(system_lookup)), slots_(std::make_shared<Slots>()) {}

LookupAnswer Resolver::resolve(const std::string& host, bool ipv4_only, Interruption& interruption) const {
    if (auto answer = answer_without_lookup(host, ipv4_only)) return *answer;
    {
        const std::lock_guard lock(slots_->mutex);
        if (slots_->free == 0) return {{}, "too many name lookups are still waiting for an answer", false};
        --slots_->free;
    }
    // The thread owns all it touches, so it may outlive this call and this object.
    auto waiting = std::make_shared<Waiting>();
    auto look_up = [waiting, slots = slots_, lookup = lookup_, host, ipv4_only] {
        LookupAnswer answer;
        try {
            answer = lookup(host, ipv4_only);
        } catch (const std::exception& failure) {
            answer.error = failure.what();
        }
        {
            const std::lock_guard lock(slots->mutex);
            ++slots->free;
        }
        const std::lock_guard lock(waiting->mutex);
        waiting->answer = std::move(answer);
        waiting->changed.notify_all();
    };
    try {
        std::thread(std::move(look_up)).detach();
    } catch (const std::system_error& failure) {
        const std::lock_guard lock(slots_->mutex);
        ++slots_->free;
        return {{}, std::string("no thread for the name lookup: ") + failure.what(), false};
    }
    interruption.set_waker([waiting] {
        const std::lock_guard lock(waiting->mutex);
        waiting->stopped = true;
        waiting->changed.notify_all();
    });
    std::optional<LookupAnswer> answer;
    {
        std::unique_lock lock(waiting->mutex);
        waiting->changed.wait(lock, [&] { return waiting->answer || waiting->stopped; });
        answer = waiting->answer;
    }
    interruption.set_waker(nullptr);
    if (interruption.raised() || !answer) return {};
    return *std::move(answer);
}

}  // namespace kontexture::net
