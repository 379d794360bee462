#include "catch.h"
#include "panel_fixture.h"

#include <string>

using namespace kontexture;
using namespace std::chrono_literals;
using test::PanelFixture;

TEST_CASE("An unknown outcome offers three ways, and paying twice asks first") {
    PanelFixture f;
    const RequestId id = f.script.add_unknown("bark", 60s).id;
    f.gui.frames(2);
    SECTION("wait") {
        REQUIRE(f.gui.click("wait", id.value));
        REQUIRE(f.script.resolved.size() == 1);
        CHECK(f.script.resolved[0].resolution == Resolution::Wait);
        f.gui.frames(2);
        CHECK(f.gui.find("discard", id.value));
    }
    SECTION("discard") {
        REQUIRE(f.gui.click("discard", id.value));
        REQUIRE(f.script.resolved.size() == 1);
        CHECK(f.script.resolved[0].resolution == Resolution::Discard);
    }
    SECTION("send again") {
        REQUIRE(f.gui.click("send_again", id.value));
        CHECK(f.script.resolved.empty());
        f.gui.frames(2);
        REQUIRE(f.gui.click("send_again.no", id.value));
        f.gui.frames(2);
        REQUIRE(f.gui.click("send_again", id.value));
        f.gui.frames(2);
        REQUIRE(f.gui.click("send_again.yes", id.value));
        REQUIRE(f.script.resolved.size() == 1);
        CHECK(f.script.resolved[0].resolution == Resolution::SendAgain);
    }
    SECTION("the task log") {
        REQUIRE(f.gui.click("page", id.value));
        CHECK(std::string(ImGui::GetClipboardText()) == "https://service.example/logs");
    }
}

TEST_CASE("An unknown outcome says what the balance did") {
    PanelFixture f(500, 2000);
    RequestInfo& info = f.script.add_unknown("bark", 5s);
    const RequestId id = info.id;
    f.gui.frames(2);
    CHECK(f.gui.find("balance.asked", id.value));
    const auto says = [&](const char* name) {
        f.gui.frames(2);
        return f.gui.find(name, id.value).has_value();
    };
    f.script.find(id)->balance_change = -5;
    CHECK(says("balance.fell"));
    f.script.find(id)->balance_change = 0;
    CHECK(says("balance.same"));
    f.script.find(id)->balance_change = 40;
    CHECK(says("balance.moved"));
    f.script.find(id)->balance_change.reset();
    f.script.find(id)->submitted_at -= 10min;
    CHECK(says("balance.not_known"));
}

TEST_CASE("While a callback is checked nothing is to be decided") {
    PanelFixture f;
    RequestInfo& info = f.script.add_unknown("bark", 60s);
    info.waiting = WaitReason::Check;
    const RequestId id = info.id;
    f.gui.frames(2);
    for (const char* name : {"wait", "send_again", "discard"}) CHECK(!f.gui.find(name, id.value));
    f.script.find(id)->waiting = WaitReason::None;
    f.gui.frames(2);
    for (const char* name : {"wait", "send_again", "discard"}) CHECK(f.gui.find(name, id.value));
}

TEST_CASE("Of a lost answer whose call's time is not known no time is told") {
    PanelFixture f;
    const RequestId id = f.script.add_unknown("bark", 60s).id;
    f.gui.frames(2);
    const auto dated = f.gui.find("wait", id.value);
    REQUIRE(dated);
    f.script.find(id)->submitted_at = {};
    f.gui.frames(2);
    const auto undated = f.gui.find("wait", id.value);
    REQUIRE(undated);
    CHECK(undated->min.y < dated->min.y);
}

TEST_CASE("A twin can be cancelled while it waits") {
    PanelFixture f;
    RequestInfo& info = f.script.add(JobState::Queued, "bark");
    info.waiting = WaitReason::Identical;
    const RequestId id = info.id;
    f.gui.frames(2);
    REQUIRE(f.gui.click("cancel", id.value));
    CHECK(f.script.cancelled == std::vector{id});
}

TEST_CASE("With reuse a click asks for one picture, whatever the count says") {
    PanelFixture f;
    f.write("bark");
    REQUIRE(f.gui.click("count.more"));
    f.panel->generate();
    CHECK(f.script.submitted.size() == 2);
    f.script.submitted.clear();
    REQUIRE(f.gui.click("more"));
    f.gui.frames(2);
    REQUIRE(f.gui.click("reuse"));
    f.gui.frames(2);
    REQUIRE(f.gui.click("generate"));
    REQUIRE(f.gui.click("generate"));
    REQUIRE(f.script.submitted.size() == 2);
    for (const TextureRequest& request : f.script.submitted) CHECK(request.reuse == Reuse::IfIdentical);
}

TEST_CASE("A picture that was there already is used, or made another time") {
    PanelFixture f;
    f.write("bark");
    f.panel->generate();
    const RequestId id = f.script.requests.back().id;
    f.script.find(id)->request.reuse = Reuse::IfIdentical;
    f.script.finish(id, {7});
    f.script.find(id)->reused = true;
    f.script.submitted.clear();
    f.gui.frames(2);
    SECTION("used") {
        REQUIRE(f.gui.click("use_it", id.value));
        f.gui.frames(2);
        REQUIRE(f.events.size() == 1);
        CHECK(f.events[0].image == ImageId{7});
        CHECK(f.script.submitted.empty());
        CHECK(!f.gui.find("use_it", id.value));
    }
    SECTION("another") {
        REQUIRE(f.gui.click("make_another", id.value));
        REQUIRE(f.script.submitted.size() == 1);
        CHECK(f.script.submitted[0].prompt == "bark");
        CHECK(f.script.submitted[0].reuse == Reuse::Never);
    }
    SECTION("neither") {
        REQUIRE(f.gui.click("dismiss", id.value));
    }
}

TEST_CASE("Both limits are set and removed") {
    PanelFixture f;
    REQUIRE(f.gui.click("header.spent"));
    f.gui.frames(2);
    REQUIRE(f.gui.click("limit.session"));
    f.gui.type("120.5");
    REQUIRE(f.gui.click("limit.session.set"));
    CHECK(f.script.account.limit == 120.5);
    REQUIRE(f.gui.click("limit.day"));
    f.gui.type("300");
    f.gui.press(ImGuiKey_Enter);
    f.gui.frames(2);
    CHECK(f.script.account.limit_per_day == 300.0);
    CHECK(f.gui.find("header.day"));
    REQUIRE(f.gui.click("limit.session.remove"));
    CHECK(!f.script.account.limit);
    REQUIRE(f.gui.click("limit.day.remove"));
    CHECK(!f.script.account.limit_per_day);
    REQUIRE(f.gui.click("spending.back"));
    f.gui.frames(2);
    CHECK(!f.gui.find("limit.day"));
    CHECK(f.gui.find("prompt"));
}

TEST_CASE("What is no amount is no limit") {
    PanelFixture f;
    f.script.account.limit = 50;
    REQUIRE(f.gui.click("header.spent"));
    for (const char* text : {"many", "-5", "1e3", "1.2.3", " "}) {
        CAPTURE(text);
        f.gui.frames(2);
        REQUIRE(f.gui.click("limit.session"));
        f.gui.type(text);
        REQUIRE(f.gui.click("limit.session.set"));
        CHECK(f.script.account.limit == 50.0);
    }
}

TEST_CASE("A refusal leads to the limit that was passed, and to another try") {
    PanelFixture f;
    f.write("bark");
    f.panel->generate();
    const RequestId id = f.script.requests.back().id;
    f.script.find(id)->state = JobState::Failed;
    f.script.find(id)->error = {.code = ErrorCode::SpendLimit, .message = "This needs 5 credits."};
    bool is_day = false;
    SECTION("of the session") {
        f.script.account.limit = 3;
    }
    SECTION("of the day") {
        is_day = true;
        f.script.account.limit_per_day = 3;
    }
    f.gui.frames(2);
    REQUIRE(f.gui.click("raise_limit", id.value));
    f.gui.frames(4);
    f.gui.type("20");
    f.gui.press(ImGuiKey_Enter);
    f.gui.frames(2);
    CHECK((is_day ? f.script.account.limit_per_day : f.script.account.limit) == 20.0);
    f.gui.press(ImGuiKey_Escape);
    f.gui.frames(2);
    REQUIRE(f.gui.click("retry", id.value));
    CHECK(f.script.retried == std::vector{id});
}

TEST_CASE("A price above a limit blocks Generate and leads to it") {
    PanelFixture f;
    f.write("bark");
    f.script.account.limit_per_day = 12;
    f.script.account.spent_last_day = 5;
    f.script.account.reserved = 5;
    f.gui.frames(2);
    f.panel->generate();
    CHECK(f.script.submitted.empty());
    REQUIRE(f.gui.click("generate.limit"));
    f.gui.frames(2);
    CHECK(f.gui.find("limit.day"));
}

TEST_CASE("The ledger is read when it is looked at and when money moves") {
    PanelFixture f;
    f.gui.pass(2);
    CHECK(f.script.ledger_reads == 0);
    REQUIRE(f.gui.click("header.spent"));
    f.gui.pass(3);
    CHECK(f.script.ledger_reads == 1);
    f.script.events = {{.kind = Event::Kind::Account}};
    f.gui.frame();
    f.script.events.clear();
    f.gui.pass(3);
    CHECK(f.script.ledger_reads == 2);
}

TEST_CASE("A long ledger is drawn as far as it is seen") {
    PanelFixture f(1200, 900);
    for (std::size_t i = 0; i < Ledger::kMostEntries; ++i)
        f.script.add_payment(LedgerEntry::Kind::Spent, "bark");
    REQUIRE(f.gui.click("header.spent"));
    f.gui.frames(3);
    const auto row = f.gui.find("ledger.row", 3);
    REQUIRE(row);
    CHECK(!f.gui.find("ledger.row", 900));
    // The line that tells of older ones.
    f.script.ledger.has_more = true;
    f.gui.frames(2);
    REQUIRE(f.gui.find("ledger.row", 3));
    CHECK(f.gui.find("ledger.row", 3)->min.y > row->min.y);
}

TEST_CASE("The ledger is exported to a file of a person's choice") {
    PanelFixture f;
    f.panel->set_save_folder("/exports");
    REQUIRE(f.gui.click("header.spent"));
    f.gui.frames(2);
    REQUIRE(f.gui.click("ledger.export"));
    f.gui.frames(2);
    REQUIRE(f.gui.click("save.go"));
    const std::string path = "/exports/kontexture-payments.csv";
    REQUIRE(f.script.saved_ledgers == std::vector{path});
    CHECK(f.script.saved.empty());
    f.script.events = {{.kind = Event::Kind::Saved, .path = path}};
    SECTION("saved") {
        f.gui.frame();
        f.script.events.clear();
        f.gui.frames(2);
        CHECK(!f.gui.find("save.go"));
    }
    SECTION("failed") {
        f.script.events[0].error = {.code = ErrorCode::DiskFull, .message = "The disk is full."};
        f.gui.frame();
        f.script.events.clear();
        f.gui.frames(2);
        CHECK(f.gui.find("save.go"));
    }
}
