#pragma once

#include <imgui.h>

#include <cstdint>
#include <type_traits>

// Everything that differs between the Dear ImGui versions 1.84 … 1.92 and that the panel needs.
namespace kontexture::panel::compat {

// Keys have names of their own since 1.87; before, IsKeyPressed() takes the backend's index.
inline bool is_key_pressed(ImGuiKey key, bool repeat = false) {
#if IMGUI_VERSION_NUM < 18700
    const int index = ImGui::GetKeyIndex(key);
    return index >= 0 && ImGui::IsKeyPressed(index, repeat);
#else
    return ImGui::IsKeyPressed(key, repeat);
#endif
}

// Spelled KeyPadEnter before 1.87.
#if IMGUI_VERSION_NUM < 18700
inline constexpr ImGuiKey kKeypadEnter = ImGuiKey_KeyPadEnter;
#else
inline constexpr ImGuiKey kKeypadEnter = ImGuiKey_KeypadEnter;
#endif

// ImTextureID is a pointer up to 1.91.3 and an integer after that, and a host may define its own.
template <typename Id = ImTextureID>
Id texture_id(std::uint64_t value) {
    if constexpr (std::is_pointer_v<Id>)
        return reinterpret_cast<Id>(static_cast<std::uintptr_t>(value));
    else
        return static_cast<Id>(value);
}

// In 1.90.1 SetKeyboardFocusHere() finds nothing in a window that was not focused before.
inline void focus_next_item() {
    ImGui::SetWindowFocus();
    ImGui::SetKeyboardFocusHere();
}

}  // namespace kontexture::panel::compat
