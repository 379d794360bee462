#include "net_fixture.h"

using namespace kontexture;
using namespace kontexture::test;

namespace {

const TestAuthority& authority() {
    static const TestAuthority instance;
    return instance;
}

/// A TLS server with the script, and a client that trusts the test's authority.
struct TlsFixture {
    explicit TlsFixture(ScriptedServer::Script script,
                        Identity identity = authority().issue({"DNS:localhost", "DNS:api.test",
                                                               "IP:127.0.0.1"}))
        : server(std::move(script), std::move(identity)) {
        options = options_for(server.origin());
        options.ca_file = folder.write("ca.pem", authority().certificate());
    }

    net::HttpResult send(std::chrono::milliseconds deadline = 10s,
                         const std::atomic<bool>* cancel_at = nullptr) {
        const auto client = make_client(options);
        Cancellation cancellation;
        if (!cancel_at) return client->send(post(options.base_url + "/", "{}"), deadline, cancellation);
        const CancelLater later(cancellation, 50ms, cancel_at);
        return client->send(post(options.base_url + "/", "{}"), deadline, cancellation);
    }

    TempFolder folder;
    ScriptedServer server;
    ClientOptions options;
};

void answer(Connection& connection) {
    connection.read_request();
    connection.send(reply(200, "secure"));
}

}  // namespace

TEST_CASE("TLS with a certificate of a known authority") {
    TlsFixture fixture(answer);
    SECTION("by name") {}
    SECTION("by number") {
        fixture.options.base_url = "https://127.0.0.1:" + std::to_string(fixture.server.port());
    }
    SECTION("a name that we looked up") {
        fixture.options.base_url = "https://api.test:" + std::to_string(fixture.server.port());
        fixture.options.lookup = [](const std::string&, bool) {
            return net::LookupAnswer{{"127.0.0.1"}, "", false};
        };
    }
    CHECK(reply_of(fixture.send()).body == "secure");
}

TEST_CASE("the next address is tried when the first takes no connection, never after TLS began") {
    TlsFixture fixture(answer);
    fixture.options.base_url = "https://api.test:" + std::to_string(fixture.server.port());
    // The server listens on 127.0.0.1 only.
    std::vector<std::string> addresses = {"127.0.0.3", "127.0.0.1"};
    fixture.options.lookup = [&](const std::string&, bool) {
        return net::LookupAnswer{addresses, "", false};
    };
    CHECK(reply_of(fixture.send()).body == "secure");
    CHECK(fixture.server.connections() == 1);

    addresses = {"127.0.0.3", "127.0.0.4"};
    const auto unreachable = fixture.send();
    CHECK(failure_of(unreachable).error.code == ErrorCode::Network);
    CHECK(!failure_of(unreachable).may_have_been_sent);

    addresses = {"127.0.0.1", "127.0.0.1"};
    fixture.options.base_url = "https://other.test:" + std::to_string(fixture.server.port());
    const auto refused = fixture.send();
    CHECK(failure_of(refused).error.code == ErrorCode::Tls);
    CHECK(fixture.server.connections() == 2);
}

TEST_CASE("a bad certificate is refused, on loopback too, nothing is sent, and the error says why") {
    std::string why, step;
    std::optional<TlsFixture> fixture;
    bool is_by_number = false;
    SECTION("unknown authority") {
        const TestAuthority other;
        fixture.emplace(answer, other.issue({"DNS:localhost"}));
        why = "comes from an authority that this computer does not know";
        step = "set ca_file to the authority's certificate";
    }
    SECTION("self-signed") {
        fixture.emplace(answer, TestAuthority::self_signed({"DNS:localhost"}));
        why = "signed by the server itself";
        step = "set ca_file to that certificate";
    }
    SECTION("another host's") {
        fixture.emplace(answer, authority().issue({"DNS:other.test"}));
        why = "made for another host";
        step = "Check the address";
    }
    SECTION("of a host below it") {
        fixture.emplace(answer, authority().issue({"DNS:*.localhost", "DNS:api.localhost"}));
        why = "made for another host";
        step = "Check the address";
    }
    SECTION("named in the subject alone") {
        fixture.emplace(answer, authority().issue({}, -1, 30, "localhost"));
        why = "made for another host";
        step = "alternative names";
    }
    SECTION("another number's") {
        fixture.emplace(answer, authority().issue({"IP:127.0.0.2", "DNS:localhost"}));
        is_by_number = true;
        why = "made for another host";
        step = "Check the address";
    }
    SECTION("a number in place of a name") {
        fixture.emplace(answer, authority().issue({"DNS:127.0.0.1"}, -1, 30, "127.0.0.1"));
        is_by_number = true;
        why = "made for another host";
        step = "Check the address";
    }
    SECTION("expired") {
        fixture.emplace(answer, authority().issue({"DNS:localhost"}, -20, -10));
        why = "has expired";
        step = "Check this computer's date";
    }
    SECTION("not valid yet") {
        fixture.emplace(answer, authority().issue({"DNS:localhost"}, 10, 20));
        why = "is not valid yet";
        step = "Check this computer's date";
    }
    if (is_by_number)
        fixture->options.base_url = "https://127.0.0.1:" + std::to_string(fixture->server.port());
    const auto result = fixture->send();
    const HttpFailure& failure = failure_of(result);
    CHECK(failure.error.code == ErrorCode::Tls);
    CHECK(!failure.may_have_been_sent);
    CAPTURE(failure.error.message, failure.error.detail);
    const std::string& message = failure.error.message;
    const std::string host = is_by_number ? "127.0.0.1" : "localhost";
    CHECK(message.starts_with("The certificate of " + host + " "));
    CHECK(message.find(why) != std::string::npos);
    CHECK(message.find(step) != std::string::npos);
    // The others' reasons are not given as well.
    for (const char* other :
         {"does not know", "by the server itself", "another host", "expired", "not valid yet"})
        CHECK((why.find(other) != std::string::npos || message.find(other) == std::string::npos));
}

TEST_CASE("a server that speaks no TLS gets nothing") {
    const ScriptedServer plain([](Connection& connection) {
        connection.read_some();
        connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    ClientOptions options = options_for("https://127.0.0.1:" + std::to_string(plain.port()));
    const auto client = make_client(options);
    Cancellation cancellation;
    const auto result = client->send(post(options.base_url + "/", "{}"), 10s, cancellation);
    CHECK(failure_of(result).error.code == ErrorCode::Tls);
    CHECK(!failure_of(result).may_have_been_sent);
}

TEST_CASE("in the TLS handshake") {
    const ScriptedServer silent([](Connection& connection) { connection.hold(); });
    ClientOptions options = options_for("https://127.0.0.1:" + std::to_string(silent.port()));
    std::chrono::milliseconds deadline = 60s;
    std::chrono::milliseconds cancel_after = 60s;
    ErrorCode code = ErrorCode::Interrupted;
    SECTION("cancel") {
        cancel_after = 100ms;
    }
    SECTION("deadline") {
        deadline = 200ms;
        code = ErrorCode::Timeout;
    }
    SECTION("connect timeout") {
        options.connect_timeout = 200ms;
        code = ErrorCode::Network;
    }
    const auto client = make_client(options);
    Cancellation cancellation;
    const Stopwatch watch;
    net::HttpResult result;
    if (cancel_after < 1s) {
        const CancelLater later(cancellation, cancel_after);
        result = client->send(post(options.base_url + "/", "{}"), deadline, cancellation);
    } else {
        result = client->send(post(options.base_url + "/", "{}"), deadline, cancellation);
    }
    CHECK(watch.elapsed() < 2s);
    CAPTURE(failure_of(result).error.message, failure_of(result).error.detail);
    CHECK((failure_of(result).error.code == code ||
           (code == ErrorCode::Network && failure_of(result).error.code == ErrorCode::Tls)));
    CHECK(!failure_of(result).may_have_been_sent);
}

TEST_CASE("a POST is not repeated when a TLS server says goodbye instead of answering") {
    std::atomic<int> requests{0};
    std::size_t body_bytes = 2;
    bool early = false;
    bool polite = false;
    SECTION("after the request") {
        polite = true;
    }
    SECTION("without a word") {}
    SECTION("while it still reads a large request") {
        early = true;
        body_bytes = 8u << 20;
    }
    TlsFixture fixture([&](Connection& connection) {
        if (early) connection.close_notify();
        if (!connection.read_request().empty()) ++requests;
        if (polite) connection.close_notify();
    });
    const auto client = make_client(fixture.options);
    Cancellation cancellation;
    const auto result =
        client->send(post(fixture.options.base_url + "/", std::string(body_bytes, 'x')), 20s, cancellation);
    CHECK(failure_of(result).may_have_been_sent);
    CHECK(failure_of(result).error.code == ErrorCode::Network);
    // A second attempt would come at once.
    std::this_thread::sleep_for(100ms);
    CHECK(requests <= 1);
}

TEST_CASE("cancel and deadline reach a TLS call that waits or receives") {
    std::string start;
    SECTION("waiting") {}
    SECTION("receiving") {
        start = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc";
    }
    std::atomic<bool> reached{false};
    TlsFixture fixture([&](Connection& connection) {
        connection.read_request();
        connection.send(start);
        reached = true;
        connection.hold();
    });
    const Stopwatch watch;
    const auto cancelled = fixture.send(60s, &reached);
    CHECK(failure_of(cancelled).error.code == ErrorCode::Interrupted);
    CHECK(failure_of(cancelled).may_have_been_sent);
    const auto late = fixture.send(1s);
    CHECK(failure_of(late).error.code == ErrorCode::Timeout);
    CHECK(failure_of(late).may_have_been_sent);
    CHECK(watch.elapsed() < 8s);
}

TEST_CASE("cancelling a TLS upload raises no signal") {
    std::atomic<bool> reached{false};
    TlsFixture fixture([&](Connection& connection) {
        connection.read_some(1000);
        reached = true;
        connection.hold();
    });
    const auto client = make_client(fixture.options);
    HttpRequest request = post(fixture.options.base_url + "/", std::string(32u << 20, 'x'));
    Cancellation cancellation;
    const CancelLater later(cancellation, 100ms, &reached);
    const auto result = client->send(request, 60s, cancellation);
    CHECK(failure_of(result).error.code == ErrorCode::Interrupted);
    CHECK(failure_of(result).may_have_been_sent);
}

TEST_CASE("a head without an end is cut off early") {
    std::string piece;
    std::string start = "HTTP/1.1 200 OK\r\n";
    SECTION("many headers") {
        piece = "X-Some-Header: some value that is not short\r\n";
    }
    SECTION("one endless status line") {
        start = "HTTP/1.1 200 ";
        piece = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    }
    SECTION("one endless header") {
        start += "X-Long: ";
        piece = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    }
    std::atomic<std::uint64_t> sent{0};
    TlsFixture fixture([&](Connection& connection) {
        connection.read_request();
        connection.send(start);
        std::string block;
        while (block.size() < 8000) block += piece;
        for (int i = 0; i < 5000 && connection.send(block); ++i) sent += block.size();
    });
    const auto result = fixture.send(20s);
    CHECK(failure_of(result).may_have_been_sent);
    CHECK((failure_of(result).error.code == ErrorCode::Protocol ||
           failure_of(result).error.code == ErrorCode::Network));
    CHECK(sent < 30'000'000);
}

TEST_CASE("a body whose framing does not end is cut off early") {
    std::string start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
    std::string piece = "0000000000000000000000000000000000000000";
    SECTION("chunk size") {}
    SECTION("trailers") {
        start += "0\r\n";
        piece = "X-Some-Header: some value that is not short\r\n";
    }
    std::atomic<std::uint64_t> sent{0};
    TlsFixture fixture([&](Connection& connection) {
        connection.read_request();
        connection.send(start);
        std::string block;
        while (block.size() < 8000) block += piece;
        for (int i = 0; i < 5000 && connection.send(block); ++i) sent += block.size();
    });
    const auto result = fixture.send(20s);
    if (const auto* failure = std::get_if<HttpFailure>(&result))
        CHECK((failure->error.code == ErrorCode::Protocol || failure->error.code == ErrorCode::Network));
    CHECK(sent < 30'000'000);
}

TEST_CASE("a large body in small pieces passes the watch over the framing") {
    TlsFixture fixture([](Connection& connection) {
        connection.read_request();
        std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (int i = 0; i < 10'000; ++i) answer += "0000000000064\r\n" + std::string(100, 'b') + "\r\n";
        connection.send(answer + "0\r\n\r\n");
    });
    CHECK(reply_of(fixture.send()).body.size() == 1'000'000);
}

TEST_CASE("a long but finite head is read") {
    TlsFixture fixture([](Connection& connection) {
        connection.read_request();
        std::string more;
        for (int i = 0; i < 40; ++i)
            more += "X-H" + std::to_string(i) + ": " + std::string(400, 'v') + "\r\n";
        connection.send(reply(200, std::string(500'000, 'b'), more));
    });
    const auto result = fixture.send();
    CHECK(reply_of(result).header("x-h37")->size() == 400);
    CHECK(reply_of(result).body.size() == 500'000);
}

TEST_CASE("a TLS server that does not close does not delay the reply") {
    TlsFixture fixture([](Connection& connection) {
        connection.read_request();
        connection.send(reply(200, "secure"));
        connection.hold();
    });
    const Stopwatch watch;
    CHECK(reply_of(fixture.send()).body == "secure");
    CHECK(watch.elapsed() < 900ms);
}
