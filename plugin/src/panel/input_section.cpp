#include "panel/imgui_compat.h"
#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>

namespace kontexture::panel {
namespace {

void use_source(State& state) {
    const std::string source = state.form.source;
    if (source.empty()) return;
    const bool is_address = source.starts_with("http://") || source.starts_with("https://");
    set_input(state, is_address ? InputImage::from_url(source) : InputImage::from_file(source));
}

void use_selection(State& state) {
    const ImageView picture = state.service.host().selected_image();
    if (picture.pixels.empty()) {
        state.form.source_error = text::kInputNoSelection;
        return;
    }
    set_input(state, InputImage::from_pixels(picture));
}

void draw_chooser(State& state) {
    Ui& ui = state.ui;
    Form& form = state.form;
    ui.begin_card();
    ui.text(text::kInputTitle);
    const Control use{.name = "input.use", .label = text::kInputUse, .tip = text::kInputUseTip};
    const float field_width = std::max(ui.em(6), ui.width() - ui.button_width(use) - ui.spacing());
    const Control field{.name = "input.source", .label = text::kInputHint, .tip = text::kInputHintTip};
    ui.field(field, form.source, field_width);
    const bool is_entered = ImGui::IsItemDeactivatedAfterEdit() && compat::is_key_pressed(ImGuiKey_Enter);
    ImGui::SameLine();
    ImGui::BeginDisabled(form.source.empty());
    if (ui.button(use) || is_entered) use_source(state);
    ImGui::EndDisabled();
    if (ui.button({.name = "input.selection",
                   .label = text::kInputSelection,
                   .tip = text::kInputSelectionTip,
                   .icon = Icon::Selection}))
        use_selection(state);
    if (!form.source_error.empty()) ui.message(Tone::Warn, form.source_error);
    if (state.service.library().page().total > 0) ui.wrapped(text::kInputTeach, ui.theme().dim);
    ui.end_card();
}

void draw_picture(State& state, const InputImage& input, const Rect& rect) {
    Ui& ui = state.ui;
    ui.fill(rect, ui.theme().field, ui.theme().rounding);
    if (input.kind() == InputImage::Kind::Library) {
        const LibraryEntry* entry = find_entry(state, input.library_image());
        return draw_thumbnail(state, input.library_image(), entry ? entry->width : 1,
                              entry ? entry->height : 1, rect);
    }
    const InputPreview& preview = state.service.library().preview(input);
    if (preview.texture) return draw_texture(state, preview.texture, preview.width, preview.height, rect);
    const Icon icon = input.kind() == InputImage::Kind::Url ? Icon::Link : Icon::File;
    ui.icon_at(icon, rect.center(), ui.em(1.8f), ui.theme().dim);
}

const char* origin(InputImage::Kind kind) {
    switch (kind) {
        case InputImage::Kind::None: return "";
        case InputImage::Kind::Url: return text::kFromUrl;
        case InputImage::Kind::File: return text::kFromFile;
        case InputImage::Kind::Pixels: return text::kFromPixels;
        case InputImage::Kind::Library: return text::kFromLibrary;
    }
    return "";
}

void draw_facts(State& state, const InputImage& input, float width) {
    Ui& ui = state.ui;
    ui.line(origin(input.kind()), ui.theme().text, width);
    const LibraryEntry* entry = find_entry(state, input.library_image());
    if (!input.text().empty()) ui.line(input.text(), ui.theme().dim, width);
    if (entry) ui.line(entry->request.prompt, ui.theme().dim, width);
    if (entry && entry->width > 0)
        ui.line(Line(text::kSizeFormat, entry->width, entry->height), ui.theme().dim, width);
    if (input.kind() == InputImage::Kind::Library) return;
    const InputPreview& preview = state.service.library().preview(input);
    if (preview.width > 0)
        ui.line(Line(text::kSizeFormat, preview.width, preview.height), ui.theme().dim, width);
}

void draw_chosen(State& state) {
    Ui& ui = state.ui;
    const InputImage& input = state.form.request.input;
    ui.begin_card();
    const float side = std::min(ui.em(4), ui.width() * 0.25f);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float right = at.x + ui.width();
    ImGui::Dummy({side, side});
    draw_picture(state, input, {at, {at.x + side, at.y + side}});
    ImGui::SetCursorScreenPos({right - ui.frame_height(), at.y});
    const bool is_cleared =
        ui.icon_button({.name = "input.clear", .tip = text::kInputClearTip, .icon = Icon::Close});
    ImGui::SetCursorScreenPos({at.x + side + ui.em(0.8f), at.y + ui.em(0.2f)});
    ImGui::BeginGroup();
    draw_facts(state, input, right - ui.frame_height() - ui.em(0.5f) - (at.x + side + ui.em(0.8f)));
    ImGui::EndGroup();
    const InputPreview& preview = state.service.library().preview(input);
    if (preview.error.code != ErrorCode::None) ui.message(Tone::Warn, preview.error.message);
    ui.end_card();
    if (is_cleared) state.form.request.input = {};
}

}  // namespace

void draw_input(State& state) {
    Ui& ui = state.ui;
    const float width = (ui.width() - ui.em(0.3f)) * 0.5f;
    const bool is_narrow =
        std::max(ui.text_width(text::kModeNew), ui.text_width(text::kModeEdit)) + ui.em(0.6f) > width;
    const Control create{.name = "mode.new",
                         .label = is_narrow ? text::kModeNewShort : text::kModeNew,
                         .tip = text::kModeNewTip};
    const Control edit{.name = "mode.edit",
                       .label = is_narrow ? text::kModeEditShort : text::kModeEdit,
                       .tip = text::kModeEditTip};
    if (ui.choice(create, "", !state.form.is_edit, {width, ui.em(2)})) set_mode(state, false);
    ImGui::SameLine(0, ui.em(0.3f));
    if (ui.choice(edit, "", state.form.is_edit, {width, ui.em(2)})) set_mode(state, true);
    if (!state.form.is_edit) return;
    if (state.form.request.input)
        draw_chosen(state);
    else
        draw_chooser(state);
}

}  // namespace kontexture::panel
