#include "desk.h"

// What arrives while a row is being written.
namespace kontexture::engine {

TEST_CASE("a 429 holds back what was being written for the POST") {
    const RequestId second{2};
    Desk desk;
    desk.submit_to_post(kJob);
    desk.tell(Submit{second, "pro", 5});
    desk.tell(IntentWritten{second, {}, {}, {}});
    REQUIRE(desk.find<WriteSubmitting>());
    const TimePoint refused = desk.now;
    desk.tell(Submitted{kJob, NotAccepted{network(), NotAccepted::Again::NextWindow, {}}});
    desk.tell(SubmittingWritten{second, {}, {}});
    CHECK_FALSE(desk.find<Post>());
    REQUIRE(desk.find<WriteState>());
    CHECK(desk.find<WriteState>()->state == JobState::Queued);
    desk.tell(StateWritten{second, JobState::Queued, {}});
    REQUIRE(desk.wake());
    CHECK(desk.now >= refused + 10s);
    CHECK(desk.find<WriteSubmitting>());
}

TEST_CASE("cancelled before the task is on the disk: the row says so only after it") {
    Desk desk;
    desk.submit_to_post(kJob);
    desk.tell(Submitted{kJob, Accepted{"t"}});
    REQUIRE(desk.find<WriteTask>());
    desk.tell(Cancel{kJob});
    CHECK(desk.shown() == JobState::Cancelled);
    CHECK_FALSE(desk.find<WriteState>());
    desk.tell(TaskWritten{kJob, Error{ErrorCode::DiskFull, 0, 0, "full", {}}});
    CHECK_FALSE(desk.find<WriteState>());
    while (!desk.find<WriteTask>()) REQUIRE(desk.wake());
    desk.tell(TaskWritten{kJob, {}});
    REQUIRE(desk.find<WriteState>());
    CHECK(desk.find<WriteState>()->state == JobState::Generating);
    CHECK(desk.find<WriteState>()->cancelled);
}

TEST_CASE("cancelled while a hinted task is written: not called cancelled before it is certain") {
    Desk desk;
    desk.submit_to_post(kJob);
    desk.tell(Submitted{kJob, OutcomeLost{network()}});
    desk.tell(CalledBack{kJob, "other"});
    REQUIRE(desk.find<Poll>());
    desk.tell(Polled{kJob, TaskRunning{}});
    REQUIRE(desk.find<WriteTask>());
    desk.tell(Cancel{kJob});
    CHECK(desk.shown() != JobState::Cancelled);
    desk.tell(TaskWritten{kJob, Error{ErrorCode::Conflict, 0, 0, "another's", {}}});
    CHECK(desk.shown() == JobState::OutcomeUnknown);
}

}  // namespace kontexture::engine
