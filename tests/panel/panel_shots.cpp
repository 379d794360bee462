// Draws the panel in chosen states and saves what it looks like: panel_shots FOLDER [STATE]. Needs a display.
#include <epoxy/gl.h>
#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include "panel/probe.h"
#include "scripted_service.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace kontexture;
using test::Script;
using namespace std::chrono_literals;
using Clock = std::chrono::system_clock;

class GlHost : public Host {
public:
    TextureHandle create_texture(const TextureDesc&) override { return {}; }
    bool write_rows(TextureHandle, std::uint32_t, std::uint32_t, const ImageView&) override { return false; }
    void destroy_texture(TextureHandle) override {}
    ImageView selected_image() override { return {selection_, kSelection, kSelection}; }

    GlHost() {
        for (std::uint32_t y = 0; y < kSelection; ++y)
            for (std::uint32_t x = 0; x < kSelection; ++x) {
                const bool is_joint = x % 16 < 2 || (y + (x / 16 % 2) * 8) % 16 < 2;
                const auto shade = static_cast<std::uint8_t>(is_joint ? 60 : 130 + (x * 7 + y * 3) % 40);
                for (std::uint8_t value :
                     {shade, static_cast<std::uint8_t>(shade / 2), std::uint8_t{50}, std::uint8_t{255}})
                    selection_.push_back(value);
            }
    }

private:
    static constexpr std::uint32_t kSelection = 64;
    std::vector<std::uint8_t> selection_;
};

TextureHandle make_texture(int seed, int width, int height) {
    std::vector<unsigned char> pixels;
    const float hue = static_cast<float>(seed) * 0.7f;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const float u = static_cast<float>(x) / 16, v = static_cast<float>(y) / 16;
            const float wave =
                0.55f + 0.25f * std::sin(u + 2 * std::sin(v * 0.7f + hue)) * std::cos(v - std::sin(u));
            for (float phase : {0.0f, 1.3f, 2.6f})
                pixels.push_back(static_cast<unsigned char>(
                    255 * std::clamp(wave * (0.65f + 0.35f * std::sin(hue + phase)), 0.0f, 1.0f)));
            pixels.push_back(255);
        }
    GLuint name = 0;
    glGenTextures(1, &name);
    glBindTexture(GL_TEXTURE_2D, name);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    return {name};
}

void add_library(Script& script, int count) {
    static constexpr const char* kPrompts[] = {
        "mossy stone wall, seamless, overcast light", "weathered oak planks with iron nails",
        "rusted metal with chipped teal paint", "cracked lava, glowing veins", "old red brick, white mortar"};
    for (int i = 1; i <= count; ++i) {
        const bool is_wide = i % 5 == 2;
        LibraryEntry& entry = script.add_picture(static_cast<std::uint64_t>(i), kPrompts[i % 5],
                                                 is_wide ? 1392 : 1024, is_wide ? 752 : 1024);
        entry.favourite = i % 6 == 1;
        if (i != count - 3)
            script.thumbnails[entry.image] = make_texture(i, is_wide ? 256 : 192, is_wide ? 138 : 192);
    }
}

void add_running(Script& script) {
    RequestInfo& turn = script.add(JobState::Queued, "snow on dark slate");
    turn.waiting = WaitReason::Turn;
    RequestInfo& rate = script.add(JobState::Queued, "wet cobblestones at night, seamless");
    rate.waiting = WaitReason::RateLimit;
    rate.waits_until = Clock::now() + 7s;
    RequestInfo& late = script.add(JobState::Generating,
                                   "sand dunes with fine ripples, low sun, seamless, very detailed grains");
    late.submitted_at = Clock::now() - 41s;
    late.typical_duration = 18s;
    RequestInfo& young = script.add(JobState::Generating, "mossy stone wall, seamless");
    young.submitted_at = Clock::now() - 11s;
    young.typical_duration = 18s;
    RequestInfo& fetch = script.add(JobState::Downloading, "old red brick, white mortar");
    fetch.submitted_at = Clock::now() - 15s;
    fetch.bytes_received = 640000;
    fetch.bytes_total = 1900000;
}

void add_trouble(Script& script) {
    RequestInfo& held = script.add(JobState::Queued, "terracotta tiles, sun-bleached");
    held.waiting = WaitReason::Resume;
    held.restored = true;
    RequestInfo& held2 = script.add(JobState::Queued, "linen weave");
    held2.waiting = WaitReason::Resume;
    RequestInfo& retry = script.add(JobState::Queued, "clouds from above");
    retry.waiting = WaitReason::Retry;
    retry.waits_until = Clock::now() + 12s;
    retry.error = {.code = ErrorCode::Network,
                   .message = "No connection to api.kie.ai. Check the network; it is tried again by itself."};
    RequestInfo& failed = script.add(JobState::Failed, "a wall of famous faces");
    failed.error = {
        .code = ErrorCode::Moderated,
        .message = "The service's content policy refused the prompt. Change the words and try again."};
    RequestInfo& broke = script.add(JobState::Failed, "gold leaf");
    broke.error = {.code = ErrorCode::InsufficientCredits,
                   .message = "The account is out of credits. Buy credits, then retry."};
    script.add_unknown("mossy stone wall, seamless", 95s);
}

void add_money_trouble(Script& script) {
    script.add_unknown("mossy stone wall, seamless", 95s).balance_change = -5;
    script.add_unknown("weathered oak planks with iron nails", 200s).balance_change = 0;
    script.add_unknown("snow on dark slate", 4s);
    script.add_unknown("linen weave", 32s).waiting = WaitReason::Check;
    script.add(JobState::Queued, "terracotta tiles").waiting = WaitReason::Identical;
    script.add(JobState::Failed, "gold leaf").error = {
        .code = ErrorCode::SpendLimit,
        .message =
            "This needs 5 credits, but of the limit of 100 credits 98 are spent and 0 reserved. "
            "Nothing was sent. Raise the limit to go on."};
    script.account.spent = 98;
    script.account.limit = 100;
    script.account.limit_per_day = 500;
    script.account.spent_last_day = 143;
}

void add_payments(Script& script, int count) {
    static constexpr const char* kPrompts[] = {
        "mossy stone wall, seamless, overcast light, with ferns in the joints and a little dew",
        "weathered oak planks with iron nails", "cracked lava, glowing veins"};
    for (int i = 0; i < count; ++i)
        script.add_payment(i < 2        ? LedgerEntry::Kind::Reserved
                           : i % 7 == 4 ? LedgerEntry::Kind::Unknown
                                        : LedgerEntry::Kind::Spent,
                           kPrompts[i % 3], i % 4 == 3 ? 10 : 5);
    script.account.spent = 35;
    script.account.reserved = 10;
    script.account.limit = 100;
    script.account.limit_per_day = 150;
    script.account.spent_last_day = 132.5;
}

void demo_style() {
    ImGui::StyleColorsDark();
    ImGuiStyle& style = ImGui::GetStyle();
    style.WindowRounding = 6;
    style.FrameRounding = 5;
    style.Colors[ImGuiCol_WindowBg] = ImVec4(0.09f, 0.10f, 0.12f, 1);
    style.Colors[ImGuiCol_TitleBgActive] = ImVec4(0.13f, 0.14f, 0.17f, 1);
    style.Colors[ImGuiCol_Text] = ImVec4(0.90f, 0.91f, 0.93f, 1);
    style.Colors[ImGuiCol_CheckMark] = ImVec4(0.36f, 0.72f, 0.60f, 1);
}

struct Shot {
    const char* name;
    int width;
    int height;
    float font;  ///< pixels
    std::function<void()> style;
    std::function<void(Script&, Panel&)> set_up;
    std::function<void(int frame)> act = [](int) {};
};

/// Where the controls of the last frame are.
class Places : public panel::Probe {
public:
    void item(std::string_view name, std::uint64_t key, ImVec2 min, ImVec2 max) override {
        items_.push_back({std::string(name), key, {(min.x + max.x) / 2, (min.y + max.y) / 2}});
    }
    void clear() { items_.clear(); }
    ImVec2 find(std::string_view name, std::uint64_t key) const {
        for (const Item& item : items_)
            if (item.name == name && item.key == key) return item.center;
        return {-1, -1};
    }

private:
    struct Item {
        std::string name;
        std::uint64_t key;
        ImVec2 center;
    };
    std::vector<Item> items_;
};

Places g_places;
constexpr int kFrames = 120;

void point(ImVec2 at, bool is_down) {
#if IMGUI_VERSION_NUM >= 18700
    ImGui::GetIO().AddMousePosEvent(at.x, at.y);
    ImGui::GetIO().AddMouseButtonEvent(0, is_down);
#else
    ImGui::GetIO().MousePos = at;
    ImGui::GetIO().MouseDown[0] = is_down;
#endif
}

constexpr int kFramesAPress = 30;

std::function<void(int)> press(const char* name, std::uint64_t key = 0) {
    return [=](int frame) {
        if (frame >= 6)
            point(frame < 14 ? g_places.find(name, key) : ImVec2(-1, -1), frame == 10 || frame == 11);
    };
}

/// One after the other, with time between them for a click to be no double click.
std::function<void(int)> presses(std::vector<std::pair<const char*, std::uint64_t>> targets) {
    return [=](int frame) {
        const auto step = static_cast<std::size_t>(frame / kFramesAPress);
        if (step < targets.size()) press(targets[step].first, targets[step].second)(frame % kFramesAPress);
    };
}

std::function<void(int)> hover(const char* name, std::uint64_t key) {
    return [=](int frame) {
        if (frame >= 6) point(g_places.find(name, key), false);
    };
}

void save_png(const std::string& path, int width, int height) {
    std::vector<unsigned char> pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, pixels.data());
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file) return;
    std::fprintf(file, "P6 %d %d 255\n", width, height);
    const auto row = static_cast<std::size_t>(width) * 3;
    for (int y = height; y-- > 0;)
        std::fwrite(pixels.data() + static_cast<std::size_t>(y) * row, 1, row, file);
    std::fclose(file);
}

void take(const Shot& shot, const std::string& folder, const char* font) {
    GLFWwindow* window = glfwCreateWindow(shot.width, shot.height, shot.name, nullptr, nullptr);
    if (!window) return;
    glfwMakeContextCurrent(window);
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    if (*font && shot.font > 0) ImGui::GetIO().Fonts->AddFontFromFileTTF(font, shot.font);
    shot.style();
    ImGui_ImplGlfw_InitForOpenGL(window, false);
    ImGui_ImplOpenGL3_Init("#version 130");
    {
        GlHost host;
        Script script;
        std::unique_ptr<Service> service = test::make_service(script, host);
        Panel panel(*service);
        shot.set_up(script, panel);
        for (int frame = 0; frame < kFrames; ++frame) {
            glfwPollEvents();
            ImGui_ImplOpenGL3_NewFrame();
            ImGui_ImplGlfw_NewFrame();
            ImGui::GetIO().DeltaTime = 1.0f / 30;
            shot.act(frame);
            ImGui::NewFrame();
            g_places.clear();
            ImGui::SetNextWindowPos({0, 0});
            ImGui::SetNextWindowSize({static_cast<float>(shot.width), static_cast<float>(shot.height)});
            if (ImGui::Begin("Textures", nullptr, ImGuiWindowFlags_NoScrollbar)) panel.draw_content();
            ImGui::End();
            ImGui::Render();
            glViewport(0, 0, shot.width, shot.height);
            glClearColor(0, 0, 0, 1);
            glClear(GL_COLOR_BUFFER_BIT);
            ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
            if (frame == kFrames - 1) save_png(folder + "/" + shot.name + ".ppm", shot.width, shot.height);
            glfwSwapBuffers(window);
        }
    }
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext();
    glfwDestroyWindow(window);
}

std::vector<Shot> shots() {
    const auto dark = [] { ImGui::StyleColorsDark(); };
    const auto light = [] { ImGui::StyleColorsLight(); };
    const auto first = [](Script&, Panel&) {};
    const auto busy = [](Script& s, Panel& p) {
        add_library(s, 30);
        add_running(s);
        s.account.spent = 35;
        s.account.limit = 100;
        p.set_prompt(
            "mossy stone wall with ferns growing from the joints, seamless, overcast light, top down");
    };
    const auto trouble = [](Script& s, Panel& p) {
        add_library(s, 7);
        add_trouble(s);
        s.account.spent = 98;
        s.account.limit = 100;
        p.set_prompt("gold");
    };
    const auto edit = [](Script& s, Panel& p) {
        add_library(s, 12);
        p.set_input(InputImage::from_library({12}));
        p.set_prompt("make the stones wet");
    };
    const auto loaded = [edit](Script& s, Panel& p) {
        edit(s, p);
        s.is_load_immediate = true;
    };
    const auto in_use = [edit](Script& s, Panel& p) {
        edit(s, p);
        p.set_input({});
        for (std::uint64_t image : {11, 8, 7}) s.finish(s.add(JobState::Generating, "").id, {image});
        const std::vector<RequestId> used = {s.requests[0].id, s.requests[1].id, s.requests[2].id};
        p.set_in_use(used, used[1]);
    };
    const auto money = [](Script& s, Panel& p) {
        add_library(s, 7);
        add_money_trouble(s);
        p.set_prompt("gold");
    };
    const auto payments = [](Script& s, Panel& p) {
        add_library(s, 7);
        add_payments(s, 40);
        p.set_prompt("gold");
    };
    const auto reused = [](Script& s, Panel& p) {
        add_library(s, 7);
        TextureRequest request{.prompt = "mossy stone wall, seamless", .reuse = Reuse::IfIdentical};
        p.set_request(request);
        p.generate();
        const RequestId id = s.requests.back().id;
        s.finish(id, {7});
        s.find(id)->reused = true;
    };
    const auto no_key = [](Script& s, Panel&) { s.account.key_present = false; };
    return {
        {"first_demo", 480, 900, 16, demo_style, first},
        {"busy_demo", 480, 1100, 16, demo_style, busy},
        {"busy_wide", 1280, 900, 16, demo_style, busy},
        {"trouble_demo", 480, 1500, 16, demo_style, trouble},
        {"edit_dark", 480, 900, 16, dark, edit},
        {"busy_light", 480, 1000, 16, light, busy},
        {"narrow_320", 320, 1300, 13, demo_style, busy},
        {"narrow_320_2x", 320, 1500, 26, demo_style, trouble},
        {"narrow_proggy", 320, 1100, 0, dark, busy},
        {"no_key", 480, 700, 16, demo_style, no_key},
        {"more_open", 480, 900, 16, demo_style, first, press("more")},
        {"view_640", 640, 1000, 16, demo_style, edit, press("tile", 8)},
        {"view_save", 640, 700, 16, demo_style, edit, presses({{"tile", 8}, {"view.save", 0}})},
        {"view_saving", 320, 800, 13, demo_style, edit,
         presses({{"tile", 9}, {"view.save", 0}, {"save.go", 0}})},
        {"view_exact", 640, 900, 16, demo_style, loaded, presses({{"tile", 8}, {"view.exact", 0}})},
        {"send_again", 480, 800, 16, demo_style, trouble, press("send_again", 1005)},
        {"send_again_320", 320, 1000, 13, demo_style, trouble, press("send_again", 1005)},
        {"money", 480, 1700, 16, demo_style, money},
        {"money_320", 320, 2100, 13, demo_style, money},
        {"money_wide", 1280, 1000, 16, light, money},
        {"spending", 480, 900, 16, demo_style, payments, press("header.spent")},
        {"spending_320", 320, 900, 13, demo_style, payments, press("header.spent")},
        {"spending_320_2x", 320, 1200, 26, demo_style, payments, press("header.day")},
        {"spending_wide", 1280, 900, 16, light, payments,
         presses({{"header.spent", 0}, {"ledger.export", 0}})},
        {"spending_4k", 3840, 2160, 32, demo_style, payments, press("header.spent")},
        {"raise_limit", 480, 900, 16, demo_style, money, press("raise_limit", 1005)},
        {"reused", 480, 1000, 16, demo_style, reused},
        {"in_use", 480, 1000, 16, demo_style, in_use},
        {"view_tiled", 1600, 900, 16, demo_style, edit, presses({{"tile", 5}, {"view.tiling", 3}})},
        {"view_narrow", 320, 900, 13, dark, busy, press("tile", 30)},
        {"view_narrow_2x", 320, 900, 26, dark, edit, press("tile", 12)},
        {"hover_tile", 1280, 700, 16, light, edit, hover("tile", 6)},
        {"edit_choose", 480, 700, 16, demo_style, trouble, press("mode.edit")},
        {"huge_4k", 3840, 2160, 32, demo_style, busy},
    };
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || !glfwInit()) return 2;
    const char* font = argc > 3 ? argv[3] : "";
    panel::set_probe(&g_places);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
    for (const Shot& shot : shots())
        if (argc < 3 || std::strcmp(argv[2], "all") == 0 || std::strcmp(argv[2], shot.name) == 0)
            take(shot, argv[1], font);
    glfwTerminate();
    return 0;
}
