#include "task_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace local_service {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::string_view kStateNames[] = {"pending", "painted", "failed", "refused"};

json to_json(const Task& task) {
    json faults = json::array();
    for (const BoundFault& bound : task.faults)
        faults.push_back({{"endpoint", endpoint_name(bound.endpoint)},
                          {"fault", fault_name(bound.met.fault)},
                          {"code", bound.met.code}});
    return {{"id", task.id},
            {"sequence", task.sequence},
            {"prompt", task.prompt},
            {"body", task.body},
            {"input_url", task.input_url},
            {"callback_url", task.callback_url},
            {"aspect_ratio", task.aspect_ratio},
            {"jpeg", task.jpeg},
            {"seed", task.seed},
            {"accepted_ms", task.accepted_ms},
            {"duration_ms", task.duration_ms},
            {"cost", task.cost},
            {"faults", faults},
            {"state", kStateNames[static_cast<std::size_t>(task.state)]},
            {"error_code", task.error_code},
            {"error_message", task.error_message},
            {"result_name", task.result_name}};
}

Task from_json(const json& j) {
    Task task;
    task.id = j.at("id");
    task.sequence = j.at("sequence");
    task.prompt = j.at("prompt");
    task.body = j.at("body");
    task.input_url = j.at("input_url");
    task.callback_url = j.value("callback_url", "");
    task.aspect_ratio = j.at("aspect_ratio");
    task.jpeg = j.at("jpeg");
    task.seed = j.at("seed");
    task.accepted_ms = j.at("accepted_ms");
    task.duration_ms = j.at("duration_ms");
    task.cost = j.at("cost");
    for (const json& entry : j.at("faults")) {
        auto fault = fault_named(entry.at("fault").get<std::string>());
        auto endpoint = endpoint_named(entry.at("endpoint").get<std::string>());
        if (fault && endpoint) task.faults.push_back({*endpoint, {*fault, entry.at("code").get<int>()}});
    }
    const std::string state = j.at("state");
    for (std::size_t i = 0; i < std::size(kStateNames); ++i)
        if (state == kStateNames[i]) task.state = static_cast<TaskState>(i);
    task.error_code = j.at("error_code");
    task.error_message = j.at("error_message");
    task.result_name = j.at("result_name");
    return task;
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

void flush_folder(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    ::fsync(fd);
    ::close(fd);
}

}  // namespace

bool TaskStore::open(const fs::path& data_dir, std::string* error) {
    root_ = data_dir;
    for (const char* folder : {"tasks", "results", "uploads"}) {
        std::error_code ec;
        fs::create_directories(root_ / folder, ec);
        if (ec) {
            if (error) *error = "cannot make " + (root_ / folder).string() + ": " + ec.message();
            return false;
        }
    }
    return true;
}

std::vector<Task> TaskStore::load() const {
    std::vector<Task> tasks;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(root_ / "tasks", ec)) {
        if (entry.path().extension() != ".json") continue;
        const auto text = read_file(entry.path());
        const json parsed = text ? json::parse(*text, nullptr, false) : json();
        if (!parsed.is_object()) continue;
        try {
            tasks.push_back(from_json(parsed));
        } catch (const json::exception&) {
            continue;
        }
    }
    std::sort(tasks.begin(), tasks.end(),
              [](const Task& a, const Task& b) { return a.sequence < b.sequence; });
    return tasks;
}

bool TaskStore::save(const Task& task) const {
    return write_file_durably(root_ / "tasks" / (task.id + ".json"),
                              to_json(task).dump(1, ' ', false, json::error_handler_t::replace));
}

bool write_file_durably(const fs::path& path, std::string_view bytes) {
    static std::atomic<unsigned> counter{0};
    fs::path part = path;
    // Two processes on one folder paint the same pending tasks.
    part += ".part" + std::to_string(::getpid()) + '-' + std::to_string(counter.fetch_add(1));
    const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return false;
    const bool written = write_all(fd, bytes) && ::fsync(fd) == 0;
    const bool closed = ::close(fd) == 0;
    std::error_code ec;
    if (written && closed) {
        fs::rename(part, path, ec);
        if (!ec) {
            flush_folder(path.parent_path());
            return true;
        }
    }
    fs::remove(part, ec);
    return false;
}

std::optional<std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream bytes;
    bytes << in.rdbuf();
    return std::move(bytes).str();
}

}  // namespace local_service
