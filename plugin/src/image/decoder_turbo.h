#pragma once

#include "image/container.h"

namespace kontexture::image {

/// Decodes a JPEG that inspect_jpeg found sound, by libjpeg-turbo. What the decoder merely warns about
/// (missing or senseless data) is ImageDamaged too.
Result<Pixels> turbo_decode(std::span<const std::uint8_t> file, const JpegInfo& info);

}  // namespace kontexture::image
