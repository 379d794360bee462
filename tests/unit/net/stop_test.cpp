#include "net_fixture.h"

#include <atomic>

using namespace kontexture;
using namespace kontexture::test;

namespace {

/// Sends a request to the server and says how it failed and how long it took.
struct Outcome {
    ErrorCode code;
    bool may_have_been_sent;
    std::chrono::milliseconds took;
};

Outcome outcome_of(const ClientOptions& options, std::chrono::milliseconds deadline,
                   std::chrono::milliseconds cancel_after, HttpRequest request,
                   const std::atomic<bool>* event = nullptr) {
    const auto client = make_client(options);
    Cancellation cancellation;
    net::HttpResult result;
    const Stopwatch watch;
    if (cancel_after > 0ms) {
        const CancelLater later(cancellation, cancel_after, event);
        result = client->send(request, deadline, cancellation);
    } else {
        result = client->send(request, deadline, cancellation);
    }
    const HttpFailure& failure = failure_of(result);
    return {failure.error.code, failure.may_have_been_sent, watch.elapsed()};
}

HttpRequest large_upload(const std::string& origin) {
    HttpRequest request = post(origin + "/", "");
    request.parts = {{"file", "a.png", "image/png",
                      std::make_shared<const std::vector<std::uint8_t>>(64u << 20, std::uint8_t{7})}};
    return request;
}

}  // namespace

TEST_CASE("a call that is cancelled before it starts sends nothing") {
    const ScriptedServer server([](Connection& connection) { connection.hold(); });
    const auto client = make_client(options_for(server.origin()));
    Cancellation cancellation;
    cancellation.cancel();
    const auto result = client->send(post(server.origin() + "/", "{}"), 10s, cancellation);
    CHECK(failure_of(result).error.code == ErrorCode::Interrupted);
    CHECK(!failure_of(result).may_have_been_sent);
    CHECK(server.connections() == 0);
}

TEST_CASE("a deadline of nothing sends nothing") {
    const ScriptedServer server([](Connection& connection) { connection.hold(); });
    const Outcome outcome =
        outcome_of(options_for(server.origin()), 0ms, 0ms, post(server.origin() + "/", "{}"));
    CHECK(outcome.code == ErrorCode::Timeout);
    CHECK(outcome.took < 2s);
}

TEST_CASE("while connecting") {
    const StuckListener stuck;
    ClientOptions options = options_for("http://127.0.0.1:" + std::to_string(stuck.port()));
    const HttpRequest request = post(options.base_url + "/", "{}");
    SECTION("cancel") {
        const Outcome outcome = outcome_of(options, 60s, 100ms, request);
        CHECK(outcome.code == ErrorCode::Interrupted);
        CHECK(!outcome.may_have_been_sent);
        CHECK(outcome.took < 1500ms);
    }
    SECTION("deadline") {
        const Outcome outcome = outcome_of(options, 200ms, 0ms, request);
        CHECK(outcome.code == ErrorCode::Timeout);
        CHECK(!outcome.may_have_been_sent);
        CHECK(outcome.took < 2s);
    }
    SECTION("connect timeout") {
        options.connect_timeout = 200ms;
        const Outcome outcome = outcome_of(options, 60s, 0ms, request);
        CHECK(outcome.code == ErrorCode::Network);
        CHECK(!outcome.may_have_been_sent);
        CHECK(outcome.took < 2s);
    }
}

TEST_CASE("while the server says nothing") {
    std::atomic<bool> reached{false};
    const ScriptedServer server([&](Connection& connection) {
        connection.read_request();
        reached = true;
        connection.hold();
    });
    ClientOptions options = options_for(server.origin());
    const HttpRequest request = post(server.origin() + "/", "{}");
    SECTION("cancel") {
        const Outcome outcome = outcome_of(options, 60s, 50ms, request, &reached);
        CHECK(outcome.code == ErrorCode::Interrupted);
        CHECK(outcome.may_have_been_sent);
        CHECK(outcome.took < 1500ms);
    }
    SECTION("deadline") {
        const Outcome outcome = outcome_of(options, 500ms, 0ms, request);
        CHECK(outcome.code == ErrorCode::Timeout);
        CHECK(outcome.may_have_been_sent);
        CHECK(outcome.took < 4s);
    }
    SECTION("idle") {
        options.idle_timeout = 200ms;
        const Outcome outcome = outcome_of(options, 60s, 0ms, request);
        CHECK(outcome.code == ErrorCode::Timeout);
        CHECK(outcome.may_have_been_sent);
        CHECK(outcome.took < 5s);
    }
}

TEST_CASE("while the server drips") {
    std::string start;
    std::string drip;
    SECTION("its headers") {
        start = "HTTP/1.1 200 OK\r\n";
        drip = "X-A: b\r\n";
    }
    SECTION("its body") {
        start = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
        drip = "abcd";
    }
    SECTION("continues") {
        drip = "HTTP/1.1 100 Continue\r\n\r\n";
    }
    const ScriptedServer server([&](Connection& connection) {
        connection.read_request();
        connection.send(start);
        connection.drip_forever(drip, 5ms);
    });
    const ClientOptions options = options_for(server.origin());
    const Outcome late = outcome_of(options, 500ms, 0ms, post(server.origin() + "/", "{}"));
    CHECK(late.code == ErrorCode::Timeout);
    CHECK(late.may_have_been_sent);
    CHECK(late.took < 4s);
    const Outcome cancelled = outcome_of(options, 60s, 100ms, post(server.origin() + "/", "{}"));
    CHECK(cancelled.code == ErrorCode::Interrupted);
    CHECK(cancelled.took < 1500ms);
}

TEST_CASE("while the server does not read") {
    std::atomic<bool> reached{false};
    const ScriptedServer server([&](Connection& connection) {
        connection.read_some(1000);
        reached = true;
        connection.hold();
    });
    ClientOptions options = options_for(server.origin());
    SECTION("cancel") {
        const Outcome outcome = outcome_of(options, 60s, 100ms, large_upload(server.origin()), &reached);
        CHECK(outcome.code == ErrorCode::Interrupted);
        CHECK(outcome.may_have_been_sent);
        CHECK(outcome.took < 3s);
    }
    SECTION("deadline") {
        const Outcome outcome = outcome_of(options, 500ms, 0ms, large_upload(server.origin()));
        CHECK(outcome.code == ErrorCode::Timeout);
        CHECK(outcome.may_have_been_sent);
        CHECK(outcome.took < 4s);
    }
    SECTION("idle") {
        options.idle_timeout = 300ms;
        const Outcome outcome = outcome_of(options, 60s, 0ms, large_upload(server.origin()));
        CHECK(outcome.code == ErrorCode::Timeout);
        CHECK(outcome.may_have_been_sent);
        CHECK(outcome.took < 5s);
    }
}

TEST_CASE("two threads race for the end of a call") {
    const ScriptedServer server([](Connection& connection) {
        connection.read_request();
        connection.send(reply(200, "done"));
    });
    const auto client = make_client(options_for(server.origin()));
    int replies = 0;
    for (int round = 0; round < 150; ++round) {
        Cancellation cancellation;
        std::thread canceller([&] {
            std::this_thread::sleep_for(std::chrono::microseconds(round * 10));
            cancellation.cancel();
        });
        const auto result = client->send(get(server.origin() + "/"), 10s, cancellation);
        canceller.join();
        if (const auto* failure = std::get_if<HttpFailure>(&result))
            CHECK(failure->error.code == ErrorCode::Interrupted);
        else
            ++replies;
    }
    CAPTURE(replies);
    Cancellation fresh;
    CHECK(reply_of(client->send(get(server.origin() + "/"), 10s, fresh)).body == "done");
}

TEST_CASE("many calls at a time share one client") {
    const ScriptedServer server([](Connection& connection) {
        const std::string request = connection.read_request();
        connection.send(reply(200, request.substr(4, request.find(' ', 4) - 4)));
    });
    const auto client = make_client(options_for(server.origin()));
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 5; ++i) {
                Cancellation cancellation;
                const std::string target = std::string("/") + std::to_string(t) + "/" + std::to_string(i);
                const auto result = client->send(get(server.origin() + target), 20s, cancellation);
                if (const auto* good = std::get_if<HttpReply>(&result); good && good->body == target) ++right;
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(right == 40);
}
