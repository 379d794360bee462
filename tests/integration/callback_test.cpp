#include "fixture.h"
#include "scripted_server.h"

#include <algorithm>

// Callbacks over real sockets, from the local service to the module's listener.
namespace kontexture::testing {

using local_service::Endpoint;
using local_service::Fault;

namespace {

constexpr const char* kWebhookKey = "a-webhook-key";

void sign_callbacks(local_service::Options& options) {
    options.callback_key = kWebhookKey;
    options.callback_retry = 500ms;
}

/// Callbacks on a free port; polls so far apart that only a callback brings anything within the test's
/// patience.
ServiceConfig with_callbacks(const Bench& bench, const char* key = kWebhookKey) {
    ServiceConfig config = bench.config();
    CallbackConfig callback;
    callback.port = static_cast<std::uint16_t>(test::closed_port());
    callback.public_url = "http://127.0.0.1:" + std::to_string(callback.port) + "/kontexture/";
    callback.hmac_key = Secret(key);
    config.callback = std::move(callback);
    config.expected_duration = 10min;
    return config;
}

/// All callbacks of the one task were sent and answered so.
bool answered(Bench& bench, std::vector<int> statuses) {
    return bench.pump_until([&] { return bench.server->record().callbacks == statuses; });
}

void linger(Bench& bench, std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    bench.pump_until([&] { return std::chrono::steady_clock::now() >= until; });
}

RequestId lose_the_answer(Bench& bench, const char* prompt = "x") {
    bench.server->inject(Endpoint::Generate, Fault::DropAfterAccept, 1);
    return bench.submit({.prompt = prompt});
}

}  // namespace

TEST_CASE("a callback brings the picture long before the next poll") {
    Bench bench(sign_callbacks);
    bench.open(with_callbacks(bench));
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(answered(bench, {200}));
    CHECK(bench.server->record().generate_posts == 1);
    CHECK(bench.server->record().polls <= 2);
    CHECK(bench.service->account().spent == 5);
}

TEST_CASE("without callbacks configured none are asked for") {
    Bench bench(sign_callbacks);
    bench.open();
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.server->record().callbacks.empty());
    CHECK(bench.server->record().tasks.at(0).body.find("callBackUrl") == std::string::npos);
}

TEST_CASE("a callback rescues a request whose answer was lost") {
    Bench bench(sign_callbacks);
    bench.open(with_callbacks(bench));
    const RequestId id = lose_the_answer(bench);
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(std::any_of(bench.events.begin(), bench.events.end(),
                      [](const Event& event) { return event.state == JobState::OutcomeUnknown; }));
    CHECK(bench.info(id).task_id == bench.server->record().tasks.at(0).id);
    CHECK(bench.server->record().generate_posts == 1);
    CHECK(bench.service->account().spent == 5);
}

TEST_CASE("so does one that comes before the answer is lost, and one that comes too early") {
    for (const Fault early : {Fault::CallbackBeforeAnswer, Fault::CallbackEarly}) {
        CAPTURE(static_cast<int>(early));
        Bench bench(sign_callbacks);
        ServiceConfig config = with_callbacks(bench);
        config.expected_duration = 150ms;  // the early callback has told all it can
        bench.open(std::move(config));
        bench.server->inject(Endpoint::Callback, early, 1);
        const RequestId id = lose_the_answer(bench);
        REQUIRE(bench.reaches(id, JobState::Ready));
        CHECK(bench.server->record().generate_posts == 1);
        CHECK(bench.service->account().spent == 5);
    }
}

TEST_CASE("a callback that comes late and one that comes twice change nothing about the money") {
    Bench bench(sign_callbacks);
    bench.open(with_callbacks(bench));
    for (const Fault fault : {Fault::CallbackTwice, Fault::CallbackLate}) {
        bench.server->inject(Endpoint::Callback, fault, 1);
        REQUIRE(bench.reaches(lose_the_answer(bench), JobState::Ready));
    }
    CHECK(answered(bench, {200, 200, 200}));
    CHECK(bench.server->record().generate_posts == 2);
    CHECK(bench.server->record().tasks.size() == 2);
    CHECK(bench.service->account().spent == 10);
}

TEST_CASE("a callback that nobody vouches for changes nothing") {
    struct Forgery {
        Fault fault;
        int answer;
    };
    for (const Forgery& forged :
         {Forgery{Fault::CallbackWrongSignature, 403}, Forgery{Fault::CallbackOldTime, 403},
          Forgery{Fault::CallbackUnsigned, 401}, Forgery{Fault::CallbackHuge, 413}}) {
        CAPTURE(forged.answer);
        Bench bench([](local_service::Options& options) {
            sign_callbacks(options);
            options.callback_retry = 50ms;
        });
        bench.open(with_callbacks(bench));
        bench.server->inject(Endpoint::Callback, forged.fault, 1);
        const RequestId id = lose_the_answer(bench);
        // It is tried four times.
        REQUIRE(answered(bench, std::vector<int>(4, forged.answer)));
        linger(bench, 300ms);
        CHECK(bench.info(id).state == JobState::OutcomeUnknown);
        CHECK(bench.info(id).waiting == WaitReason::None);
        CHECK(bench.server->record().polls == 0);
        CHECK(bench.server->record().generate_posts == 1);
    }
}

TEST_CASE("a task that the service does not know is not adopted, whoever vouches for it") {
    Bench bench(sign_callbacks);
    bench.open(with_callbacks(bench));
    bench.server->inject(Endpoint::Callback, Fault::CallbackOtherTask, 1);
    const RequestId id = lose_the_answer(bench);
    REQUIRE(answered(bench, {200}));
    REQUIRE(bench.pump_until([&] { return bench.server->record().polls >= 2; }));
    CHECK(bench.info(id).state == JobState::OutcomeUnknown);
    CHECK(bench.info(id).task_id.empty());
    CHECK_FALSE(bench.info(id).image);
    CHECK(bench.server->record().generate_posts == 1);
    CHECK(bench.server->record().tasks.size() == 1);
}

TEST_CASE("another request's task is not adopted, whoever vouches for it") {
    Bench bench(sign_callbacks);
    bench.open(with_callbacks(bench));
    const RequestId first = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(first, JobState::Ready));
    // The local service then names the task that there is.
    bench.server->inject(Endpoint::Callback, Fault::CallbackOtherTask, 1);
    const RequestId id = lose_the_answer(bench, "y");
    REQUIRE(answered(bench, {200, 200}));
    linger(bench, 500ms);
    CHECK(bench.info(id).state == JobState::OutcomeUnknown);
    CHECK(bench.info(id).task_id.empty());
    CHECK(bench.info(first).state == JobState::Ready);
    CHECK(bench.server->record().generate_posts == 2);
}

TEST_CASE("a callback after a restart rescues what the run before left unknown") {
    Bench bench([](local_service::Options& options) {
        sign_callbacks(options);
        options.min_duration = options.max_duration = 1500ms;
    });
    const ServiceConfig config = with_callbacks(bench);
    bench.open(config);
    const RequestId id = lose_the_answer(bench);
    REQUIRE(bench.reaches(id, JobState::OutcomeUnknown));
    bench.close();
    bench.open(config);
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.info(id).restored);
    CHECK(bench.server->record().generate_posts == 1);
}

TEST_CASE("a callback that meets nobody is collected after the next start") {
    Bench bench(sign_callbacks);
    const ServiceConfig config = with_callbacks(bench);
    bench.open(config);
    bench.server->inject(Endpoint::Callback, Fault::CallbackLate, 1);
    const RequestId id = lose_the_answer(bench);
    REQUIRE(bench.reaches(id, JobState::OutcomeUnknown));
    bench.close();
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (bench.server->record().callbacks.empty() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(5ms);
    CHECK(bench.server->record().callbacks == std::vector<int>{0});
    bench.open(config);
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.server->record().generate_posts == 1);
}

TEST_CASE("a discarded and released request's callback finds nobody") {
    Bench bench([](local_service::Options& options) {
        sign_callbacks(options);
        options.callback_retry = 50ms;
    });
    bench.open(with_callbacks(bench));
    bench.server->inject(Endpoint::Callback, Fault::CallbackLate, 1);
    const RequestId id = lose_the_answer(bench);
    REQUIRE(bench.reaches(id, JobState::OutcomeUnknown));
    bench.service->resolve(id, Resolution::Discard);
    REQUIRE(bench.reaches(id, JobState::Cancelled));
    bench.service->release(id);
    CHECK(answered(bench, {404, 404, 404, 404}));
    CHECK(bench.server->record().polls == 0);
}

TEST_CASE("callbacks that cannot be received are an error at the start, and leave the data folder free") {
    Bench bench(sign_callbacks);
    const ServiceConfig config = with_callbacks(bench);
    bench.open(config);
    ServiceConfig second = bench.config();
    second.callback = config.callback;
    const auto refused = Service::create(second, bench.host);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Network);
    CHECK(refused.error().message.find("is in use") != std::string::npos);
    second.callback->public_url = "textures.example.org";
    second.callback->port = 0;
    const auto invalid = Service::create(second, bench.host);
    REQUIRE_FALSE(invalid);
    CHECK(invalid.error().code == ErrorCode::InvalidArgument);
    REQUIRE(bench.reaches(bench.submit({.prompt = "x"}), JobState::Ready));
}

}  // namespace kontexture::testing
