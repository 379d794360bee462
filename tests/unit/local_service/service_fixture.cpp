#include "service_fixture.h"

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

namespace fs = std::filesystem;
using nlohmann::json;

TempDir::TempDir() {
    static std::atomic<unsigned> counter{0};
    path = fs::temp_directory_path() / ("kontexture-local-" + std::to_string(std::random_device{}()) + "-" +
                                        std::to_string(counter.fetch_add(1)));
    fs::create_directories(path);
}

TempDir::~TempDir() {
    std::error_code ec;
    fs::remove_all(path, ec);
}

local_service::Options quick_options(const TempDir& dir) {
    local_service::Options options;
    options.data_dir = dir.path.string();
    options.min_duration = std::chrono::milliseconds(20);
    options.max_duration = std::chrono::milliseconds(60);
    options.paint_divisor = 16;
    return options;
}

Client::Client(const local_service::LocalService& service, std::string key)
    : http("127.0.0.1", service.port()), headers{{"Authorization", "Bearer " + key}} {
    http.set_read_timeout(30);
    http.set_tcp_nodelay(true);
}

httplib::Result Client::get(const std::string& path) {
    return http.Get(path, headers);
}

httplib::Result Client::post(const std::string& path, const json& body) {
    return http.Post(path, headers, body.dump(), "application/json");
}

json Client::generate(const json& body) {
    const auto result = post(kGenerate, body);
    return result ? json::parse(result->body, nullptr, false) : json();
}

json Client::record(const std::string& id) {
    const auto result = get(kRecord + id);
    return result ? json::parse(result->body, nullptr, false) : json();
}

json Client::finish(const std::string& id) {
    for (int i = 0; i < 3000; ++i) {
        const json reply = record(id);
        if (reply.is_object() && reply["data"].is_object() && reply["data"]["successFlag"].is_number()) {
            const int flag = reply["data"]["successFlag"];
            if (flag >= 1 && flag <= 3) return reply["data"];
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return nullptr;
}

std::string Client::task(const json& body) {
    const json reply = generate(body);
    return reply.is_object() && reply["data"].is_object() ? reply["data"]["taskId"].get<std::string>() : "";
}

std::string Client::path_of(const std::string& url) {
    const auto slash = url.find('/', url.find("//") + 2);
    return slash == std::string::npos ? "" : url.substr(slash);
}
