#include "engine/schedule.h"
#include "catch.h"
#include "engine/transitions.h"

namespace kontexture::engine {

using namespace std::chrono_literals;

TEST_CASE("back-off doubles, is capped, and the server's wish wins when it is longer") {
    CHECK(back_off(0, 1s, 30s, 1.0) == 1s);
    CHECK(back_off(3, 1s, 30s, 1.0) == 8s);
    CHECK(back_off(3, 1s, 30s, 0.5) == 4s);
    CHECK(back_off(10, 1s, 30s, 1.0) == 30s);
    CHECK(back_off(1000, 1s, 30s, 1.0) == 30s);
    CHECK(back_off(0, 1s, 30s, 1e-12) == 1ms);
    CHECK(back_off(0, 1s, 30s, 1.0, 7s) == 7s);
    CHECK(back_off(4, 1s, 30s, 1.0, 7s) == 16s);
    CHECK(back_off(0, 1s, 30s, 1.0, 24h) == 10min);
}

TEST_CASE("jitter repeats for a seed and stays in (0, 1]") {
    Jitter one(7), same(7), other(8);
    bool differs = false;
    for (int i = 0; i < 1000; ++i) {
        const double x = one.next();
        CHECK(x > 0);
        CHECK(x <= 1);
        CHECK(x == same.next());
        differs = differs || x != other.next();
    }
    CHECK(differs);
}

TEST_CASE("the submit window counts from the start of a call to one window after its answer") {
    SubmitWindow window(2, 10s);
    TimePoint now{1000s};
    CHECK(window.open(now));
    window.started();
    window.started();
    CHECK_FALSE(window.open(now));
    CHECK_FALSE(window.opens_at(now));
    window.answered(now + 3s);
    CHECK_FALSE(window.open(now + 3s));
    // One is under way for as long as it likes; the answered one frees its place ten seconds after the
    // answer.
    CHECK(window.opens_at(now + 4s) == now + 13s);
    CHECK_FALSE(window.open(now + 12s));
    CHECK(window.open(now + 13s));
    window.undone();
    CHECK(window.open(now + 13s));
    window.pause(now + 60s);
    CHECK_FALSE(window.open(now + 59s));
    CHECK(window.opens_at(now + 20s) == now + 60s);
    window.pause(now + 30s);
    CHECK_FALSE(window.open(now + 59s));
    CHECK(window.open(now + 60s));
}

TEST_CASE("a final step has no way out but a person's retry, and no job skips the journal") {
    for (int i = 0; i < kStepCount; ++i) {
        const Step to = static_cast<Step>(i);
        CHECK_FALSE(allowed(Step::Ready, to));
        CHECK_FALSE(allowed(Step::Cancelled, to));
        if (to != Step::WritingSubmitting) CHECK_FALSE(allowed(to, Step::Posting));
        if (to != Step::Storing && to != Step::WritingIntent && to != Step::Failed)
            CHECK_FALSE(allowed(to, Step::DecodeWait));
    }
    // An unknown outcome leads to another POST only through the journal, and to nothing by itself.
    CHECK(allowed(Step::Unknown, Step::WritingBack));
    CHECK(allowed(Step::Unknown, Step::Cancelled));
    CHECK_FALSE(allowed(Step::Unknown, Step::SubmitWait));
    // A task that exists cannot be failed by its own journal write.
    CHECK_FALSE(allowed(Step::WritingTask, Step::Failed));
    CHECK_FALSE(allowed(Step::WritingTask, Step::Cancelled));
}

}  // namespace kontexture::engine
