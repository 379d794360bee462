#include "input.h"

namespace demo {

void push_font(ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
    ImGui::PushFont(font, 0.0f);
#else
    ImGui::PushFont(font);
#endif
}

namespace feign {

void pointer(ImVec2 at, bool is_pressed) {
    ImGuiIO& io = ImGui::GetIO();
#if IMGUI_VERSION_NUM < 18700
    io.MousePos = at;
    io.MouseDown[0] = is_pressed;
#else
    io.AddMousePosEvent(at.x, at.y);
    io.AddMouseButtonEvent(0, is_pressed);
#endif
}

void wheel(float notches) {
#if IMGUI_VERSION_NUM < 18700
    ImGui::GetIO().MouseWheel += notches;
#else
    ImGui::GetIO().AddMouseWheelEvent(0, notches);
#endif
}

void text(const char* utf8) {
    ImGui::GetIO().AddInputCharactersUTF8(utf8);
}

void ctrl_enter(bool is_down) {
    ImGuiIO& io = ImGui::GetIO();
#if IMGUI_VERSION_NUM < 18700
    io.KeyCtrl = is_down;
    io.KeysDown[io.KeyMap[ImGuiKey_Enter]] = is_down;
#else
#if IMGUI_VERSION_NUM < 18900
    io.AddKeyEvent(ImGuiKey_ModCtrl, is_down);
#else
    io.AddKeyEvent(ImGuiMod_Ctrl, is_down);
#endif
    io.AddKeyEvent(ImGuiKey_Enter, is_down);
#endif
}

}  // namespace feign
}  // namespace demo
