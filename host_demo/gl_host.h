#pragma once

#include <kontexture/host.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace demo {

/// kontexture::Host for OpenGL 3.3. Textures are SRGB8_ALPHA8 with all the levels they were asked for, so
/// that meshes sample and filter them in linear light. Dear ImGui draws into a framebuffer that is not
/// encoded, so it gets the same texels undecoded: through a second view of the storage where the driver has
/// ARB_texture_view, else through EXT_texture_sRGB_decode. Every GL state it changes is put back.
/// Thread: the one whose context is current. Lifetime: outlives the Service; dies before the context.
class GlHost final : public kontexture::Host {
public:
    /// Needs a current OpenGL 3.3 context. `anisotropy` 1 switches anisotropic filtering off.
    explicit GlHost(float anisotropy = 8.0f);
    ~GlHost() override;
    GlHost(const GlHost&) = delete;
    GlHost& operator=(const GlHost&) = delete;

    kontexture::TextureHandle create_texture(const kontexture::TextureDesc& desc) override;
    bool write_rows(kontexture::TextureHandle texture, std::uint32_t mip, std::uint32_t first_row,
                    const kontexture::ImageView& rows) override;
    void destroy_texture(kontexture::TextureHandle texture) override;
    std::uint64_t imgui_texture_id(kontexture::TextureHandle texture) override;
    kontexture::ImageView selected_image() override;
    void log(kontexture::LogLevel level, std::string_view text) override;

    /// Whose pixels selected_image() gives; none: an empty picture.
    void select(kontexture::TextureHandle texture) { selected_ = texture; }
    /// Binds the texture to a unit for sampling on a mesh: repeated, trilinear, decoded. False for a dead
    /// handle.
    bool bind(std::uint32_t unit, kontexture::TextureHandle texture) const;
    std::size_t texture_count() const { return textures_.size(); }

private:
    struct Texture {
        std::uint32_t name = 0;
        std::uint32_t undecoded_view = 0;  ///< zero: the texture itself skips decoding by its parameter
        std::uint32_t width = 0;
        std::uint32_t height = 0;
        std::uint32_t mip_levels = 0;
    };

    const Texture* find(kontexture::TextureHandle texture) const;
    bool allocate(Texture& texture, std::uint32_t mip_levels) const;

    std::unordered_map<std::uint64_t, Texture> textures_;
    std::uint64_t last_handle_ = 0;
    kontexture::TextureHandle selected_;
    std::vector<std::uint8_t> selected_pixels_;
    std::uint32_t mesh_sampler_ = 0;
    std::uint32_t max_side_ = 0;
    bool has_views_ = false;
    bool has_skip_decode_ = false;
};

}  // namespace demo
