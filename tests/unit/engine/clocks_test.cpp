#include "desk.h"

// What a job brings along from a process whose clock was another.
namespace kontexture::engine {

namespace {

RestoredJob task_of(TimePoint submitted_at) {
    RestoredJob job;
    job.id = kJob;
    job.model = "pro";
    job.credits = 5;
    job.state = JobState::Generating;
    job.task_id = "t";
    job.submitted_at = submitted_at;
    return job;
}

}  // namespace

TEST_CASE("a task that was submitted in the future is polled as one that was submitted now") {
    Desk desk;
    desk.tell(Restore{{task_of(desk.now + 40 * 24h)}, {}, {}});
    REQUIRE(desk.find<Poll>());
    const TimePoint polled = desk.now;
    desk.tell(Polled{kJob, TaskRunning{}});
    REQUIRE(desk.wake());
    CHECK(desk.find<Poll>());
    CHECK(desk.now < polled + 1min);
}

TEST_CASE("a task that seems to be days old is given a day from when it is found") {
    Desk desk;
    desk.tell(Restore{{task_of(desk.now - 40 * 24h)}, {}, {}});
    REQUIRE(desk.find<Poll>());
    desk.tell(Polled{kJob, TaskRunning{}});
    REQUIRE(desk.wake());
    CHECK(desk.find<Poll>());
    desk.now += 25h;
    desk.tell(Polled{kJob, TaskRunning{}});
    CHECK(desk.shown() == JobState::Failed);
    desk.tell(Retry{kJob});
    REQUIRE(desk.find<Poll>());
    desk.tell(Polled{kJob, TaskRunning{}});
    CHECK_FALSE(desk.find<Publish>());
}

TEST_CASE("what was spent in the future counts for one day") {
    EngineConfig config;
    config.max_credits_per_day = 5;
    Desk desk(config);
    desk.tell(Restore{{}, {}, {PastSpend{desk.now + 40 * 24h, 5}}});
    desk.tell(Submit{kJob, "pro", 5});
    CHECK(desk.shown() == JobState::Failed);
    desk.now += 25h;
    desk.tell(Submit{RequestId{2}, "pro", 5});
    CHECK(desk.find<WriteIntent>());
}

}  // namespace kontexture::engine
