#pragma once

#include "panel/icons.h"
#include "panel/theme.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kontexture::panel {

enum class ButtonKind : std::uint8_t { Normal, Primary, Quiet };

struct Rect {
    ImVec2 min;
    ImVec2 max;
    float width() const { return max.x - min.x; }
    float height() const { return max.y - min.y; }
    ImVec2 center() const { return {(min.x + max.x) * 0.5f, (min.y + max.y) * 0.5f}; }
    bool contains(ImVec2 p) const { return p.x >= min.x && p.x < max.x && p.y >= min.y && p.y < max.y; }
};

/// What a control looks like and says. `name` is its ImGui id and its name for a Probe.
struct Control {
    const char* name = "";
    const char* label = "";  ///< empty: the icon alone
    const char* tip = "";
    std::uint64_t key = 0;  ///< tells controls of one name apart
    Icon icon = Icon::None;
    ButtonKind kind = ButtonKind::Normal;
};

/// The panel's own controls over Dear ImGui: cards, buttons, pills, bars, text that fits. Every size follows
/// the font. Between begin_frame() and end_frame() only.
class Ui {
public:
    void begin_frame();
    void end_frame();

    const Theme& theme() const { return theme_; }
    float em(float count = 1) const;
    double now() const { return now_; }
    float frame_height() const { return ImGui::GetFrameHeight(); }
    float spacing() const { return ImGui::GetStyle().ItemSpacing.x; }
    ImU32 color(const ImVec4& color, float alpha = 1) const {
        return ImGui::GetColorU32(with_alpha(color, alpha));
    }

    // Layout. A region's right edge is the window's; a card's is inside its padding.
    void begin_region();
    void begin_region(float region_width);
    void end_region();
    float width() const;
    void begin_card(Tone tone = Tone::Neutral);
    Rect end_card();
    /// Stays on the line when `next_width` still fits there, otherwise starts a new one. After an item.
    void flow(float next_width);
    void gap(float ems);
    /// Moves right so that an item of that width ends at the right edge. On the current line.
    void align_right(float item_width);

    // Text
    float text_width(std::string_view text) const;
    void text(std::string_view text, const ImVec4& color);
    void text(std::string_view text) { this->text(text, theme_.text); }
    void wrapped(std::string_view text, const ImVec4& color);
    /// One line, at most `max_width` wide, cut with dots; the whole text is then the tooltip.
    void line(std::string_view text, const ImVec4& color, float max_width);
    void heading(std::string_view text);
    /// Draws into the rectangle's middle (or from its left edge), cut with dots; no item.
    void text_in(const Rect& rect, std::string_view text, const ImVec4& color, bool centered = true);

    // Controls
    bool button(const Control& control, ImVec2 size = {});
    float button_width(const Control& control) const;
    bool icon_button(const Control& control, float size = 0);
    /// One of several values: filled when chosen. `second` is a smaller fact under the label, or empty.
    bool choice(const Control& control, const char* second, bool chosen, ImVec2 size);
    bool toggle(const Control& control, bool* value);
    /// A text field with a hint; true while its text changes.
    bool field(const Control& control, std::string& text, float width, ImGuiInputTextFlags flags = 0);
    void pill(Tone tone, Icon icon, std::string_view text);
    float pill_width(Icon icon, std::string_view text) const;
    /// `fraction` in 0 … 1, or nothing for "under way, end not known".
    void progress(std::optional<float> fraction, Tone tone);
    /// A thin bar: spent, then reserved, of the limit. No item.
    void used_bar(const Rect& rect, double spent, double reserved, double limit);
    /// A message with an icon, wrapped.
    void message(Tone tone, std::string_view text);
    /// An invisible control for own drawing. True when pressed.
    bool hit(const char* name, std::uint64_t key, ImVec2 size);
    const Rect& last() const { return last_; }
    bool is_last_hovered() const { return last_hovered_; }
    /// Shows a tooltip for the last control once the pointer rests on it.
    void tip(const char* name, std::uint64_t key, std::string_view text);
    /// True when the pointer rests on the last control: draw a tooltip of your own between begin_tip() and
    /// end_tip().
    bool wants_tip(const char* name, std::uint64_t key);
    void begin_tip();
    void end_tip();
    /// Reports ImGui's last item, one of its own controls, to the probe and gives it a tooltip.
    void note_item(const char* name, std::string_view tip_text);

    void icon_at(Icon icon, ImVec2 center, float size, const ImVec4& color);
    void fill(const Rect& rect, const ImVec4& color, float rounding);
    void outline(const Rect& rect, const ImVec4& color, float rounding);

private:
    struct Card {
        ImVec2 origin;
        float width = 0;
        Tone tone = Tone::Neutral;
    };

    void draw_face(const Control& control, const Rect& rect, const ImVec4& ink);

    Theme theme_;
    double now_ = 0;
    std::optional<StyleScope> style_;
    std::array<float, 8> right_edges_ = {};
    std::size_t depth_ = 0;
    ImDrawListSplitter splitter_;
    Card card_;
    Rect last_;
    bool last_hovered_ = false;
    bool last_held_ = false;
    std::uint64_t hovered_control_ = 0;
    std::uint64_t hovered_before_ = 0;
    double hovered_since_ = 0;
};

}  // namespace kontexture::panel
