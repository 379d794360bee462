#include "fuzz.h"
#include "image_file.h"

// Input: a picture's file as a person might choose it: also BMP, TGA, WebP, GIF.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kontexture;
    const Result<image::UploadImage> upload = image::prepare_upload({data, size}, fuzz::kImageLimits);
    if (!upload) {
        fuzz::require(!upload.error().message.empty(), "an error says what it is");
        return 0;
    }
    fuzz::require(upload->width > 0 && upload->height > 0, "an upload has a size");
    fuzz::require(
        upload->width <= fuzz::kImageLimits.max_side && upload->height <= fuzz::kImageLimits.max_side,
        "an upload is within the limits");
    fuzz::require(image::sniff(upload->data) == upload->format, "an upload is of the type it says");
    if (upload->format == image::Format::Webp) return 0;
    const Result<image::Header> header = image::check_complete(upload->data, fuzz::kImageLimits);
    fuzz::require(header && header->width == upload->width && header->height == upload->height,
                  "an upload is a whole picture");
    return 0;
}
