#include "desk.h"

namespace kontexture::engine {

using namespace std::chrono_literals;

TEST_CASE("the limit of a day counts earlier runs, and forgets after 24 hours") {
    EngineConfig config = Desk::without_balance();
    config.max_credits_per_day = 20;
    Desk desk(config);
    desk.tell(Restore{{}, {}, {{desk.now - 23h, 10}, {desk.now - 1h, 4}}});
    REQUIRE(desk.find<PublishAccount>());
    CHECK(desk.find<PublishAccount>()->spent_last_day == 14);
    desk.tell(Submit{kJob, "pro", 5});
    CHECK(desk.find<WriteIntent>());
    const RequestId second{2};
    desk.tell(Submit{second, "pro", 5});
    REQUIRE(desk.shown() == JobState::Failed);
    const Error& error = *desk.find<Publish>()->error;
    CHECK(error.code == ErrorCode::SpendLimit);
    CHECK(error.message.find("needs 5 credits, but of the limit of 20 credits a day 14") !=
          std::string::npos);
    CHECK(error.message.find("5 are reserved") != std::string::npos);

    SECTION("the other processes' share is asked for by the write") {
        desk.tell(IntentWritten{kJob, {}, "a", {}});
        REQUIRE(desk.find<WriteSubmitting>());
        CHECK(desk.find<WriteSubmitting>()->limit_per_day == 20);
        desk.tell(SubmittingWritten{kJob, {}, Error{ErrorCode::SpendLimit, 0, 0, "no", {}}});
        CHECK(desk.shown() == JobState::Failed);
        CHECK(desk.find<PublishAccount>()->reserved == 0);
    }
    SECTION("an hour later ten are free again") {
        desk.now += 1h;
        desk.tell(Retry{second});
        CHECK(desk.find<WriteIntent>());
    }
    SECTION("raised") {
        desk.tell(SetCreditLimit{30, true});
        desk.tell(Retry{second});
        CHECK(desk.find<WriteIntent>());
    }
}

TEST_CASE("what ended processes leave is looked for every now and then, one look at a time") {
    EngineConfig config = Desk::without_balance();
    config.take_over_every = 12s;
    Desk desk(config);
    desk.tell(Tick{});
    CHECK_FALSE(desk.find<TakeOver>());
    REQUIRE(desk.wake());
    REQUIRE(desk.find<TakeOver>());
    CHECK_FALSE(desk.engine.next_wake());
    RestoredJob row{.id = kJob, .model = "pro", .credits = 5, .state = JobState::Generating};
    row.task_id = "t";
    desk.tell(Restore{{row}, {}, {}});
    CHECK(desk.find<Poll>());
    REQUIRE(desk.engine.next_wake());
    CHECK(*desk.engine.next_wake() == desk.now + 12s);
}

}  // namespace kontexture::engine
