#include "runtime/read_file.h"

#include <filesystem>
#include <fstream>

namespace kontexture::runtime {

Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t max_bytes) {
    std::error_code failure;
    if (std::filesystem::exists(path, failure) && !std::filesystem::is_regular_file(path, failure))
        return Error{ErrorCode::InputUnreadable, 0, 0, path + " is not a file. Choose a picture file.", {}};
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file)
        return Error{
            ErrorCode::InputUnreadable, 0, 0, "Cannot open " + path + ". Check the path and its rights.", {}};
    const auto size = static_cast<std::streamoff>(file.tellg());
    if (size < 0 || static_cast<std::uint64_t>(size) > max_bytes)
        return Error{
            ErrorCode::ImageTooLarge, 0, 0, path + " is too large for a picture. Use a smaller one.", {}};
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(bytes.data()), size);
    if (!file) return Error{ErrorCode::InputUnreadable, 0, 0, "Cannot read " + path + ".", {}};
    return bytes;
}

}  // namespace kontexture::runtime
