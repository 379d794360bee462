#pragma once

#include <imgui.h>

namespace demo {

// Where ImGui's versions differ, and input made up by a program.

/// Switches the font and keeps the size.
void push_font(ImFont* font);

/// Input as if from a person. After the backends' NewFrame and before ImGui's, each frame it shall last.
namespace feign {
void pointer(ImVec2 at, bool is_pressed);
void wheel(float notches);
void text(const char* utf8);
void ctrl_enter(bool is_down);
}  // namespace feign

}  // namespace demo
