#include "desk.h"

namespace kontexture::engine {

using namespace std::chrono_literals;

TEST_CASE("the straight way, action by action") {
    Desk desk;
    desk.to_task(kJob);
    CHECK(desk.shown() == JobState::Generating);
    CHECK_FALSE(desk.find<Poll>());
    REQUIRE(desk.wake());
    REQUIRE(desk.find<Poll>());
    CHECK(desk.find<Poll>()->task_id == "t");
    desk.tell(Polled{kJob, TaskDone{"https://x/y"}});
    REQUIRE(desk.find<Fetch>());
    CHECK(desk.find<Fetch>()->url == "https://x/y");
    desk.tell(Fetched{kJob, {}});
    REQUIRE(desk.find<StoreResult>());
    CHECK_FALSE(desk.find<Decode>());
    desk.tell(ResultStored{kJob, ImageId{4}, {}});
    REQUIRE(desk.find<Decode>());
    CHECK(desk.find<Decode>()->image == ImageId{4});
    desk.tell(Decoded{kJob, {}});
    REQUIRE(desk.find<Deliver>());
    desk.tell(Delivered{kJob, {}});
    CHECK(desk.shown() == JobState::Ready);
    CHECK_FALSE(desk.engine.next_wake());
}

TEST_CASE("a lost answer is never followed by another POST") {
    Desk desk;
    desk.submit_to_post(kJob);
    desk.tell(Submitted{kJob, OutcomeLost{network()}});
    CHECK(desk.shown() == JobState::OutcomeUnknown);
    REQUIRE(desk.find<WriteState>());
    CHECK(desk.find<WriteState>()->state == JobState::OutcomeUnknown);
    REQUIRE(desk.wake());
    CHECK(desk.last.empty());
    CHECK_FALSE(desk.engine.next_wake());
    desk.tell(Retry{kJob});
    desk.tell(Resolve{kJob, Resolution::Wait});
    CHECK(desk.last.empty());
    desk.tell(Resolve{kJob, Resolution::SendAgain});
    REQUIRE(desk.find<WriteState>());
    CHECK(desk.find<WriteState>()->state == JobState::Queued);
    CHECK_FALSE(desk.find<Post>());
    desk.tell(StateWritten{kJob, JobState::Queued, {}});
    REQUIRE(desk.find<WriteSubmitting>());
}

TEST_CASE("no connection: back-off, and after enough tries an error") {
    Desk desk;
    desk.tell(Submit{kJob, "pro", 5});
    desk.tell(IntentWritten{kJob, {}, {}});
    int posts = 0;
    for (int i = 0; i < 20; ++i) {
        if (desk.find<WriteSubmitting>()) {
            desk.tell(SubmittingWritten{kJob, {}, {}});
            ++posts;
            desk.tell(Submitted{kJob, NotAccepted{network(), NotAccepted::Again::NoConnection, {}}});
            if (desk.find<WriteState>() && desk.find<WriteState>()->state == JobState::Queued) {
                CHECK(desk.shown() == JobState::Queued);
                desk.tell(StateWritten{kJob, JobState::Queued, {}});
            }
        } else if (!desk.wake()) {
            break;
        }
    }
    CHECK(posts == 6);
    CHECK_FALSE(desk.engine.next_wake());
    desk.tell(Retry{kJob});
    CHECK(desk.find<WriteState>());
}

TEST_CASE("after a 429 nobody submits for a whole window") {
    Desk desk;
    desk.submit_to_post(kJob);
    const TimePoint refused = desk.now;
    desk.tell(Submitted{
        kJob, NotAccepted{
                  {ErrorCode::RateLimited, 429, 429, "slow down", {}}, NotAccepted::Again::NextWindow, {}}});
    desk.tell(StateWritten{kJob, JobState::Queued, {}});
    desk.tell(Submit{RequestId{2}, "pro", 5});
    desk.tell(IntentWritten{RequestId{2}, {}, {}});
    CHECK_FALSE(desk.find<WriteSubmitting>());
    while (desk.now < refused + 10s && desk.wake())
        if (desk.now < refused + 10s) CHECK_FALSE(desk.find<WriteSubmitting>());
    CHECK(desk.now == refused + 10s);
    CHECK(desk.find<WriteSubmitting>());
}

TEST_CASE("cancel while the paid call is under way: free when refused, collected when accepted") {
    Desk desk;
    desk.submit_to_post(kJob);
    desk.tell(Cancel{kJob});
    CHECK(desk.shown() == JobState::Submitting);
    CHECK_FALSE(desk.find<AbortCall>());
    SECTION("refused") {
        desk.tell(Submitted{kJob, NotAccepted{network(), NotAccepted::Again::NoConnection, {}}});
        CHECK(desk.shown() == JobState::Cancelled);
        CHECK_FALSE(desk.engine.next_wake());
    }
    SECTION("accepted") {
        desk.tell(Submitted{kJob, Accepted{"t"}});
        CHECK(desk.shown() == JobState::Cancelled);
        CHECK(desk.find<WriteTask>());
        desk.tell(TaskWritten{kJob, {}});
        REQUIRE(desk.wake());
        CHECK(desk.find<Poll>());
        desk.tell(Polled{kJob, TaskDone{"u"}});
        desk.tell(Fetched{kJob, {}});
        CHECK(desk.find<StoreResult>());
        desk.tell(ResultStored{kJob, ImageId{9}, {}});
        CHECK_FALSE(desk.find<Decode>());
        CHECK(desk.shown() == JobState::Cancelled);
    }
    SECTION("lost") {
        desk.tell(Submitted{kJob, OutcomeLost{network()}});
        CHECK(desk.shown() == JobState::OutcomeUnknown);
    }
}

TEST_CASE("a full disk stops a request before money is spent") {
    Desk desk;
    const Error full{ErrorCode::DiskFull, 0, 0, "full", {}};
    desk.tell(Submit{kJob, "pro", 5});
    SECTION("at the intent") {
        desk.tell(IntentWritten{kJob, {}, {}, full});
    }
    SECTION("at the submit") {
        desk.tell(IntentWritten{kJob, {}, {}});
        desk.tell(SubmittingWritten{kJob, {}, full});
    }
    CHECK(desk.shown() == JobState::Failed);
    CHECK_FALSE(desk.find<Post>());
    bool released = false;
    for (const Action& action : desk.last)
        if (const auto* money = std::get_if<PublishAccount>(&action)) released = money->reserved == 0;
    CHECK(released);
}

TEST_CASE("after a restart known tasks are polled, queued ones wait, and half-sent ones are unknown") {
    Desk desk;
    Restore restore;
    restore.jobs.push_back({RequestId{1}, "pro", 5, false, false, 0, JobState::Queued, "", {}, false});
    restore.jobs.push_back(
        {RequestId{2}, "pro", 5, false, false, 0, JobState::Submitting, "", desk.now - 1h, false});
    restore.jobs.push_back(
        {RequestId{3}, "pro", 5, false, false, 0, JobState::Generating, "t3", desk.now - 1h, false});
    desk.tell(restore);
    REQUIRE(desk.find<Poll>());
    CHECK(desk.find<Poll>()->id == RequestId{3});
    CHECK_FALSE(desk.find<WriteSubmitting>());
    REQUIRE(desk.find<WriteState>());
    CHECK(desk.find<WriteState>()->state == JobState::OutcomeUnknown);
    desk.tell(Resume{});
    REQUIRE(desk.find<WriteSubmitting>());
    CHECK(desk.find<WriteSubmitting>()->id == RequestId{1});
}

TEST_CASE("higher priority goes first, equals in order") {
    EngineConfig config = Desk::without_balance();
    config.max_posts = 1;
    Desk desk(config);
    desk.submit_to_post(RequestId{1});
    desk.tell(Submit{RequestId{2}, "pro", 5});
    desk.tell(IntentWritten{RequestId{2}, {}, {}});
    desk.tell(Submit{RequestId{3}, "pro", 5, false, false, 4});
    desk.tell(IntentWritten{RequestId{3}, {}, {}});
    desk.tell(Submitted{RequestId{1}, Accepted{"t"}});
    REQUIRE(desk.find<WriteSubmitting>());
    CHECK(desk.find<WriteSubmitting>()->id == RequestId{3});
}

TEST_CASE("stale and unknown ids are harmless") {
    Desk desk;
    for (const Event& event :
         {Event{Cancel{RequestId{7}}}, Event{Retry{RequestId{7}}}, Event{Resume{RequestId{7}}},
          Event{Polled{RequestId{7}, TaskRunning{}}}, Event{Delivered{RequestId{7}, {}}}})
        CHECK(desk.tell(event).empty());
    desk.tell(Forget{RequestId{7}});
    CHECK(desk.find<Forgotten>());
    desk.to_task(kJob);
    desk.tell(Delivered{kJob, {}});
    CHECK(desk.last.empty());
}

TEST_CASE("a missing record is waited for, then given up in words, and retry asks again for free") {
    Desk desk;
    desk.to_task(kJob);
    const Error gone{ErrorCode::NotFound, 0, 422, "no record", {}};
    int polls = 0;
    while (desk.wake() && polls < 200) {
        if (!desk.find<Poll>()) continue;
        ++polls;
        desk.tell(Polled{kJob, TaskMissing{gone}});
    }
    CHECK(polls >= 6);
    CHECK(polls < 100);
    CHECK(desk.now > TimePoint{1'000'000s} + 2min);
    desk.tell(Retry{kJob});
    CHECK_FALSE(desk.find<WriteSubmitting>());
    REQUIRE(desk.wake());
    CHECK(desk.find<Poll>());
}

}  // namespace kontexture::engine
