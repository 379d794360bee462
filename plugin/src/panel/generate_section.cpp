#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>

namespace kontexture::panel {
namespace {

constexpr int kMostPictures = 8;

void draw_count(State& state) {
    Ui& ui = state.ui;
    int& count = state.form.count;
    const int shown = wanted_pictures(state.form);
    const bool is_reused = state.form.request.reuse == Reuse::IfIdentical;
    const float side = ui.frame_height();
    const float number = ui.em(1.6f);
    ImGui::AlignTextToFramePadding();
    ui.text(text::kPictures, ui.theme().dim);
    ImGui::SameLine();
    ui.align_right(2 * side + number + ui.em(0.4f));
    ImGui::BeginDisabled(shown <= 1);
    const char* fewer_tip = is_reused ? text::kOneReusedTip : text::kFewerTip;
    if (ui.button({.name = "count.less", .tip = fewer_tip, .icon = Icon::Minus}, {side, side})) --count;
    ImGui::EndDisabled();
    ImGui::SameLine(0, ui.em(0.2f));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::Dummy({number, side});
    ui.text_in({at, {at.x + number, at.y + side}}, Line("%d", shown), ui.theme().text);
    ImGui::SameLine(0, ui.em(0.2f));
    ImGui::BeginDisabled(count >= kMostPictures || is_reused);
    const char* more_tip = is_reused ? text::kOneReusedTip : text::kMoreOfThemTip;
    if (ui.button({.name = "count.more", .tip = more_tip, .icon = Icon::Plus}, {side, side})) ++count;
    ImGui::EndDisabled();
}

Line price_line(const State& state, double price) {
    const double usd = price * state.service.capabilities().usd_per_credit;
    if (state.form.request.reuse == Reuse::IfIdentical)
        return Line(text::kPriceReuseFormat, credits_text(price).c_str());
    if (usd <= 0) return Line(text::kPriceNoUsdFormat, credits_text(price).c_str());
    return Line(text::kPriceFormat, credits_text(price).c_str(), usd_text(usd).c_str());
}

void draw_button(State& state, double price, const std::optional<Line>& reason) {
    Ui& ui = state.ui;
    const Theme& theme = ui.theme();
    // The price stays readable while the button is blocked: it turns grey, it does not fade.
    ImGui::PushStyleVar(ImGuiStyleVar_DisabledAlpha, 1.0f);
    ImGui::BeginDisabled(reason.has_value());
    const ButtonKind kind = reason ? ButtonKind::Normal : ButtonKind::Primary;
    const ImVec4 ink = reason ? theme.dim : theme.on_accent;
    const ImVec4 price_ink = reason ? theme.dim : blend(theme.accent, theme.on_accent, 0.85f);
    const char* tip = reason ? reason->c_str() : text::kGenerateTip;
    const bool is_pressed =
        ui.button({.name = "generate", .tip = tip, .kind = kind}, {ui.width(), ui.em(3.4f)});
    const Rect rect = ui.last();
    const float line_height = ImGui::GetTextLineHeight();
    const float top = rect.center().y - line_height * 1.08f;
    const float pad = ui.em(0.5f);
    const int count = wanted_pictures(state.form);
    const Line words = count > 1 ? Line(text::kGenerateFormat, count) : Line("%s", text::kGenerate);
    const Rect upper{{rect.min.x + pad, top}, {rect.max.x - pad, top + line_height}};
    ui.text_in(upper, words, ink);
    ui.text_in(
        {{upper.min.x, upper.max.y + line_height * 0.16f}, {upper.max.x, upper.max.y + line_height * 1.16f}},
        price_line(state, price), price_ink);
    ImGui::EndDisabled();
    ImGui::PopStyleVar();
    if (is_pressed) generate(state);
}

void draw_reason(State& state, const Line& reason, double price) {
    Ui& ui = state.ui;
    ui.message(Tone::Warn, reason);
    const Limit limit = passed_limit(state, price);
    if (limit == Limit::None || !state.service.account().key_present) return;
    if (ui.button({.name = "generate.limit", .label = text::kRaiseLimit, .tip = text::kRaiseLimitTip}))
        open_spending(state, limit);
}

}  // namespace

void draw_generate(State& state) {
    Ui& ui = state.ui;
    draw_count(state);
    const double price = state.service.estimate(state.form.request) * wanted_pictures(state.form);
    const std::optional<Line> reason = blocked_reason(state);
    draw_button(state, price, reason);
    const Account& account = state.service.account();
    const bool is_to_begin = account.key_present && state.form.request.prompt.empty();
    if (reason && is_to_begin)
        ui.wrapped(*reason, ui.theme().dim);
    else if (reason)
        draw_reason(state, *reason, price);
    else if (!state.form.submit_error.empty())
        ui.message(Tone::Bad, state.form.submit_error);
    else if (account.credits && *account.credits < price)
        ui.message(Tone::Warn, Line(text::kBalanceLowFormat, credits_text(*account.credits).c_str()));
}

}  // namespace kontexture::panel
