#include "panel/imgui_compat.h"
#include "panel/probe.h"
#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>
#include <cmath>

namespace kontexture::panel {
namespace {

constexpr double kSearchDelay = 0.2;
constexpr std::uint32_t kPageStep = 200;
constexpr double kArrivalSeconds = 2;
constexpr float kSmallestTile = 5;
constexpr float kLargestTile = 16;
constexpr double kAimSeconds = 2;

void start_search(State& state) {
    Results& results = state.results;
    results.is_started = true;
    results.search_changed_at = -1;
    state.service.library().search(
        {.search = results.search, .favourites_only = results.favourites_only, .limit = results.limit});
}

void search_when_due(State& state) {
    Results& results = state.results;
    const bool is_due =
        results.search_changed_at >= 0 && state.ui.now() - results.search_changed_at > kSearchDelay;
    if (!results.is_started || is_due) start_search(state);
}

void draw_tools(State& state) {
    Ui& ui = state.ui;
    Results& results = state.results;
    const Control star{.name = "results.favourites",
                       .tip = text::kFavouritesTip,
                       .icon = results.favourites_only ? Icon::StarFilled : Icon::Star};
    const float side = ui.frame_height();
    if (ui.choice(star, "", results.favourites_only, {side, side})) {
        results.favourites_only = !results.favourites_only;
        start_search(state);
    }
    ImGui::SameLine(0, ui.em(0.2f));
    if (ui.icon_button({.name = "results.smaller", .tip = text::kSmallerTip, .icon = Icon::Minus}))
        results.tile_ems = std::max(kSmallestTile, results.tile_ems / 1.3f);
    ImGui::SameLine(0, ui.em(0.2f));
    if (ui.icon_button({.name = "results.larger", .tip = text::kLargerTip, .icon = Icon::Plus}))
        results.tile_ems = std::min(kLargestTile, results.tile_ems * 1.3f);
}

/// How many of the newest pictures are not shown yet, because a person is aiming at those below.
std::size_t held_back(const State& state) {
    if (!is_aiming(state)) return 0;
    const LibraryPage& page = state.service.library().page();
    for (std::size_t i = 0; i < page.entries.size(); ++i)
        if (page.entries[i].image == state.results.newest_shown)
            return page.total == state.results.total_shown + i ? i : 0;
    return 0;
}

void draw_results_header(State& state) {
    Ui& ui = state.ui;
    Results& results = state.results;
    const float tools = 3 * ui.frame_height() + ui.em(0.4f);
    ui.heading(text::kResults);
    ImGui::SameLine();
    ImGui::AlignTextToFramePadding();
    ui.text(Line(text::kCountFormat, static_cast<unsigned long long>(state.service.library().page().total)),
            ui.theme().dim);
    if (const std::size_t fresh = held_back(state)) {
        ImGui::SameLine();
        ui.text(Line(text::kNewFormat, static_cast<int>(fresh)), ui.theme().accent);
        ui.tip("results.new", 0, text::kNewTip);
    }
    ImGui::SameLine();
    const bool is_one_row = ui.width() > tools + ui.em(11);
    const Control search{.name = "results.search", .label = text::kSearchHint, .tip = text::kSearchTip};
    if (is_one_row) {
        const float field = std::min(ui.width() - tools - ui.spacing(), ui.em(18));
        ui.align_right(tools + ui.spacing() + field);
        if (ui.field(search, results.search, field)) results.search_changed_at = ui.now();
        ImGui::SameLine();
    }
    ui.align_right(tools);
    draw_tools(state);
    if (!is_one_row && ui.field(search, results.search, ui.width())) results.search_changed_at = ui.now();
}

void draw_empty(State& state) {
    Ui& ui = state.ui;
    Results& results = state.results;
    const LibraryPage& page = state.service.library().page();
    ui.begin_card();
    const Control clear{.name = "results.clear", .label = text::kClearSearch, .tip = text::kClearSearchTip};
    const bool is_filtered = !page.query.search.empty() || page.query.favourites_only;
    if (page.error.code != ErrorCode::None) {
        ui.message(Tone::Bad, page.error.message);
    } else if (page.loading && !is_filtered) {
        ui.text(text::kLoading, ui.theme().dim);
    } else if (is_filtered) {
        const bool is_search = !page.query.search.empty();
        ui.wrapped(is_search ? Line(text::kNothingFoundFormat, page.query.search.c_str())
                             : Line("%s", text::kNoFavourites),
                   ui.theme().dim);
        if (ui.button(clear)) {
            results.search.clear();
            results.favourites_only = false;
            start_search(state);
        }
    } else {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ui.icon_at(Icon::Picture, {at.x + ui.em(1), at.y + ui.em(1)}, ui.em(1.8f), ui.theme().dim);
        ImGui::SetCursorScreenPos({at.x + ui.em(2.7f), at.y});
        ImGui::BeginGroup();
        ui.text(text::kEmptyTitle);
        ui.wrapped(text::kEmptyText, ui.theme().dim);
        ImGui::EndGroup();
    }
    ui.end_card();
}

float arrival_of(const State& state, ImageId image) {
    for (const Arrival& arrival : state.results.arrivals)
        if (arrival.image == image) return static_cast<float>(state.ui.now() - arrival.at);
    return static_cast<float>(kArrivalSeconds);
}

void draw_tile_tip(State& state, const LibraryEntry& entry, const Rect& tile) {
    Ui& ui = state.ui;
    const Theme& theme = ui.theme();
    // Beside the tile, never over its buttons.
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    const bool is_below = tile.max.y + ui.em(8) < screen.y;
    const float x = std::max(0.0f, std::min(tile.min.x, screen.x - ui.em(28)));
    ImGui::SetNextWindowPos({x, is_below ? tile.max.y + ui.em(0.2f) : tile.min.y - ui.em(0.2f)},
                            ImGuiCond_Always, {0, is_below ? 0.0f : 1.0f});
    ui.begin_tip();
    ui.text(entry.request.prompt, theme.text);
    const char* model = model_name(state.service.capabilities(), entry.request.model);
    ui.text(Line(text::kFactsFormat, model, entry.width, entry.height, date_text(entry.created_at).c_str()),
            theme.dim);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(entry.finished_at - entry.created_at);
    ui.text(
        Line(text::kPaidFormat, credits_text(entry.estimated_credits).c_str(), duration_text(took).c_str()),
        theme.dim);
    ui.text(text::kTileHint, theme.dim);
    ui.end_tip();
}

void draw_tile_menu(State& state, const LibraryEntry& entry) {
    if (!ImGui::BeginPopupContextItem("##menu")) return;
    state.results.is_menu_open = true;
    if (ImGui::MenuItem(text::kApply)) apply(state, entry.image);
    if (ImGui::MenuItem(text::kEditThis, nullptr, false, state.service.capabilities().edit))
        edit_picture(state, entry);
    if (ImGui::MenuItem(text::kUseAgain)) set_request(state, entry.request);
    if (ImGui::MenuItem(text::kCopyPrompt)) ImGui::SetClipboardText(entry.request.prompt.c_str());
    if (ImGui::MenuItem(text::kFavouriteTip, nullptr, entry.favourite))
        state.service.library().set_favourite(entry.id, !entry.favourite);
    ImGui::EndPopup();
}

struct TileParts {
    Rect star;
    Rect apply;
};

TileParts parts_of(const Ui& ui, const Rect& rect) {
    const float side = ui.em(1.7f);
    const float edge = ui.em(0.25f);
    return {.star = {{rect.max.x - side - edge, rect.min.y + edge},
                     {rect.max.x - edge, rect.min.y + side + edge}},
            .apply = {{rect.min.x + edge, rect.max.y - side - edge}, {rect.max.x - edge, rect.max.y - edge}}};
}

// What the pointer brings up on a tile. Plain areas of the tile's own control: nothing overlaps.
void draw_tile_parts(State& state, const LibraryEntry& entry, const TileParts& parts, bool is_hovered) {
    Ui& ui = state.ui;
    const Theme& theme = ui.theme();
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    if (is_hovered || entry.favourite) {
        ui.fill(parts.star, with_alpha(theme.background, 0.7f), ui.em(0.85f));
        const bool is_lit = entry.favourite || parts.star.contains(mouse);
        ui.icon_at(entry.favourite ? Icon::StarFilled : Icon::Star, parts.star.center(), ui.em(0.95f),
                   is_lit ? theme.warn : theme.text);
    }
    if (!is_hovered) return;
    const bool is_pointed = parts.apply.contains(mouse);
    ui.fill(parts.apply, is_pointed ? theme.accent : with_alpha(theme.background, 0.8f), theme.rounding);
    ui.text_in(parts.apply, text::kApply, is_pointed ? theme.on_accent : theme.text);
}

// The picture is loaded meanwhile, so that the wait costs nothing.
void await_second_click(State& state, const LibraryEntry& entry) {
    state.results.pressed = entry.image;
    state.results.pressed_at = state.ui.now();
    make_resident(state, entry.image);
}

// Which picture is on the mesh, to be seen at a glance.
void draw_in_use(State& state, const LibraryEntry& entry, const Rect& rect, bool is_hovered) {
    Ui& ui = state.ui;
    const bool is_on_selection = entry.image == state.on_selection;
    if (!is_on_selection && std::ranges::find(state.in_use, entry.image) == state.in_use.end()) return;
    const Theme& theme = ui.theme();
    const float side = ui.em(1.5f);
    const float edge = ui.em(0.25f);
    const float y = is_hovered ? rect.min.y + edge : rect.max.y - edge - side;
    const char* words = is_on_selection ? text::kOnSelection : text::kInUse;
    const float full = side + ui.text_width(words) + ui.em(0.5f);
    const bool has_words = full < rect.width() - 2 * edge && !is_hovered;
    const Rect badge{{rect.min.x + edge, y}, {rect.min.x + edge + (has_words ? full : side), y + side}};
    ui.fill(badge, is_on_selection ? theme.accent : with_alpha(theme.background, 0.75f), side * 0.5f);
    const ImVec4& ink = is_on_selection ? theme.on_accent : theme.text;
    ui.icon_at(Icon::Check, {badge.min.x + side * 0.5f, y + side * 0.5f}, ui.em(0.75f), ink);
    if (has_words) ui.text_in({{badge.min.x + side * 0.9f, y}, {badge.max.x, y + side}}, words, ink, false);
}

void press_tile(State& state, const LibraryEntry& entry, const TileParts& parts) {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const bool is_by_mouse = state.ui.is_last_hovered() && ImGui::IsMouseReleased(ImGuiMouseButton_Left);
    Results& results = state.results;
    results.selected = entry.image;
    results.pressed = {};
    if (is_by_mouse && parts.star.contains(mouse))
        state.service.library().set_favourite(entry.id, !entry.favourite);
    else if (is_by_mouse && parts.apply.contains(mouse))
        apply(state, entry.image);
    else if (is_by_mouse && ImGui::GetIO().MouseClickedLastCount[ImGuiMouseButton_Left] > 1)
        apply(state, entry.image);
    else if (is_by_mouse)
        await_second_click(state, entry);
    else
        open_view(state, entry);
}

void open_pressed(State& state) {
    Results& results = state.results;
    if (!results.pressed || state.ui.now() - results.pressed_at < ImGui::GetIO().MouseDoubleClickTime) return;
    const LibraryEntry* entry = find_entry(state, results.pressed);
    results.pressed = {};
    if (entry) open_view(state, *entry);
}

void draw_tile(State& state, const LibraryEntry& entry, float side) {
    Ui& ui = state.ui;
    const std::uint64_t key = entry.image.value;
    const bool is_pressed = ui.hit("tile", key, {side, side});
    const Rect rect = ui.last();
    const bool is_hovered = ui.is_last_hovered();
    const TileParts parts = parts_of(ui, rect);
    probe_part("tile.star", key, parts.star.min, parts.star.max);
    probe_part("tile.apply", key, parts.apply.min, parts.apply.max);
    const float age = arrival_of(state, entry.image);
    draw_thumbnail(state, entry.image, entry.width, entry.height, rect, std::clamp(age / 0.4f, 0.0f, 1.0f));
    draw_tile_parts(state, entry, parts, is_hovered);
    draw_in_use(state, entry, rect, is_hovered);
    const Theme& theme = ui.theme();
    const float glow = 1 - std::clamp(age / static_cast<float>(kArrivalSeconds), 0.0f, 1.0f);
    const bool is_selected = state.results.selected == entry.image;
    if (is_selected || is_hovered || glow > 0) {
        const ImVec4 ink = is_selected  ? theme.accent
                           : is_hovered ? theme.dim
                                        : with_alpha(theme.accent, glow);
        ui.outline(rect, ink, theme.rounding);
        if (is_selected)
            ui.outline({{rect.min.x + 1, rect.min.y + 1}, {rect.max.x - 1, rect.max.y - 1}}, ink,
                       theme.rounding);
    }
    if (is_pressed) press_tile(state, entry, parts);
    ImGui::PushID(static_cast<int>(key));
    draw_tile_menu(state, entry);
    ImGui::PopID();
    const bool is_over_part = parts.star.contains(ImGui::GetIO().MousePos);
    if (is_over_part)
        ui.tip("tile.star", key, entry.favourite ? text::kNotFavouriteTip : text::kFavouriteTip);
    else if (ui.wants_tip("tile", key))
        draw_tile_tip(state, entry, rect);
}

void scroll_to_selected(State& state, float grid_top, float row_height) {
    Results& results = state.results;
    if (!results.scroll_to_selected) return;
    results.scroll_to_selected = false;
    const std::vector<LibraryEntry>& entries = state.service.library().page().entries;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].image != results.selected) continue;
        const std::size_t row = i / static_cast<std::size_t>(results.columns);
        const float top = grid_top + row_height * static_cast<float>(row);
        const float view = ImGui::GetWindowHeight();
        if (top < ImGui::GetScrollY()) ImGui::SetScrollY(top);
        if (top + row_height > ImGui::GetScrollY() + view) ImGui::SetScrollY(top + row_height - view);
    }
}

void draw_grid(State& state) {
    Ui& ui = state.ui;
    Results& results = state.results;
    const std::vector<LibraryEntry>& entries = state.service.library().page().entries;
    const float gap = ui.em(0.4f);
    const float room = ui.width();
    results.columns = std::max(1, static_cast<int>((room + gap) / (ui.em(results.tile_ems) + gap)));
    const auto columns = static_cast<std::size_t>(results.columns);
    const float side =
        std::floor((room - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(gap, gap));
    scroll_to_selected(state, ImGui::GetCursorPosY(), side + gap);
    const std::size_t skipped = held_back(state);
    const std::size_t rows = (entries.size() - skipped + columns - 1) / columns;
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(rows), side + gap);
    std::size_t last_drawn = 0;
    while (clipper.Step())
        for (int row = clipper.DisplayStart; row < clipper.DisplayEnd; ++row)
            for (std::size_t column = 0; column < columns; ++column) {
                const std::size_t index = static_cast<std::size_t>(row) * columns + column + skipped;
                if (index >= entries.size()) break;
                if (column > 0) ImGui::SameLine();
                draw_tile(state, entries[index], side);
                last_drawn = std::max(last_drawn, index);
            }
    clipper.End();
    ImGui::PopStyleVar();
    const LibraryPage& page = state.service.library().page();
    if (page.total > entries.size() && last_drawn + columns >= entries.size() && !page.loading) {
        results.limit += kPageStep;
        start_search(state);
    }
}

void note_aim(State& state, float grid_top) {
    Results& results = state.results;
    const ImGuiIO& io = ImGui::GetIO();
    const bool is_over = ImGui::IsWindowHovered() && io.MousePos.y >= grid_top;
    const bool is_moved = io.MousePos.x != results.pointer.x || io.MousePos.y != results.pointer.y;
    results.pointer = io.MousePos;
    const bool is_active = is_moved || io.MouseWheel != 0 || ImGui::IsMouseDown(ImGuiMouseButton_Left);
    const bool is_held = results.is_menu_open || results.pressed;
    if ((is_over && is_active) || is_held)
        results.aiming_until = state.ui.now() + kAimSeconds;
    else if (!is_over)
        results.aiming_until = 0;
    if (is_aiming(state)) return;
    const LibraryPage& page = state.service.library().page();
    results.newest_shown = page.entries.empty() ? ImageId{} : page.entries.front().image;
    results.total_shown = page.total;
}

}  // namespace

bool is_aiming(const State& state) {
    return state.ui.now() < state.results.aiming_until;
}

void draw_results(State& state) {
    Ui& ui = state.ui;
    search_when_due(state);
    state.results.is_menu_open = false;
    std::erase_if(state.results.arrivals,
                  [&](const Arrival& a) { return ui.now() - a.at > kArrivalSeconds; });
    ui.gap(0.2f);
    draw_results_header(state);
    const float grid_top = ImGui::GetCursorScreenPos().y;
    if (state.service.library().page().entries.empty())
        draw_empty(state);
    else
        draw_grid(state);
    note_aim(state, grid_top);
    open_pressed(state);
}

void move_selection(State& state) {
    Results& results = state.results;
    const std::vector<LibraryEntry>& entries = state.service.library().page().entries;
    if (!results.selected || entries.empty()) return;
    int step = 0;
    if (compat::is_key_pressed(ImGuiKey_LeftArrow, true)) step = -1;
    if (compat::is_key_pressed(ImGuiKey_RightArrow, true)) step = 1;
    if (compat::is_key_pressed(ImGuiKey_UpArrow, true)) step = -results.columns;
    if (compat::is_key_pressed(ImGuiKey_DownArrow, true)) step = results.columns;
    const bool is_opened = compat::is_key_pressed(ImGuiKey_Space);
    if (step == 0 && !is_opened) return;
    const auto same = [&](const LibraryEntry& entry) { return entry.image == results.selected; };
    const auto at = std::find_if(entries.begin(), entries.end(), same);
    if (at == entries.end()) return;
    if (is_opened) return open_view(state, *at);
    const std::ptrdiff_t index = at - entries.begin() + step;
    if (index < 0 || index >= static_cast<std::ptrdiff_t>(entries.size())) return;
    results.selected = entries[static_cast<std::size_t>(index)].image;
    results.scroll_to_selected = true;
}

}  // namespace kontexture::panel
