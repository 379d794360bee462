#include <algorithm>
#include <fstream>

#include "catch.h"
#include "service_fixture.h"

using namespace local_service;
using nlohmann::json;

TEST_CASE("a restart on another port keeps tasks, credits and pictures") {
    TempDir dir;
    Options options = quick_options(dir);
    std::string id;
    std::string first;
    {
        auto service = LocalService::start(options);
        REQUIRE(service);
        Client client(*service);
        id = client.task({{"prompt", "stone wall"}, {"outputFormat", "png"}});
        first = client.http.Get(Client::path_of(client.finish(id)["response"]["resultImageUrl"]))->body;
    }
    auto service = LocalService::start(options);
    REQUIRE(service);
    Client client(*service);
    const json done = client.finish(id);
    REQUIRE(done["successFlag"] == 1);
    const std::string url = done["response"]["resultImageUrl"];
    CHECK(url.rfind(service->base_url(), 0) == 0);
    const bool same = client.http.Get(Client::path_of(url))->body == first;
    CHECK(same);
    CHECK(json::parse(client.get("/api/v1/chat/credit")->body)["data"] == 995);
}

TEST_CASE("a task that was accepted but not painted is painted the same after a restart") {
    TempDir dir;
    Options options = quick_options(dir);
    std::string id;
    std::string first;
    {
        auto service = LocalService::start(options);
        REQUIRE(service);
        Client client(*service);
        id = client.task({{"prompt", "mossy bark"}, {"outputFormat", "png"}});
        first = client.http.Get(Client::path_of(client.finish(id)["response"]["resultImageUrl"]))->body;
    }
    // What a kill between the acceptance and the painting leaves behind.
    const auto file = dir.path / "tasks" / (id + ".json");
    json task = json::parse(std::ifstream(file));
    task["state"] = "pending";
    std::ofstream(file) << task;
    std::filesystem::remove_all(dir.path / "results");
    auto service = LocalService::start(options);
    REQUIRE(service);
    Client client(*service);
    const json done = client.finish(id);
    REQUIRE(done["successFlag"] == 1);
    const bool same = client.http.Get(Client::path_of(done["response"]["resultImageUrl"]))->body == first;
    CHECK(same);
}

TEST_CASE("a fixed seed does not repeat task ids after a restart") {
    TempDir dir;
    Options options = quick_options(dir);
    options.seed = 5;
    std::vector<std::string> ids;
    for (int run = 0; run < 3; ++run) {
        auto service = LocalService::start(options);
        REQUIRE(service);
        Client client(*service);
        for (int i = 0; i < 2; ++i) ids.push_back(client.task({{"prompt", "sand"}}));
    }
    std::sort(ids.begin(), ids.end());
    CHECK(std::unique(ids.begin(), ids.end()) == ids.end());
    CHECK(ids.front().size() == 32);
}

TEST_CASE("a start says why it failed") {
    TempDir dir;
    Options options = quick_options(dir);
    auto service = LocalService::start(options);
    REQUIRE(service);
    options.port = service->port();
    std::string error;
    CHECK_FALSE(LocalService::start(options, &error));
    CHECK(error.find(std::to_string(options.port)) != std::string::npos);
    options.port = 0;
    options.data_dir = (dir.path / "file" / "sub").string();
    std::ofstream(dir.path / "file") << "x";
    CHECK_FALSE(LocalService::start(options, &error));
}
