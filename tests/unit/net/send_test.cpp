#include "net_fixture.h"

#include <mutex>

using namespace kontexture;
using namespace kontexture::test;

namespace {

/// Answers every request with the same text and keeps what it read.
struct Recorder {
    std::mutex mutex;
    std::vector<std::string> requests;
    std::string answer = reply(200, "{}");

    ScriptedServer::Script script() {
        return [this](Connection& connection) {
            const std::string request = connection.read_request();
            {
                const std::lock_guard lock(mutex);
                requests.push_back(request);
            }
            connection.send(answer);
        };
    }
    std::string last() {
        const std::lock_guard lock(mutex);
        REQUIRE(!requests.empty());
        return requests.back();
    }
};

bool has_line(const std::string& request, const std::string& line) {
    return request.substr(0, request.find("\r\n\r\n") + 2).find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("a request goes out exactly as wanted") {
    Recorder recorder;
    const ScriptedServer server(recorder.script());
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    const std::string host = "Host: 127.0.0.1:" + std::to_string(server.port());

    SECTION("GET") {
        CHECK(reply_of(client->send(get(server.origin() + "/a%2Fb%20c/+?id=x%2By&z=1"), 10s, cancellation))
                  .body == "{}");
        const std::string request = recorder.last();
        CHECK(request.substr(0, request.find("\r\n")) == "GET /a%2Fb%20c/+?id=x%2By&z=1 HTTP/1.1");
        CHECK(has_line(request, host));
        CHECK(has_line(request, "User-Agent: Kontexture-Test/1"));
        CHECK(has_line(request, std::string("Authorization: Bearer ") + kKey));
        CHECK(has_line(request, "Accept-Encoding: identity"));
        CHECK(has_line(request, "Connection: close"));
        CHECK(request.find("Content-") == std::string::npos);
        CHECK(request.substr(request.find("\r\n\r\n")) == "\r\n\r\n");
    }
    SECTION("POST") {
        const std::string body = "{\"prompt\":\"a\\u0000\xc3\xa4\"}";
        reply_of(client->send(post(server.origin() + "/api/v1", body), 10s, cancellation));
        const std::string request = recorder.last();
        CHECK(request.substr(0, request.find("\r\n")) == "POST /api/v1 HTTP/1.1");
        CHECK(has_line(request, "Content-Type: application/json"));
        CHECK(has_line(request, "Content-Length: " + std::to_string(body.size())));
        CHECK(request.substr(request.find("\r\n\r\n") + 4) == body);
        CHECK(request.find("Transfer-Encoding") == std::string::npos);
    }
    SECTION("an empty POST") {
        reply_of(client->send(post(server.origin() + "/", ""), 10s, cancellation));
        CHECK(has_line(recorder.last(), "Content-Length: 0"));
    }
    SECTION("multipart, larger than any buffer") {
        HttpRequest request = post(server.origin() + "/upload", "");
        const auto data = std::make_shared<const std::vector<std::uint8_t>>(3'000'000, std::uint8_t{'d'});
        request.parts = {{"file", "a.png", "image/png", data}};
        reply_of(client->send(request, 20s, cancellation));
        const std::string seen = recorder.last();
        const std::string body = seen.substr(seen.find("\r\n\r\n") + 4);
        CHECK(has_line(seen, "Content-Length: " + std::to_string(body.size())));
        CHECK(body.find("name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nddd") !=
              std::string::npos);
        CHECK(body.size() > 3'000'000);
        CHECK(body.substr(body.size() - 4) == "--\r\n");
    }
    CHECK(server.connections() == 1);
}

TEST_CASE("every request has a connection of its own") {
    Recorder recorder;
    const ScriptedServer server(recorder.script());
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    for (int i = 0; i < 3; ++i) reply_of(client->send(get(server.origin() + "/"), 10s, cancellation));
    CHECK(server.connections() == 3);
}

TEST_CASE("a reply comes back whole, whatever its status") {
    Recorder recorder;
    const ScriptedServer server(recorder.script());
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    const auto send = [&] { return client->send(post(server.origin() + "/", "{}"), 10s, cancellation); };

    SECTION("an error with headers") {
        recorder.answer = reply(429, "slow down", "Retry-After: 7\r\n");
        const auto result = send();
        CHECK(reply_of(result).status == 429);
        CHECK(reply_of(result).header("retry-after") == "7");
        CHECK(reply_of(result).body == "slow down");
    }
    SECTION("no content") {
        recorder.answer = "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n";
        const auto result = send();
        CHECK(reply_of(result).status == 204);
        CHECK(reply_of(result).header("X-A") == "b");
    }
    SECTION("a redirect is not followed") {
        recorder.answer = reply(307, "", "Location: " + server.origin() + "/other\r\n");
        const auto result = send();
        CHECK(reply_of(result).status == 307);
        CHECK(server.connections() == 1);
    }
    SECTION("chunked") {
        recorder.answer =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        const auto result = send();
        CHECK(reply_of(result).body == "abcde");
    }
    SECTION("until the connection closes") {
        recorder.answer = "HTTP/1.1 200 OK\r\n\r\nabc";
        const auto result = send();
        CHECK(reply_of(result).body == "abc");
    }
    SECTION("a proxy's challenge is only a reply") {
        recorder.answer = reply(407, "", "Proxy-Authenticate: Basic\r\n");
        const auto result = send();
        CHECK(reply_of(result).status == 407);
        CHECK(server.connections() == 1);
    }
}

TEST_CASE("the key does not come back") {
    Recorder recorder;
    recorder.answer =
        reply(400, std::string("no such key: ") + kKey + "/" + kKey, std::string("X-Echo: ") + kKey + "\r\n");
    const ScriptedServer server(recorder.script());
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    const auto result = client->send(get(server.origin() + "/"), 10s, cancellation);
    CHECK(reply_of(result).body == "no such key: [key]/[key]");
    CHECK(reply_of(result).header("X-Echo") == "[key]");
}

TEST_CASE("the key goes nowhere but to the configured origins") {
    Recorder api;
    Recorder upload;
    Recorder other;
    const ScriptedServer api_server(api.script());
    const ScriptedServer upload_server(upload.script());
    const ScriptedServer other_server(other.script());
    ClientOptions options = options_for(api_server.origin() + "/prefix");
    options.upload_url = upload_server.origin();
    const auto client = make_client(options);
    Cancellation cancellation;
    reply_of(client->send(get(api_server.origin() + "/x"), 10s, cancellation));
    reply_of(client->send(get(upload_server.origin() + "/x"), 10s, cancellation));
    CHECK(upload.last().find(kKey) != std::string::npos);

    const auto refused = client->send(get(other_server.origin() + "/x"), 10s, cancellation);
    CHECK(failure_of(refused).error.code == ErrorCode::ForbiddenAddress);
    CHECK(!failure_of(refused).may_have_been_sent);
    const std::string same_port = "http://localhost:" + std::to_string(api_server.port()) + "/x";
    CHECK(!failure_of(client->send(get(same_port), 10s, cancellation)).may_have_been_sent);
    CHECK(other_server.connections() == 0);
    CHECK(api_server.connections() == 1);
}

TEST_CASE("a changed key is used from then on, without the blanks around it") {
    Recorder recorder;
    const ScriptedServer server(recorder.script());
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    client->set_key(" another-key\n");
    reply_of(client->send(get(server.origin() + "/"), 10s, cancellation));
    CHECK(has_line(recorder.last(), "Authorization: Bearer another-key"));
    client->set_key("");
    reply_of(client->send(get(server.origin() + "/"), 10s, cancellation));
    CHECK(recorder.last().find("Authorization") == std::string::npos);
}

TEST_CASE("nothing can be smuggled into a request") {
    Recorder recorder;
    const ScriptedServer server(recorder.script());
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    HttpRequest request = post(server.origin() + "/", "{}");
    SECTION("content type") {
        request.content_type = "a\r\nX-Evil: 1";
    }
    SECTION("a part's type") {
        request.parts = {{"a", "", "b\r\nX-Evil: 1", nullptr}};
    }
    SECTION("key") {
        client->set_key("k\r\nX-Evil: 1");
    }
    SECTION("url") {
        request.url += " HTTP/1.1\r\nX-Evil: 1";
    }
    SECTION("method") {
        request.method = "POST / HTTP/1.1\r\nX-Evil: 1\r\n";
    }
    const auto result = client->send(request, 10s, cancellation);
    CHECK(!failure_of(result).may_have_been_sent);
    CHECK(server.connections() == 0);
}

TEST_CASE("an unusable configuration is refused") {
    const auto error_of = [](ClientOptions options) {
        const auto client = Client::create(std::move(options), kKey);
        REQUIRE(!client);
        return client.error().code;
    };
    CHECK(error_of(options_for("")) == ErrorCode::InvalidArgument);
    CHECK(error_of(options_for("api.example.com")) == ErrorCode::InvalidArgument);
    CHECK(error_of(options_for("http://api.example.com")) == ErrorCode::InvalidArgument);
    CHECK(error_of(options_for("http://192.168.0.1")) == ErrorCode::InvalidArgument);
    ClientOptions options = options_for("http://localhost:1");
    options.upload_url = "http://files.example.com";
    CHECK(error_of(options) == ErrorCode::InvalidArgument);
    options.upload_url.clear();
    options.user_agent = "a\r\nb";
    CHECK(error_of(options) == ErrorCode::InvalidArgument);
    options.user_agent.clear();
    options.ca_file = "/nonexistent/ca.pem";
    CHECK(error_of(options) == ErrorCode::InvalidArgument);
}

TEST_CASE("a refused connection was certainly not sent") {
    const std::string base = "http://127.0.0.1:" + std::to_string(closed_port());
    const auto client = make_client(options_for(base));
    Cancellation cancellation;
    const auto result = client->send(post(base + "/", "{}"), 10s, cancellation);
    CHECK(failure_of(result).error.code == ErrorCode::Network);
    CHECK(!failure_of(result).may_have_been_sent);
    CHECK(failure_of(result).error.message.find("127.0.0.1") != std::string::npos);
}

TEST_CASE("after the connection was made, a request may have been sent") {
    std::string answer;
    SECTION("empty reply") {}
    SECTION("half a status line") {
        answer = "HTTP/1.1 2";
    }
    SECTION("half a head") {
        answer = "HTTP/1.1 200 OK\r\nContent-Le";
    }
    SECTION("no HTTP") {
        answer = "SSH-2.0-OpenSSH\r\n";
    }
    SECTION("short body") {
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    }
    SECTION("absurd length") {
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 70000000000\r\n\r\nabc";
    }
    SECTION("bad chunk") {
        answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc";
    }
    const ScriptedServer server([&](Connection& connection) {
        connection.read_request();
        connection.send(answer);
    });
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    const auto result = client->send(post(server.origin() + "/", "{}"), 10s, cancellation);
    CHECK(failure_of(result).may_have_been_sent);
    CHECK(failure_of(result).error.code == ErrorCode::Network);
    CHECK(server.connections() == 1);
}

TEST_CASE("what came of a reply that broke off is kept, without the key") {
    const std::string start = "{\"taskId\":\"T1\",\"k\":\"";
    std::string key = kKey;
    std::string more;
    bool holds = false;
    SECTION("closed") {}
    SECTION("closed within the key") {
        key.resize(20);
    }
    SECTION("silent") {
        holds = true;
    }
    SECTION("too long") {
        more = std::string(4000, 'x');
    }
    const ScriptedServer server([&](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\nX-Echo: " + std::string(kKey) +
                        "\r\nContent-Length: 5000\r\n\r\n" + start + key);
        // Or both would be received as one piece.
        std::this_thread::sleep_for(200ms);
        connection.send(more);
        if (holds) connection.hold();
    });
    ClientOptions options = options_for(server.origin());
    options.max_reply_bytes = 1000;
    const auto client = make_client(options);
    Cancellation cancellation;
    const auto result = client->send(post(server.origin() + "/", "{}"), holds ? 2s : 20s, cancellation);
    REQUIRE(failure_of(result).partial);
    CHECK(failure_of(result).may_have_been_sent);
    CHECK(failure_of(result).partial->status == 200);
    CHECK(failure_of(result).partial->header("X-Echo") == "[key]");
    CHECK(failure_of(result).partial->body == start + "[key]");
}

TEST_CASE("a reply that broke off before its body leaves nothing") {
    const ScriptedServer server([](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");
    });
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    CHECK(!failure_of(client->send(post(server.origin() + "/", "{}"), 10s, cancellation)).partial);
}

TEST_CASE("what is foreign in an error is fit to be shown") {
    ClientOptions options = options_for("https://api.test");
    SECTION("a name server's words") {
        options.lookup = [](const std::string&, bool) {
            return net::LookupAnswer{{}, "caf\xe9\nclosed", false};
        };
        const auto client = make_client(options);
        Cancellation cancellation;
        const auto result = client->send(get("https://api.test/"), 10s, cancellation);
        CHECK(failure_of(result).error.detail == "name lookup: caf? closed");
    }
    SECTION("a file's name") {
        options.ca_file = "/nonexistent/\xff\n.pem";
        const auto client = Client::create(options, kKey);
        REQUIRE(!client);
        CHECK(client.error().message.find("\"/nonexistent/? .pem\"") != std::string::npos);
    }
    SECTION("an address") {
        std::string url = "https://";
        for (int i = 0; i < 60; ++i) url += "\xe4\xbe\x8b";
        options.base_url = url;
        const auto client = Client::create(options, kKey);
        REQUIRE(!client);
        CHECK(client.error().message.find(url.substr(0, 119) + "\" ") != std::string::npos);
    }
}

TEST_CASE("an answer whose framing does not end does not fill memory") {
    std::string start = "HTTP/1.1 200 OK\r\n";
    std::string piece = "aaaaaaaaaaaaaaaa";
    SECTION("headers") {
        piece = "X-Some-Header: b\r\n";
    }
    SECTION("chunk size") {
        start += "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
        piece = "0000000000000000";
    }
    SECTION("trailers") {
        start += "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n";
        piece = "X-Some-Header: b\r\n";
    }
    std::atomic<std::uint64_t> sent{0};
    const ScriptedServer server([&](Connection& connection) {
        connection.read_request();
        connection.send(start);
        std::string block;
        while (block.size() < 64'000) block += piece;
        while (sent < 600'000'000 && connection.send(block)) sent += block.size();
    });
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    const auto result = client->send(get(server.origin() + "/"), 30s, cancellation);
    CAPTURE(start, sent.load());
    if (const auto* failure = std::get_if<HttpFailure>(&result))
        CHECK((failure->error.code == ErrorCode::Protocol || failure->error.code == ErrorCode::Network));
    CHECK(sent < 300'000'000);
}

TEST_CASE("a server that closes without reading may have read") {
    const ScriptedServer server([](Connection&) {});
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    const auto result =
        client->send(post(server.origin() + "/", std::string(1 << 20, 'x')), 10s, cancellation);
    CHECK(failure_of(result).may_have_been_sent);
}

TEST_CASE("a server that closes within a large request may have read") {
    const ScriptedServer server([](Connection& connection) { connection.read_some(1000); });
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    const auto result =
        client->send(post(server.origin() + "/", std::string(32u << 20, 'x')), 20s, cancellation);
    CHECK(failure_of(result).may_have_been_sent);
    CHECK(failure_of(result).error.code == ErrorCode::Network);
}

TEST_CASE("a reply beyond the cap is not kept") {
    const ScriptedServer server([](Connection& connection) {
        connection.read_request();
        if (connection.send("HTTP/1.1 200 OK\r\n\r\n"))
            while (connection.send(std::string(65536, 'x'))) {
            }
    });
    ClientOptions options = options_for(server.origin());
    options.max_reply_bytes = 1 << 20;
    const auto client = make_client(options);
    Cancellation cancellation;
    const auto result = client->send(get(server.origin() + "/"), 20s, cancellation);
    CHECK(failure_of(result).error.code == ErrorCode::Protocol);
    CHECK(failure_of(result).may_have_been_sent);
}

TEST_CASE("a proxy in the environment is ignored") {
    Recorder recorder;
    const ScriptedServer server(recorder.script());
    setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(closed_port())).c_str(), 1);
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    reply_of(client->send(get(server.origin() + "/"), 10s, cancellation));
    unsetenv("http_proxy");
}
