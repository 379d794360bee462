#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace local_service {

/// A zlib stream of Huffman-coded literals. Filtered rows of a grainy texture hold next to no repetitions, so
/// searching for them costs most of a usual compressor's time and gains little. Empty when cancelled.
std::vector<std::uint8_t> deflate_literals(std::span<const std::uint8_t> data,
                                           const std::atomic<bool>* cancelled);

}  // namespace local_service
