#include "runtime/workers.h"
#include "store/file_system.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <filesystem>

// Library pictures to files of a person's choice.
namespace kontexture::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int kJpegQuality = 95;

Error cannot_write(const std::string& path, const std::string& detail) {
    return {
        ErrorCode::Storage, 0, 0,
        "Cannot write " + path +
            ". Check that the folder may be written to and has room; the picture is still in the library.",
        detail};
}

/// "png", "jpg", or empty for what cannot be written.
std::string wanted_type(const std::string& path) {
    std::string extension = fs::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (extension == ".png") return "png";
    if (extension == ".jpg" || extension == ".jpeg") return "jpg";
    return {};
}

/// Written beside and renamed, so that a full disk never leaves half a picture under the wanted name. The
/// file is the person's own: its rights are those of any file they make.
Error replace_file(const std::string& path, std::span<const std::uint8_t> bytes) {
    static std::atomic<unsigned> serial{0};
    std::error_code failure;
    const fs::path folder = fs::path(path).parent_path();
    if (!folder.empty()) fs::create_directories(folder, failure);
    const std::string temporary =
        path + "." + std::to_string(getpid()) + "-" + std::to_string(++serial) + ".part";
    const store::FileDescriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file) return cannot_write(path, fs::path(temporary).string() + ": error " + std::to_string(errno));
    auto done = store::write_all(file, bytes, temporary);
    if (done) done = store::sync_file(file, temporary);
    if (done) done = store::rename_file(temporary, path);
    if (done) return {};
    fs::remove(temporary, failure);
    return cannot_write(path, done.error().message + " " + done.error().detail);
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
    if (type == row.extension) return replace_file(path, *bytes);
    const auto pixels = image::decode(*bytes, limits_);
    if (!pixels) return pixels.error();
    const ImageView view = pixels->level(0);
    return replace_file(path,
                        type == "png" ? image::encode_png(view) : image::encode_jpeg(view, kJpegQuality));
}

}  // namespace kontexture::runtime
