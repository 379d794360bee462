#include "kie_fixture.h"

using namespace kontexture;
using namespace kontexture::providers;

namespace {

/// Empty when the request is fine.
std::string complaint(const TextureRequest& request) {
    const Result<void> result = kie()->validate(request);
    if (result) return {};
    CHECK(result.error().code == ErrorCode::InvalidArgument);
    return result.error().message;
}

TextureRequest edit(InputImage input) {
    return {.prompt = "red", .input = std::move(input)};
}

}  // namespace

TEST_CASE("good requests pass") {
    CHECK(complaint({.prompt = "stone"}).empty());
    CHECK(complaint({.prompt = "石\nwall\twith lines\r\n"}).empty());
    CHECK(complaint({.prompt = std::string(10'000, 'x')}).empty());
    CHECK(complaint({.prompt = "x", .model = "flux-kontext-max", .safety_tolerance = 6, .watermark = "© me"})
              .empty());
    for (const char* url : {"https://a.example/x.png", "HTTP://a.example:8080/x?y=z#f", "http://8.8.8.8/x"})
        CHECK(complaint(edit(InputImage::from_url(url))).empty());
    CHECK(complaint(edit(InputImage::from_file("in.png"))).empty());
    CHECK(complaint(edit(InputImage::from_library({7}))).empty());
    const std::vector<std::uint8_t> texels(2 * 3 * 4);
    CHECK(complaint(edit(InputImage::from_pixels({texels, 2, 3}))).empty());
}

TEST_CASE("a wrong prompt is named") {
    for (const char* blank : {"", "  \n\t", "\xC2\xA0\xE3\x80\x80"})
        CHECK(contains(complaint({.prompt = blank}), "prompt is empty"));
    for (const char* bytes : {"a\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"})
        CHECK(contains(complaint({.prompt = bytes}), "prompt is not valid UTF-8"));
    const std::string long_text = complaint({.prompt = std::string(10'001, 'x')});
    CHECK(contains(long_text, "prompt has 10001 bytes"));
    CHECK(contains(long_text, "10000"));
    for (const std::string& text :
         {std::string("a\0b", 3), std::string("a\x1B[31m"), std::string("a\x7F"), std::string("a\xC2\x85")})
        CHECK(contains(complaint({.prompt = text}), "prompt"));
}

TEST_CASE("a wrong choice is named with what is allowed") {
    const std::string model = complaint({.prompt = "x", .model = "flux-2"});
    CHECK(contains(model, "model \"flux-2\""));
    CHECK(contains(model, "flux-kontext-pro, flux-kontext-max"));
    CHECK(contains(complaint({.prompt = "x", .aspect_ratio = static_cast<AspectRatio>(99)}), "21:9"));
    CHECK(contains(complaint({.prompt = "x", .output_format = static_cast<OutputFormat>(99)}), "png, jpeg"));
}

TEST_CASE("the tolerance's range depends on the mode") {
    CHECK(contains(complaint({.prompt = "x", .safety_tolerance = 7}), "safety_tolerance 7"));
    CHECK(contains(complaint({.prompt = "x", .safety_tolerance = 7}), "0 to 6"));
    CHECK(contains(complaint({.prompt = "x", .safety_tolerance = -1}), "-1"));
    TextureRequest request = edit(InputImage::from_file("in.png"));
    request.safety_tolerance = 2;
    CHECK(complaint(request).empty());
    request.safety_tolerance = 3;
    CHECK(contains(complaint(request), "an edit: 0 to 2"));
}

TEST_CASE("a wrong input is named") {
    for (const char* url : {"", "ftp://a/b", "a.png", "http://", "https:///x", "https://a b/", "https://a/\n",
                            "file:///etc/passwd"}) {
        CAPTURE(url);
        CHECK(contains(complaint(edit(InputImage::from_url(url))), "input"));
    }
    CHECK(contains(complaint(edit(InputImage::from_url("DATA:image/png;base64,AAAA"))), "data: URL"));
    CHECK(contains(complaint(edit(InputImage::from_file(""))), "path"));
    CHECK(contains(complaint(edit(InputImage::from_library({}))), "library"));
    const std::vector<std::uint8_t> texels(23);
    CHECK(contains(complaint(edit(InputImage::from_pixels({texels, 2, 3}))), "23 bytes"));
    CHECK(contains(complaint(edit(InputImage::from_pixels({}))), "0 x 0"));
}

TEST_CASE("a remote service is not asked to read local addresses") {
    const auto local = make_kie_flux_kontext("http://127.0.0.1:8123", "http://127.0.0.1:8123");
    for (const char* url : {"http://localhost:8000/x.png", "http://127.0.0.1/x", "http://[::1]/x",
                            "https://10.0.0.1/x", "http://192.168.1.2/x", "http://169.254.169.254/x"}) {
        CAPTURE(url);
        CHECK(contains(complaint(edit(InputImage::from_url(url))), "cannot reach"));
        CHECK(local->validate(edit(InputImage::from_url(url))));
    }
}

TEST_CASE("a wrong watermark is named") {
    CHECK(contains(complaint({.prompt = "x", .watermark = "a\nb"}), "watermark"));
    CHECK(contains(complaint({.prompt = "x", .watermark = "a\xFF"}), "watermark is not valid UTF-8"));
}
