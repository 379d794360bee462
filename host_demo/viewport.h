#pragma once

#include "renderer.h"
#include "style.h"

#include <memory>
#include <optional>

namespace demo {

/// The view of the scene inside an ImGui window: orbit camera, picking, and the card of what is selected.
/// Left drag turns, right or middle drag moves, the wheel comes closer, a click selects.
/// Thread: the one whose context is current. Lifetime: the scene and the host outlive it.
class Viewport {
public:
    /// Fails when the driver refuses a shader.
    static kontexture::Result<std::unique_ptr<Viewport>> create(Scene& scene, GlHost& host, Quality quality);

    /// Fills the current window's content region. The picture is drawn anew only when something changed.
    void draw(const Fonts& fonts);
    /// True while the camera still glides: draw again soon.
    bool is_moving() const { return is_moving_; }

    void frame_selection();
    void reset_camera() { camera_.reset(); }

    /// Pixels of the window, from its top left.
    struct Area {
        int x = 0;
        int y = 0;
        int width = 0;
        int height = 0;
    };
    /// Where the middle of the selected object was drawn last.
    Area selection_area() const;
    /// RGBA8 of the picture where the middle of the selected object is, as last drawn.
    std::vector<std::uint8_t> read_selection() const;

private:
    Viewport(Scene& scene, GlHost& host, std::unique_ptr<Renderer> renderer)
        : scene_(scene), host_(host), renderer_(std::move(renderer)) {}

    void take_input(ImVec2 origin, ImVec2 size);
    void draw_picture(ImVec2 origin, ImVec2 size);
    void draw_card(ImVec2 origin, ImVec2 size, const Fonts& fonts);
    void draw_tiles();

    Scene& scene_;
    GlHost& host_;
    std::unique_ptr<Renderer> renderer_;
    OrbitCamera camera_;
    /// Of the picture, bottom row first.
    Area selection_in_picture() const;

    Renderer::View drawn_view_;
    ImVec2 drawn_at_;  ///< the picture's top left in the window, in pixels
    std::uint64_t drawn_revision_ = 0;
    std::optional<std::size_t> hovered_;
    bool is_drag_ = false;  ///< the button that is down has moved too far for a click
    bool is_moving_ = false;
};

}  // namespace demo
