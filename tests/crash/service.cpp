#include "service.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include <unistd.h>

#include "local_service/local_service.h"

namespace crash {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;

std::string job_of(const std::string& prompt) {
    return prompt.substr(0, prompt.find(' '));
}

ServiceProcess::ServiceProcess(const std::string& program, const std::string& folder)
    : folder_(folder + "/service") {
    const std::string out = folder + "/service.out";
    child_ = Child({program, "--serve", folder_}, {}, {out, folder + "/service.err"});
    while (base_url_.empty()) {
        if (child_.ended()) {
            std::cerr << "the local service did not start\n";
            std::exit(2);
        }
        std::this_thread::sleep_for(5ms);
        std::ifstream file(out);
        std::string line;
        if (std::getline(file, line) && !file.eof()) base_url_ = line;
    }
}

bool ServiceProcess::read_tasks() {
    pending_jobs_.clear();
    for (const auto& entry : fs::directory_iterator(folder_ + "/tasks")) {
        if (entry.path().extension() != ".json" || known_.contains(entry.path().string())) continue;
        std::ifstream file(entry.path());
        const json task = json::parse(file, nullptr, false);
        if (!task.is_object()) continue;
        const std::string state = task.at("state");
        const std::string job = job_of(task.at("prompt"));
        if (state == "pending") {
            pending_jobs_.insert(job);
            continue;
        }
        known_.insert(entry.path().string());
        settled_.push_back({task.at("id"), job, state == "painted",
                            folder_ + "/results/" + task.at("result_name").get<std::string>()});
    }
    return pending_jobs_.empty();
}

std::vector<Task> ServiceProcess::settled_tasks(const std::string& prefix) {
    const auto begins = [&](const std::string& job) { return job.starts_with(prefix); };
    while (!read_tasks()) {
        if (std::none_of(pending_jobs_.begin(), pending_jobs_.end(), begins)) break;
        std::this_thread::sleep_for(20ms);
    }
    std::vector<Task> tasks;
    for (const Task& task : settled_)
        if (begins(task.job)) tasks.push_back(task);
    return tasks;
}

int serve(const std::string& folder) {
    using local_service::Endpoint;
    using local_service::Fault;
    local_service::Options options;
    options.data_dir = folder;
    options.min_duration = 20ms;
    options.max_duration = 150ms;
    options.submits_per_window = 1'000'000;
    options.credits = 1e9;
    options.paint_divisor = 16;
    std::string error;
    const auto service = local_service::LocalService::start(options, &error);
    if (!service) {
        std::cerr << error << "\n";
        return 2;
    }
    service->set_rate(Endpoint::Generate, Fault::DropAfterAccept, 0.03);
    service->set_rate(Endpoint::Generate, Fault::DropBeforeAccept, 0.01);
    service->set_rate(Endpoint::Upload, Fault::SlowBody, 0.05);
    service->set_rate(Endpoint::RecordInfo, Fault::EmptyBody, 0.02);
    service->set_rate(Endpoint::Result, Fault::TruncatedImage, 0.03);
    service->set_rate(Endpoint::Result, Fault::SlowBody, 0.03);
    std::cout << service->base_url() << std::endl;
    for (;;) ::pause();
}

}  // namespace crash
