#include "picture_file.h"

#include <cstdlib>
#include <cstring>
#include <memory>

#include "deflate.h"

namespace {

thread_local const std::atomic<bool>* t_cancelled = nullptr;

/// In the form that the encoder asks for: a malloc'd buffer, or null.
unsigned char* compress(unsigned char* data, int size, int* out_size, int) {
    const auto packed = local_service::deflate_literals({data, static_cast<std::size_t>(size)}, t_cancelled);
    *out_size = static_cast<int>(packed.size());
    auto* out = packed.empty() ? nullptr : static_cast<unsigned char*>(std::malloc(packed.size()));
    if (out) std::memcpy(out, packed.data(), packed.size());
    return out;
}

}  // namespace

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
#define STBIW_ZLIB_COMPRESS compress
#include <stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

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

std::string encode_png(const Picture& picture, const std::atomic<bool>* cancelled) {
    t_cancelled = cancelled;
    std::string bytes;
    const int written = stbi_write_png_to_func(append, &bytes, picture.width, picture.height, 3,
                                               picture.pixels.data(), picture.width * 3);
    t_cancelled = nullptr;
    return written != 0 ? bytes : std::string();
}

std::string encode_jpeg(const Picture& picture) {
    std::string bytes;
    if (!stbi_write_jpg_to_func(append, &bytes, picture.width, picture.height, 3, picture.pixels.data(), 92))
        return {};
    return bytes;
}

}  // namespace local_service
