#pragma once

#include <cstddef>

#include "image/image.h"

// What can be known of a file without decoding it. Every function here reads within the span only and
// allocates nothing but error texts.
namespace kontexture::image {

struct PngInfo {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t bits_per_channel = 0;
    std::uint32_t channels = 0;  ///< as stored: a palette index is one channel
    bool interlaced = false;
    std::size_t idat_bytes = 0;

    /// What the compressed data inflates to, except that interlacing adds a little.
    std::uint64_t inflated_bytes() const;
};

/// IHDR only.
Result<PngInfo> read_png_header(std::span<const std::uint8_t> file);
/// Walks all chunks to IEND: lengths, checksums of the chunks that matter, and whether the compressed data
/// can possibly hold the picture. ImageDamaged otherwise.
Result<PngInfo> inspect_png(std::span<const std::uint8_t> file);

struct JpegInfo {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t components = 0;
    std::uint32_t scans = 0;
    bool progressive = false;
};

/// Up to the frame header.
Result<JpegInfo> read_jpeg_header(std::span<const std::uint8_t> file);
/// Walks all markers to the end of the picture. ImageDamaged when it is not there, when there are more scans
/// than an honest encoder makes, or for a kind of JPEG that is not decoded (CMYK, arithmetic coding, 12 bit).
Result<JpegInfo> inspect_jpeg(std::span<const std::uint8_t> file);

/// ImageDamaged for what is incomplete or animated.
Result<Header> inspect_webp(std::span<const std::uint8_t> file);

/// ImageTooLarge when the sides are beyond the limits, ImageDamaged when one is zero.
Result<void> check_limits(std::uint32_t width, std::uint32_t height, const Limits& limits);

/// `reason` ends the sentence "The picture's file is damaged: …".
Error damaged(const char* reason, std::string detail = {});
/// A kind of picture that is not decoded; `reason` is a whole sentence that says what to do.
Error unsupported(std::string reason);
Error out_of_memory(std::uint32_t width, std::uint32_t height);

/// Bytes of all mip levels of an RGBA8 picture, and how many levels there are.
std::size_t mip_chain_bytes(std::uint32_t width, std::uint32_t height);
std::uint32_t mip_chain_levels(std::uint32_t width, std::uint32_t height);

}  // namespace kontexture::image
