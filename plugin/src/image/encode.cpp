#include <algorithm>
#include <cassert>
#include <climits>
#include <cstdlib>
#include <memory>

#include "image/image.h"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace kontexture::image {

namespace {

bool is_opaque(std::span<const std::uint8_t> rgba) {
    for (std::size_t i = 3; i < rgba.size(); i += 4)
        if (rgba[i] != 255) return false;
    return true;
}

std::vector<std::uint8_t> without_alpha(std::span<const std::uint8_t> rgba) {
    std::vector<std::uint8_t> rgb(rgba.size() / 4 * 3);
    std::uint8_t* to = rgb.data();
    for (std::size_t i = 0; i < rgba.size(); i += 4, to += 3) std::copy_n(rgba.data() + i, 3, to);
    return rgb;
}

}  // namespace

std::vector<std::uint8_t> encode_png(const ImageView& image) {
    assert(image.pixels.size() == std::size_t{image.width} * image.height * 4);
    const int width = static_cast<int>(image.width);
    const int height = static_cast<int>(image.height);
    const bool has_alpha = !is_opaque(image.pixels);
    const std::vector<std::uint8_t> rgb =
        has_alpha ? std::vector<std::uint8_t>() : without_alpha(image.pixels);
    const int channels = has_alpha ? 4 : 3;
    // stb_image_write counts in int, and its buffers grow to twice what they hold.
    if (image.pixels.size() > INT_MAX / 4) return {};
    int length = 0;
    const std::unique_ptr<std::uint8_t, void (*)(void*)> png(
        stbi_write_png_to_mem(has_alpha ? image.pixels.data() : rgb.data(), width * channels, width, height,
                              channels, &length),
        std::free);
    if (!png) return {};
    return {png.get(), png.get() + length};
}

std::vector<std::uint8_t> encode_jpeg(const ImageView& image, int quality) {
    assert(image.pixels.size() == std::size_t{image.width} * image.height * 4);
    std::vector<std::uint8_t> jpeg;
    const auto append = [](void* context, void* data, int size) {
        auto& out = *static_cast<std::vector<std::uint8_t>*>(context);
        const auto* bytes = static_cast<const std::uint8_t*>(data);
        out.insert(out.end(), bytes, bytes + size);
    };
    if (!stbi_write_jpg_to_func(append, &jpeg, static_cast<int>(image.width), static_cast<int>(image.height),
                                4, image.pixels.data(), std::clamp(quality, 1, 100)))
        return {};
    return jpeg;
}

}  // namespace kontexture::image
