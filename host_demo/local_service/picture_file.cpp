#include "picture_file.h"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wdouble-promotion"
#pragma GCC diagnostic ignored "-Wcast-qual"
#endif
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_NO_STDIO
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#include <stb_image.h>
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <memory>
#include <mutex>

namespace local_service {

namespace {

constexpr std::int64_t kMaxPixels = 40'000'000;

void append(void* context, void* data, int size) {
    static_cast<std::string*>(context)->append(static_cast<const char*>(data),
                                               static_cast<std::size_t>(size));
}

}  // namespace

Picture decode_picture(const std::string& bytes) {
    const auto* raw = reinterpret_cast<const stbi_uc*>(bytes.data());
    const int size = static_cast<int>(bytes.size());
    int width = 0;
    int height = 0;
    int channels = 0;
    if (!stbi_info_from_memory(raw, size, &width, &height, &channels)) return {};
    if (std::int64_t{width} * height > kMaxPixels) return {};
    const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
        stbi_load_from_memory(raw, size, &width, &height, &channels, 3), stbi_image_free);
    if (!pixels) return {};
    const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
    return {width, height, std::vector<std::uint8_t>(pixels.get(), pixels.get() + count)};
}

std::string encode_png(const Picture& picture) {
    // The level is a global of the library; set once, before the first picture.
    static std::once_flag once;
    std::call_once(once, [] { stbi_write_png_compression_level = 5; });
    std::string bytes;
    if (!stbi_write_png_to_func(append, &bytes, picture.width, picture.height, 3, picture.pixels.data(),
                                picture.width * 3))
        return {};
    return bytes;
}

std::string encode_jpeg(const Picture& picture) {
    std::string bytes;
    if (!stbi_write_jpg_to_func(append, &bytes, picture.width, picture.height, 3, picture.pixels.data(), 92))
        return {};
    return bytes;
}

}  // namespace local_service
