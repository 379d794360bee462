#include "panel/imgui_compat.h"
#include "panel/probe.h"
#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>
#include <utility>

namespace kontexture::panel {
namespace {

constexpr int kLeastLines = 4;
constexpr int kMostLines = 10;

class FontMeasure : public LineMeasure {
public:
    explicit FontMeasure(float width) : width_(width) {}
    std::size_t fit(std::string_view line) const override {
        const char* end = nullptr;
        ImGui::GetFont()->CalcTextSizeA(ImGui::GetFontSize(), width_, 0, line.data(),
                                        line.data() + line.size(), &end);
        return end ? static_cast<std::size_t>(end - line.data()) : line.size();
    }

private:
    float width_;
};

struct Edit {
    Form& form;
    FontMeasure measure;
    bool is_stale = false;  ///< the width, the font or the prompt changed since the last wrap
};

// Undo and Escape bring old breaks back as plain line ends; a person's own line end comes from another key.
bool is_reverting() {
    const bool is_undo = ImGui::GetIO().KeyCtrl && (compat::is_key_pressed(ImGuiKey_Z, true) ||
                                                    compat::is_key_pressed(ImGuiKey_Y, true));
    return is_undo || compat::is_key_pressed(ImGuiKey_Escape);
}

std::size_t position(int value) {
    return static_cast<std::size_t>(value < 0 ? 0 : value);
}

// The field's text changed or has another width: set the breaks anew and keep the cursor on its character.
void rewrap(ImGuiInputTextCallbackData& data, Edit& edit) {
    PromptText& prompt = edit.form.prompt;
    const std::string_view typed(data.Buf, position(data.BufTextLen));
    if (typed == prompt.shown() && !edit.is_stale) return;
    const bool is_replaced = std::exchange(edit.form.is_prompt_replaced, false);
    if (!is_replaced) prompt.absorb(typed, is_reverting());
    const std::size_t cursor = prompt.to_raw(position(data.CursorPos));
    const std::size_t from = prompt.to_raw(position(data.SelectionStart));
    const std::size_t to = prompt.to_raw(position(data.SelectionEnd));
    prompt.wrap(edit.measure);
    const std::string& shown = prompt.shown();
    if (std::string_view(data.Buf, position(data.BufTextLen)) == shown) return;
    data.DeleteChars(0, data.BufTextLen);
    data.InsertChars(0, shown.data(), shown.data() + shown.size());
    if (is_replaced) return;
    data.CursorPos = static_cast<int>(prompt.to_shown(cursor));
    data.SelectionStart = static_cast<int>(prompt.to_shown(from));
    data.SelectionEnd = static_cast<int>(prompt.to_shown(to));
}

int on_prompt(ImGuiInputTextCallbackData* data) {
    Edit& edit = *static_cast<Edit*>(data->UserData);
    if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
        edit.form.prompt_field.resize(position(data->BufTextLen));
        data->Buf = edit.form.prompt_field.data();
    } else {
        rewrap(*data, edit);
    }
    return 0;
}

// True when the breaks have to be set anew while the field is active, which only its callback may do.
bool wrap_when_idle(Form& form, float text_width) {
    const bool is_stale =
        form.needs_wrap || form.wrapped_at != text_width || form.wrapped_em != ImGui::GetFontSize();
    form.wrapped_at = text_width;
    form.wrapped_em = ImGui::GetFontSize();
    form.needs_wrap = false;
    if (is_stale && !form.is_prompt_active) {
        form.prompt.wrap(FontMeasure(text_width));
        form.prompt_field = form.prompt.shown();
        form.is_prompt_replaced = false;
    }
    return is_stale && form.is_prompt_active;
}

void draw_count(State& state) {
    const std::size_t limit = state.service.capabilities().max_prompt_bytes;
    const std::size_t size = state.form.request.prompt.size();
    if (limit == 0 || size * 5 < limit * 4) return;
    const bool is_over = size > limit;
    const int distance = static_cast<int>(is_over ? size - limit : limit - size);
    const Line words =
        is_over ? Line(text::kPromptOverFormat, distance) : Line(text::kPromptLeftFormat, distance);
    const Theme& theme = state.ui.theme();
    state.ui.align_right(state.ui.text_width(words));
    state.ui.text(words, is_over ? theme.bad : theme.dim);
}

void draw_examples(State& state) {
    Ui& ui = state.ui;
    const bool is_first_start = state.form.request.prompt.empty() && state.service.requests().empty() &&
                                state.service.library().page().total == 0 && state.results.search.empty();
    if (!is_first_start || state.form.is_edit || state.results.favourites_only) return;
    ui.text(text::kTryOne, ui.theme().dim);
    std::uint64_t index = 0;
    for (const char* example : text::kExamples) {
        const Control control{.name = "example", .label = example, .tip = text::kExampleTip, .key = index};
        if (ui.button(control)) {
            set_prompt(state, example);
            state.form.wants_focus = true;
        }
        ++index;
    }
}

}  // namespace

void draw_prompt(State& state) {
    Ui& ui = state.ui;
    Form& form = state.form;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float line_height = ImGui::GetTextLineHeight();
    const ImVec2 padding = ImGui::GetStyle().FramePadding;
    const float width = ui.width();
    const float text_width = width - 2 * padding.x - ImGui::GetStyle().ScrollbarSize - 2;
    const bool is_stale = wrap_when_idle(form, text_width);
    const int lines = std::clamp(form.prompt.line_count() + 1, kLeastLines, kMostLines);
    const Rect box{at, {at.x + width, at.y + line_height * static_cast<float>(lines) + 2 * padding.y}};
    ui.fill(box, ui.theme().field, ui.theme().rounding);
    if (form.request.prompt.empty()) {
        ImGui::SetCursorScreenPos({at.x + padding.x, at.y + padding.y});
        ui.wrapped(form.is_edit ? text::kPromptHintEdit : text::kPromptHintNew, ui.theme().dim);
        ImGui::SetCursorScreenPos(at);
    }
    if (form.wants_focus) compat::focus_next_item();
    form.wants_focus = false;
    // The field lies transparent over the box, so that the hint shows through.
    for (ImGuiCol slot : {ImGuiCol_FrameBg, ImGuiCol_FrameBgHovered, ImGuiCol_FrameBgActive})
        ImGui::PushStyleColor(slot, ImVec4(0, 0, 0, 0));
    Edit edit{form, FontMeasure(text_width), is_stale};
    std::string& buffer = form.prompt_field;
    const bool is_changed = ImGui::InputTextMultiline(
        "##prompt", buffer.data(), buffer.capacity() + 1, {width, box.height()},
        ImGuiInputTextFlags_CallbackResize | ImGuiInputTextFlags_CallbackAlways, on_prompt, &edit);
    ImGui::PopStyleColor(3);
    probe_item("prompt");
    form.is_prompt_active = ImGui::IsItemActive();
    if (form.is_prompt_active) ui.outline(box, ui.theme().accent, ui.theme().rounding);
    ui.tip("prompt", 0, text::kPromptTip);
    if (is_changed) {
        form.prompt.absorb(buffer, is_reverting());
        form.needs_wrap = !form.is_prompt_active;
        form.request.prompt = form.prompt.raw();
        form.submit_error.clear();
    }
    draw_count(state);
    draw_examples(state);
}

}  // namespace kontexture::panel
