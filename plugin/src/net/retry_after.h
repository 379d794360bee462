#pragma once

#include "net/http.h"

#include <chrono>

namespace kontexture::net {

/// The reply's Retry-After, as seconds or as a date, at most an hour; nothing when there is none or it cannot
/// be read. Pure.
std::optional<std::chrono::milliseconds> retry_after(const HttpReply& reply,
                                                     std::chrono::system_clock::time_point now);

}  // namespace kontexture::net
