#include "panel/probe.h"
#include "panel/ui.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace kontexture::panel {
namespace {

Probe* g_probe = nullptr;

constexpr float kCardPadding = 0.75f;

}  // namespace

void set_probe(Probe* probe) {
    g_probe = probe;
}

void probe_item(std::string_view name, std::uint64_t key) {
    if (g_probe) g_probe->item(name, key, ImGui::GetItemRectMin(), ImGui::GetItemRectMax());
}

void probe_part(std::string_view name, std::uint64_t key, ImVec2 min, ImVec2 max) {
    if (g_probe) g_probe->item(name, key, min, max);
}

void Ui::begin_frame() {
    theme_ = theme_of_host();
    now_ = ImGui::GetTime();
    style_.emplace(theme_);
    depth_ = 0;
    if (hovered_control_ != hovered_before_) hovered_since_ = now_;
    hovered_before_ = hovered_control_;
    hovered_control_ = 0;
}

void Ui::end_frame() {
    style_.reset();
    assert(depth_ == 0);
}

float Ui::em(float count) const {
    return std::round(theme_.em * count);
}

void Ui::begin_region() {
    begin_region(ImGui::GetContentRegionAvail().x);
}

void Ui::begin_region(float region_width) {
    assert(depth_ < right_edges_.size());
    right_edges_[depth_++] = ImGui::GetCursorScreenPos().x + region_width;
}

void Ui::end_region() {
    --depth_;
}

float Ui::width() const {
    assert(depth_ > 0);
    return std::max(1.0f, right_edges_[depth_ - 1] - ImGui::GetCursorScreenPos().x);
}

void Ui::begin_card(Tone tone) {
    card_ = {ImGui::GetCursorScreenPos(), width(), tone};
    const float padding = em(kCardPadding);
    // Content first, on the upper channel: the card's height is known only after it.
    splitter_.Split(ImGui::GetWindowDrawList(), 2);
    splitter_.SetCurrentChannel(ImGui::GetWindowDrawList(), 1);
    assert(depth_ < right_edges_.size());
    right_edges_[depth_] = right_edges_[depth_ - 1] - padding;
    ++depth_;
    ImGui::SetCursorScreenPos({card_.origin.x + padding, card_.origin.y + padding});
    ImGui::BeginGroup();
}

Rect Ui::end_card() {
    ImGui::EndGroup();
    --depth_;
    const Rect rect{card_.origin,
                    {card_.origin.x + card_.width, ImGui::GetItemRectMax().y + em(kCardPadding)}};
    splitter_.SetCurrentChannel(ImGui::GetWindowDrawList(), 0);
    const bool is_neutral = card_.tone == Tone::Neutral;
    fill(rect, is_neutral ? theme_.card : blend(theme_.card, theme_.of(card_.tone), 0.10f), em(0.5f));
    outline(rect, is_neutral ? theme_.line : blend(theme_.line, theme_.of(card_.tone), 0.55f), em(0.5f));
    splitter_.Merge(ImGui::GetWindowDrawList());
    ImGui::SetCursorScreenPos(rect.min);
    ImGui::Dummy({rect.width(), rect.height()});
    return rect;
}

void Ui::flow(float next_width) {
    ImGui::SameLine();
    if (next_width > width()) ImGui::NewLine();
}

void Ui::gap(float ems) {
    ImGui::Dummy({0, em(ems)});
}

void Ui::align_right(float item_width) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos({std::max(at.x, right_edges_[depth_ - 1] - item_width), at.y});
}

void Ui::fill(const Rect& rect, const ImVec4& ink, float rounding) {
    ImGui::GetWindowDrawList()->AddRectFilled(rect.min, rect.max, color(ink), rounding);
}

void Ui::outline(const Rect& rect, const ImVec4& ink, float rounding) {
    ImGui::GetWindowDrawList()->AddRect(rect.min, rect.max, color(ink), rounding);
}

void Ui::icon_at(Icon icon, ImVec2 center, float size, const ImVec4& ink) {
    draw_icon(*ImGui::GetWindowDrawList(), icon, center, size, color(ink));
}

}  // namespace kontexture::panel
