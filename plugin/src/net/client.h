#pragma once

#include "net/cancellation.h"
#include "net/http.h"
#include "net/resolver.h"

#include <atomic>
#include <chrono>
#include <variant>

namespace kontexture::net {

struct ClientOptions {
    std::string base_url;  ///< the API; with upload_url the only places that ever get the key
    std::string upload_url;
    std::string user_agent;
    std::string ca_file;  ///< PEM; empty: the system's
    bool force_ipv4 = false;
    Lookup lookup;                                       ///< how names become addresses; empty: the system's
    std::chrono::milliseconds connect_timeout{10'000};   ///< name, connection and TLS together
    std::chrono::milliseconds idle_timeout{30'000};      ///< without a byte moving
    std::size_t max_reply_bytes = std::size_t{4} << 20;  ///< of an API reply
    std::size_t max_file_bytes = std::size_t{64} << 20;  ///< of a result file
};

using HttpResult = std::variant<HttpReply, HttpFailure>;

struct FetchedFile {
    std::uint64_t bytes = 0;
};
/// Why a result file did not come. `status` is set when the server answered with something else than 200.
struct FetchFailure {
    Error error;
    bool permanent = false;  ///< this address will not work again (403, 404, 410, forbidden)
    std::optional<std::chrono::milliseconds> retry_after;
};
using FetchResult = std::variant<FetchedFile, FetchFailure>;

/// The HTTP client. Every call blocks its thread until it ends, its deadline passes or its Cancellation is
/// raised, which is noticed within milliseconds in every phase (name, connection, TLS, sending, waiting,
/// receiving). Threads: any number of calls at a time, from any thread.
class Client {
public:
    /// Fails when a URL is not http(s), or is plain http to a host that is not loopback.
    static Result<std::unique_ptr<Client>> create(ClientOptions options, Secret key);
    ~Client();

    void set_key(Secret key);
    bool has_key() const;

    /// Sends an API request with the key. The URL's origin must be base_url's or upload_url's (otherwise
    /// refused with nothing sent). Redirects are not followed: a 3xx comes back as the reply. Wherever the
    /// server's reply contains the key, it is blanked out before anyone sees it. `deadline` bounds the whole
    /// call.
    HttpResult send(const HttpRequest& request, std::chrono::milliseconds deadline,
                    Cancellation& cancellation);

    /// Gets a result file without credentials into `path` (made with owner-only rights, overwritten, fsynced;
    /// removed again on failure). Follows at most 3 redirects, each checked anew: https only (plain http only
    /// to loopback when base_url is loopback), and after name resolution no private, link-local or loopback
    /// address unless base_url's is one. Refuses more than max_file_bytes, and a body shorter than its
    /// Content-Length. `received`, when given, is kept up to date.
    FetchResult fetch(const std::string& url, const std::string& path, std::chrono::milliseconds deadline,
                      Cancellation& cancellation, std::atomic<std::uint64_t>* received = nullptr,
                      std::atomic<std::uint64_t>* total = nullptr);

private:
    class Impl;
    explicit Client(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace kontexture::net
