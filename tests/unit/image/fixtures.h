#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "image/image.h"

namespace fixtures {

using Bytes = std::vector<std::uint8_t>;

kontexture::image::Pixels picture(std::uint32_t width, std::uint32_t height, bool has_alpha = false);
kontexture::image::Pixels constant(std::uint32_t width, std::uint32_t height, const std::uint8_t (&rgba)[4]);
kontexture::ImageView view(const kontexture::image::Pixels& pixels);

struct PngChunk {
    std::string type;
    Bytes content;
};
/// Signature and chunks with right lengths and checksums.
Bytes png(const std::vector<PngChunk>& chunks);
PngChunk ihdr(std::uint32_t width, std::uint32_t height, std::uint8_t depth, std::uint8_t color_type,
              std::uint8_t interlace = 0);
/// zlib data without compression.
Bytes stored(const Bytes& raw);
/// zlib data of `length` zeros at about 1030:1; `length` is rounded up.
Bytes deflated_zeros(std::size_t length);
/// Puts right checksums on all chunks that can be walked, so that damage gets past them.
void mend_checksums(Bytes& png);

/// Spoils a few bytes, or cuts, repeats or removes a piece.
void mutate(Bytes& file, std::mt19937& random);

}  // namespace fixtures
