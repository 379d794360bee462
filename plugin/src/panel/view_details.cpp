#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>
#include <cctype>

namespace kontexture::panel {
namespace {

constexpr std::size_t kMostNameBytes = 48;
constexpr double kAppliedSeconds = 2;

// "mossy-stone-wall": letters and digits of ASCII only, so that it is a file name everywhere.
std::string file_name_of(const LibraryEntry& entry) {
    std::string name;
    for (const char c : entry.request.label.empty() ? entry.request.prompt : entry.request.label) {
        const auto letter = static_cast<unsigned char>(c);
        if (letter < 0x80 && std::isalnum(letter))
            name += static_cast<char>(std::tolower(letter));
        else if (!name.empty() && name.back() != '-')
            name += '-';
        if (name.size() >= kMostNameBytes) break;
    }
    while (!name.empty() && name.back() == '-') name.pop_back();
    if (name.empty()) name = "texture";
    return name + (entry.request.output_format == OutputFormat::Png ? ".png" : ".jpg");
}

void draw_apply(State& state, const LibraryEntry& entry) {
    Ui& ui = state.ui;
    const View& view = state.view;
    const bool is_fresh = view.applied_at >= 0 && ui.now() - view.applied_at < kAppliedSeconds;
    const bool is_pending = state.pending.image == entry.image && state.pending.request;
    const char* label = is_pending ? text::kLoadingPicture : is_fresh ? text::kApplying : text::kApply;
    const Control control{.name = "view.apply",
                          .label = label,
                          .tip = text::kApplyTip,
                          .icon = is_fresh ? Icon::Check : Icon::None,
                          .kind = ButtonKind::Primary};
    if (ui.button(control, {std::max(ui.em(7), ui.button_width(control)), 0})) apply(state, entry.image);
}

void draw_actions(State& state, const LibraryEntry& entry) {
    Ui& ui = state.ui;
    View& view = state.view;
    draw_apply(state, entry);
    const Control edit{.name = "view.edit", .label = text::kEditThis, .tip = text::kEditThisTip};
    const Control again{.name = "view.again", .label = text::kUseAgain, .tip = text::kUseAgainTip};
    const Control save_as{.name = "view.save", .label = text::kSaveAs, .tip = text::kSaveAsTip};
    if (state.service.capabilities().edit) {
        ui.flow(ui.button_width(edit));
        if (ui.button(edit)) edit_picture(state, entry);
    }
    ui.flow(ui.button_width(again));
    if (ui.button(again)) set_request(state, entry.request);
    ui.flow(ui.button_width(save_as));
    if (ui.button(save_as)) {
        if (view.saving.is_shown)
            view.saving.is_shown = false;
        else
            open_saving(state, view.saving, file_name_of(entry));
    }
    const Control copy{.name = "view.copy", .label = text::kCopyPrompt, .tip = text::kCopyPromptTip};
    ui.flow(ui.button_width(copy));
    if (ui.button(copy)) ImGui::SetClipboardText(entry.request.prompt.c_str());
    ui.flow(ui.frame_height());
    const Control star{.name = "view.favourite",
                       .tip = entry.favourite ? text::kNotFavouriteTip : text::kFavouriteTip,
                       .icon = entry.favourite ? Icon::StarFilled : Icon::Star};
    if (ui.choice(star, "", entry.favourite, {ui.frame_height(), ui.frame_height()}))
        state.service.library().set_favourite(entry.id, !entry.favourite);
}

}  // namespace

void draw_view_details(State& state, const LibraryEntry& entry) {
    Ui& ui = state.ui;
    Saving& saving = state.view.saving;
    draw_actions(state, entry);
    if (saving.is_shown && draw_save_row(state, saving))
        state.service.library().save(entry.image, saving.path);
    if (!saving.message.empty()) ui.message(saving.tone, saving.message);
    if (entry.image == state.on_selection) ui.message(Tone::Good, text::kOnSelection);
    ui.wrapped(entry.request.prompt, ui.theme().text);
    const char* model = model_name(state.service.capabilities(), entry.request.model);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(entry.finished_at - entry.created_at);
    ui.wrapped(
        Line(text::kFactsPaidFormat, model, entry.width, entry.height, date_text(entry.created_at).c_str(),
             credits_text(entry.estimated_credits).c_str(), duration_text(took).c_str()),
        ui.theme().dim);
}

}  // namespace kontexture::panel
