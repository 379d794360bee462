#pragma once

#include <imgui.h>

namespace demo {

// What differs between ImGui versions in keys and fonts, and input made up by a program.

/// 'A' … 'Z'. Keys have names of their own since ImGui 1.87; before, the GLFW backend numbers letters as
/// ASCII does.
bool is_letter_pressed(char letter);
/// With Ctrl (Command on a Mac, where ImGui swaps them), and with or without Shift.
bool is_shortcut_pressed(char letter, bool shift);
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
