#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>

#include "image/container.h"

namespace kontexture::image {

namespace {

double linear_of(double srgb) {
    return srgb <= 0.04045 ? srgb / 12.92 : std::pow((srgb + 0.055) / 1.055, 2.4);
}

/// sRGB bytes to 16 bit linear light and back, exact both ways.
struct LightTables {
    std::array<std::uint16_t, 256> linear;
    std::array<std::uint8_t, 65536> srgb;

    LightTables() {
        std::size_t filled = 0;
        for (std::size_t v = 0; v < 256; ++v) {
            const double value = static_cast<double>(v);
            linear[v] = static_cast<std::uint16_t>(std::lround(linear_of(value / 255) * 65535));
            const double end = v == 255 ? 65536 : linear_of((value + 0.5) / 255) * 65535;
            for (; static_cast<double>(filled) < end; ++filled) srgb[filled] = static_cast<std::uint8_t>(v);
        }
    }
};

const LightTables& light_tables() {
    static const LightTables tables;
    return tables;
}

/// The mean of four pixels whose alphas differ, so that the clear ones do not tint the others.
void average_weighted(const std::array<const std::uint8_t*, 4>& from, std::uint8_t* to,
                      const LightTables& light) {
    std::uint64_t alpha = 0;
    std::array<std::uint64_t, 3> sum{};
    for (const std::uint8_t* p : from) {
        alpha += p[3];
        for (std::size_t c = 0; c < 3; ++c) sum[c] += std::uint64_t{light.linear[p[c]]} * p[3];
    }
    for (std::size_t c = 0; c < 3; ++c) to[c] = light.srgb[(sum[c] + alpha / 2) / alpha];
    to[3] = static_cast<std::uint8_t>((alpha + 2) / 4);
}

/// Half the size, both sides even.
void halve(const ImageView& from, std::uint8_t* to) {
    const LightTables& light = light_tables();
    const std::size_t stride = std::size_t{from.width} * 4;
    for (std::size_t y = 0; y < from.height; y += 2) {
        const std::uint8_t* a = from.pixels.data() + y * stride;
        const std::uint8_t* b = a + stride;
        for (std::size_t x = 0; x < from.width; x += 2, a += 8, b += 8, to += 4) {
            if (a[3] != a[7] || a[3] != b[3] || a[3] != b[7]) {
                average_weighted({a, a + 4, b, b + 4}, to, light);
                continue;
            }
            for (std::size_t c = 0; c < 3; ++c) {
                const unsigned sum = 0u + light.linear[a[c]] + light.linear[a[c + 4]] + light.linear[b[c]] +
                                     light.linear[b[c + 4]];
                to[c] = light.srgb[(sum + 2) / 4];
            }
            to[3] = a[3];
        }
    }
}

using Pixel = std::array<float, 4>;  // linear light times weight, then the weight itself
// Where everything is clear the colours still count, a little.
constexpr float kClearWeight = 1e-3f;

/// One source row, each target pixel the mean of what it covers.
void average_row(const std::uint8_t* from, std::uint32_t from_width, std::vector<Pixel>& to) {
    const LightTables& light = light_tables();
    // Positions in units of 1/target width of a source pixel, so that all are whole numbers.
    const auto unit = static_cast<std::uint32_t>(to.size());
    const float scale = 1.0f / static_cast<float>(from_width);
    std::fill(to.begin(), to.end(), Pixel{});
    Pixel* target = to.data();
    std::uint32_t room = from_width;
    for (std::uint32_t x = 0; x < from_width; ++x, from += 4) {
        const float alpha = static_cast<float>(from[3]) + kClearWeight;
        const Pixel pixel{static_cast<float>(light.linear[from[0]]) * alpha,
                          static_cast<float>(light.linear[from[1]]) * alpha,
                          static_cast<float>(light.linear[from[2]]) * alpha, alpha};
        for (std::uint32_t left = unit; left > 0;) {
            const std::uint32_t part = std::min(left, room);
            const float weight = static_cast<float>(part) * scale;
            for (std::size_t c = 0; c < 4; ++c) (*target)[c] += pixel[c] * weight;
            left -= part;
            room -= part;
            if (room == 0) {
                ++target;
                room = from_width;
            }
        }
    }
}

void write_row(std::vector<Pixel>& sums, std::uint8_t* to) {
    const LightTables& light = light_tables();
    for (Pixel& sum : sums) {
        for (std::size_t c = 0; c < 3; ++c) {
            const float value = std::min(sum[c] / sum[3] + 0.5f, 65535.0f);
            to[c] = light.srgb[static_cast<std::size_t>(value)];
        }
        to[3] = static_cast<std::uint8_t>(std::clamp(sum[3] - kClearWeight + 0.5f, 0.0f, 255.0f));
        to += 4;
        sum = {};
    }
}

/// Any smaller size; each target pixel is the mean of exactly the area it covers.
void average(const ImageView& from, std::uint32_t to_width, std::uint32_t to_height, std::uint8_t* to) {
    std::vector<Pixel> row(to_width);
    std::vector<Pixel> sums(to_width, Pixel{});
    const float scale = 1.0f / static_cast<float>(from.height);
    std::uint32_t room = from.height;
    for (std::size_t y = 0; y < from.height; ++y) {
        average_row(from.pixels.data() + y * from.width * 4, from.width, row);
        for (std::uint32_t left = to_height; left > 0;) {
            const std::uint32_t part = std::min(left, room);
            const float weight = static_cast<float>(part) * scale;
            for (std::size_t x = 0; x < to_width; ++x)
                for (std::size_t c = 0; c < 4; ++c) sums[x][c] += row[x][c] * weight;
            left -= part;
            room -= part;
            if (room == 0) {
                write_row(sums, to);
                to += std::size_t{to_width} * 4;
                room = from.height;
            }
        }
    }
}

}  // namespace

std::uint32_t mip_chain_levels(std::uint32_t width, std::uint32_t height) {
    return static_cast<std::uint32_t>(std::bit_width(std::max(width, height)));
}

std::size_t mip_chain_bytes(std::uint32_t width, std::uint32_t height) {
    std::size_t bytes = 0;
    for (std::uint32_t mip = 0; mip < mip_chain_levels(width, height); ++mip)
        bytes += std::size_t{std::max(width >> mip, 1u)} * std::max(height >> mip, 1u) * 4;
    return bytes;
}

ImageView Pixels::level(std::uint32_t mip) const {
    assert(mip < mip_levels);
    std::size_t offset = 0;
    for (std::uint32_t m = 0; m < mip; ++m)
        offset += std::size_t{std::max(width >> m, 1u)} * std::max(height >> m, 1u) * 4;
    const std::uint32_t w = std::max(width >> mip, 1u);
    const std::uint32_t h = std::max(height >> mip, 1u);
    return {std::span(data).subspan(offset, std::size_t{w} * h * 4), w, h};
}

void build_mips(Pixels& pixels) {
    assert(pixels.mip_levels == 1);
    pixels.data.resize(mip_chain_bytes(pixels.width, pixels.height));
    pixels.mip_levels = mip_chain_levels(pixels.width, pixels.height);
    for (std::uint32_t mip = 1; mip < pixels.mip_levels; ++mip) {
        const ImageView from = pixels.level(mip - 1);
        const ImageView to = pixels.level(mip);
        std::uint8_t* target = pixels.data.data() + (to.pixels.data() - pixels.data.data());
        if (from.width % 2 == 0 && from.height % 2 == 0)
            halve(from, target);
        else
            average(from, to.width, to.height, target);
    }
}

Pixels shrink(const ImageView& image, std::uint32_t max_side) {
    assert(image.pixels.size() == std::size_t{image.width} * image.height * 4);
    const std::uint32_t side = std::max(image.width, image.height);
    Pixels small{.data = {}, .width = image.width, .height = image.height};
    if (side <= max_side || max_side == 0) {
        small.data.assign(image.pixels.begin(), image.pixels.end());
        return small;
    }
    const auto scaled = [&](std::uint32_t length) {
        const std::uint64_t rounded = (std::uint64_t{length} * max_side + side / 2) / side;
        return static_cast<std::uint32_t>(std::max<std::uint64_t>(rounded, 1));
    };
    small.width = scaled(image.width);
    small.height = scaled(image.height);
    small.data.resize(std::size_t{small.width} * small.height * 4);
    average(image, small.width, small.height, small.data.data());
    return small;
}

}  // namespace kontexture::image
