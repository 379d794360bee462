#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "catch.h"
#include "local_service/signature.h"
#include "service_fixture.h"

using namespace local_service;
using nlohmann::json;

namespace {

struct Received {
    std::string path;
    std::string body;
    std::string time;
    std::string signature;
    std::chrono::system_clock::time_point at;
};

/// Takes callbacks and answers with `status`.
class Receiver {
public:
    Receiver() {
        server_.Post(R"(/.*)", [this](const httplib::Request& request, httplib::Response& response) {
            const std::lock_guard lock(mutex_);
            received_.push_back({request.path, request.body, request.get_header_value("X-Webhook-Timestamp"),
                                 request.get_header_value("X-Webhook-Signature"),
                                 std::chrono::system_clock::now()});
            response.status = status;
        });
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ~Receiver() {
        server_.stop();
        thread_.join();
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook/7"; }
    /// Waits for that many; more may have come.
    std::vector<Received> wait(std::size_t count) {
        for (int i = 0; i < 6000; ++i) {
            {
                const std::lock_guard lock(mutex_);
                if (received_.size() >= count) return received_;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return {};
    }
    std::atomic<int> status{200};

private:
    httplib::Server server_;
    std::mutex mutex_;
    std::vector<Received> received_;
    int port_ = 0;
    std::thread thread_;
};

struct Setup {
    Setup() : service(LocalService::start(options_for(dir))), client(*service) {}
    static Options options_for(const TempDir& dir) {
        Options options = quick_options(dir);
        options.callback_key = "webhook-test-key";
        options.callback_retry = std::chrono::milliseconds(30);
        return options;
    }
    std::string task(const std::string& prompt) {
        return client.task({{"prompt", prompt}, {"callBackUrl", receiver.url()}});
    }
    /// How they were answered, once that many were: the service notes it after the receiver has seen them.
    std::vector<int> answers(std::size_t count) const {
        for (int i = 0; i < 6000 && service->record().callbacks.size() < count; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return service->record().callbacks;
    }
    static std::int64_t age(const Received& received) {
        return std::chrono::system_clock::to_time_t(received.at) - std::stoll(received.time);
    }

    TempDir dir;
    Receiver receiver;
    std::unique_ptr<LocalService> service;
    Client client;
};

std::string sealed(const std::string& id, const Received& received) {
    return signature_of("webhook-test-key", id + "." + received.time);
}

}  // namespace

TEST_CASE("signatures are those that openssl makes") {
    // printf 'task12345.1767225600' | openssl dgst -sha256 -hmac webhook-test-key -binary | base64
    CHECK(signature_of("webhook-test-key", "task12345.1767225600") ==
          "oufe2V2UxC90Xbm9tUC83WC0sIkRYKTwTimh4ZqL664=");
    CHECK(signature_of(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "YOQxWR7gtn8Niiaqy/W3f44LxiE3KMUUBUYEDw7jf1Q=");
}

TEST_CASE("a success and a failure are reported once, signed, when the record says so") {
    Setup s;
    const std::string done = s.task("sand");
    const Received success = s.receiver.wait(1).at(0);
    CHECK(success.path == "/hook/7");
    CHECK(success.signature == sealed(done, success));
    CHECK(std::abs(Setup::age(success)) <= 60);
    const json body = json::parse(success.body);
    CHECK(body["code"] == 200);
    CHECK(body["data"]["taskId"] == done);
    const json record = s.client.record(done)["data"];
    CHECK(record["successFlag"] == 1);
    CHECK(body["data"]["info"]["resultImageUrl"] == record["response"]["resultImageUrl"]);

    const std::string failed = s.task("sand {fault:TaskFails:400}");
    const json failure = json::parse(s.receiver.wait(2).at(1).body);
    CHECK(failure["code"] == 400);
    CHECK(failure["data"]["taskId"] == failed);
    CHECK(failure["data"]["info"]["resultImageUrl"] == "");
    CHECK(s.answers(2) == std::vector<int>{200, 200});
}

TEST_CASE("a callback that is not answered with 200 is sent four times") {
    Setup s;
    s.receiver.status = 500;
    s.task("sand");
    CHECK(s.receiver.wait(4).size() == 4);
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    CHECK(s.answers(4) == std::vector<int>(4, 500));
}

TEST_CASE("faults of a callback") {
    Setup s;
    const auto meet = [&](Fault fault, std::size_t count) {
        const std::size_t before = s.service->record().callbacks.size();
        s.service->inject(Endpoint::Callback, fault);
        const std::string id = s.task("sand");
        auto all = s.receiver.wait(before + count);
        while (s.service->record().callbacks.size() < before + count)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        REQUIRE(all.size() == before + count);
        return std::make_pair(id, all.back());
    };
    auto [id, met] = meet(Fault::CallbackTwice, 2);
    CHECK(met.signature == sealed(id, met));
    std::tie(id, met) = meet(Fault::CallbackWrongSignature, 1);
    CHECK(met.signature.size() == 44);
    CHECK(met.signature != sealed(id, met));
    std::tie(id, met) = meet(Fault::CallbackOldTime, 1);
    CHECK(met.signature == sealed(id, met));
    CHECK(Setup::age(met) > 3000);
    std::tie(id, met) = meet(Fault::CallbackUnsigned, 1);
    CHECK(met.signature.empty());
    std::tie(id, met) = meet(Fault::CallbackHuge, 1);
    CHECK(met.body.size() > 1'000'000);
    std::tie(id, met) = meet(Fault::CallbackOtherTask, 1);
    const std::string named = json::parse(met.body)["data"]["taskId"];
    CHECK(named != id);
    CHECK(met.signature == sealed(named, met));
    CHECK(s.client.record(named)["code"] == 200);
    const auto sent = std::chrono::system_clock::now();
    std::tie(id, met) = meet(Fault::CallbackLate, 1);
    CHECK(met.at - sent > std::chrono::milliseconds(2900));
    const std::size_t before = s.service->record().callbacks.size();
    s.service->inject(Endpoint::Callback, Fault::CallbackNever);
    s.client.finish(s.task("sand"));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK(s.service->record().callbacks.size() == before);
}

TEST_CASE("an early callback comes before the record, and even before the answer") {
    TempDir dir;
    Receiver receiver;
    Options options = Setup::options_for(dir);
    options.min_duration = options.max_duration = std::chrono::minutes(10);
    const auto service = LocalService::start(options);
    Client client(*service);
    service->inject(Endpoint::Callback, Fault::CallbackBeforeAnswer);
    const std::string first = client.task({{"prompt", "sand"}, {"callBackUrl", receiver.url()}});
    // It was answered by the time generate was.
    CHECK(service->record().callbacks == std::vector<int>{200});
    CHECK(json::parse(receiver.wait(1).at(0).body)["data"]["taskId"] == first);
    CHECK(client.record(first)["data"]["successFlag"] == 0);
    const std::string second =
        client.task({{"prompt", "sand {fault:CallbackEarly}"}, {"callBackUrl", receiver.url()}});
    CHECK(json::parse(receiver.wait(2).at(1).body)["data"]["taskId"] == second);
    CHECK(client.record(second)["data"]["successFlag"] == 0);
}

TEST_CASE("callbacks do not leave this machine, and a receiver that hangs does not hold the end up") {
    TempDir dir;
    httplib::Server silent;
    const int port = silent.bind_to_any_port("127.0.0.1");  // accepts, and never reads
    auto service = LocalService::start(Setup::options_for(dir));
    Client client(*service);
    client.finish(client.task({{"prompt", "sand"}, {"callBackUrl", "http://192.0.2.1/hook"}}));
    client.finish(client.task({{"prompt", "sand"}, {"callBackUrl", "http://127.0.0.1.example/hook"}}));
    client.finish(
        client.task({{"prompt", "sand"}, {"callBackUrl", "http://127.0.0.1:" + std::to_string(port) + "/"}}));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK(service->record().callbacks.empty());
    const auto before = std::chrono::steady_clock::now();
    service.reset();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(3));
}
