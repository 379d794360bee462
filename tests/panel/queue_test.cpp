#include "catch.h"
#include "panel_fixture.h"

#include <algorithm>

using namespace kontexture;
using namespace std::chrono_literals;
using test::PanelFixture;

namespace {

bool contains(const std::vector<RequestId>& ids, RequestId id) {
    return std::count(ids.begin(), ids.end(), id) > 0;
}

}  // namespace

TEST_CASE("A running request can be cancelled") {
    PanelFixture f;
    const RequestId id = f.script.add(JobState::Generating, "bark").id;
    f.gui.frames(2);
    REQUIRE(f.gui.click("cancel", id.value));
    CHECK(contains(f.script.cancelled, id));
    f.script.find(id)->cancel_requested = true;
    f.gui.frames(2);
    CHECK(!f.gui.find("cancel", id.value));
}

TEST_CASE("A failed request can be retried or put away") {
    PanelFixture f;
    f.write("bark");
    f.panel->generate();
    const RequestId id = f.script.requests.back().id;
    f.script.find(id)->state = JobState::Failed;
    f.script.find(id)->error = {.code = ErrorCode::Network, .message = "No connection."};
    f.gui.frames(2);
    SECTION("retry") {
        REQUIRE(f.gui.click("retry", id.value));
        CHECK(contains(f.script.retried, id));
        CHECK(f.script.released.empty());
    }
    SECTION("dismiss") {
        REQUIRE(f.gui.click("dismiss", id.value));
        f.gui.frames(2);
        CHECK(!f.gui.find("retry", id.value));
        CHECK(contains(f.script.released, id));
    }
}

TEST_CASE("A refused prompt goes back into the form") {
    PanelFixture f;
    RequestInfo& info = f.script.add(JobState::Failed, "famous faces");
    info.error = {.code = ErrorCode::Moderated, .message = "Refused."};
    const RequestId id = info.id;
    f.gui.frames(2);
    CHECK(!f.gui.find("retry", id.value));
    REQUIRE(f.gui.click("edit_prompt", id.value));
    f.panel->generate();
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(f.script.submitted[0].prompt == "famous faces");
}

TEST_CASE("What an earlier run left waits for a person") {
    PanelFixture f;
    for (int i = 0; i < 2; ++i) f.script.add(JobState::Queued, "bark").waiting = WaitReason::Resume;
    const RequestId id = f.script.requests[0].id;
    f.gui.frames(2);
    REQUIRE(f.gui.click("resume", id.value));
    CHECK(contains(f.script.resumed, id));
    REQUIRE(f.gui.click("resume.all"));
    CHECK(f.script.resumed_all == 1);
}

TEST_CASE("A finished card leaves without a jump and its texture stays at hand") {
    PanelFixture f;
    f.write("bark");
    f.panel->generate();
    const RequestId id = f.script.requests.back().id;
    f.gui.frames(2);
    f.script.add_picture(7, "bark");
    f.script.finish(id, {7});
    float previous = 0;
    float largest_step = 0;
    for (int frame = 0; frame < 120; ++frame) {
        f.gui.frame();
        const auto tile = f.gui.find("tile", 7);
        REQUIRE(tile);
        if (frame > 0) largest_step = std::max(largest_step, previous - tile->min.y);
        previous = tile->min.y;
    }
    CHECK(!f.gui.find("cancel", id.value));
    CHECK(largest_step < 20);
    CHECK(f.script.released.empty());
}

TEST_CASE("Textures of old results are let go, the host's never") {
    PanelFixture f;
    const RequestId hosts = f.script.add(JobState::Generating, "the host's").id;
    f.write("bark");
    for (std::uint64_t i = 0; i < 8; ++i) {
        f.panel->generate();
        f.gui.frames(2);
        f.script.finish(f.script.requests.back().id, {10 + i});
        f.gui.pass(2);
    }
    f.script.finish(hosts, {99});
    f.gui.pass(3);
    CHECK(f.script.released.size() == 4);
    CHECK(!contains(f.script.released, hosts));
    f.panel.reset();
    f.gui.draw = nullptr;
    CHECK(f.script.released.size() == 8);
    CHECK(!contains(f.script.released, hosts));
}

TEST_CASE("A panel that goes lets go what is finished, and cancels nothing") {
    PanelFixture f;
    f.write("bark");
    std::vector<RequestId> ids;
    for (JobState state : {JobState::Queued, JobState::Preparing, JobState::Generating, JobState::Ready,
                           JobState::OutcomeUnknown}) {
        f.panel->generate();
        ids.push_back(f.script.requests.back().id);
        f.script.requests.back().state = state;
    }
    const RequestId hosts = f.script.add(JobState::Generating, "the host's").id;
    f.gui.frames(2);
    f.gui.draw = nullptr;
    f.panel.reset();
    CHECK(f.script.released == std::vector<RequestId>{ids[3]});
    CHECK(!contains(f.script.released, hosts));
}

TEST_CASE("A long queue is shortened and can be opened") {
    PanelFixture f(500, 2400);
    for (int i = 0; i < 20; ++i) f.script.add(JobState::Queued, "bark").waiting = WaitReason::Turn;
    f.gui.frames(2);
    const auto count_rows = [&] {
        return std::count_if(f.gui.items().begin(), f.gui.items().end(),
                             [](const auto& i) { return i.name == "cancel"; });
    };
    CHECK(count_rows() == 6);
    REQUIRE(f.gui.click("queue.all"));
    f.gui.frames(2);
    CHECK(count_rows() == 20);
}

TEST_CASE("An error that needs the account shows the page that helps") {
    PanelFixture f;
    RequestInfo& info = f.script.add(JobState::Failed, "bark");
    info.error = {.code = ErrorCode::InsufficientCredits, .message = "Out of credits."};
    const RequestId id = info.id;
    f.gui.frames(2);
    REQUIRE(f.gui.click("page", id.value));
    CHECK(std::string(ImGui::GetClipboardText()) == "https://service.example/pricing");
}
