#include "panel/imgui_compat.h"
#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>
#include <array>

namespace kontexture::panel {
namespace {

bool is_refused(const Account& account) {
    return account.error.code == ErrorCode::Unauthorized;
}

void draw_key(State& state) {
    Ui& ui = state.ui;
    const Account& account = state.service.account();
    if (account.key_present && !is_refused(account)) {
        const float side = ImGui::GetTextLineHeight() + ui.em(0.3f);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::Dummy({side, side});
        ui.icon_at(Icon::Key, {at.x + side * 0.5f, at.y + side * 0.5f}, ui.em(0.85f), ui.theme().good);
        return ui.tip("header.key", 0, text::kKeySetTip);
    }
    ui.pill(Tone::Warn, Icon::Warning, is_refused(account) ? text::kKeyRefused : text::kNoKey);
    ui.tip("header.key", 0,
           is_refused(account) ? std::string_view(account.error.message) : std::string_view(text::kNoKeyTip));
}

Line credits_line(const Account& account) {
    if (account.error.code != ErrorCode::None) return Line("%s", text::kCreditsError);
    if (!account.credits) return Line("%s", text::kCreditsAsked);
    return Line(text::kCreditsFormat, credits_text(*account.credits).c_str());
}

// What one of the header's amounts says, and its bar.
struct Amount {
    const char* name;
    Line words;
    Line tip;
    double spent = 0;
    double reserved = 0;
    std::optional<double> limit;
};

Amount session_amount(const Account& account) {
    return {"header.spent",
            spent_text(text::kSpentFormats, account.spent, account.reserved, account.limit),
            Line(text::kSpentTipFormat, credits_text(account.spent).c_str(),
                 credits_text(account.reserved).c_str()),
            account.spent,
            account.reserved,
            account.limit};
}

Amount day_amount(const Account& account) {
    const Line spent = credits_text(account.spent_last_day);
    const Line limit = credits_text(account.limit_per_day.value_or(0));
    return {"header.day",
            Line(text::kDayLimitFormat, spent.c_str(), limit.c_str()),
            Line(text::kDayTipFormat, spent.c_str(), credits_text(account.reserved).c_str(), limit.c_str()),
            account.spent_last_day,
            account.reserved,
            account.limit_per_day};
}

float header_height(const Ui& ui) {
    return ImGui::GetTextLineHeight() + ui.em(0.3f);
}

void draw_amount(State& state, const Amount& amount) {
    Ui& ui = state.ui;
    const float width = std::min(ui.text_width(amount.words), ui.width());
    if (ui.hit(amount.name, 0, {width, header_height(ui)})) open_spending(state, Limit::None);
    const Rect rect = ui.last();
    const ImVec4& ink = ui.is_last_hovered() ? ui.theme().text : ui.theme().dim;
    ui.text_in(rect, amount.words, ink, false);
    if (amount.limit) {
        const float height = std::max(2.0f, ui.em(0.14f));
        ui.used_bar({{rect.min.x, rect.max.y - height}, rect.max}, amount.spent, amount.reserved,
                    *amount.limit);
    }
    ui.tip(amount.name, 0, amount.tip);
}

void draw_credits(State& state, const Line& words) {
    Ui& ui = state.ui;
    const Account& account = state.service.account();
    const bool is_known = account.credits && account.error.code == ErrorCode::None;
    const float y = ImGui::GetCursorPosY();
    const float button = header_height(ui);
    ImGui::SetCursorPosY(y + ui.em(0.15f));
    ui.line(words, is_known ? ui.theme().text : ui.theme().dim, ui.width() - button - ui.spacing());
    ui.tip("header.credits", 0,
           account.error.message.empty() ? std::string_view(text::kCreditsTip)
                                         : std::string_view(account.error.message));
    ImGui::SameLine();
    ImGui::SetCursorPosY(y);
    if (ui.icon_button({.name = "credits.refresh", .tip = text::kRefreshTip, .icon = Icon::Refresh}, button))
        state.service.refresh_account();
}

// As many side by side as fit, at the right edge.
void draw_money(State& state) {
    Ui& ui = state.ui;
    const Account& account = state.service.account();
    const Amount session = session_amount(account);
    const Amount day = day_amount(account);
    const Line credits = credits_line(account);
    const bool has_credits = state.service.capabilities().credits_query && account.key_present;
    const float gap = ui.em(1);
    const std::array<float, 3> widths = {
        ui.text_width(session.words), account.limit_per_day ? ui.text_width(day.words) : 0,
        has_credits ? ui.text_width(credits) + header_height(ui) + ui.spacing() : 0};
    float all = -gap;
    for (const float width : widths)
        if (width > 0) all += width + gap;
    ui.flow(all);
    float y = ImGui::GetCursorPosY();
    float row_left = 0;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (widths[i] <= 0) continue;
        if (row_left >= widths[i] + gap) {
            ImGui::SameLine(0, gap);
            ImGui::SetCursorPosY(y);
        } else {
            y = ImGui::GetCursorPosY();
            row_left = ui.width();
            float row = widths[i];
            for (std::size_t j = i + 1; j < widths.size(); ++j) {
                if (widths[j] <= 0) continue;
                if (row + gap + widths[j] > row_left) break;
                row += gap + widths[j];
            }
            row_left = row + gap;
            ui.align_right(row);
        }
        row_left -= widths[i] + gap;
        if (i == 2)
            draw_credits(state, credits);
        else
            draw_amount(state, i == 0 ? session : day);
    }
}

void draw_key_entry(State& state) {
    Ui& ui = state.ui;
    KeyField& field = state.key_field;
    const Control use{.name = "key.use", .label = text::kKeyUse, .tip = text::kKeyUseTip};
    const float width = std::max(ui.em(6), ui.width() - ui.button_width(use) - ui.spacing());
    field.draw(ui, {.name = "key.entry", .label = text::kKeyHint, .tip = text::kKeyEntryTip}, width);
    const bool is_entered = ImGui::IsItemDeactivated() && compat::is_key_pressed(ImGuiKey_Enter);
    ImGui::SameLine();
    ImGui::BeginDisabled(field.empty());
    const bool is_used = ui.button(use) || is_entered;
    ImGui::EndDisabled();
    if (!is_used || field.empty()) return;
    state.service.set_api_key(field.key());
    field.clear();
    state.is_balance_old = true;
}

void draw_key_notice(State& state) {
    Ui& ui = state.ui;
    const Capabilities& capabilities = state.service.capabilities();
    ui.begin_card(Tone::Warn);
    ui.message(Tone::Warn, is_refused(state.service.account()) ? text::kKeyOther : text::kKeyNeeded);
    draw_key_entry(state);
    if (!capabilities.key_page.empty()) {
        ui.line(capabilities.key_page, ui.theme().dim, ui.width());
        if (ui.button({.name = "key.page",
                       .label = text::kKeyPage,
                       .tip = capabilities.key_page.c_str(),
                       .icon = Icon::Link}))
            copy_address(state, capabilities.key_page);
    }
    ui.end_card();
}

}  // namespace

void draw_header(State& state) {
    Ui& ui = state.ui;
    const Account& account = state.service.account();
    const std::string& name =
        state.service_name.empty() ? state.service.capabilities().service_name : state.service_name;
    const float y = ImGui::GetCursorPosY();
    ImGui::SetCursorPosY(y + ui.em(0.15f));
    ui.line(name, ui.theme().text, ui.width() - ui.em(account.key_present ? 2.0f : 6.0f));
    ImGui::SameLine(0, ui.em(0.2f));
    ImGui::SetCursorPosY(y);
    draw_key(state);
    draw_money(state);
    if (!account.key_present || is_refused(account)) draw_key_notice(state);
}

}  // namespace kontexture::panel
