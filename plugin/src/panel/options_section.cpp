#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>

namespace kontexture::panel {
namespace {

constexpr float kLabelColumn = 6.5f;
// Narrower than this, in font heights, labels stand above their controls.
constexpr float kLabelBeside = 22;
constexpr std::size_t kMostButtons = 3;

// Puts the label and leaves the cursor where its control goes.
void row_label(State& state, const char* label) {
    Ui& ui = state.ui;
    if (ui.width() < ui.em(kLabelBeside)) return ui.text(label, ui.theme().dim);
    const float x = ImGui::GetCursorPosX();
    ImGui::AlignTextToFramePadding();
    ui.text(label, ui.theme().dim);
    ImGui::SameLine();
    ImGui::SetCursorPosX(x + ui.em(kLabelColumn));
}

void draw_model_buttons(State& state, const std::vector<Capabilities::Model>& models) {
    Ui& ui = state.ui;
    const float gap = ui.em(0.3f);
    const auto count = static_cast<float>(models.size());
    float width = (ui.width() - gap * (count - 1)) / count;
    const bool is_row = std::ranges::all_of(models, [&](const Capabilities::Model& model) {
        return ui.text_width(model.name) + ui.em(0.6f) <= width;
    });
    if (!is_row) width = ui.width();
    std::string& chosen = state.form.request.model;
    for (std::size_t i = 0; i < models.size(); ++i) {
        if (i > 0 && is_row) ImGui::SameLine(0, gap);
        const bool is_chosen = chosen == models[i].id || (chosen.empty() && i == 0);
        const Line price(text::kCreditsFormat, credits_text(models[i].credits).c_str());
        const Line tip(text::kModelTipFormat, models[i].name.c_str(),
                       credits_text(models[i].credits).c_str());
        const Control control{.name = "model", .label = models[i].name.c_str(), .tip = tip.c_str(), .key = i};
        if (ui.choice(control, price.c_str(), is_chosen, {width, ui.em(2.9f)})) chosen = models[i].id;
    }
}

void draw_model_list(State& state, const std::vector<Capabilities::Model>& models) {
    Ui& ui = state.ui;
    row_label(state, text::kModel);
    std::string& chosen = state.form.request.model;
    ImGui::SetNextItemWidth(ui.width());
    const bool is_open = ImGui::BeginCombo("##model", model_name(state.service.capabilities(), chosen));
    if (!is_open) return ui.note_item("model", text::kModelTip);
    for (const Capabilities::Model& model : models) {
        const Line words("%s, %s", model.name.c_str(),
                         Line(text::kCreditsFormat, credits_text(model.credits).c_str()).c_str());
        ImGui::PushID(model.id.c_str());
        if (ImGui::Selectable(words.c_str(), chosen == model.id)) chosen = model.id;
        ImGui::PopID();
    }
    ImGui::EndCombo();
}

void draw_models(State& state) {
    const std::vector<Capabilities::Model>& models = state.service.capabilities().models;
    if (models.size() < 2) return;
    if (models.size() <= kMostButtons)
        draw_model_buttons(state, models);
    else
        draw_model_list(state, models);
}

ImVec2 shape_of(AspectRatio ratio) {
    switch (ratio) {
        case AspectRatio::Automatic:
        case AspectRatio::Square: return {1, 1};
        case AspectRatio::Wide21x9: return {21, 9};
        case AspectRatio::Wide16x9: return {16, 9};
        case AspectRatio::Wide4x3: return {4, 3};
        case AspectRatio::Tall3x4: return {3, 4};
        case AspectRatio::Tall9x16: return {9, 16};
    }
    return {1, 1};
}

void draw_ratio(State& state, AspectRatio ratio, ImVec2 size) {
    Ui& ui = state.ui;
    AspectRatio& chosen = state.form.request.aspect_ratio;
    const bool is_auto = ratio == AspectRatio::Automatic;
    const char* auto_tip = state.form.is_edit ? text::kShapeAutoEditTip : text::kShapeAutoNewTip;
    const Line tip = is_auto ? Line("%s", auto_tip) : Line(text::kShapeTipFormat, to_string(ratio));
    const auto key = static_cast<std::uint64_t>(ratio);
    const bool is_chosen = chosen == ratio;
    if (ui.choice({.name = "shape", .tip = tip.c_str(), .key = key}, "", is_chosen, size)) chosen = ratio;
    const Rect rect = ui.last();
    const Theme& theme = ui.theme();
    const ImVec4& ink = is_chosen ? theme.text : theme.dim;
    const float line_height = ImGui::GetTextLineHeight();
    const ImVec2 shape = shape_of(ratio);
    const float scale = ui.em(1.35f) / std::max(shape.x, shape.y);
    const ImVec2 middle{rect.center().x, rect.min.y + (rect.height() - line_height) * 0.5f};
    const ImVec2 half{shape.x * scale * 0.5f, shape.y * scale * 0.5f};
    const Rect frame{{middle.x - half.x, middle.y - half.y}, {middle.x + half.x, middle.y + half.y}};
    if (is_auto) {
        ui.icon_at(Icon::Selection, frame.center(), ui.em(1.3f), ink);
    } else {
        if (is_chosen) ui.fill(frame, with_alpha(theme.accent, 0.55f), 2);
        ui.outline(frame, ink, 2);
    }
    ui.text_in({{rect.min.x + 1, rect.max.y - line_height - ui.em(0.2f)},
                {rect.max.x - 1, rect.max.y - ui.em(0.2f)}},
               is_auto ? text::kShapeAuto : to_string(ratio), ink);
}

void draw_ratios(State& state) {
    Ui& ui = state.ui;
    const std::vector<AspectRatio>& ratios = state.service.capabilities().aspect_ratios;
    if (ratios.empty()) return;
    const float gap = ui.em(0.3f);
    const std::size_t count = ratios.size() + 1;
    const float least = ui.text_width("16:9") + ui.em(0.5f);
    const auto in_row =
        std::clamp<std::size_t>(static_cast<std::size_t>((ui.width() + gap) / (least + gap)), 1, count);
    // Rows of about the same length.
    const std::size_t rows = (count + in_row - 1) / in_row;
    const std::size_t columns = (count + rows - 1) / rows;
    const float width = std::min(
        (ui.width() - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns), ui.em(9));
    for (std::size_t i = 0; i < count; ++i) {
        if (i % columns != 0) ImGui::SameLine(0, gap);
        draw_ratio(state, i == 0 ? AspectRatio::Automatic : ratios[i - 1], {width, ui.em(3.2f)});
    }
}

/// One of a few short values in a row; returns the one that was chosen now, or -1.
int draw_segments(State& state, const char* name, std::span<const char* const> labels, std::size_t chosen,
                  const char* tip) {
    Ui& ui = state.ui;
    const float gap = ui.em(0.3f);
    const auto count = static_cast<float>(labels.size());
    const float width = std::min((ui.width() - gap * (count - 1)) / count, ui.em(5));
    int pressed = -1;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (i > 0) ImGui::SameLine(0, gap);
        const Control control{.name = name, .label = labels[i], .tip = tip, .key = i};
        if (ui.choice(control, "", i == chosen, {width, ui.frame_height()})) pressed = static_cast<int>(i);
    }
    return pressed;
}

void draw_format(State& state) {
    const std::vector<OutputFormat>& formats = state.service.capabilities().output_formats;
    if (formats.size() < 2) return;
    row_label(state, text::kFormat);
    Ui& ui = state.ui;
    OutputFormat& chosen = state.form.request.output_format;
    for (std::size_t i = 0; i < formats.size(); ++i) {
        if (i > 0) ImGui::SameLine(0, ui.em(0.3f));
        const char* tip = formats[i] == OutputFormat::Png ? text::kFormatPngTip : text::kFormatJpegTip;
        const Control control{.name = "format", .label = to_string(formats[i]), .tip = tip, .key = i};
        if (ui.choice(control, "", chosen == formats[i], {ui.em(5), ui.frame_height()})) chosen = formats[i];
    }
}

void draw_safety(State& state) {
    const Capabilities& capabilities = state.service.capabilities();
    const IntRange& range =
        state.form.is_edit ? capabilities.safety_tolerance_edit : capabilities.safety_tolerance_new;
    if (range.max <= range.min) return;
    row_label(state, text::kSafety);
    Ui& ui = state.ui;
    std::optional<int>& tolerance = state.form.request.safety_tolerance;
    int value = std::clamp(tolerance.value_or(range.preset), range.min, range.max);
    const char* format = value == range.min   ? text::kSafetyStrict
                         : value == range.max ? text::kSafetyLenient
                                              : text::kSafetyPlain;
    ImGui::SetNextItemWidth(std::min(ui.width(), ui.em(16)));
    if (ImGui::SliderInt("##safety", &value, range.min, range.max, format, ImGuiSliderFlags_AlwaysClamp))
        tolerance = value;
    ui.note_item("safety", Line(text::kSafetyTipFormat, range.min, range.max, range.preset));
}

void draw_translation(State& state) {
    if (!state.service.capabilities().translation) return;
    row_label(state, text::kTranslate);
    static constexpr const char* kLabels[] = {text::kAuto, text::kOn, text::kOff};
    std::optional<bool>& choice = state.form.request.enable_translation;
    const std::size_t chosen = !choice ? 0 : *choice ? 1 : 2;
    const int pressed = draw_segments(state, "translate", kLabels, chosen, text::kTranslateTip);
    if (pressed == 0) choice.reset();
    if (pressed > 0) choice = pressed == 1;
}

void draw_texts(State& state) {
    Ui& ui = state.ui;
    TextureRequest& request = state.form.request;
    if (state.service.capabilities().watermark) {
        row_label(state, text::kWatermark);
        ui.field({.name = "watermark", .label = text::kWatermarkHint, .tip = text::kWatermarkTip},
                 request.watermark, std::min(ui.width(), ui.em(16)));
    }
    row_label(state, text::kLabel);
    ui.field({.name = "label", .label = text::kLabelHint, .tip = text::kLabelTip}, request.label,
             std::min(ui.width(), ui.em(16)));
}

void draw_switches(State& state) {
    Ui& ui = state.ui;
    const Capabilities& capabilities = state.service.capabilities();
    TextureRequest& request = state.form.request;
    if (capabilities.prompt_upsampling)
        ui.toggle({.name = "upsampling", .label = text::kUpsampling, .tip = text::kUpsamplingTip},
                  &request.prompt_upsampling);
    if (capabilities.upload_cn)
        ui.toggle({.name = "upload_cn", .label = text::kUploadCn, .tip = text::kUploadCnTip},
                  &request.upload_cn);
    bool is_reused = request.reuse == Reuse::IfIdentical;
    if (ui.toggle({.name = "reuse", .label = text::kReuse, .tip = text::kReuseTip}, &is_reused))
        request.reuse = is_reused ? Reuse::IfIdentical : Reuse::Never;
}

int count_changed(const TextureRequest& request) {
    return (request.output_format != OutputFormat::Png) + request.safety_tolerance.has_value() +
           request.enable_translation.has_value() + !request.watermark.empty() + !request.label.empty() +
           request.prompt_upsampling + request.upload_cn + (request.reuse != Reuse::Never);
}

void reset_more(TextureRequest& request) {
    request.output_format = OutputFormat::Png;
    request.safety_tolerance.reset();
    request.enable_translation.reset();
    request.watermark.clear();
    request.label.clear();
    request.prompt_upsampling = false;
    request.upload_cn = false;
    request.reuse = Reuse::Never;
}

void draw_more_header(State& state) {
    Ui& ui = state.ui;
    Form& form = state.form;
    const int changed = count_changed(form.request);
    if (ui.hit("more", 0, {ui.em(1.5f) + ui.text_width(text::kMore), ui.frame_height()}))
        form.is_more_open = !form.is_more_open;
    const Rect rect = ui.last();
    const ImVec4& ink = ui.is_last_hovered() ? ui.theme().text : ui.theme().dim;
    ui.icon_at(form.is_more_open ? Icon::Down : Icon::Right, {rect.min.x + ui.em(0.45f), rect.center().y},
               ui.em(0.8f), ink);
    ui.text_in({{rect.min.x + ui.em(1.3f), rect.min.y}, rect.max}, text::kMore, ink, false);
    ui.tip("more", 0, text::kMoreTip);
    if (changed == 0) return;
    ImGui::SameLine();
    const Line words(text::kMoreChangedFormat, changed);
    const Control reset{.name = "more.reset",
                        .label = text::kMoreReset,
                        .tip = text::kMoreResetTip,
                        .kind = ButtonKind::Quiet};
    const float y = ImGui::GetCursorPosY();
    ImGui::SetCursorPosY(y + (ui.frame_height() - ImGui::GetTextLineHeight() - ui.em(0.3f)) * 0.5f);
    ui.pill(Tone::Accent, Icon::None, words);
    ImGui::SameLine();
    ImGui::SetCursorPosY(y);
    if (ui.button(reset)) reset_more(form.request);
}

}  // namespace

void draw_options(State& state) {
    draw_models(state);
    draw_ratios(state);
    draw_more_header(state);
    if (!state.form.is_more_open) return;
    state.ui.begin_card();
    draw_format(state);
    draw_safety(state);
    draw_translation(state);
    draw_texts(state);
    draw_switches(state);
    state.ui.end_card();
}

}  // namespace kontexture::panel
