#pragma once

#include <kontexture/host.h>
#include <kontexture/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace kontexture::image {

enum class Format : std::uint8_t { Unknown, Png, Jpeg, Webp, Gif, Bmp };

/// By the first bytes, whatever a name or header says.
Format sniff(std::span<const std::uint8_t> file);
/// "png", "jpg", …; "bin" for Unknown.
const char* extension(Format format);
const char* mime_type(Format format);

struct Limits {
    std::uint32_t max_side = 16384;
    std::uint64_t max_pixels = std::uint64_t{64} << 20;
};

struct Header {
    Format format = Format::Unknown;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

/// Reads type and size without decoding. ImageDamaged for what is no PNG or JPEG, ImageTooLarge beyond the
/// limits.
Result<Header> read_header(std::span<const std::uint8_t> file, const Limits& limits);

/// As read_header, and walks the file to its end: ImageDamaged for one that is cut or whose parts do not fit.
/// Decodes nothing, so it cannot see what is wrong inside a JPEG's compressed data. Any thread.
Result<Header> check_complete(std::span<const std::uint8_t> file, const Limits& limits);

/// RGBA8 pixels, rows tight, all mip levels one after the other, level 0 first.
struct Pixels {
    std::vector<std::uint8_t> data;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t mip_levels = 1;

    ImageView level(std::uint32_t mip) const;
};

/// Decodes PNG or JPEG to one level, with capacity for all. Limits are checked before decoding, and decoding
/// cannot allocate more than they imply. A file that is cut or spoilt is ImageDamaged, never half a picture.
/// Any thread.
Result<Pixels> decode(std::span<const std::uint8_t> file, const Limits& limits);

/// Adds all mip levels, averaged in linear light with alpha as weight.
void build_mips(Pixels& pixels);
/// Shrinks (never enlarges) so that the longer side is at most `max_side`; in linear light.
Pixels shrink(const ImageView& image, std::uint32_t max_side);

/// Empty beyond 128 megapixels. Alpha is stored only when some pixel is not opaque.
std::vector<std::uint8_t> encode_png(const ImageView& image);
/// Alpha is dropped. `quality` 1 … 100.
std::vector<std::uint8_t> encode_jpeg(const ImageView& image, int quality);

/// A picture made fit for upload: at most 10 MB and about 2 megapixels, PNG or JPEG. A file that already fits
/// is passed on byte for byte, also a WebP of any size up to 10 MB; another is decoded (PNG, JPEG, BMP, TGA),
/// shrunk and encoded. Only for files that a person chose: what a service sent goes through decode().
/// InputUnreadable for a type that cannot be sent.
struct UploadImage {
    std::vector<std::uint8_t> data;
    Format format = Format::Png;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};
Result<UploadImage> prepare_upload(std::span<const std::uint8_t> file, const Limits& limits);
Result<UploadImage> prepare_upload(const ImageView& pixels, const Limits& limits);

}  // namespace kontexture::image
