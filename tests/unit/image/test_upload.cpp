#include "catch.h"
#include "fixtures.h"

#include <algorithm>

using namespace kontexture;
using namespace kontexture::image;
using fixtures::Bytes;

namespace {

constexpr std::size_t kMaxBytes = 10'000'000;

Bytes bmp(std::uint32_t width, std::int32_t height, const Bytes& rows) {
    constexpr std::size_t kHeader = 54;
    Bytes file(kHeader + rows.size());
    const auto put = [&](std::size_t at, std::uint32_t value, int count) {
        for (int i = 0; i < count; ++i, value >>= 8)
            file[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value);
    };
    file[0] = 'B';
    file[1] = 'M';
    put(10, 54, 4);
    put(14, 40, 4);
    put(18, width, 4);
    put(22, static_cast<std::uint32_t>(height), 4);
    put(26, 1, 2);
    put(28, 24, 2);
    std::copy(rows.begin(), rows.end(), file.begin() + kHeader);
    return file;
}

Bytes tga(std::uint8_t type, const Bytes& pixels) {
    Bytes file{0, 0, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 24, 0x20};
    file.resize(file.size() + pixels.size());
    std::copy(pixels.begin(), pixels.end(), file.end() - static_cast<std::ptrdiff_t>(pixels.size()));
    return file;
}

Bytes webp(std::size_t padding) {
    Bytes file{'R', 'I', 'F', 'F', 0, 0, 0, 0,    'W',  'E',  'B',  'P', 'V',
               'P', '8', 'L', 0,   0, 0, 0, 0x2F, 0x3F, 0xC0, 0x0C, 0};  // 64 x 52
    file.resize(file.size() + padding);
    const std::size_t size = file.size() - 8;
    for (std::size_t i = 0; i < 4; ++i) file[4 + i] = static_cast<std::uint8_t>(size >> (8 * i));
    return file;
}

Pixels decoded(const UploadImage& upload) {
    Result<Pixels> pixels = decode(upload.data, {});
    REQUIRE(pixels);
    CHECK(pixels->width == upload.width);
    CHECK(pixels->height == upload.height);
    return *std::move(pixels);
}

}  // namespace

TEST_CASE("a file that fits is sent byte for byte", "[image][upload]") {
    const Pixels picture = fixtures::picture(200, 120);
    for (const Bytes& file :
         {encode_png(fixtures::view(picture)), encode_jpeg(fixtures::view(picture), 85), webp(100)}) {
        const Result<UploadImage> upload = prepare_upload(file, {});
        REQUIRE(upload);
        CHECK(upload->data == file);
        CHECK(upload->format == sniff(file));
        CHECK(upload->width == (sniff(file) == Format::Webp ? 64u : 200u));
        CHECK(upload->height == (sniff(file) == Format::Webp ? 52u : 120u));
    }
}

TEST_CASE("a picture with too many pixels is shrunk to two megapixels", "[image][upload]") {
    const std::uint32_t side = 4096;
    const Bytes png = fixtures::png({fixtures::ihdr(side, side, 8, 0),
                                     {"IDAT", fixtures::deflated_zeros(std::size_t{side} * (side + 1))},
                                     {"IEND", {}}});
    const Result<UploadImage> upload = prepare_upload(png, {});
    REQUIRE(upload);
    CHECK(upload->format == Format::Png);
    CHECK(upload->width == upload->height);
    CHECK(upload->width == 1448);
    CHECK(decoded(*upload).data[0] == 0);

    const Bytes jpeg = encode_jpeg(fixtures::view(fixtures::picture(2400, 1000)), 90);
    const Result<UploadImage> wide = prepare_upload(jpeg, {});
    REQUIRE(wide);
    CHECK(wide->format == Format::Jpeg);
    CHECK(wide->width * wide->height <= 2u << 20);
    CHECK(wide->width * wide->height > 2'000'000);
    CHECK(decoded(*wide).data[3] == 255);
}

TEST_CASE("a file with too many bytes is written anew", "[image][upload]") {
    const Bytes file = fixtures::png({fixtures::ihdr(3, 1, 8, 0),
                                      {"tEXt", Bytes(kMaxBytes, 'x')},
                                      {"IDAT", fixtures::stored({0, 1, 2, 3})},
                                      {"IEND", {}}});
    const Result<UploadImage> upload = prepare_upload(file, {});
    REQUIRE(upload);
    CHECK(upload->data.size() < 1000);
    CHECK(decoded(*upload).data == Bytes{1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255});
    const Result<UploadImage> too_large = prepare_upload(webp(kMaxBytes), {});
    REQUIRE(!too_large);
    CHECK(too_large.error().code == ErrorCode::InputUnreadable);
}

TEST_CASE("BMP and TGA from a person become PNG", "[image][upload]") {
    const Bytes red_green{0, 0, 255, 0, 255, 0, 0, 0};  // BGR, padded to four bytes
    const Bytes blue_white{255, 0, 0, 255, 255, 255, 0, 0};
    Bytes rows = blue_white;
    rows.insert(rows.end(), red_green.begin(), red_green.end());
    const Bytes expected{255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255};

    const Result<UploadImage> from_bmp = prepare_upload(bmp(2, 2, rows), {});
    REQUIRE(from_bmp);
    CHECK(from_bmp->format == Format::Png);
    CHECK(decoded(*from_bmp).data == expected);

    Bytes flipped = red_green;
    flipped.insert(flipped.end(), blue_white.begin(), blue_white.end());
    const Result<UploadImage> from_top = prepare_upload(bmp(2, -2, flipped), {});
    REQUIRE(from_top);
    CHECK(decoded(*from_top).data == expected);

    const Bytes raw{0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255};
    const Result<UploadImage> from_tga = prepare_upload(tga(2, raw), {});
    REQUIRE(from_tga);
    CHECK(decoded(*from_tga).data == expected);

    const Bytes runs{0x81, 1, 2, 3, 1, 4, 5, 6, 7, 8, 9};
    const Result<UploadImage> from_runs = prepare_upload(tga(10, runs), {});
    REQUIRE(from_runs);
    CHECK(decoded(*from_runs).data == Bytes{3, 2, 1, 255, 3, 2, 1, 255, 6, 5, 4, 255, 9, 8, 7, 255});
}

TEST_CASE("a cut BMP or TGA is refused", "[image][upload]") {
    CHECK(!prepare_upload(bmp(2, 2, Bytes(15, 1)), {}));
    CHECK(!prepare_upload(tga(2, Bytes(11, 1)), {}));
    CHECK(!prepare_upload(tga(10, {0x81, 1, 2, 3, 1, 4, 5, 6, 7}), {}));
    CHECK(prepare_upload(bmp(2, 2, Bytes(16, 1)), {}));
}

TEST_CASE("what cannot be sent says what to do", "[image][upload]") {
    const std::string gif = "GIF89a..............";
    const Result<UploadImage> refused = prepare_upload(Bytes(gif.begin(), gif.end()), {});
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::InputUnreadable);
    CHECK(refused.error().message.find("PNG") != std::string::npos);
    const std::string words = "this is a text file";
    CHECK(!prepare_upload(Bytes(words.begin(), words.end()), {}));
    CHECK(!prepare_upload(Bytes(), {}));
}

TEST_CASE("pixels become a PNG that fits", "[image][upload]") {
    const Pixels original = fixtures::picture(65, 33, true);
    const Result<UploadImage> upload = prepare_upload(fixtures::view(original), {});
    REQUIRE(upload);
    CHECK(upload->format == Format::Png);
    CHECK(decoded(*upload).data == original.data);
    CHECK(!prepare_upload(ImageView{original.data, 65, 34}, {}));
    CHECK(!prepare_upload(ImageView{}, {}));
}

TEST_CASE("the worst noise still fits", "[image][upload]") {
    Pixels noise{.data = Bytes(std::size_t{1448} * 1448 * 4), .width = 1448, .height = 1448};
    std::mt19937 random(7);
    for (std::uint8_t& v : noise.data) v = static_cast<std::uint8_t>(random());
    const Result<UploadImage> upload = prepare_upload(fixtures::view(noise), {});
    REQUIRE(upload);
    CHECK(upload->width == 1448);
    CHECK(upload->data.size() <= kMaxBytes);
}
