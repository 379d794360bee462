#include <kontexture/panel.h>

#include "panel/imgui_compat.h"
#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>

namespace kontexture {
namespace panel {
namespace {

// In font heights: from this width the form stands beside the results.
constexpr float kTwoColumns = 56;
constexpr float kFormColumn = 27;
constexpr float kWideFormColumn = 32;
constexpr float kLeastHeight = 24;
constexpr double kBalanceSeconds = 5;

bool is_enter_pressed() {
    return compat::is_key_pressed(ImGuiKey_Enter) || compat::is_key_pressed(compat::kKeypadEnter);
}

void handle_keys(State& state) {
    const bool is_focused = ImGui::IsWindowFocused(ImGuiFocusedFlags_RootAndChildWindows);
    state.has_keyboard = is_focused && !ImGui::GetIO().WantTextInput && !ImGui::IsAnyItemActive();
    if (is_focused && ImGui::GetIO().KeyCtrl && is_enter_pressed()) {
        generate(state);
        // The field takes Ctrl+Enter as an end of typing; a person may go on.
        state.form.wants_focus = state.form.is_prompt_active;
        return;
    }
    if (!state.has_keyboard) return;
    if (state.spending.is_open) {
        if (compat::is_key_pressed(ImGuiKey_Escape)) close_spending(state);
        return;
    }
    if (state.view.is_open && compat::is_key_pressed(ImGuiKey_Escape)) close_view(state);
    // While the host's keyboard navigation shows its cursor, Enter and the arrows are that cursor's.
    if (ImGui::GetIO().NavVisible) return;
    const ImageId chosen = state.view.is_open ? state.view.entry.image : state.results.selected;
    if (is_enter_pressed() && chosen) apply(state, chosen);
    if (!state.view.is_open) return move_selection(state);
    if (compat::is_key_pressed(ImGuiKey_LeftArrow, true)) step_view(state, -1);
    if (compat::is_key_pressed(ImGuiKey_RightArrow, true)) step_view(state, 1);
}

void read_events(State& state) {
    follow_saving(state, state.view.saving);
    follow_saving(state, state.spending.saving);
    for (const Event& event : state.service.events()) {
        if (event.kind == Event::Kind::Account) state.spending.is_ledger_old = true;
        if (event.kind != Event::Kind::Request || event.state == event.previous) continue;
        const RequestInfo* info = state.service.find(event.id);
        const bool is_paid_end = is_final(event.state) && info && !info->from_library && !info->reused;
        if (is_paid_end) state.is_balance_old = true;
    }
}

void ask_for_balance(State& state) {
    if (!state.service.account().key_present || !state.service.capabilities().credits_query) {
        state.is_balance_old = true;
        return;
    }
    if (!state.is_balance_old || state.ui.now() < state.next_balance_at) return;
    state.is_balance_old = false;
    state.next_balance_at = state.ui.now() + kBalanceSeconds;
    state.service.refresh_account();
}

void draw_notice(State& state) {
    Ui& ui = state.ui;
    if (state.notice.empty() || ui.now() > state.notice_until) return;
    ui.begin_card(state.notice_tone);
    const float close = ImGui::GetTextLineHeight();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ui.align_right(close);
    if (ui.icon_button({.name = "notice.close", .tip = text::kDismissTip, .icon = Icon::Close}, close))
        state.notice_until = 0;
    ImGui::SetCursorScreenPos(at);
    ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + ui.width() - close - ui.spacing());
    ui.text(state.notice, ui.theme().text);
    ImGui::PopTextWrapPos();
    ui.end_card();
}

void draw_form(State& state) {
    if (state.service.capabilities().edit) draw_input(state);
    draw_prompt(state);
    draw_options(state);
    draw_generate(state);
}

void begin_column(State& state, const char* id, ImVec2 size, ImGuiWindowFlags flags = 0) {
    ImGui::BeginChild(id, size, false, flags);
    // The scroll bar's room is kept free also without one: content whose height follows from its width would
    // otherwise make the bar come and go for ever.
    state.ui.begin_region(ImGui::GetWindowWidth() - ImGui::GetStyle().ScrollbarSize);
}

void end_column(State& state) {
    state.ui.end_region();
    ImGui::EndChild();
}

void draw_view_column(State& state, const char* id) {
    // The wheel zooms over the picture and scrolls elsewhere.
    const ImGuiWindowFlags flags = state.view.is_canvas_hovered ? ImGuiWindowFlags_NoScrollWithMouse : 0;
    begin_column(state, id, {0, 0}, flags);
    draw_view(state);
    end_column(state);
}

void draw_spending_column(State& state) {
    begin_column(state, "spending", {0, 0});
    draw_spending(state);
    end_column(state);
}

void draw_right(State& state) {
    if (state.spending.is_open) return draw_spending_column(state);
    if (state.view.is_open) return draw_view_column(state, "view");
    begin_column(state, "right", {0, 0});
    draw_queue(state);
    draw_results(state);
    end_column(state);
}

void draw_body(State& state) {
    Ui& ui = state.ui;
    if (ui.width() >= ui.em(kTwoColumns)) {
        const float form_width = ui.em(ui.width() > ui.em(90) ? kWideFormColumn : kFormColumn);
        begin_column(state, "form", {form_width, 0});
        draw_form(state);
        end_column(state);
        ImGui::SameLine(0, ui.em(1));
        draw_right(state);
        return;
    }
    if (state.spending.is_open) return draw_spending_column(state);
    if (state.view.is_open) return draw_view_column(state, "view");
    begin_column(state, "all", {0, 0});
    draw_form(state);
    draw_queue(state);
    draw_results(state);
    end_column(state);
}

void draw_content(State& state) {
    IMGUI_CHECKVERSION();
    state.events.clear();
    ImGui::PushID(&state);
    state.ui.begin_frame();
    read_events(state);
    ask_for_balance(state);
    const float room = std::max(ImGui::GetContentRegionAvail().y, state.ui.em(kLeastHeight));
    begin_column(state, "panel", {0, room},
                 ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    handle_keys(state);
    draw_header(state);
    draw_notice(state);
    draw_body(state);
    end_column(state);
    update_owned(state);
    state.ui.end_frame();
    ImGui::PopID();
}

}  // namespace
}  // namespace panel

class Panel::Impl : public panel::State {
public:
    using State::State;
};

Panel::Panel(Service& service) : impl_(std::make_unique<Impl>(service)) {}

Panel::~Panel() {
    panel::release_all(*impl_);
}

std::span<const PanelEvent> Panel::draw_window(const char* title, bool* open) {
    impl_->events.clear();
    if (open && !*open) return impl_->events;
    const float em = ImGui::GetFontSize();
    const ImVec2 screen = ImGui::GetMainViewport()->WorkSize;
    ImGui::SetNextWindowSize({std::min(em * 34, screen.x), std::min(em * 52, screen.y)},
                             ImGuiCond_FirstUseEver);
    ImGui::SetNextWindowSizeConstraints({std::min(320.0f, em * 22), em * 20}, {1e6f, 1e6f});
    const ImGuiWindowFlags flags = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
    if (ImGui::Begin(title, open, flags)) panel::draw_content(*impl_);
    ImGui::End();
    return impl_->events;
}

std::span<const PanelEvent> Panel::draw_content() {
    panel::draw_content(*impl_);
    return impl_->events;
}

bool Panel::draw_menu_item(const char* label, bool* open) {
    return ImGui::MenuItem(label, nullptr, open);
}

void Panel::set_prompt(std::string_view prompt) {
    panel::set_prompt(*impl_, prompt);
}

void Panel::set_input(InputImage input) {
    panel::set_input(*impl_, std::move(input));
}

void Panel::set_request(const TextureRequest& request) {
    panel::set_request(*impl_, request);
}

void Panel::generate() {
    panel::generate(*impl_);
}

void Panel::focus_prompt() {
    impl_->form.wants_focus = true;
}

void Panel::set_save_folder(std::string_view folder) {
    impl_->save_folder.assign(folder);
}

void Panel::set_service_name(std::string_view name) {
    impl_->service_name.assign(name);
}

void Panel::set_in_use(std::span<const RequestId> requests, RequestId on_selection) {
    panel::set_in_use(*impl_, requests, on_selection);
}

}  // namespace kontexture
