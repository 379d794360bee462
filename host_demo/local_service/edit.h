#pragma once

#include "words.h"

namespace local_service {

/// The input with the words' colours and conditions applied to its own structure. A width of zero keeps the
/// input's shape.
Picture edit_picture(const Picture& input, Look look, int width, int height, int divisor);

}  // namespace local_service
