#pragma once

#include <kontexture/types.h>

namespace kontexture::runtime {

/// Written beside and renamed, so that a full disk never leaves half a picture under the wanted name. The
/// file is the person's own: its rights are those of the file that it replaces, or of any file they make.
/// Missing folders are made. Code None when all went well; else the message ends with `safe`, a sentence on
/// what is not lost.
Error replace_file(const std::string& path, std::span<const std::uint8_t> bytes, const char* safe);

}  // namespace kontexture::runtime
