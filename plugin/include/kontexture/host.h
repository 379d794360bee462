#pragma once

#include <kontexture/types.h>

namespace kontexture {

enum class ColorSpace : std::uint8_t { Srgb };

struct TextureDesc {
    std::uint32_t width = 0;  ///< texels of level 0
    std::uint32_t height = 0;
    std::uint32_t mip_levels = 1;  ///< each level is half the one before, rounded down, at least 1
    ColorSpace color_space = ColorSpace::Srgb;
    std::string_view label;  ///< for a graphics debugger; valid during the call
};

enum class LogLevel : std::uint8_t { Info, Warning, Error };

/// What the renderer must offer. The module calls these from Service::pump() and from the Service's
/// destructor only, on the owner thread, never re-entrantly, so an implementation may use its graphics
/// context freely. Lifetime: the host outlives the Service.
///
///     class MyHost : public kontexture::Host {
///         kontexture::TextureHandle create_texture(const kontexture::TextureDesc& d) override {
///             return {renderer.create_srgb8_alpha8(d.width, d.height, d.mip_levels)};
///         }
///         bool write_rows(kontexture::TextureHandle t, std::uint32_t mip, std::uint32_t y,
///                         const kontexture::ImageView& rows) override {
///             return renderer.upload(t.value, mip, 0, y, rows.width, rows.height, rows.pixels.data());
///         }
///         void destroy_texture(kontexture::TextureHandle t) override { renderer.destroy(t.value); }
///     };
class Host {
public:
    virtual ~Host() = default;

    /// Makes an RGBA8 texture with undefined content. Wrap mode: repeat. None when it cannot be made.
    virtual TextureHandle create_texture(const TextureDesc& desc) = 0;

    /// Fills rows [first_row, first_row + rows.height) of one mip level; rows.width is that level's width.
    /// Row 0 is the top of the picture. The pixels are valid during the call. False when it failed (the
    /// request then fails).
    virtual bool write_rows(TextureHandle texture, std::uint32_t mip, std::uint32_t first_row,
                            const ImageView& rows) = 0;

    /// No draw list that the panel filled in an earlier frame still names the texture when this is called.
    virtual void destroy_texture(TextureHandle texture) = 0;

    /// The ImTextureID of the texture, as an integer. The panel calls this while it draws.
    virtual std::uint64_t imgui_texture_id(TextureHandle texture) { return texture.value; }

    /// What "edit the selection" means: the picture of what is selected in the host, empty for nothing. The
    /// panel calls this when a person asks for it; the pixels must stay valid until the next call.
    virtual ImageView selected_image() { return {}; }

    /// A line for the host's log, from the owner thread.
    virtual void log(LogLevel level, std::string_view text) { (void)level, (void)text; }
};

}  // namespace kontexture
