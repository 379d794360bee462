#include "catch.h"
#include "panel_fixture.h"

#include <string>

using namespace kontexture;
using namespace std::chrono_literals;
using test::PanelFixture;

namespace {

void fill_everything(test::Script& script) {
    script.account.limit = 1000;
    script.account.spent = 123.5;
    script.account.reserved = 10;
    script.account.limit_per_day = 2000;
    script.account.spent_last_day = 1234.75;
    for (std::uint64_t i = 1; i <= 9; ++i)
        script.add_picture(i, "a rather long prompt that has to be cut somewhere " + std::to_string(i));
    const auto now = std::chrono::system_clock::now();
    for (int state = 0; state <= static_cast<int>(JobState::OutcomeUnknown); ++state) {
        RequestInfo& info = script.add(static_cast<JobState>(state), "an unbroken" + std::string(60, 'w'));
        info.submitted_at = now - 40s;
        info.typical_duration = 18s;
        info.bytes_received = 1000;
        if (info.state == JobState::Failed)
            info.error = {.code = ErrorCode::KeyLimit,
                          .message = "The key's daily limit is reached. Raise it on the key page, or wait."};
    }
    for (const WaitReason reason : {WaitReason::Turn, WaitReason::RateLimit, WaitReason::Resume,
                                    WaitReason::Retry, WaitReason::Identical}) {
        RequestInfo& info = script.add(JobState::Queued, "waiting");
        info.waiting = reason;
        info.waits_until = now + 9s;
    }
    for (const double change : {0.0, -5.0, 123.45})
        script.add_unknown("lost" + std::string(60, 'w'), 95s).balance_change = change;
    script.add_unknown("being checked", 95s).waiting = WaitReason::Check;
    script.add(JobState::Failed, "refused").error = {
        .code = ErrorCode::SpendLimit, .message = "This needs 5 credits, but all of them are spent."};
    for (const auto kind :
         {LedgerEntry::Kind::Reserved, LedgerEntry::Kind::Spent, LedgerEntry::Kind::Unknown})
        for (int i = 0; i < 5; ++i)
            script.add_payment(kind, "a rather long prompt that has to be cut", 12.25);
}

void check_inside(PanelFixture& f, float width) {
    for (const auto& item : f.gui.items()) {
        CAPTURE(width, item.name, item.key, item.min.x, item.max.x);
        CHECK(item.min.x >= 0);
        CHECK(item.max.x <= width);
        CHECK(item.max.x > item.min.x);
    }
}

}  // namespace

TEST_CASE("Nothing leaves the panel sideways, at any width and font size") {
    struct Screen {
        float width;
        float scale;
    };
    for (const auto [width, scale] :
         {Screen{320, 1}, Screen{320, 2}, Screen{500, 1}, Screen{800, 1}, Screen{1600, 1}, Screen{3840, 2}}) {
        CAPTURE(width, scale);
        PanelFixture f(width, 12000, scale);
        fill_everything(f.script);
        f.gui.frames(2);
        REQUIRE(f.gui.click("more"));
        REQUIRE(f.gui.click("queue.all"));
        f.gui.frames(2);
        CHECK(f.gui.items().size() > 50);
        check_inside(f, width);
        REQUIRE(f.gui.click("mode.edit"));
        f.gui.frames(2);
        check_inside(f, width);
        REQUIRE(f.gui.click("tile", 9));
        f.gui.pass(0.4);
        REQUIRE(f.gui.click("view.save"));
        f.gui.frames(2);
        check_inside(f, width);
        REQUIRE(f.gui.click("header.day"));
        f.gui.frames(2);
        REQUIRE(f.gui.click("ledger.export"));
        f.gui.frames(2);
        REQUIRE(f.gui.find("ledger.row", 14));
        check_inside(f, width);
    }
}

TEST_CASE("An idle frame asks for no memory") {
    PanelFixture f(900, 900);
    fill_everything(f.script);
    f.write("mossy stone wall, seamless, overcast light");
    for (RequestInfo& info : f.script.requests)
        if (is_final(info.state)) info.state = JobState::Generating;
    f.gui.pass(5);
    SECTION("with the grid") {}
    SECTION("with the large view") {
        REQUIRE(f.gui.click("tile", 9));
        f.gui.pass(3);
    }
    SECTION("with the spending page") {
        REQUIRE(f.gui.click("header.spent"));
        f.gui.pass(3);
    }
    SECTION("while the prompt is edited") {
        REQUIRE(f.gui.click("prompt"));
        f.gui.pass(3);
    }
    const std::size_t before = test::allocation_count();
    f.gui.frames(120);
    CHECK(test::allocation_count() == before);
}

TEST_CASE("The window, its close button and the menu item") {
    PanelFixture f;
    bool is_open = false;
    f.gui.draw = [&] { f.panel->draw_window("Textures", &is_open); };
    f.gui.frames(2);
    CHECK(f.gui.items().empty());
    is_open = true;
    f.gui.frames(3);
    CHECK(f.gui.find("prompt"));
}

TEST_CASE("Focus goes to the prompt when asked") {
    PanelFixture f;
    f.panel->focus_prompt();
    f.gui.frames(3);
    f.gui.type("bark");
    f.panel->generate();
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(f.script.submitted[0].prompt == "bark");
}

TEST_CASE("The balance is asked for at first, after a payment, and on demand") {
    PanelFixture f;
    CHECK(f.script.account_refreshes == 1);
    REQUIRE(f.gui.click("credits.refresh"));
    CHECK(f.script.account_refreshes == 2);
    f.gui.pass(6);
    CHECK(f.script.account_refreshes == 2);
    const RequestId id = f.script.add(JobState::Generating, "bark").id;
    f.script.finish(id, {7});
    f.script.events = {{.id = id, .state = JobState::Ready, .previous = JobState::Delivering}};
    f.gui.frame();
    f.script.events.clear();
    f.gui.pass(6);
    CHECK(f.script.account_refreshes == 3);
}

TEST_CASE("Without a key nobody is asked for a balance") {
    PanelFixture f;
    const int before = f.script.account_refreshes;
    f.script.account.key_present = false;
    f.gui.pass(6);
    CHECK(f.script.account_refreshes == before);
    f.script.account.key_present = true;
    f.gui.frame();
    CHECK(f.script.account_refreshes == before + 1);
}
