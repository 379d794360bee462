#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "catch.h"
#include "fixtures.h"

using namespace kontexture;
using namespace kontexture::image;
using fixtures::Bytes;

namespace {

double mean_difference(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    REQUIRE(a.size() == b.size());
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
    return sum / static_cast<double>(a.size());
}

Bytes text(std::string_view s) {
    return {s.begin(), s.end()};
}

}  // namespace

TEST_CASE("a picture's type is known by its first bytes", "[image]") {
    CHECK(sniff(text("\x89PNG\r\n\x1a\n....")) == Format::Png);
    CHECK(sniff(text("\xff\xd8\xff\xe0....")) == Format::Jpeg);
    CHECK(sniff(text("RIFF....WEBPVP8 ")) == Format::Webp);
    CHECK(sniff(text("RIFF....WAVEfmt ")) == Format::Unknown);
    CHECK(sniff(text("GIF87a")) == Format::Gif);
    CHECK(sniff(text("GIF89a")) == Format::Gif);
    CHECK(sniff(text("BM........................")) == Format::Bmp);
    CHECK(sniff(text("<html>Just a moment...</html>")) == Format::Unknown);
    CHECK(sniff(text("\x89PN")) == Format::Unknown);
    CHECK(sniff({}) == Format::Unknown);
    CHECK(std::string(extension(Format::Jpeg)) == "jpg");
    CHECK(std::string(extension(Format::Unknown)) == "bin");
    CHECK(std::string(mime_type(Format::Png)) == "image/png");
    CHECK(std::string(mime_type(Format::Webp)) == "image/webp");
}

TEST_CASE("a PNG comes back exactly as it went in", "[image]") {
    for (const bool has_alpha : {false, true}) {
        for (const auto& [width, height] : {std::pair{1u, 1u}, {5u, 3u}, {64u, 64u}, {131u, 77u}}) {
            CAPTURE(has_alpha, width, height);
            const Pixels original = fixtures::picture(width, height, has_alpha);
            const Bytes file = encode_png(fixtures::view(original));
            const Result<Header> header = read_header(file, {});
            REQUIRE(header);
            CHECK(header->format == Format::Png);
            CHECK(header->width == width);
            CHECK(header->height == height);
            const Result<Pixels> decoded = decode(file, {});
            REQUIRE(decoded);
            CHECK(decoded->width == width);
            CHECK(decoded->height == height);
            CHECK(decoded->mip_levels == 1);
            CHECK(decoded->data == original.data);
        }
    }
}

TEST_CASE("every kind of PNG becomes RGBA", "[image]") {
    SECTION("16 bits a channel") {
        const Bytes file = fixtures::png({fixtures::ihdr(2, 1, 16, 2),
                                          {"IDAT", fixtures::stored({0, 0xFF, 0, 0x80, 0, 0, 0,  //
                                                                     0, 0, 0x10, 0, 0x20, 0})},
                                          {"IEND", {}}});
        const Result<Pixels> decoded = decode(file, {});
        REQUIRE(decoded);
        CHECK(decoded->data == Bytes{0xFF, 0x80, 0, 255, 0, 0x10, 0x20, 255});
    }
    SECTION("a palette with transparency") {
        const Bytes file = fixtures::png({fixtures::ihdr(4, 1, 2, 3),
                                          {"PLTE", {1, 2, 3, 40, 50, 60, 7, 8, 9, 10, 11, 12}},
                                          {"tRNS", {255, 128}},
                                          {"IDAT", fixtures::stored({0, 0x1B})},
                                          {"IEND", {}}});
        const Result<Pixels> decoded = decode(file, {});
        REQUIRE(decoded);
        CHECK(decoded->data == Bytes{1, 2, 3, 255, 40, 50, 60, 128, 7, 8, 9, 255, 10, 11, 12, 255});
    }
    SECTION("gray with one bit") {
        const Bytes file =
            fixtures::png({fixtures::ihdr(2, 1, 1, 0), {"IDAT", fixtures::stored({0, 0x40})}, {"IEND", {}}});
        const Result<Pixels> decoded = decode(file, {});
        REQUIRE(decoded);
        CHECK(decoded->data == Bytes{0, 0, 0, 255, 255, 255, 255, 255});
    }
    SECTION("interlaced") {
        // 2 x 2, gray: pass 1 has the first pixel, pass 6 the second, pass 7 the second row.
        const Bytes file = fixtures::png({fixtures::ihdr(2, 2, 8, 0, 1),
                                          {"IDAT", fixtures::stored({0, 10, 0, 20, 0, 30, 40})},
                                          {"IEND", {}}});
        const Result<Pixels> decoded = decode(file, {});
        REQUIRE(decoded);
        CHECK(decoded->data == Bytes{10, 10, 10, 255, 20, 20, 20, 255, 30, 30, 30, 255, 40, 40, 40, 255});
    }
    SECTION("an animation shows its first picture") {
        const Bytes file = fixtures::png({fixtures::ihdr(1, 1, 8, 0),
                                          {"acTL", {0, 0, 0, 2, 0, 0, 0, 0}},
                                          {"IDAT", fixtures::stored({0, 77})},
                                          {"fdAT", {0, 0, 0, 1, 1, 2, 3}},
                                          {"IEND", {}}});
        const Result<Pixels> decoded = decode(file, {});
        REQUIRE(decoded);
        CHECK(decoded->data == Bytes{77, 77, 77, 255});
    }
}

TEST_CASE("a JPEG comes back nearly as it went in", "[image][jpeg]") {
    const Pixels original = fixtures::picture(133, 70);
    for (const int quality : {80, 95}) {  // with colours at half and at full resolution
        const Bytes file = encode_jpeg(fixtures::view(original), quality);
        const Result<Header> header = read_header(file, {});
        REQUIRE(header);
        CHECK(header->format == Format::Jpeg);
        CHECK(header->width == 133);
        const Result<Pixels> decoded = decode(file, {});
        REQUIRE(decoded);
        CHECK(decoded->height == 70);
        CHECK(mean_difference(decoded->data, original.data) < 9);
        for (std::size_t i = 3; i < decoded->data.size(); i += 4) REQUIRE(decoded->data[i] == 255);
    }
}

TEST_CASE("decoding a megapixel is fast", "[image]") {
    const Pixels original = fixtures::picture(1024, 1024);
    for (const bool is_png : {true, false}) {
        const Bytes file =
            is_png ? encode_png(fixtures::view(original)) : encode_jpeg(fixtures::view(original), 90);
        const auto start = std::chrono::steady_clock::now();
        Result<Pixels> decoded = decode(file, {});
        REQUIRE(decoded);
        const auto middle = std::chrono::steady_clock::now();
        const std::uint8_t* before = decoded->data.data();
        build_mips(*decoded);
        const auto end = std::chrono::steady_clock::now();
        CHECK(decoded->data.data() == before);
        CHECK(decoded->mip_levels == 11);
        const std::chrono::duration<double, std::milli> decoding = middle - start;
        const std::chrono::duration<double, std::milli> mips = end - middle;
        std::printf("%s 1024 x 1024, %zu bytes: decode %.1f ms, mips %.1f ms\n", is_png ? "PNG" : "JPEG",
                    file.size(), decoding.count(), mips.count());
        CHECK(decoding.count() + mips.count() < 5000);
    }
}
