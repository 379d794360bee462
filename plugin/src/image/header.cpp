#include <cstring>

#include "image/container.h"

namespace kontexture::image {

namespace {

bool has_bytes(std::span<const std::uint8_t> file, std::size_t offset, std::string_view bytes) {
    return file.size() >= offset + bytes.size() &&
           std::memcmp(file.data() + offset, bytes.data(), bytes.size()) == 0;
}

}  // namespace

Format sniff(std::span<const std::uint8_t> file) {
    if (has_bytes(file, 0, "\x89PNG\r\n\x1a\n")) return Format::Png;
    if (has_bytes(file, 0, "\xff\xd8\xff")) return Format::Jpeg;
    if (has_bytes(file, 0, "RIFF") && has_bytes(file, 8, "WEBP")) return Format::Webp;
    if (has_bytes(file, 0, "GIF87a") || has_bytes(file, 0, "GIF89a")) return Format::Gif;
    if (has_bytes(file, 0, "BM") && file.size() >= 26) return Format::Bmp;
    return Format::Unknown;
}

const char* extension(Format format) {
    switch (format) {
        case Format::Unknown: return "bin";
        case Format::Png: return "png";
        case Format::Jpeg: return "jpg";
        case Format::Webp: return "webp";
        case Format::Gif: return "gif";
        case Format::Bmp: return "bmp";
    }
    return "bin";
}

const char* mime_type(Format format) {
    switch (format) {
        case Format::Unknown: return "application/octet-stream";
        case Format::Png: return "image/png";
        case Format::Jpeg: return "image/jpeg";
        case Format::Webp: return "image/webp";
        case Format::Gif: return "image/gif";
        case Format::Bmp: return "image/bmp";
    }
    return "application/octet-stream";
}

Error damaged(const char* reason, std::string detail) {
    Error error{.code = ErrorCode::ImageDamaged};
    error.message =
        std::string("The picture's file is damaged: ") + reason + ". Fetch it again, or use another picture.";
    error.detail = std::move(detail);
    return error;
}

Error unsupported(std::string reason) {
    return {.code = ErrorCode::ImageDamaged, .message = std::move(reason)};
}

Error out_of_memory(std::uint32_t width, std::uint32_t height) {
    Error error{.code = ErrorCode::ImageTooLarge};
    error.message = "There is not enough memory for a picture of " + std::to_string(width) + " x " +
                    std::to_string(height) + " pixels. Use a smaller picture, or close something.";
    return error;
}

Result<void> check_limits(std::uint32_t width, std::uint32_t height, const Limits& limits) {
    if (width == 0 || height == 0) return damaged("it has no size");
    const std::uint64_t pixels = std::uint64_t{width} * height;
    if (width <= limits.max_side && height <= limits.max_side && pixels <= limits.max_pixels) return {};
    Error error{.code = ErrorCode::ImageTooLarge};
    error.message = "The picture says it is " + std::to_string(width) + " x " + std::to_string(height) +
                    " pixels; at most " + std::to_string(limits.max_side) + " a side and " +
                    std::to_string(limits.max_pixels) +
                    " in all are allowed. Use a smaller picture, or raise "
                    "the limit.";
    return error;
}

Result<Header> read_header(std::span<const std::uint8_t> file, const Limits& limits) {
    Header header{.format = sniff(file)};
    if (header.format == Format::Png) {
        const Result<PngInfo> png = read_png_header(file);
        if (!png) return png.error();
        header.width = png->width;
        header.height = png->height;
    } else if (header.format == Format::Jpeg) {
        const Result<JpegInfo> jpeg = read_jpeg_header(file);
        if (!jpeg) return jpeg.error();
        header.width = jpeg->width;
        header.height = jpeg->height;
    } else {
        return damaged("it is neither PNG nor JPEG",
                       std::string("type by first bytes: ") + extension(header.format));
    }
    const Result<void> fits = check_limits(header.width, header.height, limits);
    if (!fits) return fits.error();
    return header;
}

Result<Header> check_complete(std::span<const std::uint8_t> file, const Limits& limits) {
    auto header = read_header(file, limits);
    if (!header) return header;
    if (header->format == Format::Png) {
        if (const auto whole = inspect_png(file); !whole) return whole.error();
    } else if (const auto whole = inspect_jpeg(file); !whole) {
        return whole.error();
    }
    return header;
}

}  // namespace kontexture::image
