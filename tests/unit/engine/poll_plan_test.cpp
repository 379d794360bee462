#include "engine/poll_plan.h"
#include "catch.h"

#include <cmath>
#include <random>

namespace kontexture::engine {

using namespace std::chrono_literals;

namespace {

struct Cost {
    double waiting = 0;  ///< seconds from finished to noticed, mean
    double polls = 0;    ///< a job, mean
};

/// Jobs that take log-normal times, polled by `next`.
template <typename Next, typename Learn>
Cost poll_jobs(double median, double sigma, int jobs, Next next, Learn learn) {
    std::mt19937 random(11);
    std::lognormal_distribution<double> takes(std::log(median), sigma);
    Cost cost;
    for (int i = 0; i < jobs; ++i) {
        const auto done = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(takes(random)));
        Duration at{};
        int polls = 0;
        while (at < done) {
            const Duration then = next(at);
            REQUIRE(then > at);
            at = then;
            ++polls;
        }
        cost.waiting += std::chrono::duration<double>(at - done).count() / jobs;
        cost.polls += static_cast<double>(polls) / jobs;
        learn(done);
    }
    return cost;
}

}  // namespace

TEST_CASE(
    "learned polling waits less than half as long as a poll every three seconds, for less than twice the "
    "polls") {
    for (const double median : {9.0, 12.0, 20.0}) {
        for (const double sigma : {0.35, 0.6}) {
            PollPlan plan(12s);
            const auto ask = [&](Duration elapsed) { return plan.next(elapsed); };
            poll_jobs(median, sigma, 50, ask, [&](Duration d) { plan.learn(d); });
            const Cost ours = poll_jobs(median, sigma, 2000, ask, [](Duration) {});
            const Cost fixed = poll_jobs(
                median, sigma, 2000, [](Duration t) { return t + 3s; }, [](Duration) {});
            CAPTURE(median, sigma, ours.waiting, fixed.waiting, ours.polls, fixed.polls);
            CHECK(ours.waiting < 0.6 * fixed.waiting);
            CHECK(ours.polls < 2 * fixed.polls);
        }
    }
}

TEST_CASE("the plan follows what it learns, both ways") {
    PollPlan plan(12s);
    CHECK(plan.median() > 11s);
    CHECK(plan.median() < 13s);
    for (int i = 0; i < 40; ++i) plan.learn(Duration(400 + i));
    CHECK(plan.median() < 800ms);
    CHECK(plan.next(0ms) < 2s);
    for (int i = 0; i < 64; ++i) plan.learn(30s);
    CHECK(plan.median() > 25s);
    CHECK(plan.next(0ms) > 5s);
}

TEST_CASE(
    "a job that takes beyond all expectation is asked for ever more rarely, but at least once a minute") {
    PollPlan plan(12s);
    Duration at{};
    Duration last{};
    for (int i = 0; i < 400; ++i) {
        const Duration then = plan.next(at);
        REQUIRE(then > at);
        CHECK(then - at <= 60s);
        if (at > 5min) CHECK(then - at >= last - 2ms);
        last = then - at;
        at = then;
    }
    CHECK(last > 59s);
    CHECK(plan.next(-5s) > 0s);
    plan.learn(0ms);
    plan.learn(-1s);
    CHECK(plan.next(0ms) > 0s);
}

}  // namespace kontexture::engine
