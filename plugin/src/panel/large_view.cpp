#include "panel/imgui_compat.h"
#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace kontexture::panel {
namespace {

constexpr float kMostZoom = 16;

struct Picture {
    TextureHandle texture;
    ImVec2 size;  ///< texels
    bool is_complete = false;
};

Picture picture_of(State& state, const LibraryEntry& entry) {
    Picture picture{.size = {static_cast<float>(std::max(entry.width, 1u)),
                             static_cast<float>(std::max(entry.height, 1u))}};
    if (const RequestInfo* info = find_resident(state, entry.image)) {
        picture.texture = info->texture;
        picture.is_complete = true;
        if (info->width > 0)
            picture.size = {static_cast<float>(info->width), static_cast<float>(info->height)};
    } else {
        picture.texture = state.service.library().thumbnail(entry.image);
    }
    return picture;
}

float one_to_one() {
    return 1 / std::max(1.0f, ImGui::GetIO().DisplayFramebufferScale.x);
}

ImVec2 tool_size(const Ui& ui) {
    return {ui.em(2.8f), ui.frame_height()};
}

float tool_gap(const Ui& ui) {
    return ui.em(0.2f);
}

void draw_zoom_buttons(State& state) {
    Ui& ui = state.ui;
    View& view = state.view;
    const ImVec2 size = tool_size(ui);
    if (ui.choice({.name = "view.fit", .label = text::kFit, .tip = text::kFitTip}, "", view.zoom <= 0,
                  size)) {
        view.zoom = 0;
        view.pan = {};
    }
    ImGui::SameLine(0, tool_gap(ui));
    const bool is_exact = std::abs(view.zoom - one_to_one()) < 1e-3f;
    const Control exact{.name = "view.exact", .label = text::kOneToOne, .tip = text::kOneToOneTip};
    if (ui.choice(exact, "", is_exact, size)) {
        view.zoom = one_to_one();
        view.pan = {};
    }
}

void draw_tiling_buttons(State& state) {
    Ui& ui = state.ui;
    View& view = state.view;
    for (int n = 1; n <= static_cast<int>(std::size(text::kTiling)); ++n) {
        if (n > 1) ImGui::SameLine(0, tool_gap(ui));
        const Control control{.name = "view.tiling",
                              .label = text::kTiling[n - 1],
                              .tip = text::kTilingTip,
                              .key = static_cast<std::uint64_t>(n)};
        if (ui.choice(control, "", view.tiling == n, tool_size(ui))) view.tiling = n;
    }
}

void draw_bar(State& state) {
    Ui& ui = state.ui;
    const Control back{.name = "view.back",
                       .label = text::kBack,
                       .tip = text::kBackTip,
                       .icon = Icon::Left,
                       .kind = ButtonKind::Quiet};
    if (ui.button(back)) close_view(state);
    ImGui::SameLine();
    const Control newer{.name = "view.previous", .tip = text::kPreviousTip, .icon = Icon::Left};
    if (ui.icon_button(newer)) step_view(state, -1);
    ImGui::SameLine(0, ui.em(0.1f));
    const Control older{.name = "view.next", .tip = text::kNextTip, .icon = Icon::Right};
    if (ui.icon_button(older)) step_view(state, 1);
    const float zoom = 2 * tool_size(ui).x + tool_gap(ui);
    const float tiling = 3 * tool_size(ui).x + 2 * tool_gap(ui);
    const float both = zoom + ui.em(0.7f) + tiling;
    ui.flow(both);
    if (both <= ui.width()) ui.align_right(both);
    draw_zoom_buttons(state);
    ImGui::SameLine(0, ui.em(0.7f));
    if (tiling > ui.width()) ImGui::NewLine();
    draw_tiling_buttons(state);
}

void move_picture(View& view, const Rect& canvas, float scale, float least_scale) {
    const ImGuiIO& io = ImGui::GetIO();
    if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left, 2)) {
        view.pan.x += io.MouseDelta.x;
        view.pan.y += io.MouseDelta.y;
    }
    view.is_canvas_hovered = ImGui::IsItemHovered();
    if (!view.is_canvas_hovered || io.MouseWheel == 0) return;
    const float wanted = std::clamp(scale * std::pow(1.2f, io.MouseWheel), least_scale, kMostZoom);
    // What is under the pointer stays there.
    const float factor = wanted / scale;
    const ImVec2 from{io.MousePos.x - canvas.center().x - view.pan.x,
                      io.MousePos.y - canvas.center().y - view.pan.y};
    view.pan.x -= from.x * (factor - 1);
    view.pan.y -= from.y * (factor - 1);
    view.zoom = wanted;
}

void keep_in_sight(View& view, const Rect& canvas, ImVec2 extent) {
    const float x = std::max(0.0f, (extent.x - canvas.width()) * 0.5f) + canvas.width() * 0.25f;
    const float y = std::max(0.0f, (extent.y - canvas.height()) * 0.5f) + canvas.height() * 0.25f;
    view.pan = {std::clamp(view.pan.x, -x, x), std::clamp(view.pan.y, -y, y)};
}

void draw_tiles(State& state, const Picture& picture, const Rect& canvas, float scale) {
    const View& view = state.view;
    const auto n = static_cast<float>(view.tiling);
    const ImVec2 tile{picture.size.x * scale, picture.size.y * scale};
    const ImVec2 origin{std::round(canvas.center().x + view.pan.x - tile.x * n * 0.5f),
                        std::round(canvas.center().y + view.pan.y - tile.y * n * 0.5f)};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImTextureID id = compat::texture_id(state.service.host().imgui_texture_id(picture.texture));
    for (int row = 0; row < view.tiling; ++row)
        for (int column = 0; column < view.tiling; ++column) {
            const ImVec2 at{origin.x + tile.x * static_cast<float>(column),
                            origin.y + tile.y * static_cast<float>(row)};
            list.AddImage(id, at, {at.x + tile.x, at.y + tile.y}, {0, 0}, {1, 1},
                          state.ui.color(ImVec4(1, 1, 1, 1)));
        }
}

void draw_canvas(State& state, const LibraryEntry& entry, float height) {
    Ui& ui = state.ui;
    View& view = state.view;
    ui.hit("view.canvas", 0, {ui.width(), height});
    const Rect canvas = ui.last();
    ui.fill(canvas, blend(ui.theme().background, ImVec4(0, 0, 0, 1), 0.3f), ui.theme().rounding);
    const Picture picture = picture_of(state, entry);
    const auto n = static_cast<float>(view.tiling);
    const float fit = std::min(canvas.width() / (picture.size.x * n), canvas.height() / (picture.size.y * n));
    const float scale = view.zoom > 0 ? view.zoom : fit;
    move_picture(view, canvas, scale, fit * 0.5f);
    keep_in_sight(view, canvas, {picture.size.x * n * scale, picture.size.y * n * scale});
    ImGui::PushClipRect(canvas.min, canvas.max, true);
    if (picture.texture) draw_tiles(state, picture, canvas, view.zoom > 0 ? view.zoom : fit);
    ImGui::PopClipRect();
    if (picture.is_complete) return;
    const RequestInfo* info = state.service.find(view.loading);
    const ImVec2 below = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos({canvas.min.x + ui.em(0.5f), canvas.min.y + ui.em(0.5f)});
    if (info && info->state == JobState::Failed)
        ui.pill(Tone::Bad, Icon::Warning, info->error.message);
    else
        ui.pill(Tone::Neutral, Icon::Clock, text::kLoadingPicture);
    ImGui::SetCursorScreenPos(below);
}

}  // namespace

void draw_view(State& state) {
    Ui& ui = state.ui;
    draw_bar(state);
    if (!state.view.is_open) return;
    const LibraryEntry* listed = find_entry(state, state.view.entry.image);
    const LibraryEntry& entry = listed ? *listed : state.view.entry;
    const float room = ImGui::GetContentRegionAvail().y;
    const float least = std::min(ui.width(), room * 0.55f);
    // Before the details were drawn once their height is a guess.
    if (state.view.details_height <= 0) state.view.details_height = ui.em(8);
    const float height =
        std::max(least, room - state.view.details_height - ImGui::GetStyle().ItemSpacing.y * 2);
    draw_canvas(state, entry, std::max(height, ui.em(8)));
    const float top = ImGui::GetCursorPosY();
    draw_view_details(state, entry);
    state.view.details_height = ImGui::GetCursorPosY() - top;
}

}  // namespace kontexture::panel
