#pragma once

#include <imgui.h>

#include "panel/probe.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kontexture::test {

/// How many blocks the program and ImGui have asked for so far.
std::size_t allocation_count();

/// Dear ImGui without a window: draws frames, and moves the mouse and types as a person would. One at a time.
class GuiDriver : public panel::Probe {
public:
    GuiDriver(float width, float height, float font_scale = 1);
    ~GuiDriver() override;
    GuiDriver(const GuiDriver&) = delete;
    GuiDriver& operator=(const GuiDriver&) = delete;

    struct Item {
        std::string_view name;
        std::uint64_t key = 0;
        ImVec2 min;
        ImVec2 max;
    };

    /// What a frame draws, inside a window that fills the screen.
    std::function<void()> draw;

    void frame();
    void frames(int count);
    /// Until ImGui's clock has moved that far.
    void pass(double seconds);

    /// The control's place in the last frame; nothing when it was not drawn.
    std::optional<Item> find(std::string_view name, std::uint64_t key = 0) const;
    const std::vector<Item>& items() const { return items_; }

    /// False when the control is not there.
    bool click(std::string_view name, std::uint64_t key = 0);
    void click_at(ImVec2 at);
    void point_at(ImVec2 at);
    void wheel(float steps);
    void type(std::string_view text);
    void press(ImGuiKey key, bool with_ctrl = false);

    void item(std::string_view name, std::uint64_t key, ImVec2 min, ImVec2 max) override;

private:
    void set_key(ImGuiKey key, bool is_down);
    void set_ctrl(bool is_down);
    void set_button(bool is_down);

    ImVec2 size_;
    double time_ = 0;
    std::vector<Item> items_;
};

}  // namespace kontexture::test
