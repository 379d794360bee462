#include "net/callback_listener.h"

#include "net/callback_signature.h"
#include "net_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <utility>

namespace kontexture::test {

using net::CallbackListener;
using net::CallbackReader;
using net::check_signature;
using net::SignatureCheck;

namespace {

constexpr const char* kWebhookKey = "webhook-test-key";
// printf 'task12345.1767225600' | openssl dgst -sha256 -hmac webhook-test-key -binary | base64
constexpr const char* kVector = "oufe2V2UxC90Xbm9tUC83WC0sIkRYKTwTimh4ZqL664=";
constexpr std::int64_t kVectorTime = 1'767'225'600;
constexpr std::uint8_t kSecret[] = {1, 2, 3};
// Request 7's. HMAC-SHA256 of "7" with that secret, as the openssl program computes it.
const std::string kHook = "/hooks/7/2f06d89b76273a70aa738f85583651e3";

std::chrono::system_clock::time_point at(std::int64_t seconds) {
    return std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
}

/// A raw connection, so that everything a client may do wrong can be done.
class Caller {
public:
    explicit Caller(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        const timeval patience{60, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    ~Caller() { ::close(socket_); }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    bool connected() const { return connected_; }
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// All that comes until the other side closes.
    std::string receive() {
        std::string all;
        char piece[4096];
        for (ssize_t size = 0; (size = ::recv(socket_, piece, sizeof piece, 0)) > 0;)
            all.append(piece, static_cast<std::size_t>(size));
        return all;
    }
    bool is_closed() {
        char byte = 0;
        const ssize_t size = ::recv(socket_, &byte, 1, MSG_DONTWAIT);
        return size == 0 || (size < 0 && errno == ECONNRESET);
    }
    std::string receive_some() {
        char piece[4096];
        const ssize_t size = ::recv(socket_, piece, sizeof piece, 0);
        return {piece, size > 0 ? static_cast<std::size_t>(size) : 0};
    }

private:
    int socket_;
    bool connected_ = false;
};

struct Setup {
    explicit Setup(const char* key = "") {
        CallbackConfig config;
        config.public_url = "https://textures.example.org/hooks/";
        config.port = 0;
        config.hmac_key = Secret(key);
        auto opened = CallbackListener::open(config, [](std::string_view body) -> std::optional<std::string> {
            if (body.empty() || body.starts_with('{')) return std::nullopt;
            return std::string(body);
        });
        INFO((opened ? "" : opened.error().message));
        REQUIRE(opened);
        listener = std::move(*opened);
        listener->expect({7});
        listener->start(kSecret, {[this](RequestId id, std::string task) {
                                      const std::lock_guard lock(mutex);
                                      hints.emplace_back(id.value, std::move(task));
                                  },
                                  [this](std::string why) {
                                      const std::lock_guard lock(mutex);
                                      refusals.push_back(std::move(why));
                                  }});
    }
    std::string call(const std::string& request) {
        Caller caller(listener->port());
        REQUIRE(caller.connected());
        caller.send(request);
        return caller.receive();
    }
    int status(const std::string& request) { return status_of(call(request)); }
    static int status_of(const std::string& reply) {
        return reply.starts_with("HTTP/1.1 ") ? std::stoi(reply.substr(9, 3)) : 0;
    }
    std::size_t hint_count() {
        const std::lock_guard lock(mutex);
        return hints.size();
    }

    std::mutex mutex;
    std::vector<std::pair<std::uint64_t, std::string>> hints;
    std::vector<std::string> refusals;
    std::unique_ptr<CallbackListener> listener;
};

std::string posting(const std::string& target, const std::string& body, const std::string& headers = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: x\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string chunked(const std::string& target, const std::string& chunks) {
    return "POST " + target + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

std::int64_t now_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

TEST_CASE("a webhook's signature is checked against one that openssl made") {
    const std::string time = std::to_string(kVectorTime);
    const auto check = [&](std::string_view task, std::string_view stamp, std::string_view signature,
                           std::string_view key, std::int64_t now) {
        return check_signature(task, stamp, signature, key, at(now));
    };
    CHECK(check("task12345", time, kVector, kWebhookKey, kVectorTime) == SignatureCheck::Valid);
    CHECK(check("task12345", time, kVector, kWebhookKey, kVectorTime + 300) == SignatureCheck::Valid);
    CHECK(check("task12345", time, kVector, kWebhookKey, kVectorTime - 300) == SignatureCheck::Valid);
    CHECK(check("task12345", time, kVector, kWebhookKey, kVectorTime + 301) == SignatureCheck::OutOfTime);
    CHECK(check("task12345", time, kVector, kWebhookKey, kVectorTime - 301) == SignatureCheck::OutOfTime);
    CHECK(check("task12346", time, kVector, kWebhookKey, kVectorTime) == SignatureCheck::Wrong);
    CHECK(check("task12345", std::to_string(kVectorTime + 1), kVector, kWebhookKey, kVectorTime) ==
          SignatureCheck::Wrong);
    CHECK(check("task12345", time, kVector, "another key", kVectorTime) == SignatureCheck::Wrong);
    // An empty key signs nothing, not even rightly.
    CHECK(check("task12345", time, "1RoQPPPFAVbTqU4xTRgF9YI2OQLMjx/afozt5wiT8wY=", "", kVectorTime) ==
          SignatureCheck::Wrong);
    CHECK(check("task12345", "", kVector, kWebhookKey, kVectorTime) == SignatureCheck::Missing);
    CHECK(check("task12345", time, "", kWebhookKey, kVectorTime) == SignatureCheck::Missing);
    for (std::size_t i = 0; i < std::string_view(kVector).size(); ++i) {
        std::string forged = kVector;
        forged[i] = forged[i] == 'A' ? 'B' : 'A';
        CAPTURE(i);
        CHECK(check("task12345", time, forged, kWebhookKey, kVectorTime) == SignatureCheck::Wrong);
        CHECK(check("task12345", time, forged.substr(0, i), kWebhookKey, kVectorTime) !=
              SignatureCheck::Valid);
    }
    // Signed rightly, but "+1767225600" is no time:
    // printf 'task12345.+1767225600' | openssl dgst -sha256 -hmac webhook-test-key -binary | base64
    CHECK(check("task12345", "+1767225600", "4z6Yqk1tvWRuLjqGLMYZXm8GjLfdGjuR2wLf/sYTBv0=", kWebhookKey,
                kVectorTime) == SignatureCheck::Wrong);
}

TEST_CASE("a callback's address is the public one, a slash and the id, and nothing else") {
    const auto id = [](std::string_view target) {
        const auto found = net::callback_id(target, "/hooks");
        return found ? found->value : 0;
    };
    CHECK(id("/hooks/7") == 7);
    CHECK(id("/hooks/7?x=1") == 7);
    CHECK(id("/hooks/9007199254740991") == 9007199254740991U);
    CHECK(net::callback_id("/7", "") == RequestId{7});
    for (const char* other :
         {"/hooks", "/hooks/", "/hooks/07", "/hooks/0", "/hooks/-7", "/hooks/7/", "/hooks/7x", "/hooks//7",
          "/hooks7", "/7", "/other/7", "/hooks/%37", "/hooks/99999999999999999", "/hooks/../hooks/7", ""}) {
        CAPTURE(other);
        CHECK(id(other) == 0);
    }
}

TEST_CASE("an address that cannot be guessed: only who was told it may call back") {
    Setup s;
    s.listener->expect({8});
    const auto path = [&](std::uint64_t id) {
        const std::string url = s.listener->url_of({id});
        return url.substr(std::string("https://textures.example.org").size());
    };
    CHECK(path(7) == kHook);
    CHECK(s.status(posting(path(7) + "?x=1", "task-1")) == 200);
    CHECK(s.status(posting(path(8), "task-2")) == 200);
    const std::string token = path(7).substr(9);
    for (const std::string& guessed :
         {std::string("/hooks/7"), std::string("/hooks/7/"), "/hooks/8/" + token, path(7) + "0",
          path(7).substr(0, path(7).size() - 1), path(7) + "/", "/hooks/" + token}) {
        CAPTURE(guessed);
        CHECK(s.status(posting(guessed, "task-3")) == 404);
    }
}

TEST_CASE("a good callback is passed on, whatever way its body comes") {
    Setup s;
    CHECK(s.listener->url_of({7}) == "https://textures.example.org" + kHook);
    const std::string reply = s.call(posting(kHook, "task-1"));
    CHECK(Setup::status_of(reply) == 200);
    CHECK(reply.find("Connection: close") != std::string::npos);
    CHECK(s.status(chunked(kHook, "3\r\ntas\r\n3;x=y\r\nk-2\r\n0\r\nTrailer: x\r\n\r\n")) == 200);
    CHECK(s.status(posting(kHook, "task-3", "X-Other: 1\r\n") + "POST " + kHook + " HTTP/1.1\r\n") == 200);
    {
        Caller patient(s.listener->port());
        patient.send("POST " + kHook + " HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n");
        CHECK(patient.receive_some() == "HTTP/1.1 100 Continue\r\n\r\n");
        patient.send("task");
        std::this_thread::sleep_for(20ms);
        patient.send("-4");
        CHECK(Setup::status_of(patient.receive()) == 200);
    }
    const std::vector<std::pair<std::uint64_t, std::string>> expected{
        {7, "task-1"}, {7, "task-2"}, {7, "task-3"}, {7, "task-4"}};
    CHECK(s.hints == expected);
}

TEST_CASE("what is no callback of an expected request is refused, and told nothing") {
    Setup s;
    CHECK(s.status(posting("/hooks/8", "task")) == 404);
    CHECK(s.status(posting("/other/7", "task")) == 404);
    CHECK(s.status(posting("/", "task")) == 404);
    CHECK(s.status("GET " + kHook + " HTTP/1.1\r\n\r\n") == 405);
    CHECK(s.status("DELETE " + kHook + " HTTP/1.1\r\n\r\n") == 405);
    CHECK(s.status("GET / HTTP/1.1\r\n\r\n") == 404);
    CHECK(s.status(posting(kHook, "{no task}")) == 400);
    CHECK(s.status("POST " + kHook + " HTTP/1.1\r\n\r\n") == 400);
    for (const std::string& head : std::vector<std::string>{
             "nonsense\r\n\r\n",
             "\r\n\r\n",
             "POST " + kHook + " HTTP/2.0\r\n\r\n",
             "POST http://x" + kHook + " HTTP/1.1\r\n\r\n",
             "POST " + kHook + " HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\ntask",
             "POST " + kHook + " HTTP/1.1\r\nContent-Length: -4\r\n\r\ntask",
             "POST " + kHook + " HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\ntask",
             "POST " + kHook + " HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
             "POST " + kHook + " HTTP/1.1\r\nA : b\r\n\r\n",
             "POST " + kHook + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
             "POST " + kHook + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntaskk\r\n0\r\n\r\n",
         }) {
        CAPTURE(head);
        CHECK(s.status(head) == 400);
    }
    CHECK(s.status("POST " + kHook + " HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n") == 501);
    CHECK(s.hint_count() == 0);
    for (const char* marked : {"/hooks/echo-me", "/echo-me"})
        CHECK(s.call(posting(marked, "{echo-me}", "Echo-Me: echo-me\r\n")).find("cho-") == std::string::npos);
    s.listener->forget({7});
    CHECK(s.status(posting(kHook, "task")) == 404);
    CHECK(s.hint_count() == 0);
}

TEST_CASE("with a key only a fresh and right signature is let in") {
    Setup s(kWebhookKey);
    const std::string stamp = "X-Webhook-Timestamp: " + std::to_string(kVectorTime) + "\r\n";
    const std::string seal = std::string("X-Webhook-Signature: ") + kVector + "\r\n";
    CHECK(s.status(posting(kHook, "task12345")) == 401);
    CHECK(s.status(posting(kHook, "task12345", stamp)) == 401);
    CHECK(s.status(posting(kHook, "task12345", seal)) == 401);
    CHECK(s.status(posting(kHook, "task12345", stamp + seal)) == 403);  // right once, now old
    const std::string fresh = "X-Webhook-Timestamp: " + std::to_string(now_seconds()) + "\r\n";
    CHECK(s.status(posting(kHook, "task12345", fresh + seal)) == 403);
    CHECK(s.status(posting("/hooks/8", "task12345", stamp + seal)) == 404);
    CHECK(s.status(posting(kHook, "task12345", stamp + seal + seal)) == 400);
    CHECK(s.hint_count() == 0);
    REQUIRE(s.refusals.size() == 1);  // of four refusals within a minute
    CHECK(s.refusals[0].find("request 7") != std::string::npos);
    CHECK(s.refusals[0].find(kWebhookKey) == std::string::npos);
}

TEST_CASE("what is too large is refused before it has come") {
    Setup s;
    const std::string most(CallbackReader::kMaxBodyBytes, 'x');
    CHECK(s.status(posting(kHook, most)) == 200);
    {
        Caller caller(s.listener->port());
        caller.send("POST " + kHook + " HTTP/1.1\r\nContent-Length: 65537\r\n\r\n");
        CHECK(Setup::status_of(caller.receive()) == 413);
    }
    CHECK(s.status("POST " + kHook + " HTTP/1.1\r\nContent-Length: 99999999999999999999999999\r\n\r\n") ==
          413);
    CHECK(s.status(posting(kHook, std::string(300'000, 'x'))) == 413);
    CHECK(s.status(chunked(kHook, "10001\r\n")) == 413);
    CHECK(s.status(chunked(kHook, "fffffffffffffffffffffff\r\n")) == 413);
    CHECK(s.status(chunked(kHook, "8000\r\n" + std::string(0x8000, 'x') + "\r\n8001\r\n")) == 413);
    std::string crumbs;
    for (int i = 0; i < 20'000; ++i) crumbs += "1\r\nx\r\n";
    CHECK(s.status(chunked(kHook, crumbs)) == 400);
    CHECK(s.status(chunked(kHook, std::string(2'000, '0'))) == 400);
    CHECK(s.status("POST " + kHook + " HTTP/1.1\r\nA: " + std::string(20'000, 'a')) == 431);
    std::string flood = "POST " + kHook + " HTTP/1.1\r\n";
    for (int i = 0; i < 5'000; ++i) flood += "A: b\r\n";
    CHECK(s.status(flood) == 431);
    CHECK(s.hint_count() == 1);
}

TEST_CASE("an endless body is cut off, and so is who reads no answer") {
    Setup s;
    Caller caller(s.listener->port());
    caller.send("POST " + kHook + " HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n");
    const std::string piece(100'000, 'x');
    const Stopwatch watch;
    bool alive = true;
    while (alive && watch.elapsed() < 60s) alive = caller.send(piece);
    CHECK_FALSE(alive);
}

TEST_CASE("slow callers are dropped, and hold nobody up meanwhile") {
    Setup s;
    std::vector<std::unique_ptr<Caller>> slow;
    for (std::size_t i = 0; i < CallbackListener::kMaxConnections + 20; ++i) {
        slow.push_back(std::make_unique<Caller>(s.listener->port()));
        slow.back()->send(i % 2 ? "POST " + kHook + " HT"
                                : "POST " + kHook + " HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf");
    }
    CHECK(s.status(posting(kHook, "task-1")) == 200);
    CHECK(slow.front()->is_closed());  // made room
    const Stopwatch watch;
    while (slow.back()->send("x") && watch.elapsed() < 60s) std::this_thread::sleep_for(200ms);
    CHECK(watch.elapsed() < 60s);
    CHECK(s.hint_count() == 1);
}

TEST_CASE("stopping takes no time, whoever is connected") {
    Setup s;
    Caller silent(s.listener->port());
    Caller half(s.listener->port());
    half.send("POST " + kHook + " HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf");
    CHECK(s.status(posting(kHook, "task-1")) == 200);
    const std::uint16_t port = s.listener->port();
    const Stopwatch watch;
    s.listener->stop();
    CHECK(watch.elapsed() < 1s);
    CHECK(half.receive().empty());
    CHECK_FALSE(Caller(port).connected());
    s.listener.reset();
}

TEST_CASE("a listener that cannot be says what to change") {
    const auto error_of = [](CallbackConfig config) {
        auto opened = CallbackListener::open(config, [](std::string_view) { return std::nullopt; });
        REQUIRE_FALSE(opened);
        return opened.error();
    };
    const Setup s;
    CallbackConfig config{"https://x.example/", "127.0.0.1", s.listener->port(), {}};
    CHECK(error_of(config).code == ErrorCode::Network);
    CHECK(error_of(config).message.find("is in use") != std::string::npos);
    config.port = 0;
    config.listen_address = "192.0.2.1";
    CHECK(error_of(config).message.find("no address of this machine") != std::string::npos);
    config.listen_address = "localhost";
    CHECK(error_of(config).code == ErrorCode::InvalidArgument);
    for (const char* url : {"", "x.example", "ftp://x.example", "https://", "https://x.example/?a=b"}) {
        CAPTURE(url);
        config = {url, "127.0.0.1", 0, {}};
        CHECK(error_of(config).code == ErrorCode::InvalidArgument);
        CHECK(error_of(config).message.find("public_url") != std::string::npos);
    }
}

TEST_CASE("a listener of IPv6's loopback works like the other") {
    auto opened = CallbackListener::open({"http://[::1]:1/", "::1", 0, {}},
                                         [](std::string_view) { return std::optional<std::string>("t"); });
    // Not every machine has it.
    if (!opened) return;
    (*opened)->start(kSecret, {});
    CHECK((*opened)->port() != 0);
    CHECK((*opened)->url_of({3}).starts_with("http://[::1]:1/3/"));
}

}  // namespace kontexture::test
