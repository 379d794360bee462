#include "fixture.h"

#include "store/database.h"

#include <csignal>
#include <map>

#include <sys/wait.h>
#include <unistd.h>

using namespace store_test;

namespace {

/// What the child says once a step is durable.
struct Said {
    std::uint64_t id;
    std::uint64_t step;  // 1 queued, 2 submitting, 3 task, 4 result
};

void say(int pipe, RequestId id, std::uint64_t step) {
    const Said said = {id.value, step};
    if (::write(pipe, &said, sizeof said) != static_cast<ssize_t>(sizeof said)) ::_exit(3);
}

/// Works without end; never returns.
[[noreturn]] void work(const std::string& folder, int pipe) {
    auto opened = try_open(folder);
    if (!opened || !(*opened)->take_over_jobs()) ::_exit(1);
    Store& store = **opened;
    for (std::uint64_t number = 1;; ++number) {
        const JobRow row = job(store, number);
        if (!store.write_intent(row, false)) ::_exit(2);
        say(pipe, row.id, 1);
        if (!write_submitting(store, row.id, at(1), 1'000'000)) ::_exit(2);
        say(pipe, row.id, 2);
        if (!store.write_task(row.id, "task-" + std::to_string(row.id.value))) ::_exit(2);
        say(pipe, row.id, 3);
        const auto blob = store.blobs().put(bytes_of("picture " + std::to_string(row.id.value)));
        if (!blob) ::_exit(2);
        ImageRow image;
        image.blob = *blob;
        image.extension = "png";
        if (!store.write_result(row.id, image, at(2))) ::_exit(2);
        say(pipe, row.id, 4);
    }
}

/// Runs a child for a while, kills it, and returns the last step it said of each job.
std::map<std::uint64_t, std::uint64_t> run_and_kill(const std::string& folder,
                                                    std::chrono::milliseconds life) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        work(folder, ends[1]);
    }
    ::close(ends[1]);
    std::map<std::uint64_t, std::uint64_t> said;
    Said next = {};
    // The clock starts with the first word, so that a slow machine gets a killing in the middle of work, too.
    std::optional<std::chrono::steady_clock::time_point> end;
    while (::read(ends[0], &next, sizeof next) == static_cast<ssize_t>(sizeof next)) {
        said[next.id] = next.step;
        const auto now = std::chrono::steady_clock::now();
        if (!end) end = now + life;
        if (now >= *end) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(WTERMSIG(status) == SIGKILL);
    return said;
}

/// A job may be one step further than it said, never behind.
bool fits(const LibraryEntry& found, std::uint64_t step) {
    const bool has_task = !found.task_id.empty();
    switch (step) {
        case 1: return !has_task;
        case 2: return found.state == JobState::Submitting || found.state == JobState::Generating;
        case 3: return has_task;
        default: return found.state == JobState::Ready && found.image;
    }
}

}  // namespace

TEST_CASE("nothing that was reported durable is lost by kill -9") {
    const TempFolder temp;
    std::map<std::uint64_t, std::uint64_t> said;
    for (int round = 0; round < 8; ++round) {
        for (const auto& [id, step] : run_and_kill(temp.path(), std::chrono::milliseconds(15 + 35 * round))) {
            said[id] = step;
        }
        std::string warning;
        auto store = try_open(temp.path(), &warning);
        REQUIRE(store);
        CHECK(warning.empty());
        {
            const auto database = Database::open(temp.path() + "/kontexture.db");
            REQUIRE(database);
            Rows rows = (*database)->query("pragma integrity_check");
            REQUIRE(rows.next());
            CHECK(rows.text(0) == "ok");
        }
        std::map<std::uint64_t, LibraryEntry> stored;
        for (LibraryEntry& found : all(**store)) stored[found.id.value] = std::move(found);
        int lost = 0;
        int damaged = 0;
        for (const auto& [id, step] : said) lost += !stored.contains(id) || !fits(stored[id], step);
        for (const auto& [id, found] : stored) {
            if (!found.image) continue;
            const auto image = (*store)->image(found.image);
            damaged += !image || !(*store)->blobs().read(image->blob);
        }
        CHECK(lost == 0);
        CHECK(damaged == 0);

        // The killed one's lock is free at once: its job can go on, with its task where there was one.
        const auto jobs = (*store)->take_over_jobs();
        REQUIRE(jobs);
        CHECK(jobs->size() <= static_cast<std::size_t>(round) + 1);
        for (const JobRow& row : *jobs) {
            CHECK((row.state == JobState::Generating) == !row.task_id.empty());
        }
    }
    CHECK(said.size() > 8);
}
