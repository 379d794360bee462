#include "panel/theme.h"

#include <algorithm>
#include <cmath>

namespace kontexture::panel {
namespace {

constexpr int kPushedVars = 9;
constexpr int kPushedColors = 10;

float luminance(const ImVec4& c) {
    return 0.2126f * c.x + 0.7152f * c.y + 0.0722f * c.z;
}

ImVec4 opaque(ImVec4 color) {
    color.w = 1;
    return color;
}

// The host's accent may be nearly its background (a grey style): move it towards the text until it shows.
ImVec4 visible_accent(ImVec4 accent, const ImVec4& background, const ImVec4& text) {
    for (int step = 0; step < 6 && std::abs(luminance(accent) - luminance(background)) < 0.16f; ++step)
        accent = blend(accent, text, 0.2f);
    return opaque(accent);
}

ImVec4 signal(float r, float g, float b, bool dark, const ImVec4& text) {
    return blend(ImVec4(r, g, b, 1), text, dark ? 0.25f : 0.3f);
}

}  // namespace

ImVec4 blend(const ImVec4& from, const ImVec4& to, float amount) {
    const auto mix = [amount](float a, float b) { return a + (b - a) * amount; };
    return {mix(from.x, to.x), mix(from.y, to.y), mix(from.z, to.z), mix(from.w, to.w)};
}

ImVec4 with_alpha(ImVec4 color, float alpha) {
    color.w *= alpha;
    return color;
}

ImVec4 Theme::of(Tone tone) const {
    switch (tone) {
        case Tone::Neutral: return dim;
        case Tone::Accent: return accent;
        case Tone::Good: return good;
        case Tone::Warn: return warn;
        case Tone::Bad: return bad;
    }
    return dim;
}

Theme theme_of_host() {
    const ImGuiStyle& style = ImGui::GetStyle();
    Theme theme;
    theme.em = ImGui::GetFontSize();
    theme.rounding = std::max(style.FrameRounding, std::round(theme.em * 0.3f));
    theme.text = opaque(style.Colors[ImGuiCol_Text]);
    theme.background = opaque(style.Colors[ImGuiCol_WindowBg]);
    theme.dim = blend(theme.background, theme.text, 0.64f);
    theme.line = blend(theme.background, theme.text, 0.17f);
    theme.card = blend(theme.background, theme.text, 0.055f);
    theme.field = blend(theme.background, theme.text, 0.10f);
    theme.hover = blend(theme.background, theme.text, 0.17f);
    theme.accent = visible_accent(style.Colors[ImGuiCol_CheckMark], theme.background, theme.text);
    theme.on_accent = luminance(theme.accent) > 0.45f ? ImVec4(0.05f, 0.05f, 0.06f, 1) : ImVec4(1, 1, 1, 1);
    const bool is_dark = luminance(theme.background) < luminance(theme.text);
    theme.good = signal(0.22f, 0.70f, 0.36f, is_dark, theme.text);
    theme.warn = signal(0.90f, 0.60f, 0.12f, is_dark, theme.text);
    theme.bad = signal(0.90f, 0.28f, 0.25f, is_dark, theme.text);
    return theme;
}

StyleScope::StyleScope(const Theme& theme) {
    const float em = theme.em;
    ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, theme.rounding);
    ImGui::PushStyleVar(ImGuiStyleVar_PopupRounding, theme.rounding);
    ImGui::PushStyleVar(ImGuiStyleVar_GrabRounding, theme.rounding);
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 0.0f);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(std::round(em * 0.6f), std::round(em * 0.38f)));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(std::round(em * 0.5f), std::round(em * 0.45f)));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemInnerSpacing,
                        ImVec2(std::round(em * 0.45f), std::round(em * 0.3f)));
    ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarSize, std::round(em * 0.6f));
    ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarRounding, em);
    ImGui::PushStyleColor(ImGuiCol_FrameBg, theme.field);
    ImGui::PushStyleColor(ImGuiCol_FrameBgHovered, theme.hover);
    ImGui::PushStyleColor(ImGuiCol_FrameBgActive, theme.hover);
    ImGui::PushStyleColor(ImGuiCol_SliderGrab, theme.accent);
    ImGui::PushStyleColor(ImGuiCol_SliderGrabActive, theme.accent);
    ImGui::PushStyleColor(ImGuiCol_CheckMark, theme.accent);
    ImGui::PushStyleColor(ImGuiCol_ScrollbarBg, ImVec4(0, 0, 0, 0));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
    ImGui::PushStyleColor(ImGuiCol_TextDisabled, theme.dim);
    ImGui::PushStyleColor(ImGuiCol_Border, theme.line);
}

StyleScope::~StyleScope() {
    ImGui::PopStyleColor(kPushedColors);
    ImGui::PopStyleVar(kPushedVars);
}

}  // namespace kontexture::panel
