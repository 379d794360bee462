#include "runtime/replace_file.h"
#include "runtime/workers.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

// Library pictures to files of a person's choice.
namespace kontexture::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int kJpegQuality = 95;
constexpr const char* kSafe = "The picture is still in the library.";

/// "png", "jpg", or empty for what cannot be written.
std::string wanted_type(const std::string& path) {
    std::string extension = fs::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (extension == ".png") return "png";
    if (extension == ".jpg" || extension == ".jpeg") return "jpg";
    return {};
}

}  // namespace

void Workers::save(ImageId image, std::string path) {
    const auto on_failure = [image, path](Error error) { return SavedNews{image, path, std::move(error)}; };
    const auto find = [this, image, path, on_failure] {
        const auto row = store_->image(image);
        if (!row) return news_.push(SavedNews{image, path, row.error()});
        const auto write = [this, image, path, row = *row] {
            news_.push(SavedNews{image, path, save_file(row, path)});
        };
        start_reading(images_, write, on_failure);
    };
    start_reading(disk_, find, on_failure);
}

Error Workers::save_file(const store::ImageRow& row, const std::string& path) {
    const std::string type = wanted_type(path);
    if (type.empty())
        return {ErrorCode::InvalidArgument,
                0,
                0,
                path + " does not end in .png or .jpg. Choose one of the two.",
                {}};
    auto bytes = blobs_.read(row.blob);
    if (!bytes) return bytes.error();
    if (type == row.extension) return replace_file(path, *bytes, kSafe);
    const auto pixels = image::decode(*bytes, limits_);
    if (!pixels) return pixels.error();
    const ImageView view = pixels->level(0);
    return replace_file(
        path, type == "png" ? image::encode_png(view) : image::encode_jpeg(view, kJpegQuality), kSafe);
}

}  // namespace kontexture::runtime
