#include "catch.h"
#include "panel_fixture.h"

#include <algorithm>
#include <string>

using namespace kontexture;
using test::PanelFixture;

namespace {

void fill(PanelFixture& f, std::uint64_t count) {
    for (std::uint64_t i = 1; i <= count; ++i) {
        f.script.add_picture(i, "picture " + std::to_string(i));
        f.script.thumbnails[{i}] = {100 + i};
    }
    f.gui.frames(3);
}

}  // namespace

TEST_CASE("Only thumbnails that are drawn are asked for") {
    PanelFixture f;
    fill(f, 1000);
    CHECK(!f.script.thumbnails_asked.empty());
    CHECK(f.script.thumbnails_asked.size() < 60);
    CHECK(f.script.thumbnails_asked.count({1000}) == 1);
}

TEST_CASE("Searching waits for a pause in the typing") {
    PanelFixture f;
    fill(f, 3);
    const std::size_t before = f.script.searches.size();
    REQUIRE(f.gui.click("results.search"));
    f.gui.type("moss");
    CHECK(f.script.searches.size() == before);
    f.gui.pass(0.5);
    REQUIRE(f.script.searches.size() == before + 1);
    CHECK(f.script.searches.back().search == "moss");
    REQUIRE(f.gui.click("results.favourites"));
    CHECK(f.script.searches.back().favourites_only);
}

TEST_CASE("An empty answer can be cleared") {
    PanelFixture f;
    f.script.page.query.search = "nothing";
    f.gui.frames(2);
    REQUIRE(f.gui.click("results.clear"));
    CHECK(f.script.searches.back().search.empty());
}

TEST_CASE("Applying a picture waits until its texture is complete") {
    PanelFixture f;
    fill(f, 3);
    REQUIRE(f.gui.click("tile.apply", 2));
    REQUIRE(f.script.loaded.size() == 1);
    CHECK(f.script.loaded[0] == ImageId{2});
    f.gui.frames(3);
    CHECK(f.events.empty());
    const RequestId id = f.script.requests.back().id;
    f.script.finish(id, {2});
    f.gui.frames(3);
    REQUIRE(f.events.size() == 1);
    CHECK(f.events[0].kind == PanelEvent::Kind::Apply);
    CHECK(f.events[0].request == id);
    CHECK(f.events[0].image == ImageId{2});
    CHECK(f.events[0].texture == TextureHandle{3});
    CHECK(f.events[0].width == 1024);

    SECTION("the host owns it from then on") {
        for (std::uint64_t i = 10; i < 20; ++i) {
            f.script.finish(f.service->load({i}), {i});
            f.gui.pass(0.5);
        }
        f.panel.reset();
        f.gui.draw = nullptr;
        CHECK(std::count(f.script.released.begin(), f.script.released.end(), id) == 0);
    }
    SECTION("again, for another selection, without another load") {
        REQUIRE(f.gui.click("tile.apply", 2));
        f.gui.frames(2);
        CHECK(f.events.size() == 2);
        CHECK(f.script.loaded.size() == 1);
    }
    SECTION("after the host let it go it is loaded anew") {
        f.service->release(id);
        f.gui.frames(2);
        REQUIRE(f.gui.click("tile.apply", 2));
        CHECK(f.script.loaded.size() == 2);
    }
}

TEST_CASE("A picture that cannot be loaded says so and is let go") {
    PanelFixture f;
    fill(f, 1);
    REQUIRE(f.gui.click("tile.apply", 1));
    RequestInfo& info = f.script.requests.back();
    const RequestId id = info.id;
    info.state = JobState::Failed;
    info.error = {.code = ErrorCode::StorageDamaged, .message = "The file is damaged."};
    f.gui.frames(3);
    CHECK(f.events.empty());
    CHECK(f.gui.find("notice.close"));
    CHECK(std::count(f.script.released.begin(), f.script.released.end(), id) == 1);
}

TEST_CASE("The large view: keys, zoom, tiling") {
    PanelFixture f;
    fill(f, 3);
    REQUIRE(f.gui.click("tile", 2));
    f.gui.pass(0.4);
    REQUIRE(f.gui.find("view.canvas"));
    CHECK(f.script.loaded.size() == 1);
    SECTION("arrows step, Enter applies") {
        f.gui.press(ImGuiKey_RightArrow);
        REQUIRE(f.script.loaded.size() == 2);
        CHECK(f.script.loaded[1] == ImageId{1});
        f.script.finish(f.script.requests.back().id, {1});
        f.gui.press(ImGuiKey_Enter);
        REQUIRE(f.events.size() == 1);
        CHECK(f.events[0].image == ImageId{1});
    }
    SECTION("Escape closes") {
        f.gui.press(ImGuiKey_Escape);
        CHECK(!f.gui.find("view.canvas"));
        CHECK(f.gui.find("tile", 2));
    }
    SECTION("mouse") {
        const auto canvas = f.gui.find("view.canvas");
        f.gui.point_at({canvas->min.x + 50, canvas->min.y + 50});
        f.gui.wheel(3);
        REQUIRE(f.gui.click("view.tiling", 3));
        REQUIRE(f.gui.click("view.exact"));
        REQUIRE(f.gui.click("view.fit"));
        REQUIRE(f.gui.click("view.favourite"));
        REQUIRE(f.script.favourites.size() == 1);
        CHECK(f.script.favourites[0].second);
        REQUIRE(f.gui.click("view.back"));
        f.gui.frames(2);
        CHECK(!f.gui.find("view.canvas"));
    }
}

TEST_CASE("Arrows move in the grid, Space opens, Enter applies") {
    PanelFixture f;
    fill(f, 6);
    REQUIRE(f.gui.click("tile", 6));
    f.gui.pass(0.4);
    f.gui.press(ImGuiKey_Escape);
    f.gui.press(ImGuiKey_RightArrow);
    f.gui.press(ImGuiKey_Enter);
    REQUIRE(f.script.loaded.size() == 2);
    CHECK(f.script.loaded[1] == ImageId{5});
    f.gui.press(ImGuiKey_Space);
    CHECK(f.gui.find("view.canvas"));
}

TEST_CASE("A result becomes the picture to edit") {
    PanelFixture f;
    fill(f, 2);
    f.write("picture 2");
    REQUIRE(f.gui.click("tile", 2));
    f.gui.pass(0.4);
    REQUIRE(f.gui.click("view.edit"));
    f.gui.frames(3);
    f.gui.type("make it wet");
    f.gui.press(ImGuiKey_Enter, true);
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(f.script.submitted[0].input.library_image() == ImageId{2});
    CHECK(f.script.submitted[0].prompt == "make it wet");
}

TEST_CASE("A result's settings are used again") {
    PanelFixture f;
    LibraryEntry& entry = f.script.add_picture(4, "old red brick");
    entry.request.aspect_ratio = AspectRatio::Tall3x4;
    entry.request.model = "flux-kontext-max";
    f.gui.frames(2);
    REQUIRE(f.gui.click("tile", 4));
    f.gui.pass(0.4);
    REQUIRE(f.gui.click("view.again"));
    f.panel->generate();
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(f.script.submitted[0].prompt == "old red brick");
    CHECK(f.script.submitted[0].model == "flux-kontext-max");
    CHECK(f.script.submitted[0].aspect_ratio == AspectRatio::Tall3x4);
}

TEST_CASE("Save as proposes a path, remembers the folder and tells how it ended") {
    PanelFixture f;
    f.panel->set_save_folder("textures");
    f.script.add_picture(4, "Old red brick, 2x2!");
    f.script.add_picture(5, "\xE6\x9C\xA8");
    f.gui.frames(2);
    REQUIRE(f.gui.click("tile", 4));
    f.gui.pass(0.4);
    REQUIRE(f.gui.click("view.save"));
    f.gui.frames(2);
    REQUIRE(f.gui.click("save.go"));
    REQUIRE(f.script.saved.size() == 1);
    CHECK(f.script.saved[0].first == ImageId{4});
    CHECK(f.script.saved[0].second == "textures/old-red-brick-2x2.png");

    Event saved{.kind = Event::Kind::Saved, .image = {4}, .path = f.script.saved[0].second};
    SECTION("well") {
        f.script.events = {saved};
        f.gui.frame();
        f.script.events.clear();
        f.gui.frames(2);
        CHECK(!f.gui.find("save.go"));
        REQUIRE(f.gui.click("view.previous"));
        f.gui.frames(2);
        REQUIRE(f.gui.click("view.save"));
        f.gui.frames(2);
        REQUIRE(f.gui.click("save.go"));
        CHECK(f.script.saved.back().second == "textures/texture.png");
    }
    SECTION("unheard") {
        f.gui.pass(12);
        REQUIRE(f.gui.click("save.go"));
        CHECK(f.script.saved.size() == 2);
    }
    SECTION("badly") {
        saved.error = {.code = ErrorCode::DiskFull, .message = "The disk is full."};
        f.script.events = {saved};
        f.gui.frame();
        f.script.events.clear();
        f.gui.frames(2);
        CHECK(f.gui.find("save.go"));
    }
}

TEST_CASE("A double click on a tile applies and does not open it") {
    PanelFixture f;
    fill(f, 3);
    f.script.is_load_immediate = true;
    REQUIRE(f.gui.click("tile", 2));
    REQUIRE(f.gui.click("tile", 2));
    f.gui.pass(1);
    CHECK(!f.gui.find("view.canvas"));
    REQUIRE(f.events.size() == 1);
    CHECK(f.events[0].image == ImageId{2});
}

TEST_CASE("Nothing moves under the pointer while a person aims at a picture") {
    PanelFixture f;
    fill(f, 6);
    f.write("bark");
    f.panel->generate();
    const RequestId id = f.script.requests.back().id;
    f.gui.pass(0.5);
    const auto aimed = f.gui.find("tile", 5);
    REQUIRE(aimed);
    f.gui.point_at({aimed->min.x + 30, aimed->min.y + 30});
    f.script.add_picture(7, "bark");
    f.script.finish(id, {7});
    for (float step = 0; step < 20; ++step) {
        f.gui.point_at({aimed->min.x + 30 + step, aimed->min.y + 30});
        f.gui.pass(0.1);
        const auto now = f.gui.find("tile", 5);
        REQUIRE(now);
        CHECK(now->min.x == aimed->min.x);
        CHECK(now->min.y == aimed->min.y);
    }
    CHECK(!f.gui.find("tile", 7));
    f.gui.pass(4);
    CHECK(f.gui.find("tile", 7));
    CHECK(f.gui.find("tile", 5)->min.y < aimed->min.y);
}

TEST_CASE("A star on a tile makes a favourite without opening it") {
    PanelFixture f;
    fill(f, 2);
    REQUIRE(f.gui.click("tile.star", 1));
    REQUIRE(f.script.favourites.size() == 1);
    CHECK(f.script.favourites[0].first == RequestId{1});
    CHECK(!f.gui.find("view.canvas"));
}
