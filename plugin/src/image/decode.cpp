#include <new>

#include "image/container.h"
#include "image/decoder_stb.h"
#if KONTEXTURE_JPEG_TURBO
#include "image/decoder_turbo.h"
#endif

namespace kontexture::image {

namespace {

constexpr std::uint64_t kSlack = 1 << 16;

/// stb_image doubles its buffers while they grow, and holds a picture twice while it converts it.
std::uint64_t png_budget(const PngInfo& info) {
    const std::uint64_t pixel_bytes = info.bits_per_channel == 16 ? 8 : 4;
    return std::uint64_t{info.idat_bytes} * 2 + info.inflated_bytes() * 2 +
           std::uint64_t{info.width} * info.height * pixel_bytes * 2 + std::uint64_t{info.width} * 32 +
           kSlack;
}

Result<Pixels> decode_png(std::span<const std::uint8_t> file) {
    const Result<PngInfo> info = inspect_png(file);
    if (!info) return info.error();
    return stb_decode(file, info->width, info->height, png_budget(*info));
}

Result<Pixels> decode_jpeg(std::span<const std::uint8_t> file) {
    const Result<JpegInfo> info = inspect_jpeg(file);
    if (!info) return info.error();
#if KONTEXTURE_JPEG_TURBO
    return turbo_decode(file, *info);
#else
    // Planes and 16 bit coefficients in whole blocks, then the picture itself.
    constexpr std::uint64_t kBlockPadding = 64;
    const std::uint64_t padded = (info->width + kBlockPadding) * (info->height + kBlockPadding);
    return stb_decode(file, info->width, info->height, padded * (info->components * 3 + 4) + kSlack);
#endif
}

}  // namespace

Result<Pixels> decode(std::span<const std::uint8_t> file, const Limits& limits) {
    const Result<Header> header = read_header(file, limits);
    if (!header) return header.error();
    try {
        return header->format == Format::Png ? decode_png(file) : decode_jpeg(file);
    } catch (const std::bad_alloc&) {
        return out_of_memory(header->width, header->height);
    }
}

}  // namespace kontexture::image
