#include "renderer.h"

#include "shaders.h"

#include <epoxy/gl.h>
#include <glm/ext/matrix_clip_space.hpp>
#include <glm/ext/matrix_transform.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace demo {
namespace {

const glm::vec3 kLightDirection = glm::normalize(glm::vec3(-0.62f, 0.92f, 0.66f));
constexpr float kOutlinePoints = 2.2f;
constexpr std::size_t kOccluders = 8;

/// The balls that stand for the objects in ambient occlusion, and which of them are an object's own.
struct Occluders {
    std::array<glm::vec4, kOccluders> balls = {};
    struct Span {
        int first = 0;
        int end = 0;
    };
    std::vector<Span> own;
};

Occluders find_occluders(const Scene& scene) {
    Occluders result;
    std::size_t next = 0;
    for (const Object& object : scene.objects()) {
        const std::size_t first = next;
        const auto add = [&](glm::vec3 centre, float radius) {
            if (next < kOccluders) result.balls[next++] = glm::vec4(centre, radius);
        };
        if (object.name == "Torus") {
            for (int i = 0; i < 6; ++i) {
                const float angle = static_cast<float>(i) * 1.0471976f - 1.5707963f;
                const glm::vec3 on_ring =
                    0.7f * object.radius * glm::vec3(std::cos(angle), std::sin(angle), 0);
                add(glm::vec3(object.placement * glm::vec4(on_ring, 1)), 0.3f * object.radius);
            }
        } else if (!object.is_floor) {
            add(object.centre, object.name == "Cube" ? 0.66f * object.radius : object.radius);
        }
        result.own.push_back({static_cast<int>(first), static_cast<int>(next)});
    }
    return result;
}

GLuint make_texture(GLint format, int width, int height, GLenum layout, GLenum type, GLint filter) {
    GLuint texture = 0;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexImage2D(GL_TEXTURE_2D, 0, format, width, height, 0, layout, type, nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, filter);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, filter);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    return texture;
}

GLuint make_target(GLuint texture) {
    GLuint target = 0;
    glGenFramebuffers(1, &target);
    glBindFramebuffer(GL_FRAMEBUFFER, target);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
    return target;
}

}  // namespace

Quality Quality::for_this_driver() {
    const auto* text = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
    const std::string_view renderer = text ? text : "";
    for (const char* software : {"llvmpipe", "softpipe", "SwiftShader", "SWR", "Software"})
        if (renderer.find(software) != renderer.npos)
            return {.samples = 4, .shadow_taps = 10, .shadow_side = 1024, .anisotropy = 4};
    return {};
}

kontexture::Result<std::unique_ptr<Renderer>> Renderer::create(const Scene& scene, Quality quality) {
    std::unique_ptr<Renderer> renderer(new Renderer(quality));
    const struct {
        GlProgram& program;
        const char* vertex;
        const char* prologue;
        const char* fragment;
    } wanted[] = {
        {renderer->scene_program_, shaders::kSceneVertex, shaders::kBackdrop, shaders::kSceneFragment},
        {renderer->background_program_, shaders::kScreenVertex, shaders::kBackdrop,
         shaders::kBackgroundFragment},
        {renderer->flat_program_, shaders::kDepthVertex, "", shaders::kFlatFragment},
        {renderer->outline_program_, shaders::kScreenVertex, "", shaders::kOutlineFragment}};
    for (const auto& entry : wanted) {
        kontexture::Result<GlProgram> program = GlProgram::link(entry.vertex, entry.prologue, entry.fragment);
        if (!program) return program.error();
        entry.program = std::move(*program);
    }
    GLint most_samples = 1;
    glGetIntegerv(GL_MAX_SAMPLES, &most_samples);
    renderer->quality_.samples = std::min(quality.samples, most_samples);
    glGenVertexArrays(1, &renderer->empty_vertex_array_);
    for (const Object& object : scene.objects()) renderer->upload(object.mesh);
    renderer->make_shadow_map();
    return renderer;
}

Renderer::~Renderer() {
    delete_targets();
    for (GlMesh& mesh : meshes_) {
        glDeleteBuffers(2, mesh.buffers);
        glDeleteVertexArrays(1, &mesh.vertex_array);
    }
    glDeleteFramebuffers(1, &shadow_target_);
    glDeleteTextures(1, &shadow_map_);
    glDeleteVertexArrays(1, &empty_vertex_array_);
}

void Renderer::upload(const Mesh& mesh) {
    GlMesh& gl_mesh = meshes_.emplace_back();
    gl_mesh.index_count = static_cast<int>(mesh.indices.size());
    glGenVertexArrays(1, &gl_mesh.vertex_array);
    glBindVertexArray(gl_mesh.vertex_array);
    glGenBuffers(2, gl_mesh.buffers);
    glBindBuffer(GL_ARRAY_BUFFER, gl_mesh.buffers[0]);
    glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(mesh.vertices.size() * sizeof(Vertex)),
                 mesh.vertices.data(), GL_STATIC_DRAW);
    glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, gl_mesh.buffers[1]);
    glBufferData(GL_ELEMENT_ARRAY_BUFFER,
                 static_cast<GLsizeiptr>(mesh.indices.size() * sizeof(std::uint32_t)), mesh.indices.data(),
                 GL_STATIC_DRAW);
    const struct {
        GLint size;
        std::size_t offset;
    } fields[] = {{3, offsetof(Vertex, position)},
                  {3, offsetof(Vertex, normal)},
                  {3, offsetof(Vertex, tangent)},
                  {2, offsetof(Vertex, uv)}};
    for (GLuint i = 0; i < 4; ++i) {
        glEnableVertexAttribArray(i);
        glVertexAttribPointer(i, fields[i].size, GL_FLOAT, GL_FALSE, sizeof(Vertex),
                              reinterpret_cast<const void*>(fields[i].offset));
    }
    glBindVertexArray(0);
}

void Renderer::make_shadow_map() {
    shadow_map_ = make_texture(GL_DEPTH_COMPONENT24, quality_.shadow_side, quality_.shadow_side,
                               GL_DEPTH_COMPONENT, GL_UNSIGNED_INT, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_COMPARE_MODE, GL_COMPARE_REF_TO_TEXTURE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_COMPARE_FUNC, GL_LEQUAL);
    glGenFramebuffers(1, &shadow_target_);
    glBindFramebuffer(GL_FRAMEBUFFER, shadow_target_);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D, shadow_map_, 0);
    glDrawBuffer(GL_NONE);
    glReadBuffer(GL_NONE);
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

void Renderer::delete_targets() {
    for (std::uint32_t* target : {&sample_target_, &picture_target_, &mask_target_}) {
        glDeleteFramebuffers(1, target);
        *target = 0;
    }
    glDeleteRenderbuffers(2, sample_buffers_);
    for (std::uint32_t* texture : {&picture_, &mask_}) {
        glDeleteTextures(1, texture);
        *texture = 0;
    }
}

void Renderer::resize(int width, int height) {
    if (width == width_ && height == height_) return;
    width_ = width;
    height_ = height;
    delete_targets();
    glActiveTexture(GL_TEXTURE0);
    picture_ = make_texture(GL_RGBA8, width, height, GL_RGBA, GL_UNSIGNED_BYTE, GL_LINEAR);
    picture_target_ = make_target(picture_);
    mask_ = make_texture(GL_RGBA8, width, height, GL_RGBA, GL_UNSIGNED_BYTE, GL_LINEAR);
    mask_target_ = make_target(mask_);

    glGenFramebuffers(1, &sample_target_);
    glBindFramebuffer(GL_FRAMEBUFFER, sample_target_);
    glGenRenderbuffers(2, sample_buffers_);
    const GLenum formats[] = {GL_RGBA8, GL_DEPTH_COMPONENT24};
    const GLenum places[] = {GL_COLOR_ATTACHMENT0, GL_DEPTH_ATTACHMENT};
    for (int i = 0; i < 2; ++i) {
        glBindRenderbuffer(GL_RENDERBUFFER, sample_buffers_[i]);
        glRenderbufferStorageMultisample(GL_RENDERBUFFER, quality_.samples, formats[i], width, height);
        glFramebufferRenderbuffer(GL_FRAMEBUFFER, places[i], GL_RENDERBUFFER, sample_buffers_[i]);
    }
}

void Renderer::draw_mesh(std::size_t object) const {
    glBindVertexArray(meshes_[object].vertex_array);
    glDrawElements(GL_TRIANGLES, meshes_[object].index_count, GL_UNSIGNED_INT, nullptr);
}

void Renderer::draw_shadows(const Scene& scene) {
    const glm::mat4 view = glm::lookAt(kLightDirection * 10.0f, glm::vec3(0, 0.6f, 0), glm::vec3(0, 1, 0));
    const glm::mat4 projection = glm::ortho(-4.2f, 4.2f, -3.4f, 3.4f, 2.0f, 18.0f);
    const glm::mat4 to_texture =
        glm::scale(glm::translate(glm::mat4(1.0f), glm::vec3(0.5f)), glm::vec3(0.5f));
    light_matrix_ = to_texture * projection * view;

    glBindFramebuffer(GL_FRAMEBUFFER, shadow_target_);
    glViewport(0, 0, quality_.shadow_side, quality_.shadow_side);
    glClear(GL_DEPTH_BUFFER_BIT);
    glEnable(GL_POLYGON_OFFSET_FILL);
    glPolygonOffset(1.5f, 2.0f);
    flat_program_.use();
    flat_program_.set("view_projection", projection * view);
    for (std::size_t i = 0; i < meshes_.size(); ++i) {
        if (scene.objects()[i].is_floor) continue;
        flat_program_.set("world", scene.objects()[i].placement);
        draw_mesh(i);
    }
    glDisable(GL_POLYGON_OFFSET_FILL);
    shadows_are_drawn_ = true;
}

void Renderer::draw_scene(const Scene& scene, const GlHost& host, const View& view) {
    glBindFramebuffer(GL_FRAMEBUFFER, sample_target_);
    glViewport(0, 0, view.width, view.height);
    glClear(GL_DEPTH_BUFFER_BIT);
    const glm::vec2 view_size(view.width, view.height);

    glDisable(GL_DEPTH_TEST);
    background_program_.use();
    background_program_.set("view_size", view_size);
    glBindVertexArray(empty_vertex_array_);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glEnable(GL_DEPTH_TEST);

    const Occluders occluders = find_occluders(scene);
    scene_program_.use();
    scene_program_.set("view_size", view_size);
    scene_program_.set("view_projection", view.view_projection);
    scene_program_.set("eye", view.eye);
    scene_program_.set("light_matrix", light_matrix_);
    scene_program_.set("light_direction", kLightDirection);
    scene_program_.set("occluders", std::span<const glm::vec4>(occluders.balls));
    scene_program_.set("shadow_taps", quality_.shadow_taps);
    scene_program_.set("floor_radius", kFloorRadius);
    scene_program_.set("albedo_map", 0);
    scene_program_.set("shadow_map", 1);
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D, shadow_map_);
    glBindSampler(1, 0);
    for (std::size_t i = 0; i < meshes_.size(); ++i) {
        const Object& object = scene.objects()[i];
        scene_program_.set("textured", host.bind(0, object.material.texture) ? 1 : 0);
        scene_program_.set("tiles", static_cast<float>(object.material.tiles));
        scene_program_.set("is_floor", object.is_floor ? 1 : 0);
        scene_program_.set("own_first", occluders.own[i].first);
        scene_program_.set("own_end", occluders.own[i].end);
        scene_program_.set("world", object.placement);
        draw_mesh(i);
    }
    glBindSampler(0, 0);
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D, 0);
    glActiveTexture(GL_TEXTURE0);

    glBindFramebuffer(GL_READ_FRAMEBUFFER, sample_target_);
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, picture_target_);
    glBlitFramebuffer(0, 0, view.width, view.height, 0, 0, view.width, view.height, GL_COLOR_BUFFER_BIT,
                      GL_NEAREST);
}

void Renderer::draw_outlines(const Scene& scene, const View& view) {
    glBindFramebuffer(GL_FRAMEBUFFER, sample_target_);
    glClear(GL_COLOR_BUFFER_BIT);
    glDisable(GL_DEPTH_TEST);
    flat_program_.use();
    flat_program_.set("view_projection", view.view_projection);
    const auto mark = [&](std::size_t object, glm::vec3 tone) {
        flat_program_.set("tone", tone);
        flat_program_.set("world", scene.objects()[object].placement);
        draw_mesh(object);
    };
    // Adding up lets both marks share one mask.
    glEnable(GL_BLEND);
    glBlendFunc(GL_ONE, GL_ONE);
    const std::size_t hovered = view.hovered.value_or(scene.selected());
    const glm::vec2 is_floor(scene.selection().is_floor, scene.objects()[hovered].is_floor);
    mark(scene.selected(), {1, 0, 0});
    if (hovered != scene.selected()) mark(hovered, {0, 1, 0});
    for (std::size_t i = 0; i < meshes_.size(); ++i)
        if ((is_floor.x > 0 || is_floor.y > 0) && !scene.objects()[i].is_floor) mark(i, {0, 0, 1});
    glBindFramebuffer(GL_READ_FRAMEBUFFER, sample_target_);
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, mask_target_);
    glBlitFramebuffer(0, 0, view.width, view.height, 0, 0, view.width, view.height, GL_COLOR_BUFFER_BIT,
                      GL_NEAREST);

    glBindFramebuffer(GL_FRAMEBUFFER, picture_target_);
    glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ZERO, GL_ONE);
    outline_program_.use();
    outline_program_.set("mask", 0);
    outline_program_.set("is_floor", is_floor);
    outline_program_.set("line_width", kOutlinePoints * view.pixels_per_point);
    outline_program_.set("selected_colour", glm::vec3(1.0f, 0.66f, 0.26f));
    outline_program_.set("hovered_colour", glm::vec3(0.86f, 0.91f, 1.0f));
    glBindTexture(GL_TEXTURE_2D, mask_);
    glBindVertexArray(empty_vertex_array_);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glDisable(GL_BLEND);
}

void Renderer::draw(const Scene& scene, const GlHost& host, const View& view) {
    if (view.width <= 0 || view.height <= 0) return;
    resize(view.width, view.height);
    glDisable(GL_SCISSOR_TEST);
    glDisable(GL_BLEND);
    glDisable(GL_FRAMEBUFFER_SRGB);
    glEnable(GL_DEPTH_TEST);
    glEnable(GL_CULL_FACE);
    glDepthFunc(GL_LESS);
    glDepthMask(GL_TRUE);
    glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
    glClearColor(0, 0, 0, 0);
    if (!shadows_are_drawn_) draw_shadows(scene);
    draw_scene(scene, host, view);
    draw_outlines(scene, view);
    glDisable(GL_CULL_FACE);
    glBindVertexArray(0);
    glUseProgram(0);
    glBindTexture(GL_TEXTURE_2D, 0);
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

std::vector<std::uint8_t> Renderer::read(int x, int y, int width, int height) const {
    const int left = std::clamp(x, 0, width_);
    const int bottom = std::clamp(y, 0, height_);
    width = std::clamp(x + width, left, width_) - left;
    height = std::clamp(y + height, bottom, height_) - bottom;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    glBindFramebuffer(GL_FRAMEBUFFER, picture_target_);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(left, bottom, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    return pixels;
}

}  // namespace demo
