#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>

// Every payment, newest first: a table where there is room for one, else two lines each.
namespace kontexture::panel {
namespace {

// In font heights.
constexpr float kTableWidth = 36;
constexpr float kTimeColumn = 8;
constexpr float kModelColumn = 8;
constexpr float kCreditsColumn = 4.5f;
constexpr float kKindColumn = 6;
constexpr float kColumnGap = 0.8f;

const char* kind_words(LedgerEntry::Kind kind) {
    switch (kind) {
        case LedgerEntry::Kind::Reserved: return text::kKindReserved;
        case LedgerEntry::Kind::Spent: return text::kKindSpent;
        case LedgerEntry::Kind::Unknown: return text::kKindUnknown;
    }
    return "";
}

ImVec4 kind_ink(const Theme& theme, LedgerEntry::Kind kind) {
    if (kind == LedgerEntry::Kind::Unknown) return blend(theme.warn, theme.text, 0.3f);
    return kind == LedgerEntry::Kind::Reserved ? blend(theme.accent, theme.text, 0.3f) : theme.dim;
}

void draw_at_right(Ui& ui, const Rect& rect, std::string_view text, const ImVec4& ink) {
    const float left = std::max(rect.min.x, rect.max.x - ui.text_width(text));
    ui.text_in({{left, rect.min.y}, rect.max}, text, ink, false);
}

/// The cells of a row, from its left to its right edge.
struct Cells {
    Rect time, prompt, model, credits, kind;
};

Cells cells_of(const Ui& ui, const Rect& row) {
    const float gap = ui.em(kColumnGap);
    const auto cell = [&row](float left, float right) {
        return Rect{{left, row.min.y}, {std::max(left, right), row.max.y}};
    };
    const float edge = row.max.x - ui.em(0.4f);
    const float kind = edge - ui.em(kKindColumn);
    const float credits = kind - gap - ui.em(kCreditsColumn);
    const float model = credits - gap - ui.em(kModelColumn);
    const float time = row.min.x + ui.em(0.4f);
    const float prompt = time + ui.em(kTimeColumn) + gap;
    return {cell(time, prompt - gap), cell(prompt, model - gap), cell(model, credits - gap),
            cell(credits, kind - gap), cell(kind, edge)};
}

void draw_head(State& state, const Rect& row) {
    Ui& ui = state.ui;
    const ImVec4& ink = ui.theme().dim;
    const Cells cells = cells_of(ui, row);
    ui.text_in(cells.time, text::kColumnTime, ink, false);
    ui.text_in(cells.prompt, text::kColumnPrompt, ink, false);
    ui.text_in(cells.model, text::kColumnModel, ink, false);
    draw_at_right(ui, cells.credits, text::kColumnCredits, ink);
    ui.text_in(cells.kind, text::kColumnKind, ink, false);
}

void draw_table_row(State& state, const LedgerEntry& entry, const Rect& row) {
    Ui& ui = state.ui;
    const Theme& theme = ui.theme();
    const Cells cells = cells_of(ui, row);
    ui.text_in(cells.time, date_text(entry.at), theme.dim, false);
    ui.text_in(cells.prompt, entry.prompt, theme.text, false);
    ui.text_in(cells.model, model_name(state.service.capabilities(), entry.model), theme.dim, false);
    draw_at_right(ui, cells.credits, credits_text(entry.credits), theme.text);
    ui.text_in(cells.kind, kind_words(entry.kind), kind_ink(theme, entry.kind), false);
}

void draw_narrow_row(State& state, const LedgerEntry& entry, const Rect& row) {
    Ui& ui = state.ui;
    const Theme& theme = ui.theme();
    const Line credits = credits_text(entry.credits);
    const float pad = ui.em(0.4f);
    const float middle = row.center().y;
    const float left = row.min.x + pad;
    const float right = row.max.x - pad;
    const float prompt_right = right - ui.text_width(credits) - ui.em(kColumnGap);
    ui.text_in({{left, row.min.y}, {prompt_right, middle}}, entry.prompt, theme.text, false);
    draw_at_right(ui, {{prompt_right, row.min.y}, {right, middle}}, credits, theme.text);
    ui.text_in({{left, middle}, {right, row.max.y}},
               Line(text::kLedgerRowFormat, kind_words(entry.kind), date_text(entry.at).c_str(),
                    model_name(state.service.capabilities(), entry.model)),
               kind_ink(theme, entry.kind), false);
}

void draw_row(State& state, const LedgerEntry& entry, int index, float height, bool is_table) {
    Ui& ui = state.ui;
    ui.hit("ledger.row", static_cast<std::uint64_t>(index), {ui.width(), height});
    const Rect row = ui.last();
    if (ui.is_last_hovered())
        ui.fill(row, ui.theme().hover, ui.theme().rounding);
    else if (index % 2 == 0)
        ui.fill(row, ui.theme().card, ui.theme().rounding);
    if (is_table)
        draw_table_row(state, entry, row);
    else
        draw_narrow_row(state, entry, row);
    ui.tip("ledger.row", static_cast<std::uint64_t>(index), entry.prompt);
}

void draw_rows(State& state, const Ledger& ledger) {
    Ui& ui = state.ui;
    const bool is_table = ui.width() >= ui.em(kTableWidth);
    const float line = ImGui::GetTextLineHeight();
    const float height = is_table ? line + ui.em(0.5f) : 2 * line + ui.em(0.6f);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ui.spacing(), ui.em(0.15f)));
    if (is_table) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::Dummy({ui.width(), line});
        draw_head(state, {at, {at.x + ui.width(), at.y + line}});
    }
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(ledger.entries.size()), height + ImGui::GetStyle().ItemSpacing.y);
    while (clipper.Step())
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
            draw_row(state, ledger.entries[static_cast<std::size_t>(i)], i, height, is_table);
    clipper.End();
    ImGui::PopStyleVar();
}

}  // namespace

void draw_ledger(State& state, const Ledger& ledger) {
    Ui& ui = state.ui;
    if (ledger.error.code != ErrorCode::None) return ui.message(Tone::Bad, ledger.error.message);
    if (ledger.entries.empty())
        return ui.wrapped(ledger.loading ? text::kLedgerLoading : text::kLedgerEmpty, ui.theme().dim);
    ui.wrapped(Line(text::kLedgerTotalFormat, credits_text(ledger.total).c_str(),
                    credits_text(ledger.last_day).c_str()),
               ui.theme().text);
    if (ledger.has_more)
        ui.wrapped(Line(text::kLedgerCutFormat, static_cast<int>(ledger.entries.size())), ui.theme().dim);
    draw_rows(state, ledger);
}

}  // namespace kontexture::panel
