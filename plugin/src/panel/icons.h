#pragma once

#include <imgui.h>

#include <cstdint>

namespace kontexture::panel {

/// Shapes drawn with lines, because no icon font is there for sure.
enum class Icon : std::uint8_t {
    None,
    Close,
    Check,
    Warning,
    Star,
    StarFilled,
    Refresh,
    Clock,
    Search,
    Left,
    Right,
    Down,
    Plus,
    Minus,
    Picture,
    Key,
    Link,
    File,
    Selection,
};

/// Draws the icon into a square of `size` pixels around `center`.
void draw_icon(ImDrawList& list, Icon icon, ImVec2 center, float size, ImU32 color);

}  // namespace kontexture::panel
