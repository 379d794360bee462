#include "fixture.h"

#include "store/database.h"
#include "store/session_lock.h"

#include <algorithm>
#include <thread>

using namespace store_test;

TEST_CASE("each store has ids of its own") {
    const TempFolder temp;
    auto first = open_store(temp.path());
    auto second = open_store(temp.path());
    CHECK(first->id_block() == std::uint64_t{1} << 24);
    CHECK(second->id_block() == std::uint64_t{2} << 24);
    first.reset();
    second.reset();
    CHECK(open_store(temp.path())->id_block() == std::uint64_t{3} << 24);
    // Even when the database is lost, no number comes twice.
    std::filesystem::remove(temp.path() + "/kontexture.db");
    CHECK(open_store(temp.path())->id_block() == std::uint64_t{4} << 24);
}

TEST_CASE("a lock is held until its owner dies, and asking does not disturb") {
    const TempFolder temp;
    const std::string path = temp.path("x.lock");
    CHECK_FALSE(FileLock::is_held(path));
    {
        auto lock = FileLock::acquire(path, 0ms);
        REQUIRE(lock);
        CHECK(FileLock::is_held(path));
        const auto second = FileLock::acquire(path, 20ms);
        REQUIRE(!second);
        CHECK(second.error().code == ErrorCode::Storage);
        const FileLock moved = std::move(*lock);
        CHECK(FileLock::is_held(path));
    }
    CHECK_FALSE(FileLock::is_held(path));
    CHECK(FileLock::acquire(path, 0ms));
}

TEST_CASE("jobs of a living session are left alone, those of a dead one are taken over") {
    const TempFolder temp;
    auto first = open_store(temp.path());
    const RequestId queued = queue(*first, 1);
    const RequestId submitting = submit(*first, 2);
    const RequestId generating = generate(*first, 3);
    const RequestId unknown = submit(*first, 4);
    REQUIRE(first->write_state(unknown, JobState::OutcomeUnknown, false, Error{ErrorCode::OutcomeUnknown},
                               at(9000)));
    const RequestId collected = generate(*first, 5);
    REQUIRE(first->write_state(collected, JobState::Cancelled, true, {}, at(9000)));
    const RequestId rescued = submit(*first, 6);
    REQUIRE(first->write_state(rescued, JobState::Cancelled, true, {}, at(9000)));
    const RequestId cancelled = queue(*first, 7);
    REQUIRE(first->write_state(cancelled, JobState::Cancelled, false, {}, at(9000)));
    const RequestId failed = generate(*first, 8);
    REQUIRE(
        first->write_state(failed, JobState::Failed, false, Error{ErrorCode::GenerationFailed}, at(9000)));
    finish(*first, generate(*first, 9), "picture", at(9900));

    auto second = open_store(temp.path());
    REQUIRE(second->take_over_jobs());
    CHECK(second->take_over_jobs()->empty());
    CHECK(first->take_over_jobs()->empty());
    CHECK(write_submitting(*second, queued, at(60'000), 100).error().code == ErrorCode::Conflict);

    first.reset();
    const auto jobs = second->take_over_jobs();
    REQUIRE(jobs);
    REQUIRE(jobs->size() == 6);
    CHECK((*jobs)[0].id == queued);
    CHECK((*jobs)[0].state == JobState::Queued);
    CHECK((*jobs)[1].id == submitting);
    CHECK((*jobs)[1].state == JobState::Submitting);
    CHECK((*jobs)[1].submitted_at == at(2010));
    CHECK((*jobs)[2].id == generating);
    CHECK((*jobs)[2].state == JobState::Generating);
    CHECK((*jobs)[2].task_id == "task-3");
    CHECK((*jobs)[3].id == unknown);
    CHECK((*jobs)[3].state == JobState::OutcomeUnknown);
    CHECK((*jobs)[4].id == collected);
    CHECK((*jobs)[4].state == JobState::Generating);
    CHECK((*jobs)[4].cancelled);
    CHECK((*jobs)[5].id == rescued);
    CHECK((*jobs)[5].state == JobState::Submitting);

    CHECK(second->take_over_jobs()->empty());
    CHECK(write_submitting(*second, queued, at(60'000), 100));
    auto third = open_store(temp.path());
    CHECK(third->take_over_jobs()->empty());
}

TEST_CASE("a failure whose task may still have a picture is asked for again by the next run") {
    const TempFolder temp;
    const Error expired = {ErrorCode::ResultExpired, 404, 0, "It is asked for again.", "gone"};
    RequestId failed;
    RequestId cancelled;
    {
        auto store = open_store(temp.path());
        failed = generate(*store, 1);
        REQUIRE(store->write_state(failed, JobState::Generating, false, expired, at(9000)));
        cancelled = generate(*store, 2);
        REQUIRE(store->write_state(cancelled, JobState::Generating, true, expired, at(9000)));
        CHECK(entry(*store, failed).error.code == ErrorCode::ResultExpired);
        CHECK(entry(*store, failed).finished_at == engine::TimePoint());
        CHECK(write_submitting(*store, failed, at(9500), 18).error().code == ErrorCode::Conflict);
    }
    auto store = open_store(temp.path());
    const auto jobs = store->take_over_jobs();
    REQUIRE(jobs);
    REQUIRE(jobs->size() == 2);
    for (const JobRow& row : *jobs) {
        const std::string number = row.id == failed ? "1" : "2";
        CHECK(row.state == JobState::Generating);
        CHECK(row.task_id == "task-" + number);
        CHECK(row.submitted_at == at(number == "1" ? 1010 : 2010));
        CHECK(row.cancelled == (row.id == cancelled));
        CHECK(row.error.code == ErrorCode::ResultExpired);
        CHECK(row.error.http_status == 404);
        CHECK(row.error.message == "It is asked for again.");
        CHECK(row.error.detail == "gone");
    }
    finish(*store, failed, "picture", at(20'000));
    CHECK(entry(*store, failed).state == JobState::Ready);
    CHECK(entry(*store, failed).error.code == ErrorCode::None);
}

TEST_CASE("numbers that no clock and no service would give do no harm") {
    const TempFolder temp;
    RequestId ids[4];
    {
        auto store = open_store(temp.path());
        for (std::uint64_t i = 0; i < 4; ++i) ids[i] = generate(*store, i + 1);
        const RequestId spoilt = queue(*store, 5);
        const auto database = Database::open(temp.path() + "/kontexture.db");
        REQUIRE(database);
        const auto spoil = [&](RequestId id, const char* column, const char* value) {
            REQUIRE((*database)->run(
                std::string("update jobs set ") + column + " = " + value + " where id = ?", id.value));
        };
        for (const char* column : {"created_at", "submitted_at", "finished_at"}) {
            spoil(ids[0], column, "9223372036854775807");
            spoil(ids[1], column, "-9223372036854775808");
        }
        spoil(ids[2], "credits", "9e999");
        spoil(ids[3], "credits", "-5");
        // Sent, with a nonsensical time: it must not pass for one that was never sent.
        spoil(spoilt, "submitted_at", "-1");
        REQUIRE(
            (*database)->run("insert into submits (service_id, session, job_id, answered_at) values "
                             "(?, -1, -1, 9223372036854775807), (?, 77, 77, -9223372036854775808)",
                             "https://service.test", "https://service.test"));
    }
    auto store = open_store(temp.path());
    const std::chrono::system_clock::time_point epoch;
    for (const LibraryEntry& found : all(*store)) {
        CHECK(found.created_at >= epoch);
        CHECK(found.finished_at >= epoch);
        CHECK(found.estimated_credits >= 0);
        CHECK(found.estimated_credits < 1e9);
    }
    const auto jobs = store->take_over_jobs();
    REQUIRE(jobs);
    REQUIRE(jobs->size() == 5);
    const auto now = std::chrono::system_clock::now();
    for (const JobRow& row : *jobs) {
        CHECK(row.submitted_at > engine::TimePoint());
        CHECK(row.submitted_at <= now);
        CHECK(row.state == (row.task_id.empty() ? JobState::Submitting : JobState::Generating));
    }
    CHECK(store->durations(10).empty());
    const RequestId id = queue(*store, 1);
    const auto wait = write_submitting(*store, id, at(0), 1);
    REQUIRE(wait);
    CHECK(*wait == 10'000ms);
}

TEST_CASE("a session number beyond all numbers is an error, not an overflow") {
    const TempFolder temp;
    open_store(temp.path()).reset();
    const auto database = Database::open(temp.path() + "/kontexture.db");
    REQUIRE(database);
    REQUIRE((*database)->run("insert into sessions (id, started_at) values (9223372036854775807, 0)"));
    const auto opened = try_open(temp.path());
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::Storage);
}

TEST_CASE("only a service's own jobs are taken over, and only when wanted") {
    const TempFolder temp;
    {
        auto store = open_store(temp.path());
        generate(*store, 1);
    }
    CHECK(open_store(temp.path(), "https://other.test")->take_over_jobs()->empty());
    auto reader = try_open(temp.path(), nullptr, "https://service.test", false);
    REQUIRE(reader);
    CHECK((*reader)->take_over_jobs()->empty());
    queue(**reader, 1);
    CHECK(all(**reader).size() == 2);
    CHECK(open_store(temp.path())->take_over_jobs()->size() == 1);
}

TEST_CASE("two stores share the submit window") {
    const TempFolder temp;
    auto first = open_store(temp.path());
    auto second = open_store(temp.path());
    const RequestId one = queue(*first, 1);
    const RequestId two = queue(*second, 1);
    const RequestId three = queue(*first, 2);
    REQUIRE(!*write_submitting(*first, one, at(0), 2));
    REQUIRE(!*write_submitting(*second, two, at(4000), 2));
    auto wait = write_submitting(*first, three, at(5000), 2);
    REQUIRE(wait);
    CHECK(*wait == 1000ms);
    // The other process dies in the middle of its call.
    second.reset();
    REQUIRE(first->write_task(one, "task"));
    wait = write_submitting(*first, three, at(5000), 2);
    REQUIRE(wait);
    CHECK(*wait == 10'000ms);
}

TEST_CASE("what a process leaves is taken over while others run, once") {
    const TempFolder temp;
    auto first = open_store(temp.path());
    auto second = open_store(temp.path());
    REQUIRE(first->take_over_jobs()->empty());
    REQUIRE(second->take_over_jobs()->empty());
    const RequestId paid = generate(*second, 1);
    const RequestId queued = queue(*second, 2);
    CHECK(first->take_over_jobs()->empty());
    second.reset();
    const auto left = first->take_over_jobs();
    REQUIRE(left);
    REQUIRE(left->size() == 2);
    CHECK((*left)[0].id == paid);
    CHECK((*left)[0].state == JobState::Generating);
    CHECK((*left)[1].id == queued);
    CHECK(first->take_over_jobs()->empty());
}

TEST_CASE("polls of all processes take turns") {
    const TempFolder temp;
    auto first = open_store(temp.path());
    auto second = open_store(temp.path());
    CHECK(first->take_poll_turn(100ms) == 0ms);
    CHECK(second->take_poll_turn(100ms) == 100ms);
    CHECK(first->take_poll_turn(100ms) == 200ms);
    steady += 1000;
    CHECK(second->take_poll_turn(100ms) == 0ms);
    // The machine was started anew.
    steady -= 900'000;
    CHECK(first->take_poll_turn(100ms) == 0ms);
    steady += 899'000;
}

TEST_CASE("two threads with a store each never pass more than the window allows") {
    const TempFolder temp;
    constexpr int kJobs = 30;
    constexpr int kAllowed = 17;
    int passed[2] = {};
    int failed[2] = {};
    std::unique_ptr<Store> stores[2] = {open_store(temp.path()), open_store(temp.path())};
    std::vector<std::thread> threads;
    threads.reserve(2);
    for (int index = 0; index < 2; ++index) {
        threads.emplace_back([&, index] {
            for (int i = 1; i <= kJobs; ++i) {
                const JobRow row = job(*stores[index], static_cast<std::uint64_t>(i));
                const auto written = stores[index]->write_intent(row, true);
                const auto wait = write_submitting(*stores[index], row.id, at(i), kAllowed);
                if (!written || !wait) ++failed[index];
                if (wait && !*wait) ++passed[index];
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(failed[0] + failed[1] == 0);
    CHECK(passed[0] + passed[1] == kAllowed);
    CHECK(all(*stores[0]).size() == 2 * kJobs);
}

TEST_CASE("stores that are opened at the same moment all succeed") {
    const TempFolder temp;
    constexpr int kStores = 8;
    std::uint64_t blocks[kStores] = {};
    std::vector<std::thread> threads;
    threads.reserve(kStores);
    for (int index = 0; index < kStores; ++index) {
        threads.emplace_back([&, index] {
            const auto store = try_open(temp.path());
            if (store) blocks[index] = (*store)->id_block();
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::sort(std::begin(blocks), std::end(blocks));
    CHECK(blocks[0] != 0);
    CHECK(std::unique(std::begin(blocks), std::end(blocks)) == std::end(blocks));
}

TEST_CASE("a database that somebody else keeps locked is an error with advice, not a hang") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const auto other = Database::open(temp.path() + "/kontexture.db");
    REQUIRE(other);
    REQUIRE((*other)->run("begin immediate"));
    // Reading goes on meanwhile.
    CHECK(all(*store).empty());
    const auto written = store->write_intent(job(*store, 1), false);
    REQUIRE(!written);
    CHECK(written.error().code == ErrorCode::Storage);
    CHECK(written.error().message.find("Another program") != std::string::npos);
    REQUIRE((*other)->run("rollback"));
    CHECK(store->write_intent(job(*store, 1), false));
}

TEST_CASE("a store in a hurry waits for nobody, not even when it waits already") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const auto other = Database::open(temp.path() + "/kontexture.db");
    REQUIRE(other);
    REQUIRE((*other)->run("begin immediate"));
    const auto start = std::chrono::steady_clock::now();
    std::thread closing([&] {
        std::this_thread::sleep_for(100ms);
        store->hurry();
    });
    const auto waited = store->write_intent(job(*store, 1), false);
    closing.join();
    REQUIRE(!waited);
    CHECK(waited.error().code == ErrorCode::Storage);
    CHECK(store->write_intent(job(*store, 2), false).error().code == ErrorCode::Storage);
    store.reset();
    // Not to be told from the 5 s of patience otherwise.
    CHECK(std::chrono::steady_clock::now() - start < 3s);
    REQUIRE((*other)->run("rollback"));
    CHECK(all(*open_store(temp.path())).empty());
}

TEST_CASE("a store in a hurry still writes what nobody keeps from it") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    store->hurry();
    const RequestId id = generate(*store, 1);
    CHECK(entry(*store, id).task_id == "task-1");
}
