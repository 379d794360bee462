#include "black_hole.h"
#include "fixture.h"
#include "scripted_server.h"

#include <sys/stat.h>

// Ending the Service at a bad moment: nothing is paid for that was not, and nothing that is known is forgotten.
namespace kontexture::testing {

using local_service::Endpoint;
using local_service::Fault;

namespace {

int count(Bench& bench, JobState state) {
    int found = 0;
    for (const RequestInfo& info : bench.service->requests()) found += info.state == state;
    return found;
}

std::string json_reply(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("closing takes back what was about to be paid for") {
    Bench bench([](local_service::Options& options) { options.submits_per_window = 1000; });
    for (int round = 0; round < 8; ++round) {
        bench.open();
        for (int i = 0; i < 12; ++i) bench.submit({.prompt = "stone"});
        for (int i = 0; i < round; ++i) bench.service->pump(), std::this_thread::sleep_for(1ms);
        bench.close();
    }
    const std::size_t posted = bench.server->record().tasks.size();
    CHECK(bench.server->record().generate_posts == posted);
    bench.open();
    REQUIRE(bench.pump_until([&] {
        return !bench.service->requests().empty() &&
               std::all_of(bench.service->requests().begin(), bench.service->requests().end(),
                           [](const RequestInfo& i) {
                               return is_settled(i.state) || i.waiting == WaitReason::Resume;
                           });
    }));
    CHECK(count(bench, JobState::OutcomeUnknown) == 0);
    CHECK(static_cast<std::size_t>(count(bench, JobState::Ready)) <= posted);
    CHECK(bench.server->record().generate_posts == posted);
}

TEST_CASE("who quits while offline owes no decision about a charge") {
    Bench bench;
    BlackHole hole;
    ServiceConfig config = bench.config();
    config.base_url = "http://127.0.0.1:" + std::to_string(hole.port);
    bench.open(config);
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(id, JobState::Submitting));
    bench.close();
    bench.open(config);
    REQUIRE(bench.pump_until([&] { return bench.service->find(id) != nullptr; }));
    CHECK(bench.info(id).state == JobState::Queued);
    CHECK(bench.info(id).waiting == WaitReason::Resume);
}

TEST_CASE("an answer that comes while the service closes is written down") {
    Bench bench;
    std::atomic<int> posts{0};
    test::ScriptedServer server([&](test::Connection& connection) {
        const std::string request = connection.read_request();
        if (!request.starts_with("POST"))
            return void(connection.send(json_reply(R"({"code":200,"data":{"successFlag":0}})")));
        ++posts;
        std::this_thread::sleep_for(60ms);
        connection.send(json_reply(R"({"code":200,"msg":"success","data":{"taskId":"slow-task"}})"));
    });
    ServiceConfig config = bench.config();
    config.base_url = server.origin();
    bench.open(config);
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.pump_until([&] { return posts == 1; }));
    bench.close();
    bench.open(config);
    REQUIRE(bench.pump_until([&] { return bench.service->find(id) != nullptr; }));
    CHECK(bench.info(id).state == JobState::Generating);
    CHECK(bench.info(id).task_id == "slow-task");
    CHECK(posts == 1);
}

TEST_CASE("a task id in a reply that broke off is not lost") {
    Bench bench;
    std::atomic<int> posts{0};
    test::ScriptedServer server([&](test::Connection& connection) {
        if (!connection.read_request().starts_with("POST"))
            return void(connection.send(json_reply(R"({"code":200,"data":{"successFlag":0}})")));
        ++posts;
        connection.send(
            "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
            R"({"code":200,"data":{"taskId":"cut-task"},"m)");
    });
    ServiceConfig config = bench.config();
    config.base_url = server.origin();
    bench.open(std::move(config));
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(id, JobState::Generating));
    CHECK(bench.info(id).task_id == "cut-task");
    CHECK(posts == 1);
}

TEST_CASE("a paid picture that was beyond a limit comes once the limit is raised") {
    Bench bench;
    ServiceConfig config = bench.config();
    config.max_file_bytes = 100;
    bench.open(std::move(config));
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(id, JobState::Failed));
    CHECK(bench.info(id).error.code == ErrorCode::ImageTooLarge);
    bench.close();
    bench.open();
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.server->record().generate_posts == 1);
}

TEST_CASE("half a picture never becomes the library's, not even of a cancelled request") {
    Bench bench([](local_service::Options& options) { options.min_duration = options.max_duration = 300ms; });
    bench.open();
    bench.server->inject(Endpoint::Result, Fault::TruncatedImage, 1);
    const RequestId id = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(id, JobState::Generating));
    bench.service->cancel(id);
    REQUIRE(bench.pump_until([&] { return static_cast<bool>(bench.info(id).image); }));
    CHECK(bench.server->record().downloads >= 2);
    const RequestId shown = bench.service->load(bench.info(id).image);
    CHECK(bench.reaches(shown, JobState::Ready));
}

TEST_CASE("an input that is no file is refused at once and holds nothing up") {
    Bench bench;
    bench.open();
    const std::string pipe = bench.folder.path() + "/pipe";
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    const RequestId id = bench.submit({.prompt = "x", .input = InputImage::from_file(pipe)});
    REQUIRE(bench.reaches(id, JobState::Failed));
    CHECK(bench.info(id).error.code == ErrorCode::InputUnreadable);
}

}  // namespace kontexture::testing
