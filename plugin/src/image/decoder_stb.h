#pragma once

#include "image/image.h"

// What stb_image does for us. Everything it allocates comes out of a budget; beyond it decoding fails.
namespace kontexture::image {

/// Decodes what an inspect function has found sound: PNG, and JPEG where stb_image is trusted with it.
Result<Pixels> stb_decode(std::span<const std::uint8_t> file, std::uint32_t width, std::uint32_t height,
                          std::uint64_t memory_budget);

/// BMP and TGA, for files that a person chose; nothing that came from a server may get here.
Result<Pixels> stb_decode_local(std::span<const std::uint8_t> file, const Limits& limits);

}  // namespace kontexture::image
