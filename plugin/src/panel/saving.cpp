#include "panel/imgui_compat.h"
#include "panel/state.h"
#include "panel/strings.h"

namespace kontexture::panel {
namespace {

constexpr double kSavingSeconds = 10;

bool start(State& state, Saving& saving) {
    if (saving.path.empty()) {
        saving.message = text::kSaveNoPath;
        saving.tone = Tone::Warn;
        return false;
    }
    const std::size_t slash = saving.path.find_last_of("/\\");
    state.save_folder = slash == std::string::npos ? "" : saving.path.substr(0, slash + 1);
    saving.since = state.ui.now();
    saving.message = text::kSaving;
    saving.tone = Tone::Neutral;
    return true;
}

void finish(Saving& saving, const Event& event) {
    const bool is_saved = event.error.code == ErrorCode::None;
    saving.since = -1;
    saving.is_shown = !is_saved;
    saving.tone = is_saved ? Tone::Good : Tone::Bad;
    saving.message =
        is_saved ? Line(text::kSavedFormat, event.path.c_str()).c_str() : event.error.message.c_str();
}

}  // namespace

void open_saving(State& state, Saving& saving, std::string_view file_name) {
    saving.is_shown = true;
    saving.message.clear();
    saving.path = state.save_folder;
    if (!saving.path.empty() && saving.path.back() != '/' && saving.path.back() != '\\') saving.path += '/';
    saving.path += file_name;
}

bool draw_save_row(State& state, Saving& saving) {
    Ui& ui = state.ui;
    const Control save_button{.name = "save.go", .label = text::kSave, .tip = text::kSaveTip};
    const Control close{
        .name = "save.close", .label = text::kClose, .tip = text::kCloseSaveTip, .kind = ButtonKind::Quiet};
    const float buttons = ui.button_width(save_button) + ui.button_width(close) + 2 * ui.spacing();
    const bool is_one_row = ui.width() > buttons + ui.em(12);
    ui.field({.name = "save.path", .tip = text::kSavePathTip}, saving.path,
             is_one_row ? ui.width() - buttons : ui.width());
    const bool is_entered = ImGui::IsItemDeactivated() && compat::is_key_pressed(ImGuiKey_Enter);
    if (is_one_row) ImGui::SameLine();
    ImGui::BeginDisabled(saving.since >= 0);
    const bool is_wanted = (ui.button(save_button) || is_entered) && start(state, saving);
    ImGui::EndDisabled();
    ImGui::SameLine();
    if (ui.button(close)) saving.is_shown = false;
    return is_wanted;
}

void follow_saving(State& state, Saving& saving) {
    if (saving.since < 0) return;
    for (const Event& event : state.service.events())
        if (event.kind == Event::Kind::Saved && event.path == saving.path) return finish(saving, event);
    // The answer may have come in a frame in which the panel was not drawn.
    if (state.ui.now() - saving.since <= kSavingSeconds) return;
    saving.since = -1;
    saving.tone = Tone::Warn;
    saving.message = Line(text::kSaveUnheardFormat, saving.path.c_str()).c_str();
}

}  // namespace kontexture::panel
