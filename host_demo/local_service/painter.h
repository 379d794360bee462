#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "picture_file.h"

namespace local_service {

struct PaintOrder {
    std::string prompt;
    std::uint64_t seed = 0;          ///< the same order and seed give the same picture
    std::string aspect_ratio;        ///< "16:9" …; empty with an input keeps the input's shape
    int divisor = 1;                 ///< paints this many times smaller
    const Picture* input = nullptr;  ///< edit mode
};

/// A tileable material from the words of the prompt, or the input changed by them. Any thread, no shared
/// state. Returns an empty picture soon after `cancelled` becomes true.
Picture paint(const PaintOrder& order, const std::atomic<bool>& cancelled);

}  // namespace local_service
