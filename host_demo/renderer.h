#pragma once

#include "gl_host.h"
#include "gl_program.h"
#include "scene.h"

#include <memory>
#include <optional>
#include <string>

namespace demo {

/// How much a frame may cost. Software rasterisers get less.
struct Quality {
    int samples = 4;
    int shadow_taps = 20;
    int shadow_side = 2048;
    float anisotropy = 8;

    /// Needs a current context.
    static Quality for_this_driver();
};

/// Draws a Scene into a picture of its own: shadows, lit meshes, outlines. Thread: the one whose context is
/// current. Lifetime: dies before the context.
class Renderer {
public:
    struct View {
        glm::mat4 view_projection{1.0f};
        glm::vec3 eye{0.0f};
        int width = 0;
        int height = 0;
        float pixels_per_point = 1;  ///< of outlines
        std::optional<std::size_t> hovered;
        bool operator==(const View&) const = default;
    };

    /// Fails when the driver refuses a shader.
    static kontexture::Result<std::unique_ptr<Renderer>> create(const Scene& scene, Quality quality);
    ~Renderer();
    Renderer(const Renderer&) = delete;
    Renderer& operator=(const Renderer&) = delete;

    void draw(const Scene& scene, const GlHost& host, const View& view);
    /// The picture: an OpenGL texture, encoded for the screen, bottom row first.
    std::uint32_t picture() const { return picture_; }
    /// RGBA8 of a part of the picture, bottom row first; what lies outside is left out.
    std::vector<std::uint8_t> read(int x, int y, int width, int height) const;

private:
    struct GlMesh {
        std::uint32_t vertex_array = 0;
        std::uint32_t buffers[2] = {};
        int index_count = 0;
    };

    explicit Renderer(Quality quality) : quality_(quality) {}
    void upload(const Mesh& mesh);
    void make_shadow_map();
    void resize(int width, int height);
    void delete_targets();
    void draw_mesh(std::size_t object) const;
    void draw_shadows(const Scene& scene);
    void draw_scene(const Scene& scene, const GlHost& host, const View& view);
    void draw_outlines(const Scene& scene, const View& view);

    Quality quality_;
    GlProgram scene_program_;
    GlProgram background_program_;
    GlProgram flat_program_;
    GlProgram outline_program_;
    std::vector<GlMesh> meshes_;
    glm::mat4 light_matrix_{1.0f};
    bool shadows_are_drawn_ = false;
    std::uint32_t empty_vertex_array_ = 0;
    std::uint32_t shadow_map_ = 0;
    std::uint32_t shadow_target_ = 0;
    std::uint32_t sample_target_ = 0;       ///< what meshes are drawn into, several samples a pixel
    std::uint32_t sample_buffers_[2] = {};  ///< its colour and depth
    std::uint32_t picture_target_ = 0;
    std::uint32_t picture_ = 0;
    std::uint32_t mask_target_ = 0;
    std::uint32_t mask_ = 0;
    int width_ = 0;
    int height_ = 0;
};

}  // namespace demo
