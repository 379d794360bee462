#pragma once

#include "panel/ui.h"

#include <kontexture/types.h>

#include <array>
#include <cstddef>

namespace kontexture::panel {

/// A text field for a key. Dear ImGui copies what is typed into buffers of its own that nobody wipes (the
/// text while it is edited, what undo brings back, the clipboard), so it is given stand-ins: each character
/// that arrives is kept here and replaced by the number of its place. What is drawn, copied or left in memory
/// by ImGui tells the key's length and nothing else.
class KeyField {
public:
    KeyField() = default;
    ~KeyField() { clear(); }
    KeyField(const KeyField&) = delete;
    KeyField& operator=(const KeyField&) = delete;

    void draw(Ui& ui, const Control& control, float width);
    bool empty() const { return text_[0] == 0; }
    /// The key as it was entered.
    Secret key() const;
    /// Overwrites everything. Not while a person is typing, or ImGui brings the stand-ins back.
    void clear();

private:
    // More than a few attempts at typing any key; then characters are refused.
    static constexpr std::size_t kPlaces = 1024;
    static constexpr unsigned kFirstStandIn = 0x4E00;

    static int on_character(ImGuiInputTextCallbackData* data);

    std::array<char, kPlaces> characters_ = {};
    std::size_t used_ = 0;
    std::array<char, kPlaces* 3 + 1> text_ = {};  ///< stand-ins in UTF-8, three bytes each
};

}  // namespace kontexture::panel
