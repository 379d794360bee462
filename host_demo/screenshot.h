#pragma once

#include <kontexture/types.h>

#include <string>

struct ImDrawData;

namespace demo {

/// Draws a frame's ImGui output once more into a picture of its own (a window may be covered or reach beyond
/// the screen) and saves it as a PNG. Needs the current context; leaves the window's framebuffer bound.
kontexture::Result<void> save_screenshot(ImDrawData* frame, const std::string& path);

}  // namespace demo
