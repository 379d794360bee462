#include "panel/imgui_compat.h"
#include "panel/state.h"

#include <algorithm>
#include <cmath>

namespace kontexture::panel {

const LibraryEntry* find_entry(const State& state, ImageId image) {
    if (!image) return nullptr;
    for (const LibraryEntry& entry : state.service.library().page().entries)
        if (entry.image == image) return &entry;
    return nullptr;
}

void draw_thumbnail(State& state, ImageId image, std::uint32_t width, std::uint32_t height, const Rect& rect,
                    float alpha) {
    Ui& ui = state.ui;
    const Theme& theme = ui.theme();
    const TextureHandle texture = state.service.library().thumbnail(image);
    if (!texture) {
        const auto breath = static_cast<float>(0.5 + 0.5 * std::sin(ui.now() * 3));
        ui.fill(rect, blend(theme.field, theme.hover, breath), theme.rounding);
        return ui.icon_at(Icon::Picture, rect.center(), ui.em(1.4f), with_alpha(theme.dim, 0.5f));
    }
    draw_texture(state, texture, width, height, rect, alpha);
}

void draw_texture(State& state, TextureHandle texture, std::uint32_t width, std::uint32_t height,
                  const Rect& rect, float alpha) {
    Ui& ui = state.ui;
    // The middle square of the picture.
    const float across = static_cast<float>(std::max(width, 1u)) / static_cast<float>(std::max(height, 1u));
    const ImVec2 half{across > 1 ? 0.5f / across : 0.5f, across < 1 ? 0.5f * across : 0.5f};
    ImGui::GetWindowDrawList()->AddImageRounded(
        compat::texture_id(state.service.host().imgui_texture_id(texture)), rect.min, rect.max,
        {0.5f - half.x, 0.5f - half.y}, {0.5f + half.x, 0.5f + half.y}, ui.color(ImVec4(1, 1, 1, 1), alpha),
        ui.theme().rounding);
}

void open_view(State& state, const LibraryEntry& entry) {
    View& view = state.view;
    view.is_open = true;
    view.entry = entry;
    view.zoom = 0;
    view.pan = {};
    view.saving.is_shown = false;
    view.is_canvas_hovered = false;
    view.saving.message.clear();
    view.applied_at = -1;
    view.loading = make_resident(state, entry.image);
    state.results.selected = entry.image;
    state.results.pressed = {};
}

void close_view(State& state) {
    state.view.is_open = false;
    state.results.scroll_to_selected = true;
}

void step_view(State& state, int step) {
    const std::vector<LibraryEntry>& entries = state.service.library().page().entries;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].image != state.view.entry.image) continue;
        const std::ptrdiff_t next = static_cast<std::ptrdiff_t>(i) + step;
        if (next >= 0 && next < static_cast<std::ptrdiff_t>(entries.size()))
            open_view(state, entries[static_cast<std::size_t>(next)]);
        return;
    }
}

void edit_picture(State& state, const LibraryEntry& entry) {
    set_input(state, InputImage::from_library(entry.image));
    // The words that painted it are no instruction; a person's own stay.
    if (state.form.request.prompt == entry.request.prompt) set_prompt(state, "");
    state.form.wants_focus = true;
    state.view.is_open = false;
}

}  // namespace kontexture::panel
