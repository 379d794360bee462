#include "gl_host.h"

#include "terminal_text.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

namespace demo {
namespace {

using kontexture::ImageView;
using kontexture::TextureDesc;
using kontexture::TextureHandle;

GLint get_integer(GLenum name) {
    GLint value = 0;
    glGetIntegerv(name, &value);
    return value;
}

/// The state that texture transfers depend on, set to tight rows from client memory and put back at the end.
class TransferState {
public:
    explicit TransferState(GLuint texture) {
        for (std::size_t i = 0; i < kNames.size(); ++i) saved_[i] = get_integer(kNames[i]);
        for (GLenum name : kNames)
            glPixelStorei(name, name == GL_UNPACK_ALIGNMENT || name == GL_PACK_ALIGNMENT ? 4 : 0);
        glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
        glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
        glBindTexture(GL_TEXTURE_2D, texture);
    }
    ~TransferState() {
        for (std::size_t i = 0; i < kNames.size(); ++i) glPixelStorei(kNames[i], saved_[i]);
        glBindBuffer(GL_PIXEL_UNPACK_BUFFER, static_cast<GLuint>(unpack_buffer_));
        glBindBuffer(GL_PIXEL_PACK_BUFFER, static_cast<GLuint>(pack_buffer_));
        glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(texture_));
    }
    TransferState(const TransferState&) = delete;
    TransferState& operator=(const TransferState&) = delete;

private:
    static constexpr std::array<GLenum, 10> kNames = {
        GL_UNPACK_SWAP_BYTES, GL_UNPACK_ROW_LENGTH, GL_UNPACK_SKIP_ROWS, GL_UNPACK_SKIP_PIXELS,
        GL_UNPACK_ALIGNMENT,  GL_PACK_SWAP_BYTES,   GL_PACK_ROW_LENGTH,  GL_PACK_SKIP_ROWS,
        GL_PACK_SKIP_PIXELS,  GL_PACK_ALIGNMENT};
    std::array<GLint, kNames.size()> saved_ = {};
    GLint unpack_buffer_ = get_integer(GL_PIXEL_UNPACK_BUFFER_BINDING);
    GLint pack_buffer_ = get_integer(GL_PIXEL_PACK_BUFFER_BINDING);
    GLint texture_ = get_integer(GL_TEXTURE_BINDING_2D);
};

/// Errors that earlier code of the host left behind are not ours.
void forget_errors() {
    for (int i = 0; i < 16 && glGetError() != GL_NO_ERROR; ++i) {
    }
}

GLsizei level_side(std::uint32_t side, std::uint32_t mip) {
    return static_cast<GLsizei>(std::max<std::uint32_t>(side >> mip, 1));
}

void set_filters(std::uint32_t mip_levels) {
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER,
                    mip_levels > 1 ? GL_LINEAR_MIPMAP_LINEAR : GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_REPEAT);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_REPEAT);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, static_cast<GLint>(mip_levels) - 1);
}

}  // namespace

GlHost::GlHost(float anisotropy) {
    max_side_ = static_cast<std::uint32_t>(get_integer(GL_MAX_TEXTURE_SIZE));
    const int version = epoxy_gl_version();
    const bool has_storage = version >= 42 || epoxy_has_gl_extension("GL_ARB_texture_storage");
    has_views_ = has_storage && (version >= 43 || epoxy_has_gl_extension("GL_ARB_texture_view"));
    has_skip_decode_ = epoxy_has_gl_extension("GL_EXT_texture_sRGB_decode");
    if (!has_views_ && !has_skip_decode_)
        log(kontexture::LogLevel::Warning,
            "This OpenGL driver can show sRGB pictures in the panel only darker than they are.");

    glGenSamplers(1, &mesh_sampler_);
    glSamplerParameteri(mesh_sampler_, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
    glSamplerParameteri(mesh_sampler_, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glSamplerParameteri(mesh_sampler_, GL_TEXTURE_WRAP_S, GL_REPEAT);
    glSamplerParameteri(mesh_sampler_, GL_TEXTURE_WRAP_T, GL_REPEAT);
    if (has_skip_decode_) glSamplerParameteri(mesh_sampler_, GL_TEXTURE_SRGB_DECODE_EXT, GL_DECODE_EXT);
    if (anisotropy > 1 && (version >= 46 || epoxy_has_gl_extension("GL_EXT_texture_filter_anisotropic"))) {
        GLfloat most = 1;
        glGetFloatv(GL_MAX_TEXTURE_MAX_ANISOTROPY_EXT, &most);
        glSamplerParameterf(mesh_sampler_, GL_TEXTURE_MAX_ANISOTROPY_EXT, std::min(anisotropy, most));
    }
}

GlHost::~GlHost() {
    while (!textures_.empty()) destroy_texture({textures_.begin()->first});
    glDeleteSamplers(1, &mesh_sampler_);
}

const GlHost::Texture* GlHost::find(TextureHandle texture) const {
    const auto found = textures_.find(texture.value);
    return found == textures_.end() ? nullptr : &found->second;
}

bool GlHost::allocate(Texture& texture, std::uint32_t mip_levels) const {
    const auto levels = static_cast<GLsizei>(mip_levels);
    const auto width = static_cast<GLsizei>(texture.width);
    const auto height = static_cast<GLsizei>(texture.height);
    set_filters(mip_levels);
    if (has_views_) {
        glTexStorage2D(GL_TEXTURE_2D, levels, GL_SRGB8_ALPHA8, width, height);
        if (glGetError() != GL_NO_ERROR) return false;
        glGenTextures(1, &texture.undecoded_view);
        glTextureView(texture.undecoded_view, GL_TEXTURE_2D, texture.name, GL_RGBA8, 0, mip_levels, 0, 1);
        glBindTexture(GL_TEXTURE_2D, texture.undecoded_view);
        set_filters(mip_levels);
    } else {
        for (std::uint32_t mip = 0; mip < mip_levels; ++mip)
            glTexImage2D(GL_TEXTURE_2D, static_cast<GLint>(mip), GL_SRGB8_ALPHA8,
                         level_side(texture.width, mip), level_side(texture.height, mip), 0, GL_RGBA,
                         GL_UNSIGNED_BYTE, nullptr);
        // ImGui binds no sampler of its own, so the texture's parameter counts there and ours on meshes.
        if (has_skip_decode_) glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_SRGB_DECODE_EXT, GL_SKIP_DECODE_EXT);
    }
    return glGetError() == GL_NO_ERROR;
}

TextureHandle GlHost::create_texture(const TextureDesc& desc) {
    if (desc.width == 0 || desc.height == 0 || desc.mip_levels == 0 ||
        std::max(desc.width, desc.height) > max_side_ ||
        (std::max(desc.width, desc.height) >> (desc.mip_levels - 1)) == 0) {
        log(kontexture::LogLevel::Error,
            "A texture of " + std::to_string(desc.width) + " x " + std::to_string(desc.height) + " with " +
                std::to_string(desc.mip_levels) + " levels cannot be made; this driver takes up to " +
                std::to_string(max_side_) + " texels a side.");
        return {};
    }
    Texture texture{.width = desc.width, .height = desc.height, .mip_levels = desc.mip_levels};
    forget_errors();
    glGenTextures(1, &texture.name);
    const TransferState state(texture.name);
    if (!allocate(texture, desc.mip_levels)) {
        glDeleteTextures(1, &texture.undecoded_view);
        glDeleteTextures(1, &texture.name);
        log(kontexture::LogLevel::Error, "The graphics driver has no memory left for a texture.");
        return {};
    }
    if (!desc.label.empty() && epoxy_has_gl_extension("GL_KHR_debug"))
        glObjectLabel(GL_TEXTURE, texture.name,
                      static_cast<GLsizei>(std::min<std::size_t>(desc.label.size(), 200)), desc.label.data());
    const TextureHandle handle{++last_handle_};
    textures_.emplace(handle.value, texture);
    return handle;
}

bool GlHost::write_rows(TextureHandle handle, std::uint32_t mip, std::uint32_t first_row,
                        const ImageView& rows) {
    const Texture* texture = find(handle);
    if (!texture || mip >= texture->mip_levels) return false;
    const GLsizei width = level_side(texture->width, mip);
    const auto height = static_cast<std::uint32_t>(level_side(texture->height, mip));
    if (rows.width != static_cast<std::uint32_t>(width) || first_row > height ||
        rows.height > height - first_row || rows.pixels.size() < std::size_t{rows.width} * rows.height * 4)
        return false;
    forget_errors();
    const TransferState state(texture->name);
    glTexSubImage2D(GL_TEXTURE_2D, static_cast<GLint>(mip), 0, static_cast<GLint>(first_row), width,
                    static_cast<GLsizei>(rows.height), GL_RGBA, GL_UNSIGNED_BYTE, rows.pixels.data());
    return glGetError() == GL_NO_ERROR;
}

void GlHost::destroy_texture(TextureHandle handle) {
    const Texture* texture = find(handle);
    if (!texture) return;
    glDeleteTextures(1, &texture->undecoded_view);
    glDeleteTextures(1, &texture->name);
    textures_.erase(handle.value);
}

std::uint64_t GlHost::imgui_texture_id(TextureHandle handle) {
    const Texture* texture = find(handle);
    if (!texture) return 0;
    return texture->undecoded_view ? texture->undecoded_view : texture->name;
}

ImageView GlHost::selected_image() {
    const Texture* texture = find(selected_);
    if (!texture) return {};
    selected_pixels_.resize(std::size_t{texture->width} * texture->height * 4);
    const TransferState state(texture->undecoded_view ? texture->undecoded_view : texture->name);
    glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, selected_pixels_.data());
    return {selected_pixels_, texture->width, texture->height};
}

void GlHost::log(kontexture::LogLevel level, std::string_view text) {
    static constexpr const char* kNames[] = {"info", "warning", "error"};
    std::fprintf(stderr, "kontexture: %s: %s\n", kNames[static_cast<std::size_t>(level)],
                 terminal_text::printable(text).c_str());
}

bool GlHost::bind(std::uint32_t unit, TextureHandle handle) const {
    const Texture* texture = find(handle);
    glActiveTexture(GL_TEXTURE0 + unit);
    glBindTexture(GL_TEXTURE_2D, texture ? texture->name : 0);
    glBindSampler(unit, texture ? mesh_sampler_ : 0);
    return texture != nullptr;
}

}  // namespace demo
