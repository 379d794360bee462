#include "audit.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "store/store.h"

namespace crash {

namespace fs = std::filesystem;
using kontexture::JobState;
using kontexture::LibraryEntry;
namespace store = kontexture::store;

namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return std::move(bytes).str();
}

std::string hash_of(const std::string& bytes) {
    return store::sha256_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

struct Row {
    std::uint64_t id = 0;
    JobState state = JobState::Queued;
    std::string task_id;
    std::string blob;  ///< empty: no picture
};

class Audit {
public:
    Audit(World& world, ServiceProcess& service, Tally& tally)
        : world_(world), tasks_(service.settled_tasks(world.name())), tally_(tally) {}

    void run() {
        read_rows();
        compare_list(world_.list());
        for (const auto& [job, rows] : rows_)
            for (const Row& row : rows) check_row(job, row);
        std::map<std::string, int> accepted;
        for (const Task& task : tasks_) {
            ++tally_.accepted;
            if (++accepted[task.job] > 1) {
                ++tally_.paid_twice;
                problem(task.job + " was paid twice: task " + task.id);
            }
            check_task(task);
        }
        for (const Told& told : world_.told()) check_told(told);
        check_files();
    }

private:
    void problem(const std::string& text) { tally_.problems.push_back(world_.folder() + ": " + text); }

    void lose(const std::string& text) {
        ++tally_.lost;
        problem("LOST: " + text);
    }

    void read_rows() {
        auto opened =
            store::Store::open({.folder = world_.data(), .service_id = "audit", .take_over = false});
        if (!opened) return problem("the data folder cannot be opened: " + opened.error().message);
        kontexture::LibraryQuery query;
        query.pictures_only = false;
        const kontexture::LibraryPage page = (*opened)->search(query);
        if (page.total > page.entries.size()) problem("more requests than were made");
        for (const LibraryEntry& entry : page.entries) {
            Row row{entry.id.value, entry.state, entry.task_id, {}};
            if (entry.image)
                if (const auto image = (*opened)->image(entry.image)) row.blob = image->blob;
            rows_[job_of(entry.request.prompt)].push_back(row);
        }
        rows_.erase("warm");
        for (const auto& [job, rows] : rows_) {
            if (rows.size() > 1) problem(job + " is there " + std::to_string(rows.size()) + " times");
            for (const Row& row : rows) by_id_[row.id] = row;
        }
        tally_.jobs += static_cast<int>(by_id_.size());
    }

    /// What a person sees is what is stored.
    void compare_list(const std::vector<Told>& list) {
        std::map<std::uint64_t, Told> told;
        for (const Told& line : list) told[line.id] = line;
        for (const auto& [id, row] : by_id_) {
            const auto line = told.find(id);
            if (line == told.end() || line->second.state != to_string(row.state) ||
                line->second.task_id != row.task_id)
                problem("the list shows request " + std::to_string(id) + " wrongly");
        }
    }

    void check_row(const std::string& job, const Row& row) {
        const auto of_job = [&](const Task& task) { return task.job == job; };
        const bool has_task = std::any_of(tasks_.begin(), tasks_.end(), of_job);
        const std::string who = job + " (request " + std::to_string(row.id) + ")";
        if (row.state == JobState::OutcomeUnknown) {
            if (!has_task) ++tally_.unknown_without_task;
        } else if (!kontexture::is_final(row.state)) {
            problem(who + " is still " + std::string(to_string(row.state)));
        } else if (row.state == JobState::Failed) {
            ++tally_.failed;
        }
        const auto is_its = [&](const Task& task) { return task.job == job && task.id == row.task_id; };
        if (!row.task_id.empty() && std::none_of(tasks_.begin(), tasks_.end(), is_its))
            problem(who + " has a task that the service does not know");
    }

    void check_task(const Task& task) {
        const auto rows = rows_.find(task.job);
        if (rows == rows_.end()) return lose(task.job + " is not in the library; task " + task.id);
        const Row& row = rows->second.front();
        if (row.task_id != task.id) {
            if (row.state != JobState::OutcomeUnknown)
                return lose(task.job + " is " + std::string(to_string(row.state)) + " without its task " +
                            task.id);
            ++tally_.unknown_with_task;
            return;
        }
        if (!task.is_painted) return;
        const std::string picture = read_file(task.result_file);
        if (row.blob.empty() || row.blob != hash_of(picture))
            return lose(task.job + " has no picture or another one; task " + task.id);
        const std::string blob = world_.data() + "/blobs/" + row.blob.substr(0, 2) + '/' + row.blob.substr(2);
        if (read_file(blob) != picture) return lose(task.job + "'s file is missing or damaged: " + blob);
        ++tally_.in_library;
    }

    /// Whatever the program said before it died still holds.
    void check_told(const Told& told) {
        const auto found = by_id_.find(told.id);
        // Before "accepted" the task is only on its way to the disk.
        const bool is_sure =
            told.state != "queued" && told.state != "preparing" && told.state != "submitting";
        const bool is_kept = found != by_id_.end() &&
                             (told.task_id.empty() || !is_sure || told.task_id == found->second.task_id);
        if (!is_kept) {
            ++tally_.forgotten;
            return problem("told and forgotten: " + told.event + ' ' + told.state + " of request " +
                           std::to_string(told.id) + ' ' + told.task_id);
        }
        if (fs::exists(told.file) && hash_of(read_file(told.file)) != found->second.blob)
            problem("not the picture of the library: " + told.file);
    }

    void check_files() {
        std::set<std::string> hashes;
        std::error_code none;
        for (const auto& file : fs::directory_iterator(world_.out(), none))
            hashes.insert(hash_of(read_file(file.path().string())));
        for (const std::uint64_t id : world_.promised_files()) {
            const auto row = by_id_.find(id);
            if (row == by_id_.end() || row->second.blob.empty() || hashes.contains(row->second.blob))
                continue;
            ++tally_.files_missing;
            problem("the picture of request " + std::to_string(id) + " is not in its file");
        }
    }

    World& world_;
    std::vector<Task> tasks_;
    Tally& tally_;
    std::map<std::string, std::vector<Row>> rows_;  ///< by job
    std::map<std::uint64_t, Row> by_id_;
};

template <typename Key>
void add_all(std::map<Key, int>& to, const std::map<Key, int>& from) {
    for (const auto& [key, count] : from) to[key] += count;
}

}  // namespace

void Tally::add(const Tally& other) {
    kills += other.kills;
    cuts += other.cuts;
    torn_cuts += other.torn_cuts;
    runs += other.runs;
    jobs += other.jobs;
    accepted += other.accepted;
    in_library += other.in_library;
    unknown_with_task += other.unknown_with_task;
    unknown_without_task += other.unknown_without_task;
    failed += other.failed;
    lost += other.lost;
    paid_twice += other.paid_twice;
    forgotten += other.forgotten;
    files_missing += other.files_missing;
    add_all(died_in, other.died_in);
    add_all(died_at, other.died_at);
    problems.insert(problems.end(), other.problems.begin(), other.problems.end());
}

void audit(World& world, ServiceProcess& service, Tally& tally) {
    Audit(world, service, tally).run();
    tally.problems.insert(tally.problems.end(), world.problems().begin(), world.problems().end());
}

}  // namespace crash
