#pragma once

#include "catch.h"
#include "key_sweep.h"
#include "local_service/local_service.h"
#include "memory_host.h"

#include <kontexture/library.h>

#include <filesystem>
#include <functional>
#include <thread>

namespace kontexture::testing {

using namespace std::chrono_literals;

/// A folder that is gone afterwards.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "kontexture-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// The module against the local service over real sockets, in a data folder of its own.
class Bench {
public:
    explicit Bench(std::function<void(local_service::Options&)> adjust = {}) : adjust_(std::move(adjust)) {
        start_server();
    }
    /// Nothing that was written down in the test has the key in it.
    ~Bench() {
        service.reset();
        server.reset();
        test::Sweep sweep;
        test::sweep(folder.path(), key, sweep);
        for (const std::string& where : sweep.found) {
            INFO(where);
            CHECK(where.empty());
        }
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void start_server(int port = 0) {
        local_service::Options options;
        options.data_dir = folder.path() + "/server";
        options.min_duration = 60ms;
        options.max_duration = 150ms;
        options.paint_divisor = 16;
        options.seed = 7;
        options.port = port;
        if (adjust_) adjust_(options);
        std::string error;
        server = local_service::LocalService::start(options, &error);
        INFO(error);
        REQUIRE(server != nullptr);
        key = server->key();
    }

    ServiceConfig config() const {
        ServiceConfig config;
        config.api_key = Secret(server->key());
        config.data_dir = folder.path() + "/data";
        config.base_url = server->base_url();
        config.service_id = "test";
        config.expected_duration = 150ms;
        return config;
    }

    void open() { open(config()); }
    void open(ServiceConfig with) {
        auto made = Service::create(std::move(with), host);
        INFO((made ? std::string() : made.error().message));
        REQUIRE(made);
        service = std::move(*made);
    }
    void close() { service.reset(); }

    RequestId submit(TextureRequest request) {
        auto id = service->submit(std::move(request));
        INFO((id ? std::string() : id.error().message));
        REQUIRE(id);
        return *id;
    }

    /// Pumps until the condition holds; false after a time that is long for any machine.
    bool pump_until(const std::function<bool()>& condition, std::chrono::seconds patience = 180s) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < until) {
            host.bytes_this_pump = 0;
            host.slabs_this_pump = 0;
            for (const Event& event : service->pump(budget)) events.push_back(event);
            if (condition()) return true;
            std::this_thread::sleep_for(2ms);
        }
        return false;
    }
    bool reaches(RequestId id, JobState state, std::chrono::seconds patience = 180s) {
        return pump_until([&] { return service->find(id) && service->find(id)->state == state; }, patience);
    }
    const RequestInfo& info(RequestId id) {
        const RequestInfo* found = service->find(id);
        REQUIRE(found);
        return *found;
    }

    TemporaryFolder folder;
    MemoryHost host;
    std::unique_ptr<local_service::LocalService> server;
    std::string key;
    std::unique_ptr<Service> service;
    std::vector<Event> events;
    PumpBudget budget;

private:
    std::function<void(local_service::Options&)> adjust_;
};

}  // namespace kontexture::testing
