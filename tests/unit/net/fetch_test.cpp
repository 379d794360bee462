#include "net_fixture.h"

#include <atomic>
#include <csignal>
#include <map>
#include <mutex>

#include <sys/resource.h>
#include <sys/stat.h>

using namespace kontexture;
using namespace kontexture::test;

namespace {

/// Serves a fixed answer for each path, and keeps the requests.
struct Site {
    std::map<std::string, std::string> answers;
    std::mutex mutex;
    std::string requests;

    ScriptedServer::Script script() {
        return [this](Connection& connection) {
            const std::string request = connection.read_request();
            const std::string path = request.substr(4, request.find(' ', 4) - 4);
            std::string answer = reply(404, "not here");
            {
                const std::lock_guard lock(mutex);
                requests += request;
                if (answers.count(path)) answer = answers[path];
            }
            connection.send(answer);
        };
    }
};

/// A client whose base URL is the loopback site.
struct FetchFixture {
    FetchFixture() : server(site.script()), options(options_for(server.origin())) {}

    net::FetchResult fetch(const std::string& url, std::chrono::milliseconds deadline = 10s) {
        const auto client = make_client(options);
        Cancellation cancellation;
        return client->fetch(url, path(), deadline, cancellation, &received, &total);
    }
    net::FetchResult fetch_path(const std::string& target) { return fetch(server.origin() + target); }
    std::string path() const { return folder.file("result.tmp"); }

    TempFolder folder;
    Site site;
    ScriptedServer server;
    ClientOptions options;
    std::atomic<std::uint64_t> received{0};
    std::atomic<std::uint64_t> total{0};
};

std::string redirect_to(const std::string& where, int status = 302) {
    return reply(status, "", "Location: " + where + "\r\n");
}

}  // namespace

TEST_CASE("a result file arrives whole, without credentials") {
    FetchFixture fixture;
    const std::string picture(300'000, 'p');
    fixture.site.answers["/r.png?sig=a%2Bb"] = reply(200, picture, "Content-Type: image/png\r\n");
    const auto result = fixture.fetch_path("/r.png?sig=a%2Bb");
    REQUIRE(std::holds_alternative<FetchedFile>(result));
    CHECK(std::get<FetchedFile>(result).bytes == picture.size());
    CHECK(read_file(fixture.path()) == picture);
    CHECK(fixture.received == picture.size());
    CHECK(fixture.total == picture.size());
    CHECK(fixture.site.requests.find("Authorization") == std::string::npos);
    CHECK(fixture.site.requests.find(kKey) == std::string::npos);
    CHECK(fixture.site.requests.find("User-Agent: Kontexture-Test/1\r\n") != std::string::npos);
    struct stat status {};
    REQUIRE(stat(fixture.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("an older file is replaced and loses its rights, a link is not followed") {
    FetchFixture fixture;
    fixture.site.answers["/r"] = reply(200, "new");
    SECTION("file") {
        fixture.folder.write("result.tmp", "something older and longer");
        chmod(fixture.path().c_str(), 0644);
        REQUIRE(std::holds_alternative<FetchedFile>(fixture.fetch_path("/r")));
        CHECK(read_file(fixture.path()) == "new");
        struct stat status {};
        REQUIRE(stat(fixture.path().c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
    }
    SECTION("link") {
        const std::string target = fixture.folder.write("target", "precious");
        std::filesystem::create_symlink(target, fixture.path());
        CHECK(failure_of(fixture.fetch_path("/r")).error.code == ErrorCode::Storage);
        CHECK(read_file(target) == "precious");
    }
}

TEST_CASE("statuses are told apart") {
    FetchFixture fixture;
    struct Case {
        int status;
        const char* headers;
        const char* body;
        ErrorCode code;
        bool permanent;
    };
    for (const Case& one :
         std::initializer_list<Case>{{403, "", "<Error>expired</Error>", ErrorCode::ResultExpired, true},
                                     {403, "Content-Type: text/html; charset=utf-8\r\n", "<html>Attention",
                                      ErrorCode::ResultExpired, true},
                                     {404, "", "", ErrorCode::ResultExpired, true},
                                     {410, "", "", ErrorCode::ResultExpired, true},
                                     {429, "Retry-After: 3\r\n", "", ErrorCode::RateLimited, false},
                                     {500, "", "", ErrorCode::ServiceError, false},
                                     {503, "Retry-After: 9\r\n", "", ErrorCode::ServiceError, false},
                                     {204, "", "", ErrorCode::Protocol, false},
                                     {206, "", "part", ErrorCode::Protocol, false},
                                     {302, "", "", ErrorCode::Protocol, false}}) {
        CAPTURE(one.status, std::string(one.body));
        fixture.site.answers["/r"] = reply(one.status, one.body, one.headers);
        const auto result = fixture.fetch_path("/r");
        const FetchFailure& failure = failure_of(result);
        CHECK(failure.error.code == one.code);
        CHECK(failure.permanent == one.permanent);
        CHECK(failure.error.http_status == one.status);
        CHECK(failure.retry_after.has_value() == (std::string(one.headers).find("Retry-After") == 0));
        CHECK(fixture.folder.empty());
    }
    fixture.site.answers["/r"] = reply(403, "<html>Attention", "Content-Type: text/html\r\n");
    CHECK(failure_of(fixture.fetch_path("/r")).error.message.find("content network") != std::string::npos);
}

TEST_CASE("what is not whole is not kept") {
    FetchFixture fixture;
    SECTION("short body") {
        fixture.site.answers["/r"] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc";
        const auto result = fixture.fetch_path("/r");
        CHECK(failure_of(result).error.code == ErrorCode::Network);
        CHECK(!failure_of(result).permanent);
    }
    SECTION("said to be too large") {
        fixture.options.max_file_bytes = 100;
        fixture.site.answers["/r"] = reply(200, std::string(101, 'x'));
        const auto result = fixture.fetch_path("/r");
        CHECK(failure_of(result).error.code == ErrorCode::ImageTooLarge);
        CHECK(failure_of(result).permanent);
    }
    SECTION("found to be too large") {
        fixture.options.max_file_bytes = 100'000;
        fixture.site.answers["/r"] = "HTTP/1.1 200 OK\r\n\r\n" + std::string(2'000'000, 'x');
        CHECK(failure_of(fixture.fetch_path("/r")).error.code == ErrorCode::ImageTooLarge);
    }
    SECTION("absurd length") {
        fixture.site.answers["/r"] = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\nabc";
        CHECK(failure_of(fixture.fetch_path("/r")).error.code == ErrorCode::ImageTooLarge);
    }
    SECTION("no folder") {
        fixture.site.answers["/r"] = reply(200, "x");
        const auto client = make_client(fixture.options);
        Cancellation cancellation;
        const auto result = client->fetch(fixture.server.origin() + "/r", fixture.folder.file("no/such/file"),
                                          10s, cancellation);
        CHECK(failure_of(result).error.code == ErrorCode::Storage);
    }
    CHECK(fixture.folder.empty());
}

TEST_CASE("a full disk is told, and is no reason to give the picture up") {
    FetchFixture fixture;
    fixture.site.answers["/r"] = reply(200, std::string(200'000, 'x'));
    // The limit on a file's size stands in for the disk's.
    rlimit former{};
    getrlimit(RLIMIT_FSIZE, &former);
    const auto former_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = former;
    small.rlim_cur = 10'000;
    setrlimit(RLIMIT_FSIZE, &small);
    const auto result = fixture.fetch_path("/r");
    setrlimit(RLIMIT_FSIZE, &former);
    std::signal(SIGXFSZ, former_handler);
    CHECK(failure_of(result).error.code == ErrorCode::DiskFull);
    CHECK(!failure_of(result).permanent);
    CHECK(fixture.folder.empty());
}

TEST_CASE("cancel and deadline while a file drips") {
    const ScriptedServer server([](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        connection.drip_forever("x", 5ms);
    });
    const auto client = make_client(options_for(server.origin()));
    const TempFolder folder;
    Cancellation cancellation;
    const Stopwatch watch;
    const auto late = client->fetch(server.origin() + "/", folder.file("a"), 200ms, cancellation);
    CHECK(failure_of(late).error.code == ErrorCode::Timeout);
    CHECK(!failure_of(late).permanent);
    {
        const CancelLater later(cancellation, 100ms);
        const auto cancelled = client->fetch(server.origin() + "/", folder.file("a"), 60s, cancellation);
        CHECK(failure_of(cancelled).error.code == ErrorCode::Interrupted);
    }
    CHECK(watch.elapsed() < 4s);
    CHECK(folder.empty());
}

TEST_CASE("redirects are followed three times, each checked") {
    FetchFixture fixture;
    fixture.site.answers["/0/end"] = reply(200, "found");
    SECTION("all forms of a location") {
        fixture.site.answers["/a"] = redirect_to(fixture.server.origin() + "/b", 301);
        fixture.site.answers["/b"] = redirect_to("/0/c", 307);
        fixture.site.answers["/0/c"] = redirect_to("end", 308);
        REQUIRE(std::holds_alternative<FetchedFile>(fixture.fetch_path("/a")));
        CHECK(read_file(fixture.path()) == "found");
    }
    SECTION("too many") {
        fixture.site.answers["/a"] = redirect_to("/a");
        const auto result = fixture.fetch_path("/a");
        CHECK(failure_of(result).error.code == ErrorCode::Protocol);
        CHECK(fixture.server.connections() == 4);
    }
    for (const char* where : {"http://192.168.1.1/", "http://10.0.0.1/x", "https://192.168.1.1/",
                              "https://169.254.169.254/latest", "https://0.0.0.0/", "https://[fe80::1]/",
                              "https://[::ffff:10.0.0.1]/", "file:///etc/passwd", "http://example.com/x"}) {
        CAPTURE(std::string(where));
        fixture.site.answers["/evil"] = redirect_to(where);
        const Stopwatch watch;
        const auto result = fixture.fetch_path("/evil");
        CHECK(failure_of(result).error.code == ErrorCode::ForbiddenAddress);
        CHECK(failure_of(result).permanent);
        CHECK(watch.elapsed() < 2s);
    }
}

TEST_CASE("a public service cannot point into the local network") {
    const ScriptedServer inside([](Connection& connection) {
        connection.read_request();
        connection.send(reply(200, "secret"));
    });
    const std::string port = std::to_string(inside.port());
    ClientOptions options = options_for("https://api.test");
    std::map<std::string, std::vector<std::string>> names = {{"api.test", {"93.184.216.34"}},
                                                             {"inside.test", {"127.0.0.1"}},
                                                             {"mixed.test", {"93.184.216.34", "10.0.0.1"}}};
    options.lookup = [&](const std::string& host, bool) {
        return net::LookupAnswer{names[host], "unknown", true};
    };
    const TempFolder folder;
    const auto client = make_client(options);
    for (const std::string& url :
         {"https://127.0.0.1:" + port + "/", "https://localhost:" + port + "/", "https://[::1]:" + port + "/",
          "https://inside.test:" + port + "/", std::string("https://mixed.test/"),
          "http://inside.test:" + port + "/", "http://127.0.0.1:" + port + "/",
          "https://user@127.0.0.1:" + port + "/"}) {
        CAPTURE(url);
        Cancellation cancellation;
        const auto result = client->fetch(url, folder.file("a"), 10s, cancellation);
        CHECK(failure_of(result).error.code == ErrorCode::ForbiddenAddress);
        CHECK(failure_of(result).permanent);
    }
    CHECK(inside.connections() == 0);
    CHECK(folder.empty());
}

TEST_CASE("a service on this machine may hand out files over TLS, but not fall back to plain") {
    const TestAuthority authority;
    const TempFolder folder;
    const ScriptedServer plain([](Connection& connection) {
        connection.read_request();
        connection.send(reply(200, "plain"));
    });
    const std::string plain_url = plain.origin() + "/r";
    const ScriptedServer server(
        [&](Connection& connection) {
            const std::string request = connection.read_request();
            connection.send(request.find("/down ") != std::string::npos ? redirect_to(plain_url)
                                                                        : reply(200, "tls"));
        },
        authority.issue({"DNS:localhost"}));
    ClientOptions options = options_for(server.origin());
    options.ca_file = folder.write("ca.pem", authority.certificate());
    const auto client = make_client(options);
    Cancellation cancellation;
    const auto good = client->fetch(server.origin() + "/r", folder.file("a"), 10s, cancellation);
    CHECK(std::holds_alternative<FetchedFile>(good));
    const auto bad = client->fetch(server.origin() + "/down", folder.file("b"), 10s, cancellation);
    CHECK(failure_of(bad).error.code == ErrorCode::ForbiddenAddress);
    CHECK(plain.connections() == 0);
}

TEST_CASE("what a file server says is fit to be shown") {
    FetchFixture fixture;
    SECTION("its error page") {
        fixture.site.answers["/r"] = reply(404, "no\x01\xff\xc2\x85\xe4\xbe");
        CHECK(failure_of(fixture.fetch_path("/r")).error.detail == "no ? ??");
    }
    SECTION("its redirects") {
        fixture.site.answers["/r"] = redirect_to("/r?\xff\xe4\xbe\x8b" + std::string(2000, 'x'));
        for (const char* more : {"?", "?%FF%E4%BE%8B"})
            fixture.site.answers[std::string("/r") + more + std::string(2000, 'x')] =
                fixture.site.answers["/r"];
        const std::string detail = failure_of(fixture.fetch_path("/r")).error.detail;
        CHECK(detail.substr(0, 8) == "/r??\xe4\xbe\x8bx");
        CHECK(detail.size() == 300);
    }
}

TEST_CASE("a large file passes the watch over the framing") {
    FetchFixture fixture;
    const std::string picture(20'000'000, 'p');
    std::string answer;
    SECTION("with a length") {
        answer = reply(200, picture);
    }
    SECTION("in many small pieces") {
        answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (std::size_t at = 0; at < picture.size(); at += 500)
            answer += "0000000000001f4\r\n" + picture.substr(at, 500) + "\r\n";
        answer += "0\r\n\r\n";
    }
    fixture.site.answers["/r"] = answer;
    const auto result = fixture.fetch_path("/r");
    REQUIRE(std::holds_alternative<FetchedFile>(result));
    CHECK(std::get<FetchedFile>(result).bytes == picture.size());
}

TEST_CASE("a compressed file is unpacked under the same cap") {
    // gzip of "hello"
    const std::string packed(
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36"
        "\x05\x00\x00\x00",
        25);
    FetchFixture fixture;
    fixture.site.answers["/r"] = reply(200, packed, "Content-Encoding: gzip\r\n");
    SECTION("small") {
        REQUIRE(std::holds_alternative<FetchedFile>(fixture.fetch_path("/r")));
        CHECK(read_file(fixture.path()) == "hello");
    }
    SECTION("too large") {
        fixture.options.max_file_bytes = 4;
        CHECK(failure_of(fixture.fetch_path("/r")).error.code == ErrorCode::ImageTooLarge);
    }
}
