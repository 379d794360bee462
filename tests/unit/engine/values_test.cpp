#include "catch.h"

#include <kontexture/request.h>

#include <set>
#include <string>

namespace kontexture {

TEST_CASE("every state and error has a name of its own") {
    std::set<std::string> names;
    for (int i = 0; i <= static_cast<int>(JobState::OutcomeUnknown); ++i)
        names.insert(to_string(static_cast<JobState>(i)));
    CHECK(names.size() == static_cast<std::size_t>(JobState::OutcomeUnknown) + 1);
    CHECK_FALSE(names.contains(""));
    names.clear();
    for (int i = 0; i <= static_cast<int>(ErrorCode::Interrupted); ++i)
        names.insert(to_string(static_cast<ErrorCode>(i)));
    CHECK(names.size() == static_cast<std::size_t>(ErrorCode::Interrupted) + 1);
    CHECK_FALSE(names.contains(""));
}

TEST_CASE("ratios and formats read back what they write") {
    for (int i = 0; i <= static_cast<int>(AspectRatio::Tall9x16); ++i) {
        const auto ratio = static_cast<AspectRatio>(i);
        CHECK(aspect_ratio_from(to_string(ratio)) == ratio);
    }
    CHECK_FALSE(aspect_ratio_from("4:5"));
    CHECK_FALSE(aspect_ratio_from(""));
    CHECK(output_format_from("jpg") == OutputFormat::Jpeg);
    CHECK(output_format_from(to_string(OutputFormat::Png)) == OutputFormat::Png);
    CHECK_FALSE(output_format_from("webp"));
}

TEST_CASE("a secret is moved, copied and emptied as a value") {
    Secret secret("abc");
    Secret copy = secret;
    CHECK(copy.reveal() == "abc");
    const Secret moved = std::move(secret);
    CHECK(moved.reveal() == "abc");
    CHECK(secret.empty());
    copy = Secret();
    CHECK(copy.empty());
    CHECK(Secret(static_cast<const char*>(nullptr)).empty());
}

TEST_CASE("pixels given as input are copied") {
    std::vector<std::uint8_t> pixels(16, 9);
    const InputImage input = InputImage::from_pixels({pixels, 2, 2});
    pixels.assign(16, 0);
    CHECK(input.pixels().pixels[0] == 9);
    CHECK(input.pixels().width == 2);
    CHECK(static_cast<bool>(input));
    CHECK_FALSE(static_cast<bool>(InputImage()));
    CHECK(InputImage::from_library(ImageId{3}).library_image() == ImageId{3});
}

TEST_CASE("a result holds one of the two") {
    const Result<int> good = 4;
    CHECK(*good == 4);
    const Result<int> bad = Error{ErrorCode::Network, 0, 0, "m", {}};
    CHECK_FALSE(bad);
    CHECK(bad.error().code == ErrorCode::Network);
    CHECK(Result<void>());
}

}  // namespace kontexture
