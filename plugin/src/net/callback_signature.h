#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace kontexture::net {

enum class SignatureCheck : std::uint8_t { Valid, Missing, OutOfTime, Wrong };

/// A signature holds for this long, before and after the time it names.
inline constexpr std::chrono::seconds kSignatureWindow{300};

/// Is `signature` the Base64 of HMAC-SHA256(key, task_id + "." + timestamp), and `timestamp` (seconds since the epoch,
/// as text) close to `now`? Compares in constant time. Pure.
SignatureCheck check_signature(std::string_view task_id, std::string_view timestamp,
                               std::string_view signature, std::string_view key,
                               std::chrono::system_clock::time_point now);

}  // namespace kontexture::net
