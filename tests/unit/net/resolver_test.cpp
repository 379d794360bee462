#include "net/resolver.h"
#include "net_fixture.h"

#include <condition_variable>
#include <mutex>

using namespace kontexture::test;
using namespace kontexture::net;

namespace {

/// A name service that answers only when the test ends. Shared with the threads left behind.
struct DeadNameService {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    int asked = 0;
};

Lookup lookup_of(std::shared_ptr<DeadNameService> service) {
    return [service](const std::string&, bool) {
        std::unique_lock lock(service->mutex);
        ++service->asked;
        service->changed.notify_all();
        service->changed.wait(lock, [&] { return service->open; });
        return LookupAnswer{{"127.0.0.1"}, "", false};
    };
}

void open(DeadNameService& service) {
    const std::lock_guard lock(service.mutex);
    service.open = true;
    service.changed.notify_all();
}

}  // namespace

TEST_CASE("numbers and localhost need no name service") {
    const Resolver resolver([](const std::string& host, bool) -> LookupAnswer {
        FAIL("asked for " + host);
        return {};
    });
    Interruption interruption;
    CHECK(resolver.resolve("127.0.0.1", false, interruption).addresses ==
          std::vector<std::string>{"127.0.0.1"});
    CHECK(resolver.resolve("::1", false, interruption).addresses == std::vector<std::string>{"::1"});
    CHECK(resolver.resolve("::1", true, interruption).addresses.empty());
    CHECK(resolver.resolve("localhost", true, interruption).addresses ==
          std::vector<std::string>{"127.0.0.1"});
    CHECK(resolver.resolve("localhost", false, interruption).addresses.size() == 2);
}

TEST_CASE("a name that does not exist is told") {
    Interruption interruption;
    const LookupAnswer answer = Resolver(Lookup()).resolve("no-such-name.invalid", false, interruption);
    CHECK(answer.addresses.empty());
    CHECK(!answer.error.empty());
}

TEST_CASE("a lookup that throws is an error") {
    const Resolver resolver(
        [](const std::string&, bool) -> LookupAnswer { throw std::runtime_error("boom"); });
    Interruption interruption;
    CHECK(resolver.resolve("a.test", false, interruption).error == "boom");
}

TEST_CASE("a stopped lookup returns at once and is left behind, but only so many") {
    const auto service = std::make_shared<DeadNameService>();
    {
        const Resolver resolver(lookup_of(service));
        for (int i = 0; i < 8; ++i) {
            Interruption interruption;
            std::thread stopper([&] {
                std::this_thread::sleep_for(5ms);
                interruption.raise(StopReason::Cancelled);
            });
            const Stopwatch watch;
            CHECK(resolver.resolve("slow.test", false, interruption).addresses.empty());
            CHECK(watch.elapsed() < 1s);
            stopper.join();
        }
        Interruption interruption;
        CHECK(resolver.resolve("slow.test", false, interruption).error.find("too many") != std::string::npos);
        open(*service);
        LookupAnswer answer;
        for (int i = 0; i < 500 && answer.addresses.empty(); ++i) {
            answer = resolver.resolve("slow.test", false, interruption);
            std::this_thread::sleep_for(10ms);
        }
        CHECK(answer.addresses.size() == 1);
    }
}

TEST_CASE("cancel, deadline and connect limit reach a call that waits for its name") {
    const auto service = std::make_shared<DeadNameService>();
    ClientOptions options = options_for("https://api.test");
    options.lookup = lookup_of(service);
    options.connect_timeout = 300ms;
    const auto client = make_client(options);
    Cancellation cancellation;
    const Stopwatch watch;
    SECTION("cancel") {
        const CancelLater later(cancellation, 50ms);
        const auto result = client->send(post("https://api.test/x", "{}"), 60s, cancellation);
        CHECK(failure_of(result).error.code == kontexture::ErrorCode::Interrupted);
        CHECK(!failure_of(result).may_have_been_sent);
    }
    SECTION("deadline") {
        const auto result = client->send(post("https://api.test/x", "{}"), 100ms, cancellation);
        CHECK(failure_of(result).error.code == kontexture::ErrorCode::Timeout);
        CHECK(!failure_of(result).may_have_been_sent);
    }
    SECTION("connect limit") {
        const auto result = client->send(post("https://api.test/x", "{}"), 60s, cancellation);
        CHECK(failure_of(result).error.code == kontexture::ErrorCode::Network);
        CHECK(!failure_of(result).may_have_been_sent);
    }
    CHECK(watch.elapsed() < 3s);
    open(*service);
}
