#include <algorithm>

#include "catch.h"
#include "fixtures.h"

using namespace kontexture;
using namespace kontexture::image;
using fixtures::Bytes;

namespace {

ErrorCode decode_error(const Bytes& file, const Limits& limits = {}) {
    const Result<Pixels> decoded = decode(file, limits);
    if (decoded) return ErrorCode::None;
    CHECK(!decoded.error().message.empty());
    return decoded.error().code;
}

Bytes first(const Bytes& file, std::size_t size) {
    return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

TEST_CASE("limits are checked before decoding", "[image][hostile]") {
    const Bytes huge =
        fixtures::png({fixtures::ihdr(60000, 60000, 8, 6), {"IDAT", fixtures::stored({0})}, {"IEND", {}}});
    CHECK(decode_error(huge) == ErrorCode::ImageTooLarge);
    const Result<Header> header = read_header(huge, {});
    REQUIRE(!header);
    CHECK(header.error().code == ErrorCode::ImageTooLarge);
    CHECK(header.error().message.find("60000 x 60000") != std::string::npos);

    const Bytes small = encode_png(fixtures::view(fixtures::picture(40, 20)));
    CHECK(decode_error(small, {.max_side = 40, .max_pixels = 800}) == ErrorCode::None);
    CHECK(decode_error(small, {.max_side = 39, .max_pixels = 800}) == ErrorCode::ImageTooLarge);
    CHECK(decode_error(small, {.max_side = 40, .max_pixels = 799}) == ErrorCode::ImageTooLarge);
    const Bytes jpeg = encode_jpeg(fixtures::view(fixtures::picture(40, 20)), 90);
    CHECK(decode_error(jpeg, {.max_side = 39}) == ErrorCode::ImageTooLarge);
    CHECK(decode_error(fixtures::png({fixtures::ihdr(0, 5, 8, 6), {"IEND", {}}})) == ErrorCode::ImageDamaged);
}

TEST_CASE("a PNG cannot make the decoder allocate more than its picture needs", "[image][hostile]") {
    SECTION("a data chunk that claims a gigabyte") {
        Bytes file = encode_png(fixtures::view(fixtures::picture(16, 16)));
        file[33] = 0x40;  // first byte of the length of IDAT
        CHECK(decode_error(file) == ErrorCode::ImageDamaged);
    }
    SECTION("a large size with next to no data") {
        const Bytes file =
            fixtures::png({fixtures::ihdr(8000, 8000, 8, 6), {"IDAT", fixtures::stored({0})}, {"IEND", {}}});
        const Result<Pixels> decoded = decode(file, {});
        REQUIRE(!decoded);
        CHECK(decoded.error().code == ErrorCode::ImageDamaged);
        CHECK(decoded.error().message.find("less than a whole picture") != std::string::npos);
    }
    SECTION("a small size with data that inflates to 256 MB") {
        const Bytes bomb = fixtures::deflated_zeros(std::size_t{256} << 20);
        CHECK(bomb.size() < 2'000'000);
        CHECK(decode_error(fixtures::png({fixtures::ihdr(16, 16, 8, 6), {"IDAT", bomb}, {"IEND", {}}})) ==
              ErrorCode::ImageDamaged);
    }
    SECTION("the same data where the picture is as large as it says") {
        const std::uint32_t side = 2048;
        const Bytes data = fixtures::deflated_zeros(std::size_t{side} * (side * 4 + 1));
        const Result<Pixels> decoded =
            decode(fixtures::png({fixtures::ihdr(side, side, 8, 6), {"IDAT", data}, {"IEND", {}}}), {});
        REQUIRE(decoded);
        CHECK(std::all_of(decoded->data.begin(), decoded->data.end(), [](std::uint8_t v) { return v == 0; }));
    }
}

TEST_CASE("a cut file is damaged, not half a picture", "[image][hostile]") {
    const Pixels original = fixtures::picture(96, 64);
    for (const Bytes& file :
         {encode_png(fixtures::view(original)), encode_jpeg(fixtures::view(original), 90)}) {
        for (std::size_t part = 0; part < 16; ++part) {
            const std::size_t size = file.size() * part / 16;
            CAPTURE(part, extension(sniff(file)));
            CHECK(decode_error(first(file, size)) == ErrorCode::ImageDamaged);
            const Result<UploadImage> upload = prepare_upload(first(file, size), {});
            CHECK(!upload);
        }
        CHECK(decode_error(first(file, file.size() - 1)) == ErrorCode::ImageDamaged);
        CHECK(decode_error(file) == ErrorCode::None);
    }
}

TEST_CASE("a PNG with a hidden cut or a flipped bit is damaged", "[image][hostile]") {
    Bytes flipped = fixtures::png(
        {fixtures::ihdr(4, 1, 8, 0), {"IDAT", fixtures::stored({0, 1, 2, 3, 4})}, {"IEND", {}}});
    CHECK(decode_error(flipped) == ErrorCode::None);
    flipped[flipped.size() - 21] ^= 4;  // a pixel
    CHECK(decode_error(flipped) == ErrorCode::ImageDamaged);
    const Bytes short_data = fixtures::png(
        {fixtures::ihdr(4, 4, 8, 0), {"IDAT", fixtures::stored({0, 1, 2, 3, 4, 0, 1, 2})}, {"IEND", {}}});
    CHECK(decode_error(short_data) == ErrorCode::ImageDamaged);
}

TEST_CASE("a spoilt JPEG is damaged", "[image][jpeg][hostile]") {
    const Bytes file = encode_jpeg(fixtures::view(fixtures::picture(96, 64)), 90);
    Bytes cut = first(file, file.size() / 2);
    cut.insert(cut.end(), {0xFF, 0xD9});
#if KONTEXTURE_JPEG_TURBO
    // stb_image fills up with gray here without a word.
    CHECK(decode_error(cut) == ErrorCode::ImageDamaged);
#endif
    Bytes many_scans = first(file, file.size() - 2);
    for (int i = 0; i < 200; ++i)
        many_scans.insert(many_scans.end(), {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2});
    many_scans.insert(many_scans.end(), {0xFF, 0xD9});
    const Result<Pixels> decoded = decode(many_scans, {});
    REQUIRE(!decoded);
    CHECK(decoded.error().message.find("too many scans") != std::string::npos);
}

TEST_CASE("what is no PNG or JPEG is not decoded", "[image][hostile]") {
    const std::string html = "<html><body>Just a moment...</body></html>";
    CHECK(decode_error(Bytes(html.begin(), html.end())) == ErrorCode::ImageDamaged);
    Bytes bmp(54 + 16, 0);
    bmp[0] = 'B';
    bmp[1] = 'M';
    CHECK(decode_error(bmp) == ErrorCode::ImageDamaged);
    CHECK(decode_error({}) == ErrorCode::ImageDamaged);
}

TEST_CASE("thousands of spoilt files are refused or decoded, never worse", "[image][hostile]") {
    constexpr unsigned kSeed = 20261;
    std::mt19937 random(kSeed);
    const Bytes seeds[] = {
        encode_png(fixtures::view(fixtures::picture(24, 17))),
        encode_png(fixtures::view(fixtures::picture(24, 17, true))),
        fixtures::png({fixtures::ihdr(4, 1, 2, 3),
                       {"PLTE", {1, 2, 3, 40, 50, 60, 7, 8, 9, 10, 11, 12}},
                       {"tRNS", {255, 128}},
                       {"IDAT", fixtures::stored({0, 0x1B})},
                       {"IEND", {}}}),
        encode_jpeg(fixtures::view(fixtures::picture(40, 33)), 60),
        encode_jpeg(fixtures::view(fixtures::picture(40, 33)), 95),
    };
    const Limits limits{.max_side = 4096, .max_pixels = 1 << 20};
    int decoded_count = 0;
    for (int round = 0; round < 4000; ++round) {
        CAPTURE(round);
        Bytes file = seeds[random() % std::size(seeds)];
        fixtures::mutate(file, random);
        if (sniff(file) == Format::Png && random() % 8 != 0) fixtures::mend_checksums(file);
        const Result<Pixels> decoded = decode(file, limits);
        if (decoded) {
            ++decoded_count;
            REQUIRE(decoded->data.size() == std::size_t{decoded->width} * decoded->height * 4);
        } else {
            REQUIRE(decoded.error().code != ErrorCode::None);
        }
        (void)prepare_upload(file, limits);
    }
    CHECK(decoded_count > 100);
    CHECK(decoded_count < 3900);
}

TEST_CASE("a file that is cut anywhere is not complete, and is not decoded to find out", "[image]") {
    const Pixels pixels = fixtures::picture(40, 30);
    for (const fixtures::Bytes& file :
         {encode_png(fixtures::view(pixels)), encode_jpeg(fixtures::view(pixels), 90)}) {
        const auto whole = check_complete(file, Limits());
        REQUIRE(whole);
        CHECK(whole->width == 40);
        CHECK(whole->height == 30);
        for (std::size_t length = 0; length < file.size(); ++length) {
            const auto cut = check_complete(std::span(file).first(length), Limits());
            CAPTURE(length);
            REQUIRE_FALSE(cut);
            CHECK(cut.error().code == kontexture::ErrorCode::ImageDamaged);
        }
        CHECK_FALSE(check_complete(file, Limits{.max_side = 39}));
    }
    fixtures::Bytes spoilt = encode_png(fixtures::view(pixels));
    spoilt[spoilt.size() / 2] ^= 1;
    const auto refused = check_complete(spoilt, Limits());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == kontexture::ErrorCode::ImageDamaged);
}
