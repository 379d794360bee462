#pragma once

#include "net/interruption.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kontexture::net {

/// What a name means: numeric addresses in the order to try them, or why there are none.
struct LookupAnswer {
    std::vector<std::string> addresses;
    std::string error;          ///< for a log; set when there are none
    bool unknown_name = false;  ///< the name does not exist, as far as the name service knows
};

/// Blocks for as long as it likes. Any thread; copies of it may outlive the Resolver.
using Lookup = std::function<LookupAnswer(const std::string& host, bool ipv4_only)>;

/// The system's name service.
LookupAnswer system_lookup(const std::string& host, bool ipv4_only);

/// Finds the addresses of a host. The lookup runs in a thread of its own, because nothing can wake it; a call
/// that is stopped leaves it behind and returns at once. Numbers and "localhost" need no lookup. Any thread.
class Resolver {
public:
    explicit Resolver(Lookup lookup);

    /// Returns no addresses and no error text when `interruption` was raised.
    LookupAnswer resolve(const std::string& host, bool ipv4_only, Interruption& interruption) const;

private:
    struct Slots;
    Lookup lookup_;
    std::shared_ptr<Slots> slots_;
};

}  // namespace kontexture::net
