#include "panel/imgui_compat.h"
#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>

// Both limits, and every payment.
namespace kontexture::panel {
namespace {

constexpr double kLedgerSeconds = 1;

/// One of the two limits and what counts against it.
struct LimitRow {
    Limit limit;
    const char* title;
    const char* tip;
    const char* field;  ///< names of its controls
    const char* set;
    const char* remove;
    double spent = 0;
    double reserved = 0;
    std::optional<double> value;
};

void show_value(LimitForm& form, std::optional<double> value) {
    form.is_wrong = false;
    form.text = value ? credits_text(*value).c_str() : "";
}

void set_limit(State& state, Limit limit, LimitForm& form, std::optional<double> value) {
    if (limit == Limit::Session)
        state.service.set_max_credits(value);
    else
        state.service.set_max_credits_per_day(value);
    show_value(form, value);
}

void draw_limit_title(State& state, const LimitRow& row) {
    Ui& ui = state.ui;
    const Line words = spent_text(text::kUsedFormats, row.spent, row.reserved, row.value);
    ui.text(row.title);
    ui.tip(row.title, 0, row.tip);
    ui.flow(ui.text_width(words));
    ui.align_right(ui.text_width(words));
    ui.wrapped(words, ui.theme().dim);
    if (!row.value) return;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = std::max(3.0f, ui.em(0.32f));
    const Rect rect{at, {at.x + ui.width(), at.y + height}};
    ImGui::Dummy({rect.width(), height});
    ui.used_bar(rect, row.spent, row.reserved, *row.value);
}

void draw_limit(State& state, const LimitRow& row, LimitForm& form) {
    Ui& ui = state.ui;
    draw_limit_title(state, row);
    const Control set{.name = row.set, .label = text::kLimitSet, .tip = text::kLimitSetTip};
    const Control remove{.name = row.remove,
                         .label = text::kLimitRemove,
                         .tip = text::kLimitRemoveTip,
                         .kind = ButtonKind::Quiet};
    if (state.spending.focus == row.limit) {
        compat::focus_next_item();
        state.spending.focus = Limit::None;
    }
    const float buttons = ui.button_width(set) + ui.button_width(remove) + 2 * ui.spacing();
    const bool is_one_row = ui.width() > buttons + ui.em(5);
    const float room = is_one_row ? std::min(ui.width() - buttons, ui.em(12)) : ui.width();
    if (ui.field({.name = row.field, .label = text::kLimitHint, .tip = text::kLimitFieldTip}, form.text, room,
                 ImGuiInputTextFlags_AutoSelectAll))
        form.is_wrong = false;
    const bool is_entered = ImGui::IsItemDeactivated() && compat::is_key_pressed(ImGuiKey_Enter);
    if (is_one_row) ImGui::SameLine();
    if (ui.button(set) || is_entered) {
        const std::optional<double> value = amount_from(form.text);
        form.is_wrong = !value;
        if (value) set_limit(state, row.limit, form, value);
    }
    ui.flow(ui.button_width(remove));
    ImGui::BeginDisabled(!row.value);
    if (ui.button(remove)) set_limit(state, row.limit, form, std::nullopt);
    ImGui::EndDisabled();
    if (form.is_wrong) ui.message(Tone::Warn, text::kLimitWrong);
}

void draw_limits(State& state) {
    Ui& ui = state.ui;
    Spending& spending = state.spending;
    const Account& account = state.service.account();
    ui.begin_card();
    draw_limit(state,
               {Limit::Session, text::kLimitSession, "", "limit.session", "limit.session.set",
                "limit.session.remove", account.spent, account.reserved, account.limit},
               spending.session);
    ui.gap(0.3f);
    draw_limit(state,
               {Limit::Day, text::kLimitDay, text::kLimitDayTip, "limit.day", "limit.day.set",
                "limit.day.remove", account.spent_last_day, account.reserved, account.limit_per_day},
               spending.day);
    ui.end_card();
}

void draw_export(State& state) {
    Ui& ui = state.ui;
    Saving& saving = state.spending.saving;
    const Control control{.name = "ledger.export", .label = text::kExport, .tip = text::kExportTip};
    ui.flow(ui.button_width(control));
    ui.align_right(ui.button_width(control));
    if (ui.button(control)) {
        if (saving.is_shown)
            saving.is_shown = false;
        else
            open_saving(state, saving, text::kExportName);
    }
    if (saving.is_shown && draw_save_row(state, saving)) state.service.library().save_ledger(saving.path);
    if (!saving.message.empty()) ui.message(saving.tone, saving.message);
}

void read_ledger_when_old(State& state) {
    Spending& spending = state.spending;
    if (!spending.is_ledger_old || state.ui.now() < spending.next_ledger_at) return;
    if (state.service.library().ledger().loading) return;
    spending.is_ledger_old = false;
    spending.next_ledger_at = state.ui.now() + kLedgerSeconds;
    state.service.library().load_ledger();
}

}  // namespace

void open_spending(State& state, Limit focus) {
    Spending& spending = state.spending;
    const Account& account = state.service.account();
    if (!spending.is_open) {
        show_value(spending.session, account.limit);
        show_value(spending.day, account.limit_per_day);
        spending.is_ledger_old = true;
        spending.next_ledger_at = 0;
        if (spending.saving.since < 0) spending.saving = {};
    }
    spending.is_open = true;
    spending.focus = focus;
}

void close_spending(State& state) {
    state.spending.is_open = false;
}

void draw_spending(State& state) {
    Ui& ui = state.ui;
    read_ledger_when_old(state);
    const Control back{.name = "spending.back",
                       .label = text::kSpendingBack,
                       .tip = text::kSpendingBackTip,
                       .icon = Icon::Left,
                       .kind = ButtonKind::Quiet};
    if (ui.button(back)) close_spending(state);
    ImGui::SameLine();
    ui.heading(text::kSpending);
    draw_limits(state);
    ui.gap(0.2f);
    ui.heading(text::kLedger);
    draw_export(state);
    draw_ledger(state, state.service.library().ledger());
}

}  // namespace kontexture::panel
