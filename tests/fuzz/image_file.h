#pragma once

#include "image/image.h"

#include <cstdint>
#include <span>

// What the two picture targets share.
namespace fuzz {

/// Small enough for thousands of pictures a second, and for a bomb to be seen by the fuzzer's memory limit.
inline constexpr kontexture::image::Limits kImageLimits{.max_side = 1024, .max_pixels = 1 << 16};

/// Writes the checksum that each chunk of a PNG ought to have, so that mutations get past that gate.
void repair_checksums(std::span<std::uint8_t> file);

}  // namespace fuzz
