#pragma once

#include "net/http.h"
#include "net/interruption.h"
#include "net/multipart.h"
#include "net/url.h"

#include <chrono>
#include <string>
#include <vector>

namespace kontexture::net {

/// One request to one address, with nothing left to decide.
struct Exchange {
    Url url;
    std::string address;  ///< numeric: where to connect; names and certificates go by url.host
    std::string method;
    std::vector<Header> headers;  ///< checked; all of them but Content-Length and Connection
    const Body* body = nullptr;   ///< none: nothing is sent after the headers
    std::string ca_file;          ///< empty: the system's
    std::chrono::milliseconds connect_timeout{};
    std::chrono::milliseconds idle_timeout{};
};

/// Takes a reply as it comes, on the calling thread. Returning false ends the exchange.
class ReplySink {
public:
    virtual ~ReplySink() = default;
    virtual bool on_head(int status, const std::vector<Header>& headers) = 0;
    virtual bool on_body(std::string_view bytes) = 0;
};

enum class ExchangeEnd : std::uint8_t {
    Complete,
    NotConnected,
    ConnectTimeout,
    CaUnreadable,
    TlsFailed,
    CertificateRefused,
    SinkStopped,
    Idle,    ///< no byte moved for too long
    Closed,  ///< the server closed without an answer
    Broken,  ///< it broke while sending or receiving, or the reply makes no sense
};

struct ExchangeResult {
    ExchangeEnd end = ExchangeEnd::Broken;
    bool may_have_been_sent = true;  ///< false only when it is certain that no byte of the request left
    bool head_arrived = false;
    bool wrong_name = false;  ///< CertificateRefused: the certificate is for another host
    long verify_result = 0;   ///< CertificateRefused: OpenSSL's X509_V_ number
    std::string detail;
};

/// Sends and receives on a connection of its own: never a kept one, because a request that is lost on a stale
/// connection may or may not have been read. Never repeats, follows or decides anything. Blocks;
/// `interruption` ends it at any moment. `watch`: its connect limit is cleared once the server is reached.
ExchangeResult exchange(const Exchange& exchange, ReplySink& sink, Interruption& interruption,
                        Watchdog::Watch& watch);

}  // namespace kontexture::net
