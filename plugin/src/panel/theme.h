#pragma once

#include <imgui.h>

#include <cstdint>

namespace kontexture::panel {

enum class Tone : std::uint8_t { Neutral, Accent, Good, Warn, Bad };

/// The panel's colours and measures, taken from the host's style and font of this frame.
struct Theme {
    float em = 13;  ///< height of the font, in pixels; every size is a multiple
    float rounding = 4;
    ImVec4 background;
    ImVec4 text;
    ImVec4 dim;  ///< secondary text
    ImVec4 line;
    ImVec4 card;
    ImVec4 field;
    ImVec4 hover;
    ImVec4 accent;
    ImVec4 on_accent;  ///< text on a filled accent
    ImVec4 good;
    ImVec4 warn;
    ImVec4 bad;

    ImVec4 of(Tone tone) const;
};

Theme theme_of_host();

ImVec4 blend(const ImVec4& from, const ImVec4& to, float amount);
ImVec4 with_alpha(ImVec4 color, float alpha);

/// Spacing and rounding in font units while it lives.
class StyleScope {
public:
    explicit StyleScope(const Theme& theme);
    ~StyleScope();
    StyleScope(const StyleScope&) = delete;
    StyleScope& operator=(const StyleScope&) = delete;
};

}  // namespace kontexture::panel
