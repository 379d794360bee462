#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include "catch.h"
#include "fixtures.h"

using namespace kontexture;
using namespace kontexture::image;
using fixtures::Bytes;

namespace {

Bytes make_jpeg(J_COLOR_SPACE colors, int components, bool is_progressive) {
    jpeg_compress_struct jpeg = {};
    jpeg_error_mgr errors = {};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    unsigned char* out = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&jpeg, &out, &size);
    jpeg.image_width = 64;
    jpeg.image_height = 48;
    jpeg.input_components = components;
    jpeg.in_color_space = colors;
    jpeg_set_defaults(&jpeg);
    if (is_progressive) jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    Bytes row(std::size_t{64} * static_cast<std::size_t>(components));
    for (unsigned y = 0; y < 48; ++y) {
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = static_cast<std::uint8_t>(i / static_cast<std::size_t>(components) * 2 + y);
        JSAMPROW pointer = row.data();
        jpeg_write_scanlines(&jpeg, &pointer, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    const Bytes file(out, out + size);
    std::free(out);
    return file;
}

}  // namespace

TEST_CASE("gray and progressive JPEGs decode", "[image][jpeg]") {
    for (const Bytes& file : {make_jpeg(JCS_GRAYSCALE, 1, false), make_jpeg(JCS_GRAYSCALE, 1, true),
                              make_jpeg(JCS_RGB, 3, true)}) {
        const Result<Pixels> decoded = decode(file, {});
        REQUIRE(decoded);
        CHECK(decoded->width == 64);
        CHECK(decoded->height == 48);
        for (std::size_t y = 0; y < 48; ++y) {
            for (std::size_t x = 0; x < 64; ++x) {
                const std::uint8_t* p = decoded->data.data() + (y * 64 + x) * 4;
                for (int c = 0; c < 3; ++c) REQUIRE(std::abs(p[c] - static_cast<int>(x * 2 + y)) < 12);
                REQUIRE(p[3] == 255);
            }
        }
    }
}

TEST_CASE("a CMYK JPEG says what to do", "[image][jpeg]") {
    const Result<Pixels> decoded = decode(make_jpeg(JCS_CMYK, 4, false), {});
    REQUIRE(!decoded);
    CHECK(decoded.error().code == ErrorCode::ImageDamaged);
    CHECK(decoded.error().message.find("CMYK") != std::string::npos);
}

TEST_CASE("a progressive JPEG that is cut is damaged", "[image][jpeg][hostile]") {
    const Bytes file = make_jpeg(JCS_RGB, 3, true);
    for (std::size_t part = 0; part < 16; ++part) {
        const auto size = static_cast<std::ptrdiff_t>(file.size() * part / 16);
        CHECK(!decode(Bytes(file.begin(), file.begin() + size), {}));
    }
}

TEST_CASE("thousands of spoilt progressive JPEGs are refused or decoded, never worse",
          "[image][jpeg][hostile]") {
    std::mt19937 random(99);
    const Bytes seed = make_jpeg(JCS_RGB, 3, true);
    for (int round = 0; round < 2000; ++round) {
        Bytes file = seed;
        fixtures::mutate(file, random);
        const Result<Pixels> decoded = decode(file, {.max_side = 4096, .max_pixels = 1 << 20});
        if (decoded) REQUIRE(decoded->data.size() == std::size_t{decoded->width} * decoded->height * 4);
    }
}
