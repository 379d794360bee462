#pragma once

#include <kontexture/types.h>

#include <string>
#include <vector>

namespace kontexture::runtime {

/// A file that a person chose. InputUnreadable or ImageTooLarge, in words for that person.
Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t max_bytes);

/// More than any picture file that can be uploaded after shrinking.
inline constexpr std::size_t kMaxInputBytes = std::size_t{256} << 20;

}  // namespace kontexture::runtime
