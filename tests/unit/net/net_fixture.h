#pragma once

#include "catch.h"
#include "net/client.h"
#include "scripted_server.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace kontexture::test {

using namespace std::chrono_literals;
using net::Cancellation;
using net::Client;
using net::ClientOptions;
using net::FetchedFile;
using net::FetchFailure;
using net::HttpFailure;
using net::HttpReply;
using net::HttpRequest;

inline constexpr const char* kKey = "0123456789abcdef0123456789abcdef";

/// A folder that is gone at the end of the test.
class TempFolder {
public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "kontexture_net_XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~TempFolder() { std::filesystem::remove_all(path_); }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(file(name)) << text;
        return file(name);
    }
    bool empty() const { return std::filesystem::is_empty(path_); }

private:
    std::string path_;
};

inline std::string read_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

inline ClientOptions options_for(const std::string& base_url) {
    ClientOptions options;
    options.base_url = base_url;
    options.user_agent = "Kontexture-Test/1";
    options.connect_timeout = 5s;
    options.idle_timeout = 10s;
    return options;
}

inline std::unique_ptr<Client> make_client(ClientOptions options) {
    auto client = Client::create(std::move(options), kKey);
    INFO((client ? "" : client.error().message));
    REQUIRE(client);
    return std::move(*client);
}

inline HttpRequest get(const std::string& url) {
    HttpRequest request;
    request.method = "GET";
    request.url = url;
    return request;
}

inline HttpRequest post(const std::string& url, std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.content_type = "application/json";
    request.body = std::move(body);
    return request;
}

/// Raises a cancellation after a while; with `event`, a while after that came true.
class CancelLater {
public:
    CancelLater(Cancellation& cancellation, std::chrono::milliseconds delay,
                const std::atomic<bool>* event = nullptr)
        : thread_([&cancellation, delay, event] {
              for (int i = 0; i < 10'000 && event && !*event; ++i) std::this_thread::sleep_for(1ms);
              std::this_thread::sleep_for(delay);
              cancellation.cancel();
          }) {}
    ~CancelLater() { thread_.join(); }
    CancelLater(const CancelLater&) = delete;
    CancelLater& operator=(const CancelLater&) = delete;

private:
    std::thread thread_;
};

class Stopwatch {
public:
    std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                     start_);
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

inline const HttpReply& reply_of(const net::HttpResult& result) {
    const auto* failure = std::get_if<HttpFailure>(&result);
    INFO((failure ? failure->error.message + " | " + failure->error.detail : ""));
    REQUIRE(failure == nullptr);
    return std::get<HttpReply>(result);
}

inline const HttpFailure& failure_of(const net::HttpResult& result) {
    REQUIRE(std::holds_alternative<HttpFailure>(result));
    return std::get<HttpFailure>(result);
}

inline const FetchFailure& failure_of(const net::FetchResult& result) {
    REQUIRE(std::holds_alternative<FetchFailure>(result));
    return std::get<FetchFailure>(result);
}

}  // namespace kontexture::test
