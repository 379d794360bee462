#include "catch.h"
#include "memory_search.h"
#include "panel_fixture.h"

#include <cstring>

using namespace kontexture;
using test::PanelFixture;

namespace {

constexpr std::string_view kKey = "kx-7Qf3Zr91bT0vWm5Ya8";

struct KeyFixture : PanelFixture {
    KeyFixture() {
        script.account.key_present = false;
        script.on_key = [this](const Secret& key) {
            ++uses;
            is_right = key.reveal() == expected;
        };
        ImGui::SetClipboardText("nothing");
        gui.frames(2);
    }

    // Not as one text: ImGui's queue, and the string that is made of it, would keep it.
    void type(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i) gui.type(text.substr(i, 1));
    }
    void enter(std::string_view text) {
        REQUIRE(gui.click("key.entry"));
        type(text);
    }

    std::string_view expected = kKey;
    int uses = 0;
    bool is_right = false;
};

[[maybe_unused]] bool is_anywhere(std::string_view text) {
    return test::is_in_memory(text, 1) || test::is_in_memory(text, 2) || test::is_in_memory(text, 4);
}

std::vector<ImDrawVert> drawn() {
    std::vector<ImDrawVert> all;
    const ImDrawData* const data = ImGui::GetDrawData();
    for (int i = 0; i < data->CmdListsCount; ++i)
        for (const ImDrawVert& vertex : data->CmdLists[i]->VtxBuffer) all.push_back(vertex);
    return all;
}

std::vector<ImDrawVert> drawn_with(std::string_view key) {
    KeyFixture f;
    f.enter(key);
    // Elsewhere, so that no cursor blinks.
    f.gui.click_at({1, 1});
    f.gui.pass(2);
    return drawn();
}

}  // namespace

TEST_CASE("A key that is entered reaches the service") {
    KeyFixture f;
    SECTION("with the button") {
        f.enter(kKey);
        REQUIRE(f.gui.click("key.use"));
    }
    SECTION("with Enter") {
        f.enter(kKey);
        f.gui.press(ImGuiKey_Enter);
    }
    SECTION("edited on the way") {
        f.enter("7Qf3Zr91bT0vWm5Ya8?!");
        f.gui.press(ImGuiKey_Backspace);
        f.gui.press(ImGuiKey_Backspace);
        f.gui.press(ImGuiKey_Home);
        f.type("kx-");
        f.gui.press(ImGuiKey_Enter);
    }
    SECTION("after a break") {
        f.enter("kx-7Qf3Zr91bT0vWm");
        f.gui.click_at({1, 1});
        REQUIRE(f.gui.click("key.entry"));
        f.gui.press(ImGuiKey_End);
        f.type("5Ya8");
        f.gui.press(ImGuiKey_Enter);
    }
    SECTION("pasted with what stood around it") {
        ImGui::SetClipboardText("  kx-7Qf3Zr91bT0vWm5Ya8\r\n");
        REQUIRE(f.gui.click("key.entry"));
        f.gui.press(ImGuiKey_V, true);
        f.gui.press(ImGuiKey_Enter);
    }
    CHECK(f.uses == 1);
    CHECK(f.is_right);
    f.gui.frames(2);
    CHECK(!f.gui.find("key.entry"));
}

TEST_CASE("An empty key field sends nothing, and a given-up key neither") {
    KeyFixture f;
    REQUIRE(f.gui.click("key.use"));
    REQUIRE(f.gui.click("key.entry"));
    f.gui.press(ImGuiKey_Enter);
    f.enter(kKey);
    f.gui.press(ImGuiKey_Escape);
    REQUIRE(f.gui.click("key.use"));
    CHECK(f.uses == 0);
}

TEST_CASE("A refused key may be replaced, a good one is not asked for") {
    KeyFixture f;
    f.script.account.key_present = true;
    f.gui.frames(2);
    CHECK(!f.gui.find("key.entry"));
    f.script.account.error = {.code = ErrorCode::Unauthorized, .message = "Refused."};
    f.gui.frames(2);
    f.enter(kKey);
    f.gui.press(ImGuiKey_Enter);
    CHECK(f.is_right);
}

TEST_CASE("The screen does not depend on the key but for its length") {
    const std::vector<ImDrawVert> one = drawn_with("aaaaaaaaaaaaaaaa"),
                                  other = drawn_with("W-1.iI_%lMm8@0~y");
    REQUIRE(one.size() == other.size());
    CHECK(std::memcmp(one.data(), other.data(), one.size() * sizeof(ImDrawVert)) == 0);
    const std::vector<ImDrawVert> longer = drawn_with("aaaaaaaaaaaaaaaaa");
    CHECK(one.size() != longer.size());
}

TEST_CASE("A key goes neither to the clipboard nor into the settings") {
    KeyFixture f;
    f.enter(kKey);
    for (const ImGuiKey letter : {ImGuiKey_C, ImGuiKey_X}) {
        f.gui.press(ImGuiKey_A, true);
        f.gui.press(letter, true);
        CHECK(std::string(ImGui::GetClipboardText()) == "nothing");
    }
    CHECK(std::string(ImGui::SaveIniSettingsToMemory()).find(kKey) == std::string::npos);
}

// The address sanitizer keeps what was freed for a while, so there it would find what no program can reach.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("Nothing of a key stays in memory") {
    KeyFixture f;
    f.enter(kKey);
    // Where it is kept, so the search can find something.
    CHECK(test::is_in_memory(kKey, 1));
    SECTION("once it was used") {
        f.gui.press(ImGuiKey_Enter);
        CHECK(f.is_right);
    }
    SECTION("once it was used with the button") {
        REQUIRE(f.gui.click("key.use"));
        CHECK(f.is_right);
    }
    SECTION("once it was deleted") {
        f.gui.press(ImGuiKey_A, true);
        f.gui.press(ImGuiKey_Delete);
        f.gui.click_at({1, 1});
    }
    SECTION("once the panel is gone") {
        f.gui.draw = nullptr;
        f.gui.frames(2);
        f.panel.reset();
    }
    CHECK(!is_anywhere(kKey));
    CHECK(!is_anywhere(kKey.substr(0, 8)));
    CHECK(!is_anywhere(kKey.substr(13)));
}
#endif
