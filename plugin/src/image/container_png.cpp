#include <array>

#include "image/container.h"

namespace kontexture::image {

namespace {

constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kIhdrBytes = 13;
constexpr std::size_t kChunkOverhead = 12;  // length, type, checksum
// Deflate cannot do better than 258 bytes for two bits.
constexpr std::uint64_t kMaxDeflateRatio = 1032;

using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr CrcTables make_crc_tables() {
    CrcTables tables{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t c = i;
        for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1) ? 0xEDB88320u : 0u);
        tables[0][i] = c;
    }
    for (std::size_t t = 1; t < 8; ++t)
        for (std::size_t i = 0; i < 256; ++i)
            tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xFF];
    return tables;
}

constexpr CrcTables kCrc = make_crc_tables();

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
    std::uint32_t c = 0xFFFFFFFFu;
    const std::uint8_t* p = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, p += 8) {
        c ^= static_cast<std::uint32_t>(p[0] | p[1] << 8 | p[2] << 16) | static_cast<std::uint32_t>(p[3])
                                                                             << 24;
        c = kCrc[7][c & 0xFF] ^ kCrc[6][(c >> 8) & 0xFF] ^ kCrc[5][(c >> 16) & 0xFF] ^ kCrc[4][c >> 24] ^
            kCrc[3][p[4]] ^ kCrc[2][p[5]] ^ kCrc[1][p[6]] ^ kCrc[0][p[7]];
    }
    for (; left > 0; --left, ++p) c = (c >> 8) ^ kCrc[0][(c ^ *p) & 0xFF];
    return ~c;
}

std::uint32_t read_be32(const std::uint8_t* p) {
    return static_cast<std::uint32_t>(p[0]) << 24 | static_cast<std::uint32_t>(p[1]) << 16 |
           static_cast<std::uint32_t>(p[2]) << 8 | p[3];
}

constexpr std::uint32_t chunk_type(const char (&name)[5]) {
    std::uint32_t type = 0;
    for (int i = 0; i < 4; ++i) type = type << 8 | static_cast<std::uint8_t>(name[i]);
    return type;
}

std::uint32_t channels_of(std::uint8_t color_type) {
    switch (color_type) {
        case 0: return 1;
        case 2: return 3;
        case 3: return 1;
        case 4: return 2;
        case 6: return 4;
        default: return 0;
    }
}

bool is_checked(std::uint32_t type) {
    const bool is_critical = (type & 0x20000000u) == 0;
    return is_critical || type == chunk_type("tRNS");
}

bool is_known(std::uint32_t type) {
    const bool is_critical = (type & 0x20000000u) == 0;
    return !is_critical || type == chunk_type("IHDR") || type == chunk_type("PLTE") ||
           type == chunk_type("IDAT") || type == chunk_type("IEND");
}

}  // namespace

std::uint64_t PngInfo::inflated_bytes() const {
    const std::uint64_t row = (std::uint64_t{width} * channels * bits_per_channel + 7) / 8;
    return (row + 1) * height;
}

Result<PngInfo> read_png_header(std::span<const std::uint8_t> file) {
    if (file.size() < kSignatureBytes + kChunkOverhead + kIhdrBytes) return damaged("it ends too early");
    const std::uint8_t* chunk = file.data() + kSignatureBytes;
    if (read_be32(chunk) != kIhdrBytes || read_be32(chunk + 4) != chunk_type("IHDR"))
        return damaged("its beginning makes no sense", "the first chunk is not IHDR");
    const std::uint8_t* ihdr = chunk + 8;
    PngInfo info;
    info.width = read_be32(ihdr);
    info.height = read_be32(ihdr + 4);
    info.bits_per_channel = ihdr[8];
    info.channels = channels_of(ihdr[9]);
    info.interlaced = ihdr[12] != 0;
    if (info.channels == 0 || info.bits_per_channel == 0 || info.bits_per_channel > 16)
        return damaged("its beginning makes no sense", "bad colour type or depth in IHDR");
    return info;
}

Result<PngInfo> inspect_png(std::span<const std::uint8_t> file) {
    Result<PngInfo> header = read_png_header(file);
    if (!header) return header;
    PngInfo info = *header;
    std::size_t at = kSignatureBytes;
    while (true) {
        if (file.size() - at < kChunkOverhead) return damaged("it ends too early", "no IEND chunk");
        const std::uint32_t length = read_be32(file.data() + at);
        const std::uint32_t type = read_be32(file.data() + at + 4);
        if (length > file.size() - at - kChunkOverhead)
            return damaged("it ends too early", "a chunk is longer than the file");
        if (!is_known(type)) return damaged("it has a part that is no PNG", "unknown critical chunk");
        if (is_checked(type) &&
            crc32(file.subspan(at + 4, length + 4)) != read_be32(file.data() + at + 8 + length))
            return damaged("a checksum is wrong", "chunk at byte " + std::to_string(at));
        if (type == chunk_type("IDAT")) info.idat_bytes += length;
        if (type == chunk_type("IEND")) break;
        at += length + kChunkOverhead;
    }
    if (info.inflated_bytes() > info.idat_bytes * kMaxDeflateRatio)
        return damaged("it holds less than a whole picture", std::to_string(info.idat_bytes) +
                                                                 " compressed bytes for " +
                                                                 std::to_string(info.inflated_bytes()));
    return info;
}

}  // namespace kontexture::image
