#include "panel/probe.h"
#include "panel/ui.h"

#include <algorithm>
#include <cmath>

namespace kontexture::panel {
namespace {

constexpr double kTipDelay = 0.4;

std::uint64_t identity(const char* name, std::uint64_t key) {
    std::uint64_t hash = 1469598103934665603u;
    for (const char* c = name; *c; ++c) hash = (hash ^ static_cast<unsigned char>(*c)) * 1099511628211u;
    return (hash ^ key) * 1099511628211u | 1u;
}

int resize_text(ImGuiInputTextCallbackData* data) {
    if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
        std::string& text = *static_cast<std::string*>(data->UserData);
        text.resize(static_cast<std::size_t>(data->BufTextLen));
        data->Buf = text.data();
    }
    return 0;
}

}  // namespace

bool Ui::hit(const char* name, std::uint64_t key, ImVec2 size) {
    ImGui::PushID(name);
    ImGui::PushID(static_cast<int>(key ^ (key >> 32)));
    // A Button and not an InvisibleButton: every version lets the keyboard reach it.
    for (ImGuiCol slot : {ImGuiCol_Button, ImGuiCol_ButtonHovered, ImGuiCol_ButtonActive})
        ImGui::PushStyleColor(slot, ImVec4(0, 0, 0, 0));
    const bool is_pressed = ImGui::Button("##control", {std::max(size.x, 1.0f), std::max(size.y, 1.0f)});
    ImGui::PopStyleColor(3);
    ImGui::PopID();
    ImGui::PopID();
    last_ = {ImGui::GetItemRectMin(), ImGui::GetItemRectMax()};
    last_hovered_ = ImGui::IsItemHovered();
    last_held_ = ImGui::IsItemActive();
    probe_item(name, key);
    return is_pressed;
}

bool Ui::wants_tip(const char* name, std::uint64_t key) {
    if (!ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) return false;
    hovered_control_ = identity(name, key);
    return hovered_control_ == hovered_before_ && now_ - hovered_since_ >= kTipDelay;
}

void Ui::begin_tip() {
    // Tooltips keep their full strength over a disabled control.
    ImGui::PushStyleVar(ImGuiStyleVar_Alpha, 1.0f);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(em(0.6f), em(0.5f)));
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(em(26));
}

void Ui::end_tip() {
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
    ImGui::PopStyleVar(2);
}

void Ui::tip(const char* name, std::uint64_t key, std::string_view text) {
    if (text.empty() || !wants_tip(name, key)) return;
    begin_tip();
    this->text(text, theme_.text);
    end_tip();
}

void Ui::note_item(const char* name, std::string_view tip_text) {
    last_ = {ImGui::GetItemRectMin(), ImGui::GetItemRectMax()};
    probe_item(name);
    tip(name, 0, tip_text);
}

float Ui::button_width(const Control& control) const {
    const float icon = control.icon == Icon::None ? 0 : em(1) + (*control.label ? em(0.4f) : 0);
    return text_width(control.label) + icon + 2 * ImGui::GetStyle().FramePadding.x;
}

void Ui::draw_face(const Control& control, const Rect& rect, const ImVec4& ink) {
    const float icon = control.icon == Icon::None ? 0 : em(0.85f);
    const float between = icon > 0 && *control.label ? em(0.45f) : 0;
    const float room = rect.width() - 2 * em(0.3f);
    const float used = std::min(room, icon + between + text_width(control.label));
    const float left = rect.min.x + (rect.width() - used) * 0.5f;
    if (icon > 0) icon_at(control.icon, {left + icon * 0.5f, rect.center().y}, icon, ink);
    const Rect text{{left + icon + between, rect.min.y}, {left + used + 1, rect.max.y}};
    if (*control.label) text_in(text, control.label, ink, false);
}

bool Ui::button(const Control& control, ImVec2 size) {
    if (size.x <= 0) size.x = std::min(button_width(control), width());
    if (size.y <= 0) size.y = frame_height();
    const bool is_pressed = hit(control.name, control.key, size);
    const Rect rect = last_;
    const float lift = last_held_ ? 0.16f : last_hovered_ ? 0.10f : 0.0f;
    ImVec4 ink = theme_.text;
    if (control.kind == ButtonKind::Primary) {
        ink = theme_.on_accent;
        fill(rect, blend(theme_.accent, theme_.text, lift), theme_.rounding);
    } else if (control.kind == ButtonKind::Normal) {
        fill(rect, blend(theme_.field, theme_.text, lift), theme_.rounding);
        outline(rect, theme_.line, theme_.rounding);
    } else {
        if (lift > 0) fill(rect, blend(theme_.card, theme_.text, lift), theme_.rounding);
        ink = last_hovered_ ? theme_.text : theme_.dim;
    }
    draw_face(control, rect, ink);
    tip(control.name, control.key, *control.tip ? control.tip : control.label);
    last_ = rect;
    return is_pressed;
}

bool Ui::icon_button(const Control& control, float size) {
    const float side = size > 0 ? size : frame_height();
    return button({.name = control.name,
                   .tip = control.tip,
                   .key = control.key,
                   .icon = control.icon,
                   .kind = ButtonKind::Quiet},
                  {side, side});
}

bool Ui::choice(const Control& control, const char* second, bool chosen, ImVec2 size) {
    const bool is_pressed = hit(control.name, control.key, size);
    const Rect rect = last_;
    if (chosen) {
        fill(rect, blend(theme_.card, theme_.accent, 0.30f), theme_.rounding);
        outline(rect, theme_.accent, theme_.rounding);
    } else {
        fill(rect, last_hovered_ ? theme_.hover : theme_.field, theme_.rounding);
    }
    const ImVec4& ink = chosen || last_hovered_ ? theme_.text : blend(theme_.dim, theme_.text, 0.4f);
    if (*second) {
        const float middle = rect.center().y;
        const float line_height = ImGui::GetTextLineHeight();
        const float pad = em(0.3f);
        text_in({{rect.min.x + pad, middle - line_height * 1.05f}, {rect.max.x - pad, middle}}, control.label,
                ink);
        text_in({{rect.min.x + pad, middle}, {rect.max.x - pad, middle + line_height * 1.05f}}, second,
                theme_.dim);
    } else {
        draw_face(control, rect, ink);
    }
    tip(control.name, control.key, control.tip);
    last_ = rect;
    return is_pressed;
}

bool Ui::toggle(const Control& control, bool* value) {
    const float box = em(1.25f);
    const float text_room = std::max(em(2), width() - box - em(0.6f));
    const ImVec2 text_size = ImGui::CalcTextSize(control.label, nullptr, false, text_room);
    const bool is_pressed =
        hit(control.name, control.key, {box + em(0.6f) + text_size.x, std::max(box, text_size.y) + em(0.2f)});
    const Rect rect = last_;
    if (is_pressed) *value = !*value;
    const float top = rect.min.y + (rect.height() - std::max(box, text_size.y)) * 0.5f;
    const Rect mark{{rect.min.x, top}, {rect.min.x + box, top + box}};
    fill(mark, *value ? theme_.accent : last_hovered_ ? theme_.hover : theme_.field, em(0.3f));
    if (!*value) outline(mark, theme_.line, em(0.3f));
    if (*value) icon_at(Icon::Check, mark.center(), em(0.75f), theme_.on_accent);
    ImGui::GetWindowDrawList()->AddText(ImGui::GetFont(), ImGui::GetFontSize(),
                                        {mark.max.x + em(0.6f), rect.center().y - text_size.y * 0.5f},
                                        color(theme_.text), control.label, nullptr, text_room);
    tip(control.name, control.key, control.tip);
    last_ = rect;
    return is_pressed;
}

bool Ui::field(const Control& control, std::string& text, float field_width, ImGuiInputTextFlags flags) {
    ImGui::PushID(control.name);
    ImGui::SetNextItemWidth(field_width);
    const bool is_changed =
        ImGui::InputTextWithHint("##field", control.label, text.data(), text.capacity() + 1,
                                 flags | ImGuiInputTextFlags_CallbackResize, resize_text, &text);
    ImGui::PopID();
    last_ = {ImGui::GetItemRectMin(), ImGui::GetItemRectMax()};
    probe_item(control.name, control.key);
    tip(control.name, control.key, control.tip);
    return is_changed;
}

float Ui::pill_width(Icon icon, std::string_view text) const {
    return text_width(text) + em(1.2f) + (icon == Icon::None ? 0 : em(1.1f));
}

void Ui::pill(Tone tone, Icon icon, std::string_view text) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = ImGui::GetTextLineHeight() + em(0.3f);
    const Rect rect{at, {at.x + std::min(pill_width(icon, text), width()), at.y + height}};
    ImGui::Dummy({rect.width(), height});
    const ImVec4 ink = theme_.of(tone);
    fill(rect, blend(theme_.card, ink, 0.20f), height * 0.5f);
    float left = rect.min.x + em(0.6f);
    if (icon != Icon::None) {
        icon_at(icon, {left + em(0.35f), rect.center().y}, em(0.75f), blend(ink, theme_.text, 0.25f));
        left += em(1.1f);
    }
    text_in({{left, rect.min.y}, {rect.max.x - em(0.5f), rect.max.y}}, text, blend(ink, theme_.text, 0.45f),
            false);
    last_ = rect;
}

void Ui::progress(std::optional<float> fraction, Tone tone) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = std::max(3.0f, em(0.32f));
    const Rect rect{at, {at.x + width(), at.y + height}};
    ImGui::Dummy({rect.width(), height});
    fill(rect, theme_.field, height * 0.5f);
    const ImVec4 ink = theme_.of(tone);
    if (fraction) {
        const float end = rect.min.x + rect.width() * std::clamp(*fraction, 0.0f, 1.0f);
        if (end - rect.min.x >= height) fill({rect.min, {end, rect.max.y}}, ink, height * 0.5f);
        return;
    }
    // A soft light that wanders: something happens, nobody knows for how long.
    const float phase = static_cast<float>(std::fmod(now_, 1.8) / 1.8);
    const float length = rect.width() * 0.35f;
    const float center = rect.min.x - length + (rect.width() + 2 * length) * phase;
    const float left = std::max(rect.min.x, center - length);
    const float right = std::min(rect.max.x, center + length);
    const float middle = std::clamp(center, left, right);
    const ImU32 bright = color(ink);
    const ImU32 clear = color(ink, 0);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (middle > left)
        list.AddRectFilledMultiColor({left, rect.min.y}, {middle, rect.max.y}, clear, bright, bright, clear);
    if (right > middle)
        list.AddRectFilledMultiColor({middle, rect.min.y}, {right, rect.max.y}, bright, clear, clear, bright);
}

void Ui::used_bar(const Rect& rect, double spent, double reserved, double limit) {
    const auto part = [limit](double credits) {
        return limit > 0 ? static_cast<float>(std::clamp(credits / limit, 0.0, 1.0)) : 1.0f;
    };
    const float used = part(spent + reserved);
    const Tone tone = used >= 1 ? Tone::Bad : used > 0.85f ? Tone::Warn : Tone::Accent;
    const float rounding = rect.height() * 0.5f;
    const auto upto = [&rect](float share) { return rect.min.x + rect.width() * share; };
    fill(rect, theme_.field, rounding);
    if (used > 0)
        fill({rect.min, {upto(used), rect.max.y}}, blend(theme_.field, theme_.of(tone), 0.45f), rounding);
    if (spent > 0) fill({rect.min, {upto(part(spent)), rect.max.y}}, theme_.of(tone), rounding);
}

void Ui::message(Tone tone, std::string_view text) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Icon icon = tone == Tone::Good ? Icon::Check : tone == Tone::Neutral ? Icon::Clock : Icon::Warning;
    icon_at(icon, {at.x + em(0.5f), at.y + ImGui::GetTextLineHeight() * 0.5f}, em(0.9f), theme_.of(tone));
    ImGui::SetCursorScreenPos({at.x + em(1.5f), at.y});
    wrapped(text, blend(theme_.of(tone), theme_.text, 0.5f));
}

}  // namespace kontexture::panel
