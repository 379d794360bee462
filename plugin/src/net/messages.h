#pragma once

#include "net/client.h"
#include "net/transport.h"

// Failures of the way to the server, in words for a person. Pure.
namespace kontexture::net {

Error stopped_error(StopReason reason, const Url& url, std::chrono::milliseconds deadline,
                    const ClientOptions& options);
Error lookup_error(const Url& url, const LookupAnswer& answer);
/// For every end but Complete and SinkStopped.
Error exchange_error(const Url& url, const ExchangeResult& result, const ClientOptions& options);
Error forbidden_error(const Url& url, std::string_view why);

/// Makes both texts of the error valid UTF-8 without control characters: names of files, the system's words
/// and a server's bytes get into them.
void clean(Error& error);

}  // namespace kontexture::net
