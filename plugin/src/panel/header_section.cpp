#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>

namespace kontexture::panel {
namespace {

void draw_key(State& state) {
    Ui& ui = state.ui;
    const Account& account = state.service.account();
    const bool is_refused = account.error.code == ErrorCode::Unauthorized;
    if (account.key_present && !is_refused) {
        const float side = ImGui::GetTextLineHeight() + ui.em(0.3f);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::Dummy({side, side});
        ui.icon_at(Icon::Key, {at.x + side * 0.5f, at.y + side * 0.5f}, ui.em(0.85f), ui.theme().good);
        return ui.tip("header.key", 0, text::kKeySetTip);
    }
    ui.pill(Tone::Warn, Icon::Warning, is_refused ? text::kKeyRefused : text::kNoKey);
    ui.tip("header.key", 0,
           is_refused ? std::string_view(account.error.message) : std::string_view(text::kNoKeyTip));
}

Line credits_line(const Account& account) {
    if (account.error.code != ErrorCode::None) return Line("%s", text::kCreditsError);
    if (!account.credits) return Line("%s", text::kCreditsAsked);
    return Line(text::kCreditsFormat, credits_text(*account.credits).c_str());
}

// Nothing to say before the first credit.
Line spent_line(const Account& account) {
    const double used = account.spent + account.reserved;
    if (account.limit)
        return Line(text::kSpentLimitFormat, credits_text(used).c_str(),
                    credits_text(*account.limit).c_str());
    return used > 0 ? Line(text::kSpentFormat, credits_text(used).c_str()) : Line("%s", "");
}

void draw_spent(State& state, const Line& words, float text_y) {
    Ui& ui = state.ui;
    ImGui::SetCursorPosY(text_y);
    ui.line(words, ui.theme().dim, ui.width());
    ui.tip("header.spent", 0, text::kSpentTip);
}

void draw_credits(State& state, const Line& words, float y, float button) {
    Ui& ui = state.ui;
    const Account& account = state.service.account();
    const bool is_known = account.credits && account.error.code == ErrorCode::None;
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

void draw_money(State& state) {
    Ui& ui = state.ui;
    const Account& account = state.service.account();
    const Line credits = credits_line(account);
    const Line spent = spent_line(account);
    const float button = ImGui::GetTextLineHeight() + ui.em(0.3f);
    const bool has_credits = state.service.capabilities().credits_query && account.key_present;
    const float credits_width = has_credits ? ui.text_width(credits) + button + ui.spacing() : 0;
    const bool has_spent = !std::string_view(spent).empty();
    if (!has_credits && !has_spent) return;
    const float spent_width = ui.text_width(spent);
    const float both = credits_width + spent_width + (has_credits && has_spent ? ui.em(1) : 0);
    ui.flow(both);
    const bool is_one_row = both <= ui.width();
    ui.align_right(is_one_row ? both : spent_width);
    float y = ImGui::GetCursorPosY();
    if (has_spent) draw_spent(state, spent, y + ui.em(0.15f));
    if (!has_credits) return;
    if (has_spent && is_one_row) {
        ImGui::SameLine(0, ui.em(1));
    } else if (has_spent) {
        y = ImGui::GetCursorPosY();
        ui.align_right(credits_width);
    }
    draw_credits(state, credits, y, button);
}

void draw_key_notice(State& state) {
    Ui& ui = state.ui;
    const Capabilities& capabilities = state.service.capabilities();
    ui.begin_card(Tone::Warn);
    ui.message(Tone::Warn, text::kKeyNeeded);
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
    if (!account.key_present) draw_key_notice(state);
}

}  // namespace kontexture::panel
