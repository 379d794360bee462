#pragma once

#include <kontexture/types.h>

#include <string>
#include <vector>

namespace kontexture::runtime {

/// A whole regular file (a pipe or device could block for ever). InputUnreadable or ImageTooLarge, in words
/// for the person who chose it.
Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t max_bytes);

/// More than any picture file that can be uploaded after shrinking.
inline constexpr std::size_t kMaxInputBytes = std::size_t{256} << 20;
/// The download has its own, lower limit.
inline constexpr std::size_t kMaxResultBytes = std::size_t{4} << 30;

}  // namespace kontexture::runtime
