#include <algorithm>
#include <cstdlib>

#include "catch.h"
#include "fixtures.h"

using namespace kontexture;
using namespace kontexture::image;
using fixtures::Bytes;

namespace {

bool is_constant(std::span<const std::uint8_t> pixels, const std::uint8_t (&rgba)[4]) {
    for (std::size_t i = 0; i < pixels.size(); ++i)
        if (pixels[i] != rgba[i % 4]) return false;
    return true;
}

}  // namespace

TEST_CASE("mips of one colour are that colour", "[image][mips]") {
    const std::uint8_t colors[][4] = {{200, 10, 99, 255}, {1, 2, 3, 255},  {255, 255, 255, 255},
                                      {0, 0, 0, 0},       {90, 5, 250, 1}, {200, 100, 50, 0}};
    for (const auto& color : colors) {
        for (const auto& [width, height] : {std::pair{64u, 64u}, {5u, 3u}, {37u, 16u}, {1u, 9u}, {1u, 1u}}) {
            CAPTURE(width, height, int{color[0]}, int{color[3]});
            Pixels pixels = fixtures::constant(width, height, color);
            build_mips(pixels);
            CHECK(is_constant(pixels.data, color));
            const Pixels small = shrink(pixels.level(0), 4);
            CHECK(is_constant(small.data, color));
        }
    }
}

TEST_CASE("every gray survives a mip level", "[image][mips]") {
    for (int v = 0; v < 256; ++v) {
        const auto gray = static_cast<std::uint8_t>(v);
        for (const std::uint32_t side : {2u, 3u}) {
            Pixels pixels = fixtures::constant(side, side, {gray, gray, gray, 255});
            build_mips(pixels);
            REQUIRE(pixels.level(1).pixels[0] == gray);
        }
    }
}

TEST_CASE("averages are of light, not of numbers", "[image][mips]") {
    Pixels checker{.data = {0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 255},
                   .width = 2,
                   .height = 2};
    const Pixels small = shrink(checker.level(0), 1);
    CHECK(small.data == Bytes{188, 188, 188, 255});
    build_mips(checker);
    const ImageView last = checker.level(1);
    CHECK(Bytes(last.pixels.begin(), last.pixels.end()) == Bytes{188, 188, 188, 255});
}

TEST_CASE("clear pixels do not tint the others", "[image][mips]") {
    Pixels edge{.data = {10, 200, 30, 255, 255, 0, 255, 0, 10, 200, 30, 255, 255, 0, 255, 0},
                .width = 2,
                .height = 2};
    const Pixels small = shrink(edge.level(0), 1);
    CHECK(small.data == Bytes{10, 200, 30, 128});
    build_mips(edge);
    const ImageView last = edge.level(1);
    CHECK(Bytes(last.pixels.begin(), last.pixels.end()) == Bytes{10, 200, 30, 128});
}

TEST_CASE("odd sizes lose no row and no column", "[image][mips]") {
    Pixels pixels = fixtures::constant(5, 3, {0, 0, 0, 255});
    for (std::size_t y = 0; y < 3; ++y)  // white in the last column
        for (std::size_t c = 0; c < 3; ++c) pixels.data[(y * 5 + 4) * 4 + c] = 255;
    build_mips(pixels);
    CHECK(pixels.mip_levels == 3);
    CHECK(pixels.data.size() == (15 + 2 + 1) * 4);
    const ImageView middle = pixels.level(1);
    CHECK(middle.width == 2);
    CHECK(middle.height == 1);
    CHECK(middle.pixels[0] == 0);
    CHECK(middle.pixels[4] == 170);  // 1 of 2.5 columns: 0.4 of the light
    const ImageView last = pixels.level(2);
    CHECK(last.width == 1);
    CHECK(last.pixels[0] == 124);  // 0.2 of the light
}

TEST_CASE("level() gives views one after the other", "[image][mips]") {
    Pixels pixels = fixtures::picture(48, 20);
    const Bytes original = pixels.data;
    build_mips(pixels);
    REQUIRE(pixels.mip_levels == 6);
    const std::uint8_t* expected = pixels.data.data();
    for (std::uint32_t mip = 0; mip < pixels.mip_levels; ++mip) {
        const ImageView level = pixels.level(mip);
        CHECK(level.width == std::max(48u >> mip, 1u));
        CHECK(level.height == std::max(20u >> mip, 1u));
        CHECK(level.pixels.data() == expected);
        expected += level.pixels.size();
    }
    CHECK(expected == pixels.data.data() + pixels.data.size());
    CHECK(std::equal(original.begin(), original.end(), pixels.data.begin()));
}

TEST_CASE("shrink keeps the shape and never enlarges", "[image][mips]") {
    const Pixels wide = shrink(fixtures::view(fixtures::picture(300, 100)), 64);
    CHECK(wide.width == 64);
    CHECK(wide.height == 21);
    CHECK(wide.data.size() == 64u * 21 * 4);
    const Pixels thin = shrink(fixtures::view(fixtures::picture(2, 400)), 100);
    CHECK(thin.width == 1);
    CHECK(thin.height == 100);
    const Pixels original = fixtures::picture(30, 10);
    CHECK(shrink(fixtures::view(original), 64).data == original.data);
}

TEST_CASE("shrinking to half is the same as a mip level", "[image][mips]") {
    Pixels pixels = fixtures::picture(64, 32, true);
    const Pixels half = shrink(pixels.level(0), 32);
    build_mips(pixels);
    const ImageView mip = pixels.level(1);
    REQUIRE(half.data.size() == mip.pixels.size());
    for (std::size_t i = 0; i < half.data.size(); ++i) {
        const int difference = int{half.data[i]} - int{mip.pixels[i]};
        REQUIRE(std::abs(difference) <= 1);
    }
}
