#include "desk.h"

namespace kontexture::engine {

using namespace std::chrono_literals;

namespace {

OutcomeLost lost() {
    return {Error{ErrorCode::OutcomeUnknown, 0, 0, "The answer was lost.", {}}};
}

/// An unknown outcome whose balance before the paid call is known.
void to_unknown(Desk& desk, std::optional<double> balance = 100) {
    desk.tell(Submit{kJob, "pro", 5});
    desk.tell(IntentWritten{kJob, {}, "a", {}});
    REQUIRE(desk.find<ReadBalance>());
    // The first paid call waits for it.
    CHECK_FALSE(desk.find<WriteSubmitting>());
    desk.tell(BalanceRead{balance});
    REQUIRE(desk.find<WriteSubmitting>());
    CHECK(desk.find<WriteSubmitting>()->balance_before == balance);
    desk.tell(SubmittingWritten{kJob, {}, {}});
    REQUIRE(desk.find<Post>());
    desk.tell(Submitted{kJob, lost()});
    REQUIRE(desk.shown() == JobState::OutcomeUnknown);
}

const Publish& news(const Desk& desk) {
    const auto* found = desk.find<Publish>();
    REQUIRE(found);
    return *found;
}

}  // namespace

TEST_CASE("an unknown outcome is explained by the balance") {
    Desk desk(EngineConfig{});
    to_unknown(desk);
    while (!desk.find<ReadBalance>()) REQUIRE(desk.wake());
    SECTION("fallen by the price") {
        desk.tell(BalanceRead{95});
        CHECK(news(desk).balance_change == -5);
        CHECK(news(desk).error->message.find("fell by 5 credits") != std::string::npos);
        // What is known outlives the process.
        REQUIRE(desk.find<WriteState>());
        CHECK(desk.find<WriteState>()->state == JobState::OutcomeUnknown);
        CHECK(desk.find<WriteState>()->error->message == news(desk).error->message);
    }
    SECTION("unchanged") {
        desk.tell(BalanceRead{100});
        CHECK(news(desk).balance_change == 0);
        CHECK(news(desk).error->message.find("did not change") != std::string::npos);
    }
    SECTION("what another task took is not this one's") {
        const RequestId other{2};
        desk.tell(Submit{other, "pro", 7});
        desk.tell(IntentWritten{other, {}, "b", {}});
        desk.tell(SubmittingWritten{other, {}, {}});
        desk.tell(Submitted{other, Accepted{"t2"}});
        // What was read while a paid call was under way tells nothing.
        desk.tell(BalanceRead{93});
        CHECK_FALSE(desk.find<Publish>());
        while (!desk.find<ReadBalance>()) REQUIRE(desk.wake());
        desk.tell(BalanceRead{93});
        CHECK(news(desk).balance_change == 0);
    }
    SECTION("it could not be read: asked again when a person waits") {
        desk.tell(BalanceRead{});
        CHECK_FALSE(desk.find<Publish>());
        desk.tell(Resolve{kJob, Resolution::Wait});
        REQUIRE(desk.find<ReadBalance>());
        desk.tell(Resolve{kJob, Resolution::Wait});
        CHECK_FALSE(desk.find<ReadBalance>());
        desk.tell(BalanceRead{95});
        CHECK(news(desk).balance_change == -5);
    }
}

TEST_CASE("a balance that cannot be had delays the first paid call only, and is not asked for each time") {
    Desk desk(EngineConfig{});
    desk.tell(Submit{kJob, "pro", 5});
    desk.tell(IntentWritten{kJob, {}, "a", {}});
    REQUIRE(desk.find<ReadBalance>());
    CHECK_FALSE(desk.find<WriteSubmitting>());
    REQUIRE(desk.wake());
    CHECK(desk.now <= TimePoint{1'000'001s});
    CHECK(desk.find<WriteSubmitting>());
    desk.tell(BalanceRead{});
    for (std::uint64_t id = 2; id < 5; ++id) {
        desk.tell(Submit{RequestId{id}, "pro", 5});
        desk.tell(IntentWritten{RequestId{id}, {}, "b", {}});
        CHECK_FALSE(desk.find<ReadBalance>());
        CHECK(desk.find<WriteSubmitting>());
    }
}

TEST_CASE("an unknown outcome of an earlier run is explained, too") {
    Desk desk(EngineConfig{});
    RestoredJob row{.id = kJob, .model = "pro", .credits = 5, .state = JobState::Submitting};
    row.submitted_at = desk.now - 60s;
    row.balance_before = 100;
    row.spent_since = 10;
    SECTION("the program ended in the middle") {
        desk.tell(Restore{{row}, {}, {}});
        CHECK(news(desk).error->message.starts_with("The program ended"));
    }
    SECTION("the answer was lost, and the balance looked at then") {
        row.state = JobState::OutcomeUnknown;
        row.error =
            Error{ErrorCode::OutcomeUnknown, 0, 0, "The answer was lost. The balance did not change.", {}};
        desk.tell(Restore{{row}, {}, {}});
        CHECK(news(desk).error->message == row.error->message);
    }
    REQUIRE(desk.find<ReadBalance>());
    desk.tell(BalanceRead{85});
    CHECK(news(desk).balance_change == -5);
    CHECK(news(desk).error->message.find("The balance") == news(desk).error->message.rfind("The balance"));
    CHECK(news(desk).error->message.find("fell by 5") != std::string::npos);
}

TEST_CASE("a callback rescues an unknown outcome, once the record is read") {
    Desk desk(EngineConfig{});
    to_unknown(desk);
    desk.tell(CalledBack{kJob, "t"});
    REQUIRE(desk.find<WriteHint>());
    CHECK(desk.find<WriteHint>()->task_id == "t");
    REQUIRE(desk.find<Poll>());
    CHECK(desk.find<Poll>()->task_id == "t");
    CHECK(desk.shown() == JobState::OutcomeUnknown);
    CHECK(news(desk).waiting == WaitReason::Check);
    SECTION("the service knows the task") {
        desk.tell(Polled{kJob, TaskDone{"https://x/y"}});
        REQUIRE(desk.find<WriteTask>());
        CHECK(desk.find<WriteTask>()->unclaimed);
        CHECK(desk.shown() == JobState::OutcomeUnknown);
        desk.tell(TaskWritten{kJob, {}});
        CHECK(desk.shown() == JobState::Generating);
        desk.tell(Resolve{kJob, Resolution::SendAgain});
        CHECK_FALSE(desk.find<WriteState>());
        while (!desk.find<Poll>()) REQUIRE(desk.wake());
        desk.tell(Polled{kJob, TaskDone{"https://x/y"}});
        CHECK(desk.find<Fetch>());
    }
    SECTION("the service does not know it: nothing is believed") {
        for (int i = 0; i < 8; ++i) {
            desk.tell(Polled{kJob, TaskMissing{network()}});
            while (i < 7 && !desk.find<Poll>()) REQUIRE(desk.wake());
        }
        CHECK_FALSE(desk.find<WriteTask>());
        CHECK(desk.shown() == JobState::OutcomeUnknown);
        CHECK(news(desk).waiting == WaitReason::None);
        desk.tell(Resolve{kJob, Resolution::SendAgain});
        CHECK(desk.shown() == JobState::Queued);
    }
    SECTION("the task belongs to a job of another process, and a person has decided") {
        desk.tell(Polled{kJob, TaskRunning{}});
        desk.tell(Resolve{kJob, Resolution::SendAgain});
        CHECK(desk.last.empty());
        desk.tell(TaskWritten{kJob, Error{ErrorCode::Conflict, 0, 0, "taken", {}}});
        CHECK(desk.shown() == JobState::Queued);
    }
    SECTION("the task belongs to a job of another process") {
        desk.tell(Polled{kJob, TaskRunning{}});
        desk.tell(TaskWritten{kJob, Error{ErrorCode::Conflict, 0, 0, "taken", {}}});
        CHECK(desk.shown() == JobState::OutcomeUnknown);
        CHECK(news(desk).task_id.empty());
    }
    SECTION("while it is checked, it is not sent again, unless there is no such task") {
        desk.tell(Resolve{kJob, Resolution::SendAgain});
        CHECK(desk.last.empty());
        SECTION("there is") {
            desk.tell(Polled{kJob, TaskRunning{}});
            CHECK(desk.find<WriteTask>());
        }
        SECTION("there is not") {
            desk.tell(Polled{kJob, TaskMissing{network()}});
            REQUIRE(desk.find<WriteState>());
            CHECK(desk.find<WriteState>()->state == JobState::Queued);
            desk.tell(StateWritten{kJob, JobState::Queued, {}});
            REQUIRE(desk.find<WriteSubmitting>());
            // The new task has all the patience that every task has.
            desk.tell(SubmittingWritten{kJob, {}, {}});
            desk.tell(Submitted{kJob, Accepted{"second"}});
            desk.tell(TaskWritten{kJob, {}});
            desk.now += 20s;
            desk.tell(Tick{});
            for (int i = 0; i < 3; ++i) {
                while (!desk.find<Poll>()) REQUIRE(desk.wake());
                desk.tell(Polled{kJob, TaskMissing{network()}});
                CHECK(desk.shown() == JobState::Generating);
            }
        }
    }
    SECTION("discarded while it is checked: a task that exists still goes to the library") {
        desk.tell(Resolve{kJob, Resolution::Discard});
        desk.tell(Polled{kJob, TaskRunning{}});
        REQUIRE(desk.find<WriteTask>());
        desk.tell(TaskWritten{kJob, {}});
        CHECK(desk.shown() == JobState::Cancelled);
        REQUIRE(desk.find<WriteState>());
        CHECK(desk.find<WriteState>()->cancelled);
    }
    SECTION("a network that is down does not end the check") {
        for (int i = 0; i < 30; ++i) {
            desk.tell(Polled{kJob, PollTrouble{network(), {}}});
            while (!desk.find<Poll>()) REQUIRE(desk.wake());
            CHECK(desk.find<Poll>()->task_id == "t");
        }
        // Between two looks a person may decide at once.
        desk.tell(Polled{kJob, PollTrouble{network(), {}}});
        desk.tell(Resolve{kJob, Resolution::Discard});
        CHECK(desk.shown() == JobState::Cancelled);
    }
}

TEST_CASE("a service that says no, and names a task, is not sent to again before that is clear") {
    Desk desk;
    desk.submit_to_post(kJob);
    desk.tell(CalledBack{kJob, "t"});
    REQUIRE(desk.find<WriteHint>());
    desk.tell(Submitted{kJob, NotAccepted{network(), NotAccepted::Again::NoConnection, {}}});
    CHECK(desk.shown() == JobState::OutcomeUnknown);
    REQUIRE(desk.find<Poll>());
    CHECK(desk.find<Poll>()->task_id == "t");
}

TEST_CASE("a request that is let go while it is checked is forgotten cleanly, and not paid for again") {
    Resolution decision = Resolution::Discard;
    SECTION("discarded before") {}
    SECTION("to be sent again before") {
        decision = Resolution::SendAgain;
    }
    Desk desk(EngineConfig{});
    to_unknown(desk);
    desk.tell(CalledBack{kJob, "t"});
    for (int i = 0; i < 8; ++i) {
        while (!desk.find<Poll>()) REQUIRE(desk.wake());
        if (i == 7) {
            desk.tell(Resolve{kJob, decision});
            desk.tell(Forget{kJob});
            CHECK_FALSE(desk.find<Forgotten>());
        }
        desk.tell(Polled{kJob, TaskMissing{network()}});
    }
    CHECK(desk.find<Forgotten>());
    while (desk.wake()) CHECK_FALSE(desk.find<WriteSubmitting>());
}

TEST_CASE("a hint outlives the process") {
    Desk desk;
    RestoredJob row{.id = kJob, .model = "pro", .credits = 5, .state = JobState::OutcomeUnknown};
    row.hinted_task = "t";
    desk.tell(Restore{{row}, {}, {}});
    REQUIRE(desk.find<Poll>());
    CHECK(desk.find<Poll>()->task_id == "t");
}

TEST_CASE("a callback for the first paid call makes a second one needless, wherever that is") {
    Desk desk(EngineConfig{});
    to_unknown(desk);
    desk.tell(Resolve{kJob, Resolution::SendAgain});
    SECTION("it goes back to the queue") {
        desk.tell(CalledBack{kJob, "t"});
        desk.tell(StateWritten{kJob, JobState::Queued, {}});
        CHECK(desk.shown() == JobState::OutcomeUnknown);
        for (const auto& action : desk.last)
            if (const auto* told = std::get_if<Publish>(&action)) CHECK(told->waiting == WaitReason::Check);
        CHECK(desk.find<Poll>());
    }
    SECTION("the window is full when it is about to leave") {
        desk.tell(StateWritten{kJob, JobState::Queued, {}});
        REQUIRE(desk.find<WriteSubmitting>());
        desk.tell(CalledBack{kJob, "t"});
        desk.tell(SubmittingWritten{kJob, desk.now + 5s, {}});
        CHECK(desk.shown() == JobState::OutcomeUnknown);
        CHECK(desk.find<Poll>());
    }
    SECTION("it is about to leave") {
        desk.tell(StateWritten{kJob, JobState::Queued, {}});
        REQUIRE(desk.find<WriteSubmitting>());
        desk.tell(CalledBack{kJob, "t"});
        desk.tell(SubmittingWritten{kJob, {}, {}});
        CHECK_FALSE(desk.find<Post>());
        desk.tell(StateWritten{kJob, JobState::Queued, {}});
        CHECK(desk.find<Poll>());
    }
    SECTION("it was refused") {
        desk.tell(StateWritten{kJob, JobState::Queued, {}});
        desk.tell(SubmittingWritten{kJob, {}, Error{ErrorCode::SpendLimit, 0, 0, "no", {}}});
        REQUIRE(desk.shown() == JobState::Failed);
        desk.tell(CalledBack{kJob, "t"});
        CHECK(desk.shown() == JobState::OutcomeUnknown);
        CHECK(desk.find<Poll>());
    }
    SECTION("it waits for its turn") {
        desk.tell(StateWritten{kJob, JobState::Queued, {}});
        desk.tell(SubmittingWritten{kJob, desk.now + 5s, {}});
        REQUIRE(desk.shown() == JobState::Queued);
        desk.tell(CalledBack{kJob, "t"});
        CHECK(desk.shown() == JobState::OutcomeUnknown);
        REQUIRE(desk.find<Poll>());
        REQUIRE(desk.find<PublishAccount>());
        CHECK(desk.find<PublishAccount>()->reserved == 0);
        desk.tell(Polled{kJob, TaskRunning{}});
        desk.tell(TaskWritten{kJob, {}});
        while (desk.now < TimePoint{1'000'300s} && desk.wake()) CHECK_FALSE(desk.find<WriteSubmitting>());
    }
}

TEST_CASE("a person may decide while the check waits for its turn") {
    Desk desk(EngineConfig{});
    to_unknown(desk);
    const RequestId other{2};
    desk.tell(
        Restore{{{.id = other, .model = "pro", .state = JobState::Generating, .task_id = "o"}}, {}, {}});
    REQUIRE(desk.find<Poll>());
    desk.tell(CalledBack{kJob, "t"});
    REQUIRE_FALSE(desk.find<Poll>());
    desk.tell(Resolve{kJob, Resolution::Discard});
    CHECK(desk.shown() == JobState::Cancelled);
    while (desk.now < TimePoint{1'000'100s} && desk.wake())
        if (desk.find<Poll>()) CHECK(desk.find<Poll>()->task_id == "o");
}

TEST_CASE("a callback that names another job's task is not believed") {
    Desk desk(EngineConfig{});
    const RequestId other{2};
    to_unknown(desk);
    desk.tell(Submit{other, "pro", 5});
    desk.tell(IntentWritten{other, {}, "b", {}});
    desk.tell(SubmittingWritten{other, {}, {}});
    desk.tell(Submitted{other, Accepted{"theirs"}});
    desk.tell(CalledBack{kJob, "theirs"});
    CHECK_FALSE(desk.find<Poll>());
}

TEST_CASE("a callback that comes before the answer of the paid call") {
    Desk desk;
    desk.submit_to_post(kJob);
    desk.tell(CalledBack{kJob, "t"});
    SECTION("the answer is lost: the task is checked") {
        desk.tell(Submitted{kJob, lost()});
        REQUIRE(desk.find<Poll>());
        CHECK(desk.find<Poll>()->task_id == "t");
    }
    SECTION("the answer arrives: polled at once") {
        desk.tell(Submitted{kJob, Accepted{"t"}});
        desk.tell(TaskWritten{kJob, {}});
        CHECK(desk.find<Poll>());
    }
}

TEST_CASE("a callback makes the next poll due, but no flood of polls") {
    Desk desk;
    desk.to_task(kJob);
    CHECK_FALSE(desk.find<Poll>());
    desk.tell(CalledBack{kJob, "whatever"});
    REQUIRE(desk.find<Poll>());
    CHECK(desk.find<Poll>()->task_id == "t");
    desk.tell(Polled{kJob, TaskRunning{}});
    desk.tell(CalledBack{kJob, "whatever"});
    CHECK_FALSE(desk.find<Poll>());
    desk.now += 6s;
    desk.tell(CalledBack{kJob, "whatever"});
    CHECK(desk.find<Poll>());
    // One that arrives while a poll is on its way brings another soon.
    desk.now += 6s;
    desk.tell(CalledBack{kJob, "whatever"});
    desk.tell(Polled{kJob, TaskRunning{}});
    REQUIRE(desk.engine.next_wake());
    CHECK(*desk.engine.next_wake() <= desk.now + 1s);
    desk.tell(CalledBack{RequestId{77}, "t"});
    CHECK(desk.last.empty());
}

}  // namespace kontexture::engine
