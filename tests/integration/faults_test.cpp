#include "black_hole.h"
#include "fixture.h"

#include <algorithm>
#include <cstdio>

// Each thing that can go wrong at the service, seen from the public API.
namespace kontexture::testing {

using local_service::Endpoint;
using local_service::Fault;

namespace {

struct Case {
    const char* name;
    Endpoint endpoint;
    Fault fault;
    int count;
    int code;
    JobState ends;
    ErrorCode error;
    std::uint64_t tasks;  ///< accepted, and so paid for
};

// What must happen, one line each. `Ready` lines met trouble and got over it without paying twice.
const Case kCases[] = {
    {"no credits, inside 200", Endpoint::Generate, Fault::ErrorInside200, 1, 402, JobState::Failed,
     ErrorCode::InsufficientCredits, 0},
    {"moderated", Endpoint::Generate, Fault::ErrorInside200, 1, 400, JobState::Failed, ErrorCode::Moderated,
     0},
    {"wrong parameter", Endpoint::Generate, Fault::HttpError, 1, 422, JobState::Failed, ErrorCode::Rejected,
     0},
    {"key cap", Endpoint::Generate, Fault::ErrorInside200, 1, 433, JobState::Failed, ErrorCode::KeyLimit, 0},
    {"unauthorized", Endpoint::Generate, Fault::HttpError, 1, 401, JobState::Failed, ErrorCode::Unauthorized,
     0},
    {"one server error", Endpoint::Generate, Fault::ErrorInside200, 1, 500, JobState::Ready, ErrorCode::None,
     1},
    {"html from a content network", Endpoint::Generate, Fault::Html403, 1, 0, JobState::Failed,
     ErrorCode::Blocked, 0},
    {"answer lost after accept", Endpoint::Generate, Fault::DropAfterAccept, 1, 0, JobState::OutcomeUnknown,
     ErrorCode::OutcomeUnknown, 1},
    {"connection lost before accept", Endpoint::Generate, Fault::DropBeforeAccept, 1, 0,
     JobState::OutcomeUnknown, ErrorCode::OutcomeUnknown, 0},
    {"empty answer", Endpoint::Generate, Fault::EmptyBody, 1, 0, JobState::OutcomeUnknown,
     ErrorCode::OutcomeUnknown, 0},
    {"no content type", Endpoint::Generate, Fault::NoContentType, 1, 0, JobState::Ready, ErrorCode::None, 1},
    {"chinese message", Endpoint::Generate, Fault::ChineseMessage, 1, 422, JobState::Failed,
     ErrorCode::Rejected, 0},
    {"record missing", Endpoint::RecordInfo, Fault::RecordMissing, 2, 0, JobState::Ready, ErrorCode::None, 1},
    {"record null", Endpoint::RecordInfo, Fault::RecordNull, 2, 0, JobState::Ready, ErrorCode::None, 1},
    {"unknown flag", Endpoint::RecordInfo, Fault::UnknownFlag, 2, 0, JobState::Ready, ErrorCode::None, 1},
    {"flag as text", Endpoint::RecordInfo, Fault::FlagAsString, 9, 0, JobState::Ready, ErrorCode::None, 1},
    {"response as text", Endpoint::RecordInfo, Fault::ResponseAsString, 9, 0, JobState::Ready,
     ErrorCode::None, 1},
    {"success without url", Endpoint::RecordInfo, Fault::SuccessWithoutUrl, 1, 0, JobState::Ready,
     ErrorCode::None, 1},
    {"poll: 500", Endpoint::RecordInfo, Fault::HttpError, 2, 500, JobState::Ready, ErrorCode::None, 1},
    {"poll: dropped", Endpoint::RecordInfo, Fault::DropBeforeAccept, 2, 0, JobState::Ready, ErrorCode::None,
     1},
    {"poll: empty", Endpoint::RecordInfo, Fault::EmptyBody, 2, 0, JobState::Ready, ErrorCode::None, 1},
    {"poll: rate limited", Endpoint::RecordInfo, Fault::RateLimitInside200, 1, 0, JobState::Ready,
     ErrorCode::None, 1},
    {"task fails", Endpoint::RecordInfo, Fault::TaskFails, 1, 501, JobState::Failed,
     ErrorCode::GenerationFailed, 1},
    {"task refused", Endpoint::RecordInfo, Fault::TaskRefused, 1, 400, JobState::Failed, ErrorCode::Moderated,
     1},
    {"url expired once", Endpoint::Result, Fault::UrlExpired, 1, 0, JobState::Ready, ErrorCode::None, 1},
    {"url forbidden once", Endpoint::Result, Fault::UrlForbidden, 1, 0, JobState::Ready, ErrorCode::None, 1},
    {"redirect", Endpoint::Result, Fault::Redirect, 1, 0, JobState::Ready, ErrorCode::None, 1},
    {"redirect elsewhere", Endpoint::Result, Fault::RedirectElsewhere, 9, 0, JobState::Failed,
     ErrorCode::ForbiddenAddress, 1},
    {"truncated", Endpoint::Result, Fault::TruncatedImage, 1, 0, JobState::Ready, ErrorCode::None, 1},
    {"damaged", Endpoint::Result, Fault::DamagedImage, 1, 0, JobState::Ready, ErrorCode::None, 1},
    {"slow body", Endpoint::Result, Fault::SlowBody, 1, 0, JobState::Ready, ErrorCode::None, 1},
};

}  // namespace

TEST_CASE("every fault ends as it must, and nothing is paid twice") {
    // One bench a fault; several at a time, because most of them wait for their back-off.
    std::vector<std::unique_ptr<Bench>> benches;
    std::vector<RequestId> ids;
    for (const Case& each : kCases) {
        benches.push_back(std::make_unique<Bench>());
        Bench& bench = *benches.back();
        bench.open();
        bench.server->inject(each.endpoint, each.fault, each.count, each.code);
        ids.push_back(bench.submit({.prompt = "stone"}));
    }
    for (std::size_t i = 0; i < std::size(kCases); ++i) {
        const Case& each = kCases[i];
        Bench& bench = *benches[i];
        INFO(each.name);
        const bool ended = bench.pump_until(
            [&] {
                const RequestInfo* info = bench.service->find(ids[i]);
                return info && (is_final(info->state) || info->state == JobState::OutcomeUnknown);
            },
            120s);
        INFO(to_string(bench.info(ids[i]).state) << ": " << bench.info(ids[i]).error.message);
        CHECK(ended);
        CHECK(bench.info(ids[i]).state == each.ends);
        CHECK(bench.info(ids[i]).error.code == each.error);
        CHECK(bench.server->record().tasks.size() == each.tasks);
        if (each.error != ErrorCode::None) CHECK(bench.info(ids[i]).error.message.size() > 20);
    }
}

TEST_CASE("an unknown outcome waits for a person, who may send again or discard") {
    Bench bench;
    bench.open();
    bench.server->inject(Endpoint::Generate, Fault::DropAfterAccept, 2);
    const RequestId again = bench.submit({.prompt = "a"});
    const RequestId gone = bench.submit({.prompt = "b"});
    REQUIRE(bench.reaches(again, JobState::OutcomeUnknown));
    REQUIRE(bench.reaches(gone, JobState::OutcomeUnknown));
    CHECK(bench.server->record().generate_posts == 2);
    bench.service->resolve(again, Resolution::SendAgain);
    bench.service->resolve(gone, Resolution::Discard);
    REQUIRE(bench.reaches(again, JobState::Ready));
    REQUIRE(bench.reaches(gone, JobState::Cancelled));
    CHECK(bench.server->record().generate_posts == 3);
    CHECK(bench.service->account().spent == 15);
}

TEST_CASE("cancel before the paid call is free; after it the picture still comes into the library") {
    Bench bench([](local_service::Options& options) { options.min_duration = options.max_duration = 400ms; });
    bench.open();
    const RequestId late = bench.submit({.prompt = "late"});
    REQUIRE(bench.reaches(late, JobState::Generating));
    bench.service->cancel(late);
    REQUIRE(bench.reaches(late, JobState::Cancelled));
    const RequestId early = bench.submit({.prompt = "early"});
    bench.service->cancel(early);
    REQUIRE(bench.reaches(early, JobState::Cancelled));
    REQUIRE(bench.pump_until([&] { return static_cast<bool>(bench.info(late).image); }));
    CHECK_FALSE(bench.info(late).texture);
    CHECK(bench.info(late).state == JobState::Cancelled);
    CHECK(bench.server->record().tasks.size() <= 2);
    CHECK(bench.host.textures.empty());
}

TEST_CASE("what was paid for is collected by the next run without another POST") {
    Bench bench(
        [](local_service::Options& options) { options.min_duration = options.max_duration = 1500ms; });
    bench.open();
    const RequestId id = bench.submit({.prompt = "granite"});
    REQUIRE(bench.reaches(id, JobState::Generating));
    REQUIRE(bench.pump_until([&] { return !bench.info(id).task_id.empty(); }));
    bench.close();
    bench.open();
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.info(id).restored);
    CHECK(bench.info(id).request.prompt == "granite");
    CHECK(bench.server->record().generate_posts == 1);
}

TEST_CASE("a restart does not spend: what was only queued waits for resume") {
    Bench bench([](local_service::Options& options) { options.submits_per_window = 0; });
    bench.open();
    const RequestId id = bench.submit({.prompt = "slate"});
    REQUIRE(bench.pump_until(
        [&] { return bench.service->find(id) && bench.info(id).waiting == WaitReason::RateLimit; }));
    CHECK(bench.info(id).state == JobState::Queued);
    bench.close();
    bench.server.reset();
    Bench other;
    ServiceConfig config = other.config();
    config.data_dir = bench.folder.path() + "/data";
    bench.open(std::move(config));
    REQUIRE(bench.pump_until(
        [&] { return bench.service->find(id) && bench.info(id).waiting == WaitReason::Resume; }));
    for (int i = 0; i < 50; ++i) bench.service->pump(), std::this_thread::sleep_for(2ms);
    CHECK(other.server->record().generate_posts == 0);
    bench.service->resume(id);
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(other.server->record().generate_posts == 1);
}

TEST_CASE("no server: a clear error, and the request goes out once it is back") {
    Bench bench;
    bench.open();
    const int port = bench.server->port();
    bench.server.reset();
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.pump_until(
        [&] { return bench.service->find(id) && bench.info(id).waiting == WaitReason::Retry; }));
    CHECK(bench.info(id).error.code == ErrorCode::Network);
    CHECK(bench.info(id).waits_until != RequestInfo::Time{});
    bench.start_server(port);
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.info(id).error.code == ErrorCode::None);
    CHECK(bench.server->record().generate_posts == 1);
    CHECK(bench.service->account().spent == 5);
}

TEST_CASE("a hung server holds up neither pump nor the destructor") {
    using Clock = std::chrono::steady_clock;
    Bench bench;
    const auto run = [&](ServiceConfig config, const char* what) {
        bench.open(std::move(config));
        for (int i = 0; i < 6; ++i) bench.submit({.prompt = "x"});
        Clock::duration worst{};
        bench.pump_until([&] { return false; }, 1s);
        for (int i = 0; i < 100; ++i) {
            const auto start = Clock::now();
            bench.service->pump();
            worst = std::max(worst, Clock::now() - start);
            std::this_thread::sleep_for(1ms);
        }
        const auto start = Clock::now();
        bench.close();
        const auto closing = Clock::now() - start;
        std::printf("%s: worst pump %.2f ms, destructor %.2f ms\n", what,
                    std::chrono::duration<double, std::milli>(worst).count(),
                    std::chrono::duration<double, std::milli>(closing).count());
        // Far above what is promised, far below any time-out: a call that waits for the server would be seen.
        CHECK(worst < 1s);
        CHECK(closing < 3s);
    };
    bench.server->set_rate(Endpoint::Generate, Fault::Hang, 1);
    run(bench.config(), "server hangs after the request");
    BlackHole hole;
    ServiceConfig config = bench.config();
    config.base_url = "http://127.0.0.1:" + std::to_string(hole.port);
    run(std::move(config), "connect is pending");
}

TEST_CASE("a host that cannot make the texture fails that request only, and retry mends it") {
    Bench bench;
    bench.open();
    bench.host.refuse_textures = true;
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(id, JobState::Failed));
    CHECK(bench.info(id).error.code == ErrorCode::HostTexture);
    bench.host.refuse_textures = false;
    bench.host.refuse_rows = true;
    bench.service->retry(id);
    REQUIRE(bench.pump_until(
        [&] { return bench.info(id).state == JobState::Failed && !bench.host.textures.empty(); }));
    bench.host.refuse_rows = false;
    bench.service->retry(id);
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.server->record().generate_posts == 1);
    CHECK(bench.host.textures.size() == 1);
}

TEST_CASE("rate limits are waited out") {
    Bench bench;
    bench.open();
    bench.server->inject(Endpoint::Generate, Fault::RateLimitInside200, 1);
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.pump_until(
        [&] { return bench.service->find(id) && bench.info(id).waiting == WaitReason::RateLimit; }));
    CHECK(bench.service->account().submits_paused_until > std::chrono::system_clock::now());
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.server->record().generate_posts == 2);
}

}  // namespace kontexture::testing
