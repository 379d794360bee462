#include "viewport.h"

#include "input.h"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec4.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace demo {
namespace {

ImTextureID texture_id(std::uint64_t value) {
    return (ImTextureID)(std::intptr_t)value;
}

ImU32 color(const ImVec4& value, float alpha = 1) {
    return ImGui::GetColorU32(ImVec4(value.x, value.y, value.z, value.w * alpha));
}

// One line, cut with dots where it is too long.
void draw_cut(std::string_view text, float room) {
    const auto width = [](std::string_view part) {
        return ImGui::CalcTextSize(part.data(), part.data() + part.size()).x;
    };
    const bool is_cut = width(text) > room;
    if (is_cut) room -= width("...");
    while (width(text) > room && !text.empty()) {
        text.remove_suffix(1);
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0xC0)
            text.remove_suffix(1);
    }
    ImGui::TextColored(palette::kDim, "%.*s%s", static_cast<int>(text.size()), text.data(),
                       is_cut ? "..." : "");
}

}  // namespace

kontexture::Result<std::unique_ptr<Viewport>> Viewport::create(Scene& scene, GlHost& host, Quality quality) {
    auto renderer = Renderer::create(scene, quality);
    if (!renderer) return renderer.error();
    return std::unique_ptr<Viewport>(new Viewport(scene, host, std::move(*renderer)));
}

void Viewport::frame_selection() {
    const Object& object = scene_.selection();
    camera_.frame(object.centre, object.is_floor ? 3.0f : object.radius);
}

void Viewport::take_input(ImVec2 origin, ImVec2 size) {
    const ImGuiIO& io = ImGui::GetIO();
    ImGui::SetCursorScreenPos(origin);
    ImGui::InvisibleButton("view", size,
                           ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight |
                               ImGuiButtonFlags_MouseButtonMiddle);
    const bool is_over = ImGui::IsItemHovered();
    const bool is_held = ImGui::IsItemActive();
    const float threshold = io.MouseDragThreshold;

    if (ImGui::IsItemActivated()) is_drag_ = false;
    if (is_held) {
        for (ImGuiMouseButton button :
             {ImGuiMouseButton_Left, ImGuiMouseButton_Right, ImGuiMouseButton_Middle})
            is_drag_ |= ImGui::IsMouseDragging(button, threshold);
        const glm::vec2 moved(io.MouseDelta.x, io.MouseDelta.y);
        if (is_drag_ && ImGui::IsMouseDown(ImGuiMouseButton_Left) && !io.KeyShift)
            camera_.orbit(moved);
        else if (is_drag_)
            camera_.pan(moved, {size.x, size.y});
    }
    if (is_over && io.MouseWheel != 0) camera_.zoom(io.MouseWheel);

    hovered_.reset();
    if (is_over && !is_drag_) {
        const glm::vec2 point((io.MousePos.x - origin.x) / size.x, (io.MousePos.y - origin.y) / size.y);
        hovered_ = scene_.pick(camera_.ray(point, size.x / size.y));
    }
    const bool is_click =
        ImGui::IsItemDeactivated() && !is_drag_ && is_over && ImGui::IsMouseReleased(ImGuiMouseButton_Left);
    if (is_click && hovered_) scene_.select(*hovered_);
    if (is_held && is_drag_) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
    if (!is_held) is_drag_ = false;
}

void Viewport::draw_picture(ImVec2 origin, ImVec2 size) {
    const ImGuiIO& io = ImGui::GetIO();
    is_moving_ = camera_.advance(io.DeltaTime);
    drawn_at_ = {origin.x * io.DisplayFramebufferScale.x, origin.y * io.DisplayFramebufferScale.y};
    Renderer::View view;
    view.width = std::max(1, static_cast<int>(std::lround(size.x * io.DisplayFramebufferScale.x)));
    view.height = std::max(1, static_cast<int>(std::lround(size.y * io.DisplayFramebufferScale.y)));
    view.view_projection = camera_.projection(size.x / size.y) * camera_.view();
    view.eye = camera_.position();
    view.pixels_per_point = ImGui::GetFontSize() / 15 * io.DisplayFramebufferScale.y;
    view.hovered = hovered_;
    if (!(view == drawn_view_) || drawn_revision_ != scene_.revision()) {
        renderer_->draw(scene_, host_, view);
        drawn_view_ = view;
        drawn_revision_ = scene_.revision();
    }
    ImGui::GetWindowDrawList()->AddImage(texture_id(renderer_->picture()), origin,
                                         ImVec2(origin.x + size.x, origin.y + size.y), ImVec2(0, 1),
                                         ImVec2(1, 0));
}

void Viewport::draw_tiles() {
    int tiles = scene_.selection().material.tiles;
    ImGui::AlignTextToFramePadding();
    ImGui::TextColored(palette::kDim, "Tiles");
    ImGui::SameLine();
    ImGui::SetNextItemWidth(-1);
    char format[16];
    std::snprintf(format, sizeof format, "%d \xC3\x97 %d", tiles, tiles);
    if (ImGui::SliderInt("##tiles", &tiles, 1, Scene::kMaxTiles, format, ImGuiSliderFlags_AlwaysClamp))
        scene_.set_tiles(tiles, true);
    if (ImGui::IsItemDeactivated()) scene_.close_edit();
}

void Viewport::draw_card(ImVec2 origin, ImVec2 size, const Fonts& fonts) {
    const float em = ImGui::GetFontSize();
    const Object& object = scene_.selection();
    const Material& material = object.material;
    const std::uint64_t picture = host_.imgui_texture_id(material.texture);
    const float width = std::min(16 * em, size.x - 2 * em);
    if (width < 9 * em || size.y < 12 * em) return;
    const ImVec2 spacing = ImGui::GetStyle().ItemSpacing;
    const float thumb = 3 * ImGui::GetTextLineHeight() + 2 * spacing.y;
    const float height = 2 * ImGui::GetStyle().WindowPadding.y + thumb + spacing.y + ImGui::GetFrameHeight();
    ImGui::SetCursorScreenPos(ImVec2(origin.x + size.x - width - em, origin.y + em));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0.09f, 0.098f, 0.114f, 0.90f));
    ImGui::PushStyleColor(ImGuiCol_Border, ImVec4(1, 1, 1, 0.07f));
    ImGui::BeginChild("selection", ImVec2(width, height), true,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::PopStyleColor(2);

    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const ImVec2 far_corner(corner.x + thumb, corner.y + thumb);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (picture)
        list.AddImageRounded(texture_id(picture), corner, far_corner, ImVec2(0, 0), ImVec2(1, 1),
                             IM_COL32_WHITE, 0.35f * em);
    else
        list.AddRectFilled(corner, far_corner, color({0.60f, 0.585f, 0.565f, 1}), 0.35f * em);
    ImGui::Dummy(ImVec2(thumb, thumb));
    ImGui::SameLine(0, 0.7f * em);
    ImGui::BeginGroup();
    push_font(fonts.strong);
    ImGui::TextUnformatted(object.name.c_str());
    ImGui::PopFont();
    const float text_width = ImGui::GetContentRegionAvail().x;
    const char* label = material.texture ? material.label.c_str() : "Plain clay";
    draw_cut(label, text_width);
    if (material.texture && ImGui::IsItemHovered()) ImGui::SetTooltip("%s", label);
    if (material.texture) {
        ImGui::TextColored(palette::kDim, "%u \xC3\x97 %u", material.width, material.height);
        ImGui::SameLine();
        const float button = ImGui::CalcTextSize("Remove").x;
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                             std::max(0.0f, ImGui::GetContentRegionAvail().x - button));
        if (ImGui::InvisibleButton("remove", ImVec2(button, em * 1.2f))) scene_.clear_texture();
        list.AddText(ImGui::GetItemRectMin(), color(ImGui::IsItemHovered() ? palette::kText : palette::kDim),
                     "Remove");
    }
    ImGui::EndGroup();
    draw_tiles();
    ImGui::EndChild();
}

void Viewport::draw(const Fonts& fonts) {
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    ImVec2 size = ImGui::GetContentRegionAvail();
    size.x = std::max(size.x, 16.0f);
    size.y = std::max(size.y, 16.0f);
    take_input(origin, size);
    draw_picture(origin, size);
    draw_card(origin, size, fonts);
}

Viewport::Area Viewport::selection_in_picture() const {
    const Object& object = scene_.selection();
    // The floor's own middle is hidden by what stands on it.
    const glm::vec3 middle = object.is_floor ? glm::vec3(0, 0, 2.4f) : object.centre;
    const float radius = object.is_floor ? 0.8f : object.radius;
    const glm::vec4 clip = drawn_view_.view_projection * glm::vec4(middle, 1);
    const auto pixel = [&](float at, int side) {
        return static_cast<int>((at / clip.w * 0.5f + 0.5f) * static_cast<float>(side));
    };
    // About half of what a ball of that radius covers.
    const int half = static_cast<int>(0.85f * radius / clip.w * static_cast<float>(drawn_view_.height));
    const int reach = std::clamp(half, 4, 160);
    return {pixel(clip.x, drawn_view_.width) - reach, pixel(clip.y, drawn_view_.height) - reach, 2 * reach,
            2 * reach};
}

Viewport::Area Viewport::selection_area() const {
    const Area area = selection_in_picture();
    return {static_cast<int>(drawn_at_.x) + area.x,
            static_cast<int>(drawn_at_.y) + drawn_view_.height - area.y - area.height, area.width,
            area.height};
}

std::vector<std::uint8_t> Viewport::read_selection() const {
    const Area area = selection_in_picture();
    return renderer_->read(area.x, area.y, area.width, area.height);
}

}  // namespace demo
