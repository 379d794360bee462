#include "fuzz.h"
#include "image_file.h"

#include <algorithm>

// Input: the file of a picture, as a service might send it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kontexture;
    const std::span<const std::uint8_t> file(data, size);
    const Result<image::Header> header = image::read_header(file, fuzz::kImageLimits);
    const Result<image::Header> whole = image::check_complete(file, fuzz::kImageLimits);
    fuzz::require(header || !whole, "a complete file has a header");
    Result<image::Pixels> decoded = image::decode(file, fuzz::kImageLimits);
    if (!decoded) {
        fuzz::require(!decoded.error().message.empty(), "an error says what it is");
        return 0;
    }
    fuzz::require(static_cast<bool>(whole), "what is decoded is complete");
    fuzz::require(decoded->width == whole->width && decoded->height == whole->height,
                  "the size is the header's");
    fuzz::require(decoded->data.size() == std::size_t{decoded->width} * decoded->height * 4,
                  "rows are tight");
    // Reads every byte, which the sanitizer then knows to be there.
    const auto clear = std::count(decoded->data.begin(), decoded->data.end(), std::uint8_t{0});
    const image::Pixels thumbnail = image::shrink(decoded->level(0), 16);
    fuzz::require(std::max(thumbnail.width, thumbnail.height) <= 16, "a thumbnail is small");
    fuzz::require(!image::encode_jpeg(thumbnail.level(0), 80).empty(), "a thumbnail can be stored");
    if (clear % 8 != 0) return 0;
    image::build_mips(*decoded);
    const ImageView last = decoded->level(decoded->mip_levels - 1);
    fuzz::require(last.width == 1 && last.height == 1, "the mip levels end with one pixel");
    return 0;
}
