#include "fixtures.h"

#include <algorithm>

namespace fixtures {

namespace {

void append_be32(Bytes& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint32_t crc_of(const std::uint8_t* bytes, std::size_t size) {
    std::uint32_t crc = ~0u;
    for (std::size_t i = 0; i < size; ++i) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

}  // namespace

kontexture::image::Pixels picture(std::uint32_t width, std::uint32_t height, bool has_alpha) {
    kontexture::image::Pixels pixels{.data = {}, .width = width, .height = height};
    pixels.data.resize(std::size_t{width} * height * 4);
    std::uint32_t noise = 12345;
    for (std::size_t i = 0; i < pixels.data.size(); i += 4) {
        const std::size_t x = i / 4 % width;
        const std::size_t y = i / 4 / width;
        noise = noise * 1664525u + 1013904223u;
        const std::size_t grain = noise >> 28;
        pixels.data[i] = static_cast<std::uint8_t>(x * 200 / width + grain);
        pixels.data[i + 1] = static_cast<std::uint8_t>(y * 200 / height + grain);
        pixels.data[i + 2] = static_cast<std::uint8_t>((x / 8 + y / 8) % 2 * 120 + grain);
        pixels.data[i + 3] = has_alpha ? static_cast<std::uint8_t>(x * 255 / width) : std::uint8_t{255};
    }
    return pixels;
}

kontexture::image::Pixels constant(std::uint32_t width, std::uint32_t height, const std::uint8_t (&rgba)[4]) {
    kontexture::image::Pixels pixels{.data = {}, .width = width, .height = height};
    for (std::size_t i = 0; i < std::size_t{width} * height; ++i)
        pixels.data.insert(pixels.data.end(), rgba, rgba + 4);
    return pixels;
}

kontexture::ImageView view(const kontexture::image::Pixels& pixels) {
    return {pixels.data, pixels.width, pixels.height};
}

Bytes png(const std::vector<PngChunk>& chunks) {
    Bytes out{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    for (const PngChunk& chunk : chunks) {
        append_be32(out, static_cast<std::uint32_t>(chunk.content.size()));
        const std::size_t start = out.size();
        out.insert(out.end(), chunk.type.begin(), chunk.type.end());
        out.insert(out.end(), chunk.content.begin(), chunk.content.end());
        append_be32(out, crc_of(out.data() + start, out.size() - start));
    }
    return out;
}

PngChunk ihdr(std::uint32_t width, std::uint32_t height, std::uint8_t depth, std::uint8_t color_type,
              std::uint8_t interlace) {
    PngChunk chunk{"IHDR", {}};
    append_be32(chunk.content, width);
    append_be32(chunk.content, height);
    chunk.content.insert(chunk.content.end(), {depth, color_type, 0, 0, interlace});
    return chunk;
}

Bytes stored(const Bytes& raw) {
    Bytes out{0x78, 0x01};
    constexpr std::size_t kMaxBlock = 65535;
    for (std::size_t at = 0; at == 0 || at < raw.size(); at += kMaxBlock) {
        const std::size_t size = std::min(kMaxBlock, raw.size() - at);
        const auto low = static_cast<std::uint8_t>(size);
        const auto high = static_cast<std::uint8_t>(size >> 8);
        out.push_back(at + size == raw.size());
        out.insert(out.end(), {low, high, static_cast<std::uint8_t>(~low), static_cast<std::uint8_t>(~high)});
        out.insert(out.end(), raw.begin() + static_cast<std::ptrdiff_t>(at),
                   raw.begin() + static_cast<std::ptrdiff_t>(at + size));
    }
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (const std::uint8_t byte : raw) {
        a = (a + byte) % 65521;
        b = (b + a) % 65521;
    }
    append_be32(out, b << 16 | a);
    return out;
}

// One block of fixed codes: a zero, then (length 258, distance 1) again and again, 13 bits each.
Bytes deflated_zeros(std::size_t length) {
    Bytes out{0x78, 0x01};
    std::uint32_t buffer = 0;
    int count = 0;
    const auto put = [&](std::uint32_t bits, int n) {
        buffer |= bits << count;
        for (count += n; count >= 8; count -= 8, buffer >>= 8)
            out.push_back(static_cast<std::uint8_t>(buffer));
    };
    put(1, 1);
    put(1, 2);
    put(0x0C, 8);  // literal 0: code 00110000, first bit first
    for (std::size_t done = 1; done < length; done += 258) {
        put(0xA3, 8);  // length 258: code 11000101
        put(0, 5);     // distance 1
    }
    put(0, 7);
    put(0, 7);
    out.insert(out.end(), 4, 0);
    return out;
}

void mend_checksums(Bytes& png) {
    std::size_t at = 8;
    while (at + 12 <= png.size()) {
        const std::size_t length = std::size_t{png[at]} << 24 | std::size_t{png[at + 1]} << 16 |
                                   std::size_t{png[at + 2]} << 8 | png[at + 3];
        if (length > png.size() - at - 12) return;
        const std::uint32_t crc = crc_of(png.data() + at + 4, length + 4);
        for (std::size_t i = 0; i < 4; ++i)
            png[at + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
        at += length + 12;
    }
}

void mutate(Bytes& file, std::mt19937& random) {
    const auto below = [&](std::size_t end) { return random() % std::max<std::size_t>(end, 1); };
    const auto place = [&](std::size_t end) { return static_cast<std::ptrdiff_t>(below(end)); };
    for (std::size_t changes = 1 + below(4); changes > 0 && !file.empty(); --changes) {
        // The beginning decides most, so it gets more than its share.
        const std::size_t span = below(2) ? file.size() : std::min<std::size_t>(file.size(), 200);
        const std::ptrdiff_t at = place(span);
        constexpr std::uint8_t kTelling[] = {0, 1, 0x7F, 0x80, 0xFF, 0xD9, 0xDA, 0xC4};
        const auto length = place(std::min<std::size_t>(64, file.size() - static_cast<std::size_t>(at)));
        switch (below(8)) {
            case 0: file.resize(below(file.size()) + 1); break;
            case 1: file.erase(file.begin() + at, file.begin() + at + length); break;
            case 2: {
                const Bytes piece(file.begin() + at, file.begin() + at + length);
                file.insert(file.begin() + place(file.size()), piece.begin(), piece.end());
                break;
            }
            case 3:
            case 4: file[static_cast<std::size_t>(at)] = kTelling[below(std::size(kTelling))]; break;
            case 5: file[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1u << below(8)); break;
            default: file[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random()); break;
        }
    }
}

}  // namespace fixtures
