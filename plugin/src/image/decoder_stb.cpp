#include "image/decoder_stb.h"

#include <climits>
#include <cstdlib>
#include <memory>

#include "image/container.h"

namespace {

// Each block begins with its own size, so that freeing gives it back to the budget.
constexpr std::size_t kBlockHeader = alignof(std::max_align_t);
thread_local std::uint64_t budget_left = 0;

void* budget_realloc(void* old, std::size_t size) {
    char* old_block = old ? static_cast<char*>(old) - kBlockHeader : nullptr;
    const std::size_t old_size = old ? *reinterpret_cast<std::size_t*>(old_block) : 0;
    if (size > budget_left + old_size) return nullptr;
    char* block = static_cast<char*>(std::realloc(old_block, size + kBlockHeader));
    if (block == nullptr) return nullptr;
    budget_left = budget_left + old_size - size;
    *reinterpret_cast<std::size_t*>(block) = size;
    return block + kBlockHeader;
}

void* budget_malloc(std::size_t size) {
    return budget_realloc(nullptr, size);
}

void budget_free(void* pointer) {
    if (pointer == nullptr) return;
    char* block = static_cast<char*>(pointer) - kBlockHeader;
    budget_left += *reinterpret_cast<std::size_t*>(block);
    std::free(block);
}

}  // namespace

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#endif
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_TGA
#if !KONTEXTURE_JPEG_TURBO
#define STBI_ONLY_JPEG
#endif
#define STBI_MAX_DIMENSIONS 65535
#define STBI_MALLOC(size) budget_malloc(size)
#define STBI_REALLOC(pointer, size) budget_realloc(pointer, size)
#define STBI_FREE(pointer) budget_free(pointer)
#include <stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace kontexture::image {

namespace {

constexpr int kRgba = 4;

std::uint32_t read_le32(std::span<const std::uint8_t> bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16) |
           static_cast<std::uint32_t>(bytes[at + 3]) << 24;
}

/// stb_image reads zeros beyond the end of these formats, so a cut file would give half a picture.
bool is_complete(std::span<const std::uint8_t> file, std::uint64_t width, std::uint64_t height) {
    if (sniff(file) == Format::Bmp) {
        constexpr std::size_t kOldHeader = 12;
        const bool is_old = read_le32(file, 14) == kOldHeader;
        const std::size_t bits_at = is_old ? 24 : 28;
        if (file.size() < bits_at + 2) return false;
        const std::uint64_t bits = file[bits_at] | static_cast<std::uint64_t>(file[bits_at + 1]) << 8;
        return file.size() >= read_le32(file, 10) + (width * bits + 31) / 32 * 4 * height;
    }
    constexpr std::size_t kTgaHeader = 18;
    if (file.size() < kTgaHeader) return false;
    const bool is_run_length_coded = (file[2] & 8) != 0;
    const std::uint64_t pixel_bytes = (file[16] + 7u) / 8;
    const std::uint64_t palette_bytes = (file[5] + file[6] * 256u) * ((file[7] + 7u) / 8);
    if (!is_run_length_coded)
        return file.size() >= kTgaHeader + file[0] + palette_bytes + width * height * pixel_bytes;
    std::size_t at = kTgaHeader + file[0] + palette_bytes;
    for (std::uint64_t pixels = 0; pixels < width * height;) {
        if (at >= file.size()) return false;
        const std::uint64_t count = (file[at] & 0x7Fu) + 1;
        at += 1 + pixel_bytes * ((file[at] & 0x80) ? 1 : count);
        pixels += count;
    }
    return at <= file.size();
}

}  // namespace

Result<Pixels> stb_decode(std::span<const std::uint8_t> file, std::uint32_t width, std::uint32_t height,
                          std::uint64_t memory_budget) {
    if (file.size() > INT_MAX) return damaged("it is longer than 2 GB");
    budget_left = memory_budget;
    int decoded_width = 0;
    int decoded_height = 0;
    int channels = 0;
    const std::unique_ptr<stbi_uc, void (*)(void*)> decoded(
        stbi_load_from_memory(file.data(), static_cast<int>(file.size()), &decoded_width, &decoded_height,
                              &channels, kRgba),
        budget_free);
    if (!decoded) {
        const char* reason = stbi_failure_reason();
        return damaged("its content makes no sense", reason ? reason : "");
    }
    if (static_cast<std::uint32_t>(decoded_width) != width ||
        static_cast<std::uint32_t>(decoded_height) != height)
        return damaged("its content makes no sense", "the size changed between header and picture");
    Pixels pixels{.data = {}, .width = width, .height = height};
    pixels.data.reserve(mip_chain_bytes(width, height));
    pixels.data.insert(pixels.data.end(), decoded.get(), decoded.get() + std::size_t{width} * height * kRgba);
    return pixels;
}

Result<Pixels> stb_decode_local(std::span<const std::uint8_t> file, const Limits& limits) {
    constexpr std::uint64_t kHeaderBudget = 1 << 16;
    budget_left = kHeaderBudget;
    int width = 0;
    int height = 0;
    int channels = 0;
    if (file.size() > INT_MAX ||
        !stbi_info_from_memory(file.data(), static_cast<int>(file.size()), &width, &height, &channels))
        return unsupported("The file is no picture that can be read. Save it as PNG or JPEG and use that.");
    const auto w = static_cast<std::uint32_t>(width);
    // A BMP stored from the top has a negative height.
    const auto h = static_cast<std::uint32_t>(height < 0 ? -std::int64_t{height} : height);
    const Result<void> fits = check_limits(w, h, limits);
    if (!fits) return fits.error();
    if (!is_complete(file, w, h)) return damaged("it ends too early");
    return stb_decode(file, w, h, kHeaderBudget + std::uint64_t{w} * h * kRgba * 2);
}

}  // namespace kontexture::image
