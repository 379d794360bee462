#include <atomic>
#include <chrono>
#include <cstdlib>

#include "catch.h"
#include "local_service/picture_file.h"
#include "service_fixture.h"

using namespace local_service;
using nlohmann::json;

namespace {

int code_of(const json& reply) {
    return reply.is_object() ? reply["code"].get<int>() : -1;
}

}  // namespace

TEST_CASE("a task goes from accepted through generating to a picture of the ratio's shape") {
    TempDir dir;
    Options options = quick_options(dir);
    options.min_duration = options.max_duration = std::chrono::milliseconds(400);
    auto service = LocalService::start(options);
    REQUIRE(service);
    Client client(*service);
    const json accepted = client.generate(
        {{"prompt", "brick wall"}, {"aspectRatio", "16:9"}, {"outputFormat", "png"}, {"extra", 1}});
    REQUIRE(code_of(accepted) == 200);
    const std::string id = accepted["data"]["taskId"];
    CHECK(id.size() == 32);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    const json early = client.record(id);
    CHECK(early["data"]["successFlag"] == 0);
    CHECK(early["data"]["response"].is_null());
    const json done = client.finish(id);
    REQUIRE(done.is_object());
    REQUIRE(done["successFlag"] == 1);
    const std::string url = done["response"]["resultImageUrl"];
    CHECK(url.rfind(service->base_url() + "/h/" + id + "_", 0) == 0);
    const auto file = client.http.Get(Client::path_of(url));
    REQUIRE(file);
    CHECK(file->status == 200);
    CHECK(file->get_header_value("Content-Type") == "image/png");
    const Picture picture = decode_picture(file->body);
    CHECK(picture.width == 1392 / 16);
    CHECK(picture.height == 752 / 16);
    const Record record = service->record();
    REQUIRE(record.tasks.size() == 1);
    CHECK(record.tasks[0].body.find("extra") != std::string::npos);
    CHECK(record.tasks[0].finished);
    CHECK(record.generate_posts == 1);
    CHECK(record.downloads == 1);
}

TEST_CASE("errors come inside HTTP 200 and make no task") {
    TempDir dir;
    Options options = quick_options(dir);
    options.submits_per_window = 100;
    auto service = LocalService::start(options);
    REQUIRE(service);
    Client client(*service);
    const auto code = [&](json body) { return code_of(client.generate(body)); };
    CHECK(code({{"aspectRatio", "1:1"}}) == 422);
    CHECK(code({{"prompt", ""}}) == 422);
    CHECK(code({{"prompt", "x"}, {"aspectRatio", "4:5"}}) == 422);
    CHECK(code({{"prompt", "x"}, {"outputFormat", "jpg"}}) == 422);
    CHECK(code({{"prompt", "x"}, {"model", "flux-2"}}) == 422);
    CHECK(code({{"prompt", "x"}, {"enableTranslation", "yes"}}) == 422);
    CHECK(code({{"prompt", "x"}, {"safetyTolerance", 7}}) == 500);
    CHECK(code({{"prompt", "x"}, {"safetyTolerance", 3}, {"inputImage", service->base_url() + "/f/a.png"}}) ==
          500);
    CHECK(code({{"prompt", "x"}, {"inputImage", "data:image/png;base64,AAAA"}}) == 422);
    CHECK(code({{"prompt", "x"}, {"inputImage", "http://example.com/a.png"}}) == 422);
    CHECK(code({{"prompt", "x"}, {"safetyTolerance", 6}}) == 200);
    CHECK(service->record().tasks.size() == 1);
    const auto raw = client.http.Post(kGenerate, client.headers, "not json", "application/json");
    REQUIRE(raw);
    CHECK(raw->status == 200);
    CHECK(code_of(client.record("ffffffffffffffffffffffffffffffff")) == 422);
}

TEST_CASE("the key is asked for, everywhere but at the results") {
    TempDir dir;
    auto service = LocalService::start(quick_options(dir));
    REQUIRE(service);
    Client stranger(*service, "wrong");
    CHECK(code_of(stranger.generate({{"prompt", "x"}})) == 401);
    CHECK(code_of(stranger.record("a")) == 401);
    const auto credit = stranger.get("/api/v1/chat/credit");
    REQUIRE(credit);
    CHECK(credit->status == 200);
    CHECK(code_of(json::parse(credit->body)) == 401);
    const auto upload =
        stranger.post("/api/file-base64-upload", {{"base64Data", "AAAA"}, {"uploadPath", "a"}});
    REQUIRE(upload);
    CHECK(upload->status == 401);
    CHECK(service->record().unauthorized == 4);
}

TEST_CASE("credits are deducted by model, refunded for a failure, and refused when they are gone") {
    TempDir dir;
    Options options = quick_options(dir);
    options.credits = 20.5;
    auto service = LocalService::start(options);
    REQUIRE(service);
    Client client(*service);
    const auto credits = [&] {
        return json::parse(client.get("/api/v1/chat/credit")->body)["data"].get<double>();
    };
    CHECK(credits() > 20.4);
    client.task({{"prompt", "sand"}});
    CHECK(credits() < 15.6);
    const std::string failed =
        client.task({{"prompt", "sand {fault:TaskFails}"}, {"model", "flux-kontext-max"}});
    CHECK(client.finish(failed)["successFlag"] == 3);
    CHECK(credits() > 15.4);
    client.task({{"prompt", "sand"}, {"model", "flux-kontext-max"}});
    CHECK(credits() < 5.6);
    CHECK(code_of(client.generate({{"prompt", "sand"}, {"model", "flux-kontext-max"}})) == 402);
}

TEST_CASE("the window admits so many submits, then answers 429") {
    TempDir dir;
    Options options = quick_options(dir);
    options.submits_per_window = 3;
    auto service = LocalService::start(options);
    REQUIRE(service);
    Client client(*service);
    for (int i = 0; i < 3; ++i) CHECK(code_of(client.generate({{"prompt", "sand"}})) == 200);
    CHECK(code_of(client.generate({{"prompt", "sand"}})) == 429);
    CHECK(service->record().tasks.size() == 3);
}

TEST_CASE("uploads become inputs of an edit that keeps their shape") {
    TempDir dir;
    auto service = LocalService::start(quick_options(dir));
    REQUIRE(service);
    Client client(*service);
    Picture flat{64, 32, std::vector<std::uint8_t>(64 * 32 * 3, 120)};
    const std::string png = encode_png(flat);
    const std::string boundary = "----boundary";
    const auto part = [&](const std::string& name, const std::string& value, const std::string& more) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more +
               "\r\n\r\n" + value + "\r\n";
    };
    const std::string body = part("uploadPath", "images/test", "") +
                             part("file", png, "; filename=\"a.png\"\r\nContent-Type: image/png") + "--" +
                             boundary + "--\r\n";
    const auto stream = client.http.Post("/api/file-stream-upload", client.headers, body,
                                         "multipart/form-data; boundary=" + boundary);
    REQUIRE(stream);
    REQUIRE(stream->status == 200);
    const json stored = json::parse(stream->body);
    CHECK(stored["success"] == true);
    CHECK(stored["data"]["mimeType"] == "image/png");
    CHECK(stored["data"]["fileSize"] == png.size());
    const std::string url = stored["data"]["downloadUrl"];
    const auto back = client.http.Get(Client::path_of(url));
    REQUIRE(back);
    CHECK(back->body == png);

    const json again = json::parse(
        client.post("/api/file-url-upload", {{"fileUrl", url}, {"uploadPath", "b"}, {"fileName", "c.png"}})
            ->body);
    CHECK(again["data"]["filePath"] == "b/c.png");
    const std::string id =
        client.task({{"prompt", "make it mossy"}, {"inputImage", url}, {"outputFormat", "png"}});
    const json done = client.finish(id);
    REQUIRE(done["successFlag"] == 1);
    const Picture edited =
        decode_picture(client.http.Get(Client::path_of(done["response"]["resultImageUrl"]))->body);
    CHECK(std::abs(edited.width - edited.height * 2) <= 2);
    const bool unchanged = edited.pixels == std::vector<std::uint8_t>(edited.pixels.size(), 120);
    CHECK_FALSE(unchanged);
}

TEST_CASE("bad uploads are refused with their status") {
    TempDir dir;
    auto service = LocalService::start(quick_options(dir));
    REQUIRE(service);
    Client client(*service);
    const auto status = [&](const char* path, json body) { return client.post(path, body)->status; };
    CHECK(status("/api/file-base64-upload", {{"base64Data", "AAAA"}}) == 400);
    CHECK(status("/api/file-base64-upload", {{"base64Data", "*"}, {"uploadPath", "a"}}) == 400);
    CHECK(status("/api/file-base64-upload", {{"base64Data", "AAAA"}, {"uploadPath", "../a"}}) == 400);
    CHECK(status("/api/file-base64-upload",
                 {{"base64Data", "AAAA"}, {"uploadPath", "a"}, {"fileName", "../b"}}) == 400);
    CHECK(status("/api/file-url-upload", {{"fileUrl", "http://example.com/a.png"}, {"uploadPath", "a"}}) ==
          400);
    CHECK(status("/api/file-base64-upload",
                 {{"base64Data", "data:image/png;base64,AAAA"}, {"uploadPath", "a"}}) == 200);
    CHECK(client.http.Get("/f/../tasks/x.json")->status == 404);
}

TEST_CASE("the destructor does not wait for hung requests, idle connections or painting") {
    TempDir dir;
    Options options = quick_options(dir);
    options.paint_divisor = 1;
    auto service = LocalService::start(options);
    REQUIRE(service);
    Client idle(*service);
    idle.http.set_keep_alive(true);
    for (int i = 0; i < 6; ++i) idle.task({{"prompt", "rock"}, {"aspectRatio", "1:1"}});
    service->inject(Endpoint::Credits, Fault::Hang);
    Client hung(*service);
    std::atomic<bool> answered{true};
    std::thread waiter([&] { answered = static_cast<bool>(hung.get("/api/v1/chat/credit")); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK(idle.get("/api/v1/chat/credit"));
    const auto before = std::chrono::steady_clock::now();
    service.reset();
    const auto took = std::chrono::steady_clock::now() - before;
    waiter.join();
    CHECK_FALSE(answered);
    CHECK(took < std::chrono::seconds(30));
}
