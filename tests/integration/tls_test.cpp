#include "fixture.h"
#include "scripted_server.h"

#include <algorithm>
#include <fstream>
#include <mutex>

// The whole way through the Service with certificates of a private authority: the API, the uploads and the
// results each have a server of their own.
namespace kontexture::testing {

using test::Connection;
using test::Identity;
using test::ScriptedServer;
using test::TestAuthority;

namespace {

// The smallest picture there is: one grey pixel.
constexpr unsigned char kPicture[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00,
    0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81,
    0x77, 0xcd, 0x72, 0xb6, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
constexpr const char* kKey = "tls-test-key-1f0c7d";

const TestAuthority& authority() {
    static const TestAuthority instance;
    return instance;
}

/// Records the first line of each request and whether the key came with it.
class Site {
public:
    Site(const Identity& identity, std::function<std::string()> body)
        : server_([this, body](Connection& connection) { answer(connection, body()); }, identity) {}

    std::string origin() const { return server_.origin(); }
    int connections() const { return server_.connections(); }
    int requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    int keys() const {
        const std::lock_guard lock(mutex_);
        return keys_;
    }
    int posts() const {
        const std::lock_guard lock(mutex_);
        return posts_;
    }

private:
    void answer(Connection& connection, const std::string& body) {
        const std::string request = connection.read_request();
        if (request.empty()) return;
        {
            const std::lock_guard lock(mutex_);
            ++requests_;
            keys_ += request.find(kKey) != std::string::npos;
            posts_ += request.starts_with("POST /api/v1/flux/kontext/generate ");
        }
        connection.send(test::reply(200, body));
    }

    mutable std::mutex mutex_;
    int requests_ = 0;
    int keys_ = 0;
    int posts_ = 0;
    ScriptedServer server_;
};

struct TlsBench {
    TlsBench(const Identity& api_identity, const Identity& upload_identity, const Identity& result_identity)
        : results(result_identity,
                  [] { return std::string(reinterpret_cast<const char*>(kPicture), sizeof kPicture); }),
          uploads(upload_identity,
                  [] {
                      return std::string(R"({"success":true,"code":200,"msg":"ok","data":)") +
                             R"({"downloadUrl":"https://files.example/a.png"}})";
                  }),
          api(api_identity, [this] {
              return R"({"code":200,"msg":"ok","data":{"taskId":"task1","successFlag":1,"response":)"
                     R"({"resultImageUrl":")" +
                     results.origin() + R"(/r.png"}}})";
          }) {
        const std::string ca_file = folder.path() + "/ca.pem";
        std::ofstream(ca_file) << authority().certificate();
        ServiceConfig config;
        config.api_key = kKey;
        config.data_dir = folder.path() + "/data";
        config.base_url = api.origin();
        config.upload_url = uploads.origin();
        config.ca_file = ca_file;
        config.expected_duration = 100ms;
        auto made = Service::create(std::move(config), host);
        INFO((made ? std::string() : made.error().message));
        REQUIRE(made);
        service = std::move(*made);
    }

    /// Until the request is ready or says what is wrong.
    const RequestInfo& run(TextureRequest request) {
        const auto id = service->submit(std::move(request));
        REQUIRE(id);
        const auto until = std::chrono::steady_clock::now() + 60s;
        const RequestInfo* info = nullptr;
        while (std::chrono::steady_clock::now() < until) {
            service->pump();
            info = service->find(*id);
            if (info && (info->state == JobState::Ready || info->error.code != ErrorCode::None)) return *info;
            std::this_thread::sleep_for(2ms);
        }
        REQUIRE(info);
        return *info;
    }

    TemporaryFolder folder;
    MemoryHost host;
    Site results;
    Site uploads;
    Site api;
    std::unique_ptr<Service> service;
};

Identity good() {
    return authority().issue({"DNS:localhost"});
}

TextureRequest edit() {
    static const std::vector<std::uint8_t> pixels(std::size_t{64} * 64 * 4, std::uint8_t{128});
    return {.prompt = "wet", .input = InputImage::from_pixels({.pixels = pixels, .width = 64, .height = 64})};
}

}  // namespace

TEST_CASE("with good certificates a picture comes, and the key goes to the API and the uploads only") {
    TlsBench bench(good(), good(), good());
    const RequestInfo& info = bench.run(edit());
    CAPTURE(info.error.message, info.error.detail);
    CHECK(info.state == JobState::Ready);
    CHECK(bench.api.posts() == 1);
    CHECK(bench.api.keys() == bench.api.requests());
    CHECK(bench.uploads.keys() == 1);
    CHECK(bench.results.requests() == 1);
    CHECK(bench.results.keys() == 0);
}

TEST_CASE("a bad certificate of any host is refused, and the request's error says which it was") {
    const TestAuthority foreign;
    std::string why;
    Identity bad;
    SECTION("expired") {
        bad = authority().issue({"DNS:localhost"}, -20, -10);
        why = "has expired";
    }
    SECTION("not valid yet") {
        bad = authority().issue({"DNS:localhost"}, 10, 20);
        why = "is not valid yet";
    }
    SECTION("wrong name") {
        bad = authority().issue({"DNS:other.test"});
        why = "another host";
    }
    SECTION("self-signed") {
        bad = TestAuthority::self_signed({"DNS:localhost"});
        why = "signed by the server itself";
    }
    SECTION("unknown authority") {
        bad = foreign.issue({"DNS:localhost"});
        why = "does not know";
    }
    const auto check = [&](const RequestInfo& info) {
        CAPTURE(info.error.message, info.error.detail);
        CHECK(info.error.code == ErrorCode::Tls);
        CHECK(info.error.message.find(why) != std::string::npos);
    };
    {
        TlsBench bench(bad, good(), good());
        check(bench.run({.prompt = "stone"}));
        CHECK(bench.api.connections() > 0);
        CHECK(bench.api.requests() == 0);
    }
    {
        TlsBench bench(good(), bad, good());
        check(bench.run(edit()));
        CHECK(bench.uploads.requests() == 0);
        CHECK(bench.api.posts() == 0);
    }
    {
        TlsBench bench(good(), good(), bad);
        check(bench.run({.prompt = "stone"}));
        CHECK(bench.api.posts() == 1);
        CHECK(bench.results.requests() == 0);
    }
}

}  // namespace kontexture::testing
