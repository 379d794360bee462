#pragma once

#include "scene.h"
#include "style.h"
#include "viewport.h"
#include "window.h"

#include <kontexture/library.h>
#include <kontexture/panel.h>
#include <kontexture/service.h>

#include <span>
#include <string>
#include <vector>

namespace demo {

/// The window's fixed layout: a bar with menus, the panel at the left, the viewport, a line of status.
class Workspace {
public:
    struct Status {
        std::string service;  ///< who paints the pictures
        bool is_local = false;
        int frames_per_second = 0;  ///< zero: at rest
    };

    Workspace(Scene& scene, Viewport& viewport, kontexture::Panel& panel, kontexture::Service& service)
        : scene_(scene), viewport_(viewport), panel_(panel), service_(service) {}

    /// Between NewFrame() and Render(). Does what the panel asks for.
    void draw(const Status& status, const Fonts& fonts, std::span<const KeyPress> keys);
    bool wants_to_quit() const { return wants_to_quit_; }

private:
    void draw_menus(const Status& status, const Fonts& fonts);
    void draw_edit_menu();
    void draw_view_menu();
    void draw_panel(ImVec2 origin, ImVec2 size);
    void draw_splitter(ImVec2 origin, float height);
    void draw_status(const Status& status, ImVec2 origin, ImVec2 size);
    void take_key(const KeyPress& key);
    void apply(const kontexture::PanelEvent& event);
    std::string label_of(const kontexture::PanelEvent& event) const;

    Scene& scene_;
    Viewport& viewport_;
    kontexture::Panel& panel_;
    kontexture::Service& service_;
    std::vector<kontexture::RequestId> in_use_;  ///< kept for its room
    float panel_ems_ = 28;
    bool panel_is_open_ = true;
    bool wants_to_quit_ = false;
};

}  // namespace demo
