#include "workspace.h"

#include "input.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace demo {
namespace {

constexpr ImGuiWindowFlags kFixed = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                    ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoCollapse |
                                    ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus;

void begin_fixed(const char* name, ImVec2 origin, ImVec2 size, ImGuiWindowFlags flags = 0) {
    ImGui::SetNextWindowPos(origin);
    ImGui::SetNextWindowSize(size);
    ImGui::Begin(name, nullptr, kFixed | flags);
}

void align_right(float width) {
    const float left = ImGui::GetWindowWidth() - width - ImGui::GetStyle().WindowPadding.x;
    ImGui::SameLine(std::max(left, ImGui::GetCursorPosX()));
}

}  // namespace

std::string Workspace::label_of(const kontexture::PanelEvent& event) const {
    const kontexture::RequestInfo* info = service_.find(event.request);
    if (info && !info->request.prompt.empty()) return info->request.prompt;
    // A request that only loads a picture has no prompt of its own.
    for (const kontexture::LibraryEntry& entry : service_.library().page().entries)
        if (entry.image == event.image) return entry.request.prompt;
    return "From the library";
}

void Workspace::apply(const kontexture::PanelEvent& event) {
    switch (event.kind) {
        case kontexture::PanelEvent::Kind::Apply: {
            Material material;
            material.request = event.request;
            material.texture = event.texture;
            material.width = event.width;
            material.height = event.height;
            material.label = label_of(event);
            scene_.apply(std::move(material));
            break;
        }
    }
}

void Workspace::take_key(const KeyPress& key) {
    if (key.command && key.letter == 'Z' && !key.shift)
        scene_.undo();
    else if (key.command && (key.letter == 'Y' || key.letter == 'Z'))
        scene_.redo();
    else if (key.command && key.letter == 'Q')
        wants_to_quit_ = true;
    else if (!key.command && key.letter == 'F')
        viewport_.frame_selection();
}

void Workspace::draw_edit_menu() {
    if (!ImGui::BeginMenu("Edit")) return;
    if (ImGui::MenuItem("Undo", "Ctrl+Z", false, scene_.can_undo())) scene_.undo();
    if (ImGui::MenuItem("Redo", "Ctrl+Y", false, scene_.can_redo())) scene_.redo();
    ImGui::Separator();
    if (ImGui::MenuItem("Remove texture", nullptr, false, bool(scene_.selection().material.texture)))
        scene_.clear_texture();
    ImGui::Separator();
    if (ImGui::MenuItem("Quit", "Ctrl+Q")) wants_to_quit_ = true;
    ImGui::EndMenu();
}

void Workspace::draw_view_menu() {
    if (!ImGui::BeginMenu("View")) return;
    if (ImGui::MenuItem("Frame selection", "F")) viewport_.frame_selection();
    if (ImGui::MenuItem("Reset camera")) viewport_.reset_camera();
    ImGui::Separator();
    for (std::size_t i = 0; i < scene_.objects().size(); ++i)
        if (ImGui::MenuItem(scene_.objects()[i].name.c_str(), nullptr, i == scene_.selected()))
            scene_.select(i);
    ImGui::Separator();
    panel_.draw_menu_item("Textures", &panel_is_open_);
    ImGui::EndMenu();
}

void Workspace::draw_menus(const Status& status, const Fonts& fonts) {
    const float em = ImGui::GetFontSize();
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0.75f * em, 0.55f * em));
    const bool is_open = ImGui::BeginMainMenuBar();
    ImGui::PopStyleVar();
    if (!is_open) return;
    push_font(fonts.strong);
    ImGui::TextUnformatted("Kontexture");
    ImGui::PopFont();
    ImGui::SameLine(0, 1.2f * em);
    draw_edit_menu();
    draw_view_menu();

    const float width = ImGui::CalcTextSize(status.service.c_str()).x + 1.7f * em;
    if (ImGui::GetCursorPosX() + width + 2 * em < ImGui::GetWindowWidth()) {
        align_right(width);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const ImVec4 tone = status.is_local ? palette::kAmber : palette::kAccent;
        ImGui::GetWindowDrawList()->AddCircleFilled(
            ImVec2(at.x + 0.3f * em, at.y + 0.5f * ImGui::GetWindowHeight()), 0.24f * em,
            ImGui::GetColorU32(tone));
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + 0.95f * em);
        ImGui::TextColored(status.is_local ? palette::kText : palette::kDim, "%s", status.service.c_str());
    }
    ImGui::EndMainMenuBar();
}

void Workspace::draw_panel(ImVec2 origin, ImVec2 size) {
    in_use_.clear();
    for (const Object& object : scene_.objects())
        if (object.material.request) in_use_.push_back(object.material.request);
    panel_.set_in_use(in_use_, scene_.selection().material.request);
    begin_fixed("Textures", origin, size);
    for (const kontexture::PanelEvent& event : panel_.draw_content()) apply(event);
    ImGui::End();
}

void Workspace::draw_splitter(ImVec2 origin, float height) {
    const float em = ImGui::GetFontSize();
    const float grip = std::max(3.0f, 0.3f * em);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
    ImGui::PushStyleColor(ImGuiCol_WindowBg, palette::kGround);
    begin_fixed("##splitter", origin, ImVec2(grip, height), ImGuiWindowFlags_NoScrollbar);
    ImGui::PopStyleColor();
    ImGui::PopStyleVar(2);
    ImGui::InvisibleButton("grip", ImVec2(grip, height));
    if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
        ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
        ImGui::GetWindowDrawList()->AddRectFilled(
            origin, ImVec2(origin.x + grip, origin.y + height),
            ImGui::GetColorU32(ImGui::IsItemActive() ? palette::kAccent : palette::kLine));
    }
    if (ImGui::IsItemActive()) panel_ems_ += ImGui::GetIO().MouseDelta.x / em;
    ImGui::End();
}

void Workspace::draw_status(const Status& status, ImVec2 origin, ImVec2 size) {
    const float em = ImGui::GetFontSize();
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding,
                        ImVec2(0.9f * em, std::floor((size.y - ImGui::GetTextLineHeight()) / 2)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
    ImGui::PushStyleColor(ImGuiCol_WindowBg, palette::kGround);
    begin_fixed("##status", origin, size, ImGuiWindowFlags_NoScrollbar);
    ImGui::PopStyleColor();
    const char* hints =
        "Drag: turn   Shift or right drag: move   Wheel: closer   Click: select   F: frame   "
        "Ctrl+Z: undo";
    char rate[32] = "At rest";
    if (status.frames_per_second > 0) std::snprintf(rate, sizeof rate, "%d fps", status.frames_per_second);
    const float rate_width = ImGui::CalcTextSize("0000 fps").x;
    const float hints_width = ImGui::CalcTextSize(hints).x;
    ImGui::Text("%s selected", scene_.selection().name.c_str());
    const float left = ImGui::GetItemRectMax().x - origin.x;
    if (left + hints_width + rate_width + 6 * em < size.x) {
        align_right(rate_width + hints_width + 2 * em);
        ImGui::TextColored(palette::kDim, "%s", hints);
    }
    align_right(ImGui::CalcTextSize(rate).x);
    ImGui::TextColored(palette::kDim, "%s", rate);
    ImGui::End();
    ImGui::PopStyleVar(2);
}

void Workspace::draw(const Status& status, const Fonts& fonts, std::span<const KeyPress> keys) {
    // A text field has its own undo.
    if (!ImGui::GetIO().WantTextInput)
        for (const KeyPress& key : keys) take_key(key);
    draw_menus(status, fonts);
    const ImGuiViewport& area = *ImGui::GetMainViewport();
    const float em = ImGui::GetFontSize();
    const float status_height = std::round(1.9f * em);
    const ImVec2 origin(area.WorkPos);
    const float height = std::max(area.WorkSize.y - status_height, 1.0f);
    draw_status(status, ImVec2(origin.x, origin.y + height), ImVec2(area.WorkSize.x, status_height));

    float left = 0;
    if (panel_is_open_) {
        panel_ems_ = std::clamp(panel_ems_, 20.0f, std::max(20.0f, area.WorkSize.x / em - 16));
        left = std::round(std::min(panel_ems_ * em, 0.75f * area.WorkSize.x));
        draw_panel(origin, ImVec2(left, height));
        draw_splitter(ImVec2(origin.x + left, origin.y), height);
        left += std::max(3.0f, 0.3f * em);
    }
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    begin_fixed("##viewport", ImVec2(origin.x + left, origin.y),
                ImVec2(std::max(area.WorkSize.x - left, 1.0f), height),
                ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::PopStyleVar();
    viewport_.draw(fonts);
    ImGui::End();
}

}  // namespace demo
