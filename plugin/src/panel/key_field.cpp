#include "panel/key_field.h"

namespace kontexture::panel {
namespace {

void wipe(char* bytes, std::size_t count) {
    // Volatile, so that the compiler keeps writes to memory that is about to be freed.
    volatile char* wiped = bytes;
    for (std::size_t i = 0; i < count; ++i) wiped[i] = 0;
}

// What was typed in this frame stays behind the queue's end until it is typed over.
void wipe_typed() {
    ImVector<ImWchar>& typed = ImGui::GetIO().InputQueueCharacters;
    if (!typed.empty()) return;
    for (int i = 0; i < typed.Capacity; ++i) *static_cast<volatile ImWchar*>(typed.Data + i) = 0;
}

}  // namespace

int KeyField::on_character(ImGuiInputTextCallbackData* data) {
    KeyField& field = *static_cast<KeyField*>(data->UserData);
    const auto character = static_cast<unsigned>(data->EventChar);
    // A key is sent in a header: visible ASCII. This also drops the line end of a pasted line.
    if (character <= ' ' || character >= 0x7f || field.used_ == kPlaces) return 1;
    field.characters_[field.used_] = static_cast<char>(character);
    data->EventChar = static_cast<ImWchar>(kFirstStandIn + field.used_);
    ++field.used_;
    return 0;
}

void KeyField::draw(Ui& ui, const Control& control, float width) {
    const ImGuiInputTextFlags flags = ImGuiInputTextFlags_Password | ImGuiInputTextFlags_NoUndoRedo |
                                      ImGuiInputTextFlags_CallbackCharFilter;
    ImGui::PushID(control.name);
    ImGui::SetNextItemWidth(width);
    ImGui::InputTextWithHint("##field", control.label, text_.data(), text_.size(), flags, on_character, this);
    const bool is_active = ImGui::IsItemActive();
    ImGui::PopID();
    ui.note_item(control.name, control.tip);
    if (is_active)
        wipe_typed();
    else if (empty())
        clear();
}

Secret KeyField::key() const {
    std::array<char, kPlaces> typed = {};
    std::size_t size = 0;
    for (std::size_t at = 0; at + 2 < text_.size() && text_[at] != 0 && size < kPlaces; at += 3) {
        const auto bits = [&](std::size_t i, unsigned mask) {
            return static_cast<unsigned char>(text_[at + i]) & mask;
        };
        const std::size_t place =
            (bits(0, 0x0Fu) << 12 | bits(1, 0x3Fu) << 6 | bits(2, 0x3Fu)) - kFirstStandIn;
        if (place < used_) typed[size++] = characters_[place];
    }
    Secret key(std::string_view(typed.data(), size));
    wipe(typed.data(), size);
    return key;
}

void KeyField::clear() {
    wipe(characters_.data(), used_);
    wipe(text_.data(), text_.size());
    used_ = 0;
}

}  // namespace kontexture::panel
