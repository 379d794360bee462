#include "fixture.h"

#include "store/database.h"

using namespace store_test;

TEST_CASE("the submit window") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    std::vector<RequestId> ids;
    for (std::uint64_t i = 1; i <= 6; ++i) ids.push_back(queue(*store, i));
    const std::int64_t start = steady;
    const auto ask = [&](std::size_t index, std::int64_t when) {
        steady = start + when;
        const auto wait = write_submitting(*store, ids[index], at(when), 3);
        REQUIRE(wait);
        return *wait;
    };
    const auto answer = [&](std::size_t index, std::int64_t when) {
        steady = start + when;
        REQUIRE(store->write_task(ids[index], "task-" + std::to_string(index)));
    };
    CHECK_FALSE(ask(0, 0));
    CHECK_FALSE(ask(1, 0));
    answer(0, 100);
    answer(1, 1000);
    CHECK_FALSE(ask(2, 2000));

    SECTION("a call counts until one window after its answer") {
        answer(2, 2000);
        auto wait = ask(3, 3000);
        REQUIRE(wait);
        CHECK(*wait == 7100ms);
        CHECK(entry(*store, ids[3]).state == JobState::Queued);
        CHECK(ask(3, 10'099));
        CHECK_FALSE(ask(3, 10'100));
        CHECK(ask(4, 10'101) == 899ms);
    }
    SECTION("a call under way counts however long it takes") {
        CHECK_FALSE(ask(3, 60'000));
        CHECK_FALSE(ask(4, 60'000));
        CHECK(ask(5, 120'000) == 1000ms);
        answer(2, 120'000);
        CHECK(ask(5, 129'999) == 1ms);
        CHECK_FALSE(ask(5, 130'000));
    }
    SECTION("a job that is posted twice counts twice") {
        answer(2, 2000);
        for (int i = 0; i < 3; ++i) {
            CHECK_FALSE(ask(4, 30'000 + i));
            REQUIRE(store->write_state(ids[4], JobState::Queued, false, {}, at(30'000)));
        }
        CHECK(ask(5, 30'003));
    }
    SECTION("after the machine was started anew it blocks for one window at most") {
        answer(2, 2000);
        CHECK(ask(4, -900'000) == 10'000ms);
        CHECK_FALSE(ask(4, -890'000));
    }
    SECTION("the clock on the wall does not matter") {
        answer(2, 2000);
        steady = start + 3000;
        const auto wait = write_submitting(*store, ids[3], at(90'000'000), 3);
        REQUIRE(wait);
        CHECK(*wait == 7100ms);
    }
    SECTION("it outlives a restart, and other services have their own") {
        store.reset();
        auto other = open_store(temp.path(), "https://other.test");
        const RequestId theirs = queue(*other, 1);
        const auto free = write_submitting(*other, theirs, at(2500), 3);
        REQUIRE(free);
        CHECK_FALSE(*free);
        store = open_store(temp.path());
        const RequestId late = queue(*store, 9);
        steady = start + 2500;
        // The call of the process that ended counts from when that is noticed.
        const auto full = write_submitting(*store, late, at(2500), 1);
        REQUIRE(full);
        CHECK(*full == 10'000ms);
    }
    steady = start;
}

TEST_CASE("the ledger: reserved, spent, unknown, given back") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const auto kinds = [&] {
        std::string text;
        for (const LedgerEntry& each : store->ledger(100).entries) text += to_string(each.kind) + " "s;
        return text;
    };
    const RequestId id = submit(*store, 1);
    CHECK(kinds() == "reserved ");
    SECTION("a task that was started is spent, once") {
        REQUIRE(store->write_task(id, "task"));
        REQUIRE(store->write_task(id, "task"));
        const Ledger ledger = store->ledger(100);
        REQUIRE(ledger.entries.size() == 1);
        CHECK(ledger.entries[0].kind == LedgerEntry::Kind::Spent);
        CHECK(ledger.entries[0].task_id == "task");
        CHECK(ledger.entries[0].credits == 5);
        CHECK(ledger.entries[0].request == id);
        CHECK(ledger.entries[0].prompt == "mossy stone wall");
        CHECK(ledger.total == 5);
    }
    SECTION("what was certainly not started is given back") {
        REQUIRE(store->write_state(id, JobState::Failed, false, Error{ErrorCode::Rejected}, at(2000)));
        CHECK(kinds().empty());
    }
    SECTION("an unknown outcome counts, also after it is sent again or discarded") {
        REQUIRE(store->write_state(id, JobState::OutcomeUnknown, false, {}, at(2000)));
        REQUIRE(store->write_state(id, JobState::Queued, false, {}, at(3000)));
        CHECK(kinds() == "unknown ");
        REQUIRE(write_submitting(*store, id, at(4000), 18));
        CHECK(kinds() == "reserved unknown ");
        REQUIRE(store->write_task(id, "second"));
        CHECK(kinds() == "spent unknown ");
        CHECK(store->ledger(1).entries.size() == 1);
        CHECK(store->ledger(1).total == 10);
    }
    SECTION("an unknown outcome whose task turns up is spent") {
        REQUIRE(store->write_state(id, JobState::OutcomeUnknown, false, {}, at(2000)));
        REQUIRE(store->write_task(id, "late"));
        CHECK(kinds() == "spent ");
    }
    SECTION("other services have their own") {
        CHECK(open_store(temp.path(), "https://other.test")->ledger(10).entries.empty());
    }
}

TEST_CASE("the limit of a day counts every process, and the last 24 hours only") {
    const TempFolder temp;
    auto first = open_store(temp.path());
    auto second = open_store(temp.path());
    wall = 1000;
    generate(*first, 1);
    const auto ask = [](Store& store, std::uint64_t number, std::int64_t now) {
        wall = now;
        const RequestId id = queue(store, number);
        return store.write_submitting(
            {.id = id, .count = 18, .window = 10s, .credits = 5, .limit_per_day = 12}, at(now));
    };
    REQUIRE(ask(*second, 2, 2000));
    const auto refused = ask(*second, 3, 3000);
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::SpendLimit);
    CHECK(refused.error().message.find("needs 5 credits, but of the limit of 12 credits a day 10") !=
          std::string::npos);
    CHECK(first->spends(at(0)).size() == 2);
    constexpr std::int64_t kDay = 24 * 3600 * 1000;
    CHECK(ask(*first, 4, 2000 + kDay));
    // After the clock was set back, what it said was spent "later" still counts, and is not said to be
    // earlier.
    CHECK(!ask(*first, 5, -1000));
    wall = 3000 + kDay;
    CHECK(second->ledger(1).last_day == 5);

    SECTION("damaged numbers neither hide what was spent nor lower it") {
        const auto database = Database::open(temp.path() + "/kontexture.db");
        REQUIRE(database);
        for (const char* number : {"9e999", "-1000"}) {
            REQUIRE((*database)->run(std::string("update ledger set credits = ") + number +
                                     " where id = (select min(id) from ledger)"));
            CHECK(second->ledger(1).total >= 10);
        }
    }
    wall = 0;
}
