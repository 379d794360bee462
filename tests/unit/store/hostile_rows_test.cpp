#include "fixture.h"
#include "store/database.h"

#include <cmath>

using namespace store_test;

TEST_CASE("infinite amounts in a damaged database stay numbers that can be summed") {
    const TempFolder temp;
    {
        auto store = open_store(temp.path());
        submit(*store, 1);
        generate(*store, 2);
    }
    {
        const auto database = Database::open(temp.path() + "/kontexture.db");
        REQUIRE(database);
        REQUIRE((*database)->run("update jobs set credits = 9e999, balance_before = 9e999"));
        REQUIRE(
            (*database)->run("update ledger set credits = case when job_id % 2 then 9e999 else -9e999 end"));
    }
    auto store = open_store(temp.path());
    const auto jobs = store->take_over_jobs();
    REQUIRE(jobs);
    REQUIRE(jobs->size() == 2);
    for (const JobRow& row : *jobs) {
        REQUIRE(row.balance_before);
        CHECK(std::isfinite(*row.balance_before));
        CHECK(std::isfinite(row.spent_since));
        CHECK(std::isfinite(row.credits));
    }
    const auto spends = store->spends(at(-1000));
    CHECK(!spends.empty());
    for (const engine::PastSpend& past : spends) CHECK(std::isfinite(past.credits));
}
