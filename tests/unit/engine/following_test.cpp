#include "desk.h"

namespace kontexture::engine {

using namespace std::chrono_literals;

namespace {

const RequestId kTwin{2};
const RequestId kThird{3};
const ImageId kImage{9};

void ask(Desk& desk, RequestId id, const std::string& fingerprint, ImageId found = {}) {
    desk.tell(Submit{id, "pro", 5, false, true});
    desk.tell(IntentWritten{id, found, fingerprint, {}});
}

int count_posts(Desk& desk) {
    int posts = 0;
    for (const auto& action : desk.last) posts += std::holds_alternative<WriteSubmitting>(action);
    return posts;
}

bool is_looking(const Desk& desk, RequestId id) {
    for (const auto& action : desk.last)
        if (const auto* find = std::get_if<FindIdentical>(&action); find && find->id == id) return true;
    return false;
}

void to_fetched(Desk& desk, RequestId id) {
    desk.tell(SubmittingWritten{id, {}, {}});
    desk.tell(Submitted{id, Accepted{"t"}});
    desk.tell(TaskWritten{id, {}});
    while (!desk.find<Poll>()) REQUIRE(desk.wake());
    desk.tell(Polled{id, TaskDone{"https://x/y"}});
    desk.tell(Fetched{id, {}});
}

}  // namespace

TEST_CASE("an identical request waits for the one under way and costs nothing") {
    Desk desk;
    ask(desk, kJob, "a");
    REQUIRE(count_posts(desk) == 1);
    ask(desk, kTwin, "a");
    CHECK(count_posts(desk) == 0);
    REQUIRE(desk.find<Publish>());
    CHECK(desk.find<Publish>()->waiting == WaitReason::Identical);
    SECTION("and takes its picture") {
        to_fetched(desk, kJob);
        desk.tell(ResultStored{kJob, kImage, {}});
        REQUIRE(is_looking(desk, kTwin));
        desk.tell(IntentWritten{kTwin, kImage, "a", {}});
        REQUIRE(desk.find<Decode>());
        CHECK(desk.find<Decode>()->image == kImage);
    }
    SECTION("another one is not waited for") {
        ask(desk, kThird, "b");
        CHECK(count_posts(desk) == 1);
    }
    SECTION("one that wants its own picture does not wait") {
        desk.tell(Submit{kThird, "pro", 5});
        desk.tell(IntentWritten{kThird, {}, "a", {}});
        CHECK(count_posts(desk) == 1);
    }
    SECTION("a failure is everybody's") {
        desk.tell(SubmittingWritten{kJob, {}, {}});
        desk.tell(Submitted{kJob, NotAccepted{Error{ErrorCode::Moderated, 0, 0, "no", {}}, {}, {}}});
        CHECK(desk.shown() == JobState::Failed);
        CHECK(desk.find<Publish>()->error->code == ErrorCode::Moderated);
        // Tried again, the first one that asks leads.
        desk.tell(Retry{kJob});
        desk.tell(Retry{kTwin});
        desk.tell(StateWritten{kJob, JobState::Queued, {}});
        REQUIRE(is_looking(desk, kJob));
        desk.tell(StateWritten{kTwin, JobState::Queued, {}});
        desk.tell(IntentWritten{kJob, {}, "a", {}});
        CHECK(count_posts(desk) == 1);
        desk.tell(IntentWritten{kTwin, {}, "a", {}});
        CHECK(count_posts(desk) == 0);
    }
    SECTION("a failure that may still bring the picture is asked again for free, not paid anew") {
        desk.tell(SubmittingWritten{kJob, {}, {}});
        desk.tell(Submitted{kJob, Accepted{"t"}});
        desk.tell(TaskWritten{kJob, {}});
        while (!desk.find<Poll>()) REQUIRE(desk.wake());
        desk.tell(Polled{kJob, TaskDone{"https://x/y"}});
        desk.tell(Fetched{kJob, CallTrouble{network(), true, {}}});
        CHECK(desk.shown() == JobState::Failed);
        desk.tell(Retry{kTwin});
        desk.tell(StateWritten{kTwin, JobState::Queued, {}});
        REQUIRE(is_looking(desk, kTwin));
        desk.tell(IntentWritten{kTwin, {}, "a", {}});
        CHECK(count_posts(desk) == 0);
        while (!desk.find<Poll>()) REQUIRE(desk.wake());
        CHECK(desk.find<Poll>()->task_id == "t");
    }
    SECTION("cancelled before it was paid for: one of those who wait goes on") {
        ask(desk, kThird, "a");
        desk.tell(SubmittingWritten{kJob, desk.now + 5s, {}});
        desk.tell(Cancel{kJob});
        REQUIRE(is_looking(desk, kTwin));
        REQUIRE(is_looking(desk, kThird));
        desk.now += 5s;
        desk.tell(IntentWritten{kTwin, {}, "a", {}});
        CHECK(count_posts(desk) == 1);
        desk.tell(IntentWritten{kThird, {}, "a", {}});
        CHECK(count_posts(desk) == 0);
    }
    SECTION("cancelled after it was paid for: its picture still comes") {
        to_fetched(desk, kJob);
        desk.tell(Cancel{kJob});
        CHECK_FALSE(is_looking(desk, kTwin));
        desk.tell(ResultStored{kJob, kImage, {}});
        CHECK(is_looking(desk, kTwin));
    }
    SECTION("who waits can be cancelled") {
        desk.tell(Cancel{kTwin});
        CHECK(desk.shown() == JobState::Cancelled);
        to_fetched(desk, kJob);
        desk.tell(ResultStored{kJob, kImage, {}});
        CHECK_FALSE(is_looking(desk, kTwin));
    }
}

TEST_CASE("a request resumed after a restart looks for its picture first") {
    Desk desk;
    RestoredJob row{.id = kJob, .model = "pro", .credits = 5, .reuse_identical = true};
    row.fingerprint = "a";
    desk.tell(Restore{{row}, {}, {}});
    desk.tell(Resume{});
    REQUIRE(is_looking(desk, kJob));
    desk.tell(IntentWritten{kJob, {}, "a", {}});
    CHECK(count_posts(desk) == 1);
}

TEST_CASE("a task of an earlier run is waited for") {
    Desk desk;
    RestoredJob row{.id = kJob, .model = "pro", .credits = 5, .state = JobState::Generating};
    row.task_id = "t";
    row.fingerprint = "a";
    desk.tell(Restore{{row}, {}, {}});
    ask(desk, kTwin, "a");
    CHECK(count_posts(desk) == 0);
}

}  // namespace kontexture::engine
