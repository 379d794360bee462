#pragma once

#include <kontexture/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace kontexture::net {

enum class SignatureCheck : std::uint8_t { Valid, Missing, OutOfTime, Wrong };

/// A signature holds for this long, before and after the time it names.
inline constexpr std::chrono::seconds kSignatureWindow{300};

/// Is `signature` the Base64 of HMAC-SHA256(key, task_id + "." + timestamp), and `timestamp` (seconds since
/// the epoch, as text) close to `now`? Compares in constant time. Pure.
SignatureCheck check_signature(std::string_view task_id, std::string_view timestamp,
                               std::string_view signature, std::string_view key,
                               std::chrono::system_clock::time_point now);

/// What makes the address of one request's callbacks unguessable: 32 hex digits from HMAC-SHA256(secret, id).
/// Empty when the library refuses. Pure.
std::string callback_token(std::string_view secret, RequestId id);
/// In constant time.
bool is_equal(std::string_view a, std::string_view b);

}  // namespace kontexture::net
