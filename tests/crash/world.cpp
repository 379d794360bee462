#include "world.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "store/store.h"

namespace crash {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// More in a world would wait for the submit window.
constexpr int kMaxJobs = 16;
/// What one slow answer adds to a run.
constexpr std::chrono::duration<double> kSlowAnswer = 2.5s;
/// What a run of two or three jobs tells.
constexpr int kMostLines = 16;
constexpr int kLineMs = 12;
/// A run that takes longer hangs.
constexpr auto kPatience = 300s;

}  // namespace

std::vector<Told> read_told(const std::string& path) {
    std::vector<Told> told;
    std::ifstream file(path);
    std::string text;
    while (std::getline(file, text) && !file.eof()) {
        const json line = json::parse(text, nullptr, false);
        if (!line.is_object() || !line.contains("id")) continue;
        told.push_back({line.at("id"), line.at("event"), line.at("state"), line.value("task_id", ""),
                        line.value("file", "")});
    }
    return told;
}

int count_lines(const std::string& path) {
    std::ifstream file(path);
    return static_cast<int>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
}

World::World(Tools& tools, Options options) : tools_(tools), options_(std::move(options)) {
    fs::create_directories(folder() + "/runs");
    fs::create_directory(disk());
    if (!options_.is_fresh) fs::copy(tools_.warm_data, data(), fs::copy_options::recursive);
    if (!options_.has_shim) return;
    shadow_ = std::make_unique<Shadow>(disk(), folder() + "/shadow");
    shadow_->settle();
}

Run World::run(const std::string& kind, std::vector<std::string> arguments) {
    const std::string files = folder() + "/runs/" + std::to_string(++runs_) + '-' + kind;
    arguments.insert(arguments.begin(), tools_.program);
    arguments.insert(arguments.end(), {"--jsonl", "--data-dir", data()});
    std::vector<std::string> environment = {"KIE_API_KEY=local-demo-key",
                                            "KONTEXTURE_BASE_URL=" + tools_.service.base_url()};
    if (options_.has_shim) {
        environment.push_back("LD_PRELOAD=" + tools_.shim);
        environment.push_back("KONTEXTURE_CRASH_ROOT=" + disk());
        environment.push_back("KONTEXTURE_CRASH_SHADOW=" + folder() + "/shadow");
    }
    Run run;
    run.kind = kind;
    run.files = {files + ".out", files + ".err"};
    run.started_at = Clock::now();
    run.dies_at = run.started_at + kPatience;
    run.child = Child(arguments, environment, run.files);
    return run;
}

std::string World::write_batch(int jobs, bool slow) {
    const std::string path = folder() + "/runs/" + std::to_string(runs_ + 1) + ".batch";
    std::ofstream file(path);
    for (int i = 0; i < jobs; ++i) {
        json line = {{"prompt", options_.name + std::to_string(++jobs_) + " moss"},
                     {"format", tools_.chance(0.5) ? "png" : "jpeg"}};
        std::string prompt = line["prompt"];
        if (slow) prompt += " {fault:Generate.SlowBody}";
        line["prompt"] = prompt;
        if (tools_.chance(0.25)) {
            line["input"] = tools_.input;
        } else {
            line["aspect"] = tools_.chance(0.5) ? "1:1" : "16:9";
        }
        file << line.dump() << '\n';
    }
    return path;
}

Run World::generate(int jobs, bool slow) {
    const std::string batch = write_batch(jobs, slow);
    return run(slow ? "slow" : "generate", {"generate", "--batch", batch, "--out", out()});
}

Run World::resume(bool send_queued) {
    std::vector<std::string> arguments = {"resume"};
    if (send_queued) arguments.emplace_back("--send-queued");
    return run("resume", arguments);
}

Run World::start() {
    const bool has_jobs = jobs_ > 0;
    const int left = kMaxJobs - jobs_;
    Run run;
    if (left > 0 && (!has_jobs || tools_.chance(0.65))) {
        run = generate(std::min(left, tools_.number(1, 3)), tools_.chance(0.15));
    } else {
        run = resume(tools_.chance(0.5));
    }
    choose_death(run);
    return run;
}

void World::choose_death(Run& run) {
    if (tools_.chance(0.6)) {
        // Where the time goes is waiting for the service; what is told stands for the rest.
        run.lines = tools_.number(1, kMostLines);
        run.after_line = std::chrono::milliseconds(tools_.number(0, kLineMs));
        return;
    }
    auto length = tools_.lengths[run.kind == "slow" ? "generate" : run.kind];
    if (run.kind == "slow") length += kSlowAnswer;
    const double part = std::uniform_real_distribution<double>(0, 1.15)(tools_.random);
    run.dies_at = run.started_at + std::chrono::duration_cast<Clock::duration>(length * part);
}

void World::ended(const Run& run, int status, bool was_killed) {
    for (Told& line : read_told(run.files.out)) {
        if (run.kind != "resume") promised_files_.insert(line.id);
        told_.push_back(std::move(line));
    }
    if (was_killed) return;
    // All ready, some failed, or an unknown outcome: everything else is no way to end.
    if (status != 0 && status != 1 && status != 3)
        problems_.push_back(run.files.out + ": ended with status " + std::to_string(status));
    if (run.kind == "slow") return;
    const std::chrono::duration<double> length = Clock::now() - run.started_at;
    auto& learned = tools_.lengths[run.kind];
    learned = learned == learned.zero() ? length : learned * 0.8 + length * 0.2;
}

int World::wait_for(Run& run) {
    while (!run.child.ended()) {
        if (Clock::now() > run.dies_at) {
            problems_.push_back(run.files.out + ": did not end");
            return run.child.kill();
        }
        std::this_thread::sleep_for(1ms);
    }
    return *run.child.ended();
}

void World::rehearse(int jobs) {
    Run first = generate(jobs, false);
    int status = wait_for(first);
    ended(first, status, false);
    Run second = resume(false);
    status = wait_for(second);
    ended(second, status, false);
}

void World::finish() {
    Run last = resume(true);
    const int status = wait_for(last);
    ended(last, status, false);
}

std::vector<Told> World::list() {
    Run listing = run("list", {"list"});
    const int status = wait_for(listing);
    if (status != 0) problems_.push_back(listing.files.out + ": ended with status " + std::to_string(status));
    return read_told(listing.files.out);
}

void make_warm_data(const std::string& folder, const std::string& service_id) {
    constexpr int kJobs = 48;
    using kontexture::engine::TimePoint;
    auto opened = kontexture::store::Store::open({.folder = folder, .service_id = service_id});
    if (!opened) throw std::runtime_error(opened.error().message);
    kontexture::store::Store& store = **opened;
    const std::string content = "warm";
    const auto blob =
        store.blobs().put({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
    const auto now = std::chrono::time_point_cast<TimePoint::duration>(std::chrono::system_clock::now());
    for (int i = 0; i < kJobs; ++i) {
        const TimePoint at = now - 1h + std::chrono::seconds(i);
        kontexture::store::JobRow row;
        row.id.value = store.id_block() + static_cast<std::uint64_t>(i) + 1;
        row.request.prompt = "warm";
        row.request.model = "flux-kontext-pro";
        row.created_at = at;
        kontexture::store::ImageRow image;
        image.blob = *blob;
        image.extension = "png";
        kontexture::engine::WriteSubmitting wanted{};
        wanted.id = row.id;
        wanted.count = kJobs;
        wanted.window = 1ms;
        const bool good = store.write_intent(row, false) && store.write_submitting(wanted, at) &&
                          store.write_task(row.id, "warm-" + std::to_string(i)) &&
                          store.write_result(row.id, image, at + 100ms);
        if (!good) throw std::runtime_error("the warm data folder cannot be made");
    }
}

}  // namespace crash
