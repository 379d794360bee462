#pragma once

#include "net/address.h"
#include "net/cancellation.h"
#include "net/client.h"
#include "net/transport.h"

#include <functional>
#include <optional>
#include <vector>

namespace kontexture::net {

/// Why an exchange brought nothing.
struct Trouble {
    Error error;
    bool may_have_been_sent = false;
    bool permanent = false;  ///< forbidden: asking again is of no use
};

/// One call of the client: its deadline, its cancellation, and the way to a server over all its addresses.
/// Thread: the caller's; the Cancellation may be raised from any.
class Call {
public:
    Call(const ClientOptions& options, const Resolver& resolver, Watchdog& watchdog,
         std::chrono::milliseconds deadline, Cancellation& cancellation);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// Says why these addresses may not be used, or nothing.
    using AddressRule = std::function<std::optional<std::string>(const std::vector<Address>&)>;

    /// Looks the host up, asks the rule, connects to one address after the other until one takes the
    /// connection, and exchanges. Nothing: the sink has the reply, or stopped it by its own will.
    std::optional<Trouble> perform(Exchange& exchange, ReplySink& sink, const AddressRule& rule = {});

    /// The kinds of the host's addresses; empty when it cannot be found.
    std::vector<AddressKind> kinds_of(const std::string& host);

private:
    std::optional<Trouble> connect(Exchange& exchange, const std::vector<std::string>& addresses,
                                   ReplySink& sink);
    Trouble stopped(const Url& url, bool may_have_been_sent) const;

    const ClientOptions& options_;
    const Resolver& resolver_;
    const std::chrono::milliseconds deadline_;
    Cancellation& cancellation_;
    Interruption interruption_;
    Watchdog::Watch watch_;
};

}  // namespace kontexture::net
