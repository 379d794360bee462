#include <cstring>

#include "image/container.h"

namespace kontexture::image {

namespace {

std::uint32_t read_le(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value |= static_cast<std::uint32_t>(bytes[at + i]) << (8 * i);
    return value;
}

}  // namespace

// "RIFF" size "WEBP", then the first chunk: name, size, content at byte 20.
Result<Header> inspect_webp(std::span<const std::uint8_t> file) {
    if (file.size() < 30 || file.size() - 8 < read_le(file, 4, 4)) return damaged("it ends too early");
    Header header{.format = Format::Webp};
    const auto is_chunk = [&](const char* name) { return std::memcmp(file.data() + 12, name, 4) == 0; };
    if (is_chunk("VP8 ")) {
        if (read_le(file, 23, 3) != 0x2A019D)
            return damaged("its beginning makes no sense", "VP8 start code");
        header.width = read_le(file, 26, 2) & 0x3FFF;
        header.height = read_le(file, 28, 2) & 0x3FFF;
    } else if (is_chunk("VP8L")) {
        if (file[20] != 0x2F) return damaged("its beginning makes no sense", "VP8L signature");
        const std::uint32_t bits = read_le(file, 21, 4);
        header.width = (bits & 0x3FFF) + 1;
        header.height = (bits >> 14 & 0x3FFF) + 1;
    } else if (is_chunk("VP8X")) {
        constexpr std::uint8_t kAnimated = 0x02;
        if (file[20] & kAnimated)
            return unsupported(
                "An animated WebP cannot be edited. Save one picture of it as PNG and use that.");
        header.width = read_le(file, 24, 3) + 1;
        header.height = read_le(file, 27, 3) + 1;
    } else {
        return damaged("its beginning makes no sense", "first WebP chunk");
    }
    return header;
}

}  // namespace kontexture::image
