#include "gl_host.h"
#include "catch.h"
#include "gl_program.h"
#include "shaders.h"
#include "window.h"

#include <backends/imgui_impl_opengl3.h>
#include <epoxy/gl.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace {

using kontexture::ImageView;
using kontexture::TextureHandle;

/// A window whose context is current; the display is software-rendered.
std::unique_ptr<demo::Window> open_window() {
    auto window = demo::Window::open({.screenshot = "x", .width = 320, .height = 240});
    if (!window) {
        CAPTURE(window.error().message, window.error().detail);
        REQUIRE(bool(window));
    }
    return std::move(*window);
}

std::vector<std::uint8_t> filled(std::uint32_t width, std::uint32_t height, std::uint8_t level) {
    std::vector<std::uint8_t> pixels(std::size_t{width} * height * 4, level);
    for (std::size_t i = 3; i < pixels.size(); i += 4) pixels[i] = 255;
    return pixels;
}

TextureHandle make_texture(demo::GlHost& host, std::uint32_t side, std::uint8_t level) {
    const TextureHandle texture = host.create_texture({.width = side, .height = side, .label = "test"});
    REQUIRE(bool(texture));
    REQUIRE(host.write_rows(texture, 0, 0, {filled(side, side, level), side, side}));
    return texture;
}

int red_in_middle() {
    std::array<std::uint8_t, 4> pixel = {};
    glReadPixels(160, 120, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel.data());
    return pixel[0];
}

/// What a mesh's shader gets: the sampled value, written as it is. The coordinates vary, as on a mesh: with
/// constant ones some software renderers have no level of detail to choose.
int sampled_on_a_mesh(const demo::GlHost& host, TextureHandle texture) {
    auto program = demo::GlProgram::link(demo::shaders::kScreenVertex, "", R"(#version 330 core
uniform sampler2D albedo;
out vec4 colour;
void main() { colour = vec4(texture(albedo, gl_FragCoord.xy / 320.0).rgb, 1.0); }
)");
    REQUIRE(bool(program));
    GLuint vertices = 0;
    glGenVertexArrays(1, &vertices);
    glBindVertexArray(vertices);
    glDisable(GL_BLEND);
    glDisable(GL_SCISSOR_TEST);
    program->use();
    REQUIRE(host.bind(0, texture));
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glBindSampler(0, 0);
    glDeleteVertexArrays(1, &vertices);
    return red_in_middle();
}

/// Made once in a program: the OpenGL backend of ImGui 1.92 calls into an unloaded library when it is started
/// again.
class Gui {
public:
    Gui() {
        ImGui::CreateContext();
        ImGui_ImplOpenGL3_Init("#version 330 core");
        ImGui::GetIO().IniFilename = nullptr;
        ImGui::GetIO().DisplaySize = ImVec2(320, 240);
    }
    ~Gui() {
        ImGui_ImplOpenGL3_Shutdown();
        ImGui::DestroyContext();
    }

    /// What a person sees where ImGui draws the texture.
    int drawn(demo::GlHost& host, TextureHandle texture) {
        ImGui_ImplOpenGL3_NewFrame();
        ImGui::NewFrame();
        ImGui::GetForegroundDrawList()->AddImage((ImTextureID)(std::intptr_t)host.imgui_texture_id(texture),
                                                 ImVec2(0, 0), ImVec2(320, 240));
        ImGui::Render();
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
        return red_in_middle();
    }
};

}  // namespace

TEST_CASE("a middle grey stays 128 in the panel and is 55 in linear light on a mesh") {
    const auto window = open_window();
    demo::GlHost host;
    const TextureHandle texture = make_texture(host, 16, 128);
    glViewport(0, 0, 320, 240);
    Gui gui;
    CHECK(gui.drawn(host, texture) == 128);
    CHECK(std::abs(sampled_on_a_mesh(host, texture) - 55) <= 1);
    CHECK(gui.drawn(host, texture) == 128);
}

TEST_CASE("rows arrive where they belong, top row first") {
    const auto window = open_window();
    demo::GlHost host;
    const TextureHandle texture = host.create_texture({.width = 5, .height = 7, .mip_levels = 3});
    REQUIRE(bool(texture));
    for (std::uint8_t row = 0; row < 7; ++row)
        REQUIRE(host.write_rows(texture, 0, row, {filled(5, 1, std::uint8_t(10 * row)), 5, 1}));
    CHECK(host.write_rows(texture, 1, 0, {filled(2, 3, 0), 2, 3}));
    CHECK(host.write_rows(texture, 2, 0, {filled(1, 1, 0), 1, 1}));
    host.select(texture);
    const ImageView image = host.selected_image();
    REQUIRE(image.width == 5);
    REQUIRE(image.height == 7);
    for (std::size_t row = 0; row < 7; ++row) CHECK(image.pixels[row * 5 * 4] == 10 * row);
}

TEST_CASE("rows that do not fit are refused") {
    const auto window = open_window();
    demo::GlHost host;
    const TextureHandle texture = host.create_texture({.width = 4, .height = 4, .mip_levels = 2});
    const std::vector<std::uint8_t> pixels = filled(4, 4, 9);
    CHECK(!host.write_rows(texture, 0, 1, {pixels, 4, 4}));
    CHECK(!host.write_rows(texture, 1, 0, {pixels, 4, 1}));
    CHECK(!host.write_rows(texture, 2, 0, {pixels, 1, 1}));
    CHECK(!host.write_rows({texture.value + 1}, 0, 0, {pixels, 4, 1}));
    CHECK(host.write_rows(texture, 0, 0, {pixels, 4, 4}));
    CHECK(!host.create_texture({.width = 1u << 20, .height = 4}));
    CHECK(!host.create_texture({.width = 0, .height = 4}));
    CHECK(!host.create_texture({.width = 4, .height = 4, .mip_levels = 4}));
}

TEST_CASE("uploads leave the host's OpenGL state as it was") {
    const auto window = open_window();
    demo::GlHost host;
    GLuint own[2] = {};
    glGenTextures(1, &own[0]);
    glGenBuffers(1, &own[1]);
    glBindTexture(GL_TEXTURE_2D, own[0]);
    glBindBuffer(GL_PIXEL_UNPACK_BUFFER, own[1]);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 77);
    glPixelStorei(GL_UNPACK_SKIP_ROWS, 3);
    const TextureHandle texture = make_texture(host, 8, 40);
    host.select(texture);
    REQUIRE(host.selected_image().pixels[0] == 40);
    const auto state = [](GLenum name) {
        GLint value = 0;
        glGetIntegerv(name, &value);
        return value;
    };
    CHECK(state(GL_TEXTURE_BINDING_2D) == static_cast<GLint>(own[0]));
    CHECK(state(GL_PIXEL_UNPACK_BUFFER_BINDING) == static_cast<GLint>(own[1]));
    CHECK(state(GL_UNPACK_ALIGNMENT) == 1);
    CHECK(state(GL_UNPACK_ROW_LENGTH) == 77);
    CHECK(state(GL_UNPACK_SKIP_ROWS) == 3);
    CHECK(glGetError() == GL_NO_ERROR);
}

TEST_CASE("a destroyed texture is gone, and its handle is never given out again") {
    const auto window = open_window();
    demo::GlHost host;
    const TextureHandle first = make_texture(host, 8, 40);
    host.select(first);
    host.destroy_texture(first);
    host.destroy_texture(first);
    CHECK(host.texture_count() == 0);
    CHECK(host.imgui_texture_id(first) == 0);
    CHECK(host.selected_image().pixels.empty());
    CHECK(!host.bind(0, first));
    CHECK(make_texture(host, 8, 40) != first);
}
