#include "panel/ui.h"

#include <algorithm>

namespace kontexture::panel {
namespace {

constexpr std::string_view kDots = "...";

float measure(std::string_view text) {
    return ImGui::CalcTextSize(text.data(), text.data() + text.size(), false).x;
}

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

/// The longest beginning that leaves room for dots.
std::string_view fitting(std::string_view text, float max_width) {
    const char* end = nullptr;
    const float room = std::max(0.0f, max_width - measure(kDots));
    ImGui::GetFont()->CalcTextSizeA(ImGui::GetFontSize(), room, 0, text.data(), text.data() + text.size(),
                                    &end);
    return text.substr(0, static_cast<std::size_t>(std::max(end, text.data()) - text.data()));
}

void draw_text(ImVec2 at, ImU32 color, std::string_view text) {
    ImGui::GetWindowDrawList()->AddText(at, color, text.data(), text.data() + text.size());
}

}  // namespace

float Ui::text_width(std::string_view text) const {
    return measure(text);
}

void Ui::text(std::string_view text, const ImVec4& ink) {
    ImGui::PushStyleColor(ImGuiCol_Text, ink);
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopStyleColor();
}

void Ui::wrapped(std::string_view text, const ImVec4& ink) {
    ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + width());
    this->text(text, ink);
    ImGui::PopTextWrapPos();
}

void Ui::line(std::string_view text, const ImVec4& ink, float max_width) {
    const std::string_view shown = first_line(text);
    const float full = measure(shown);
    const bool is_cut = full > max_width || shown.size() < text.size();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float used = is_cut ? max_width : full;
    ImGui::Dummy({used, ImGui::GetTextLineHeight()});
    last_ = {at, {at.x + used, at.y + ImGui::GetTextLineHeight()}};
    if (!is_cut) return draw_text(at, color(ink), shown);
    last_hovered_ = ImGui::IsItemHovered();
    const std::string_view head = full + measure(kDots) > max_width ? fitting(shown, max_width) : shown;
    draw_text(at, color(ink), head);
    draw_text({at.x + measure(head), at.y}, color(ink), kDots);
    tip("text", static_cast<std::uint64_t>(at.x * 4096 + at.y), text);
}

void Ui::heading(std::string_view text) {
    ImGui::AlignTextToFramePadding();
    this->text(text, theme_.text);
}

void Ui::text_in(const Rect& rect, std::string_view text, const ImVec4& ink, bool centered) {
    const float full = measure(text);
    const float y = rect.min.y + (rect.height() - ImGui::GetTextLineHeight()) * 0.5f;
    if (full <= rect.width()) {
        const float x = centered ? rect.min.x + (rect.width() - full) * 0.5f : rect.min.x;
        return draw_text({x, y}, color(ink), text);
    }
    const std::string_view head = fitting(text, rect.width());
    draw_text({rect.min.x, y}, color(ink), head);
    draw_text({rect.min.x + measure(head), y}, color(ink), kDots);
}

}  // namespace kontexture::panel
