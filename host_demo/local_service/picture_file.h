#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace local_service {

/// 8-bit RGB, rows from the top.
struct Picture {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> pixels;
};

/// Empty when the bytes are no picture or one beyond 40 megapixels.
Picture decode_picture(const std::string& bytes);
/// Empty when cancelled.
std::string encode_png(const Picture& picture, const std::atomic<bool>* cancelled = nullptr);
std::string encode_jpeg(const Picture& picture);

}  // namespace local_service
