#pragma once

#include "net/call.h"
#include "net/client.h"

#include <mutex>
#include <string>

namespace kontexture::net {

class Client::Impl {
public:
    Impl(ClientOptions client_options, Url base, Url upload, Secret key);

    void set_key(Secret key);
    Secret key() const;

    HttpResult send(const HttpRequest& request, std::chrono::milliseconds deadline,
                    Cancellation& cancellation);

    /// What fetch() is asked for.
    struct Fetch {
        std::string path;
        std::atomic<std::uint64_t>* received = nullptr;
        std::atomic<std::uint64_t>* total = nullptr;
    };
    FetchResult fetch(const std::string& url, const Fetch& fetch, std::chrono::milliseconds deadline,
                      Cancellation& cancellation);

private:
    class FetchSink;

    std::variant<std::vector<Header>, HttpFailure> api_headers(const HttpRequest& request, const Url& url,
                                                               const Body& body, const Secret& key) const;
    std::optional<FetchFailure> check_target(const Url& url) const;
    std::optional<std::string> judge(Call& call, const std::vector<Address>& addresses) const;

    const ClientOptions options_;
    const Url base_;
    const Url upload_;
    const Resolver resolver_;
    mutable std::mutex key_mutex_;
    Secret key_;
    Watchdog watchdog_;
};

}  // namespace kontexture::net
