#include <algorithm>
#include <cmath>
#include <new>

#include "image/container.h"
#include "image/decoder_stb.h"

namespace kontexture::image {

namespace {

constexpr std::size_t kMaxBytes = 10'000'000;
constexpr std::uint64_t kMaxPixels = std::uint64_t{2} << 20;
// Above 90 stb_image_write keeps the colours at full resolution.
constexpr int kJpegQuality = 95;

bool fits(std::size_t bytes, std::uint32_t width, std::uint32_t height) {
    return bytes <= kMaxBytes && std::uint64_t{width} * height <= kMaxPixels;
}

/// The longest side for which shrink(), which rounds the other one, stays within the limit.
std::uint32_t fitting_side(std::uint32_t width, std::uint32_t height) {
    const double longer = std::max(width, height);
    const double shorter = std::min(width, height);
    const auto limit = static_cast<double>(kMaxPixels);
    if (longer * shorter <= limit) return std::max(width, height);
    double side = std::floor(longer * std::sqrt(limit / (longer * shorter)));
    while (side > 1 && side * std::max(std::floor(shorter * side / longer + 0.5), 1.0) > limit) --side;
    return static_cast<std::uint32_t>(side);
}

Error unreadable(std::string message) {
    return {.code = ErrorCode::InputUnreadable, .message = std::move(message)};
}

Result<UploadImage> encode_small(const ImageView& pixels, Format format) {
    const std::uint32_t side = fitting_side(pixels.width, pixels.height);
    const bool is_small = side == std::max(pixels.width, pixels.height);
    const Pixels shrunk = is_small ? Pixels{} : shrink(pixels, side);
    const ImageView view = is_small ? pixels : shrunk.level(0);
    UploadImage upload{.format = format, .width = view.width, .height = view.height};
    upload.data = format == Format::Jpeg ? encode_jpeg(view, kJpegQuality) : encode_png(view);
    if (upload.data.empty()) return out_of_memory(view.width, view.height);
    return upload;
}

/// The size, when the file is whole and of a type the service takes.
Result<Header> inspect(std::span<const std::uint8_t> file, const Limits& limits) {
    if (sniff(file) == Format::Webp) {
        const Result<Header> webp = inspect_webp(file);
        if (!webp) return webp;
        const Result<void> allowed = check_limits(webp->width, webp->height, limits);
        if (!allowed) return allowed.error();
        return webp;
    }
    return check_complete(file, limits);
}

Result<UploadImage> prepare_file(std::span<const std::uint8_t> file, const Limits& limits) {
    const Format format = sniff(file);
    if (format == Format::Gif)
        return unreadable("A GIF cannot be edited. Save it as PNG or JPEG and use that.");
    if (format == Format::Bmp || format == Format::Unknown) {
        const Result<Pixels> decoded = stb_decode_local(file, limits);
        if (!decoded) return decoded.error();
        return encode_small(decoded->level(0), Format::Png);
    }
    const Result<Header> header = inspect(file, limits);
    if (!header) return header.error();
    // The service shrinks a WebP itself, and there is no decoder for it here.
    const bool is_passed_on =
        format == Format::Webp ? file.size() <= kMaxBytes : fits(file.size(), header->width, header->height);
    if (is_passed_on) return UploadImage{{file.begin(), file.end()}, format, header->width, header->height};
    if (format == Format::Webp)
        return unreadable(
            "The WebP picture is larger than the 10 MB that can be sent. Save it smaller, or as PNG or JPEG, "
            "which are shrunk here.");
    const Result<Pixels> decoded = decode(file, limits);
    if (!decoded) return decoded.error();
    return encode_small(decoded->level(0), format);
}

}  // namespace

Result<UploadImage> prepare_upload(std::span<const std::uint8_t> file, const Limits& limits) {
    try {
        if (file.empty()) return unreadable("The picture's file is empty. Choose another file.");
        return prepare_file(file, limits);
    } catch (const std::bad_alloc&) {
        return Error{.code = ErrorCode::ImageTooLarge,
                     .message = "There is not enough memory to prepare the picture. Use a smaller one."};
    }
}

Result<UploadImage> prepare_upload(const ImageView& pixels, const Limits& limits) {
    const Result<void> allowed = check_limits(pixels.width, pixels.height, limits);
    if (!allowed) return allowed.error();
    if (pixels.pixels.size() != std::size_t{pixels.width} * pixels.height * 4)
        return unreadable(
            "The picture's pixels do not fit its size: " + std::to_string(pixels.pixels.size()) +
            " bytes for " + std::to_string(pixels.width) + " x " + std::to_string(pixels.height) +
            " RGBA pixels.");
    try {
        return encode_small(pixels, Format::Png);
    } catch (const std::bad_alloc&) {
        return out_of_memory(pixels.width, pixels.height);
    }
}

}  // namespace kontexture::image
