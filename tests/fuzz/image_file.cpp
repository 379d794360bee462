#include "image_file.h"

#include "fuzz.h"

#include <array>

namespace fuzz {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value & 1) ? 0xedb88320u ^ (value >> 1) : value >> 1;
        table[i] = value;
    }
    return table;
}

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
    static constexpr std::array<std::uint32_t, 256> kTable = make_table();
    std::uint32_t crc = 0xffffffff;
    for (const std::uint8_t byte : bytes) crc = kTable[(crc ^ byte) & 0xff] ^ (crc >> 8);
    return ~crc;
}

}  // namespace

void repair_checksums(std::span<std::uint8_t> file) {
    constexpr std::size_t kSignature = 8;
    constexpr std::size_t kAroundData = 12;
    if (kontexture::image::sniff(file) != kontexture::image::Format::Png) return;
    std::size_t at = kSignature;
    while (file.size() - at >= kAroundData) {
        std::size_t length = 0;
        for (int i = 0; i < 4; ++i) length = length << 8 | file[at + static_cast<std::size_t>(i)];
        if (length > file.size() - at - kAroundData) return;
        const std::uint32_t crc = crc32(file.subspan(at + 4, length + 4));
        for (std::size_t i = 0; i < 4; ++i)
            file[at + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
        at += kAroundData + length;
    }
}

}  // namespace fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
    const std::size_t changed = LLVMFuzzerMutate(data, size, max_size);
    if (seed % 8 != 0) fuzz::repair_checksums({data, changed});
    return changed;
}
