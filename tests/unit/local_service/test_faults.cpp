#include <chrono>

#include "catch.h"
#include "local_service/faults.h"
#include "local_service/picture_file.h"
#include "service_fixture.h"

using namespace local_service;
using nlohmann::json;

namespace {

struct Setup {
    Setup() : service(LocalService::start(options_for(dir))), client(*service) {}
    static Options options_for(const TempDir& dir) {
        Options options = quick_options(dir);
        options.submits_per_window = 1000;
        return options;
    }
    httplib::Result submit(Fault fault, int code = 0) {
        service->inject(Endpoint::Generate, fault, 1, code);
        return client.post(kGenerate, {{"prompt", "sand"}});
    }
    httplib::Result download(Fault fault) {
        const std::string id = client.task({{"prompt", "sand"}});
        const json done = client.finish(id);
        service->inject(Endpoint::Result, fault);
        client.http.set_read_timeout(5);
        return client.http.Get(Client::path_of(done["response"]["resultImageUrl"]));
    }

    TempDir dir;
    std::unique_ptr<LocalService> service;
    Client client;
};

}  // namespace

TEST_CASE("faults of a submit") {
    Setup s;
    const auto code = [&](Fault fault, int with = 0) {
        const auto result = s.submit(fault, with);
        return result ? json::parse(result->body, nullptr, false)["code"].get<int>() : -1;
    };
    CHECK(code(Fault::ErrorInside200, 455) == 455);
    CHECK(code(Fault::RateLimitInside200) == 429);
    CHECK(code(Fault::ChineseMessage) == 422);
    CHECK(s.submit(Fault::HttpError, 503)->status == 503);
    const auto limited = s.submit(Fault::RateLimitHttp);
    CHECK(limited->status == 429);
    CHECK(limited->has_header("Retry-After"));
    CHECK(s.submit(Fault::EmptyBody)->body.empty());
    CHECK(s.submit(Fault::Html403)->status == 403);
    CHECK(s.submit(Fault::KeyInMessage)->body.find("local-demo-key") != std::string::npos);
    CHECK_FALSE(s.submit(Fault::DropBeforeAccept));
    CHECK(s.service->record().tasks.empty());
    CHECK_FALSE(s.submit(Fault::DropAfterAccept));
    CHECK(s.service->record().tasks.size() == 1);
    const auto bare = s.submit(Fault::NoContentType);
    REQUIRE(bare);
    CHECK_FALSE(bare->has_header("Content-Type"));
    CHECK(json::parse(bare->body)["code"] == 200);
    s.client.http.set_read_timeout(0, 200'000);
    CHECK_FALSE(s.submit(Fault::Hang));
    CHECK(s.service->record().tasks.size() == 2);
}

TEST_CASE("faults of a query") {
    Setup s;
    const std::string id = s.client.task({{"prompt", "sand"}});
    REQUIRE(s.client.finish(id)["successFlag"] == 1);
    const auto met = [&](Fault fault) {
        s.service->inject(Endpoint::RecordInfo, fault);
        return s.client.record(id);
    };
    CHECK(met(Fault::RecordMissing)["code"] == 422);
    CHECK(met(Fault::RecordNull)["data"].is_null());
    CHECK(met(Fault::UnknownFlag)["data"]["successFlag"] == 7);
    CHECK(met(Fault::FlagAsString)["data"]["successFlag"] == "1");
    CHECK(met(Fault::ResponseAsString)["data"]["response"].is_string());
    CHECK(met(Fault::SuccessWithoutUrl)["data"]["response"]["resultImageUrl"] == "");
    CHECK(s.client.record(id)["data"]["successFlag"] == 1);
    const json failed = met(Fault::TaskFails)["data"];
    CHECK(failed["successFlag"] == 3);
    CHECK(failed["errorCode"] == 501);
    CHECK(s.client.record(id)["data"]["successFlag"] == 3);
    const std::string other = s.client.task({{"prompt", "sand {fault:TaskRefused:500}"}});
    CHECK(s.client.finish(other)["successFlag"] == 2);
}

TEST_CASE("faults of a download") {
    Setup s;
    CHECK(s.download(Fault::UrlExpired)->status == 404);
    CHECK(s.download(Fault::UrlForbidden)->status == 403);
    const auto moved = s.download(Fault::Redirect);
    REQUIRE(moved->status == 302);
    CHECK(s.client.http.Get(moved->get_header_value("Location"))->status == 200);
    CHECK(s.download(Fault::RedirectElsewhere)->get_header_value("Location").rfind("http://169.254.", 0) ==
          0);
    const auto began = std::chrono::steady_clock::now();
    CHECK_FALSE(s.download(Fault::TruncatedImage));
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(4));
    const auto damaged = s.download(Fault::DamagedImage);
    REQUIRE(damaged);
    CHECK(decode_picture(damaged->body).pixels.empty());
    const auto before = std::chrono::steady_clock::now();
    const auto slow = s.download(Fault::SlowBody);
    REQUIRE(slow);
    CHECK_FALSE(decode_picture(slow->body).pixels.empty());
    CHECK(std::chrono::steady_clock::now() - before > std::chrono::milliseconds(800));
}

TEST_CASE("faults in a prompt go with its own task") {
    Setup s;
    const json refused = s.client.generate({{"prompt", "sand {fault:ErrorInside200:501}"}});
    CHECK(refused["code"] == 501);
    const std::string id = s.client.task({{"prompt", "sand {fault:RecordMissing} dune"}});
    CHECK(s.client.record(id)["code"] == 422);
    CHECK(s.client.record(id)["code"] == 422);
    CHECK(s.client.record(id)["code"] == 200);
    CHECK(s.service->record().tasks.at(0).prompt == "sand  dune");
    const json limit{{"prompt", "sand {fault:RateLimitInside200}"}};
    CHECK(s.client.generate(limit)["code"] == 429);
    CHECK(s.client.generate(limit)["code"] == 200);
    const std::string expired = s.client.task({{"prompt", "sand {fault:UrlExpired}"}});
    const std::string url = s.client.finish(expired)["response"]["resultImageUrl"];
    CHECK(s.client.http.Get(Client::path_of(url))->status == 404);
}

TEST_CASE("a rate of one meets each request, zero none") {
    Setup s;
    s.service->set_rate(Endpoint::Credits, Fault::ErrorInside200, 1, 500);
    for (int i = 0; i < 3; ++i) CHECK(json::parse(s.client.get("/api/v1/chat/credit")->body)["code"] == 500);
    s.service->set_rate(Endpoint::Credits, Fault::ErrorInside200, 0);
    CHECK(json::parse(s.client.get("/api/v1/chat/credit")->body)["code"] == 200);
    s.service->inject(Endpoint::Credits, Fault::ErrorInside200, 5);
    s.service->clear_faults();
    CHECK(json::parse(s.client.get("/api/v1/chat/credit")->body)["code"] == 200);
}

TEST_CASE("every fault has a name that a prompt can say") {
    for (int i = 0; i <= static_cast<int>(Fault::CallbackHuge); ++i) {
        const auto fault = static_cast<Fault>(i);
        CHECK(fault_named(fault_name(fault)) == fault);
    }
    std::string prompt = "a {fault:RecordInfo.Hang} b {fault:Nonsense}";
    const auto found = cut_faults(prompt);
    REQUIRE(found.size() == 1);
    CHECK(found[0].endpoint == Endpoint::RecordInfo);
    CHECK(prompt == "a  b");
}
