#pragma once

#include <string>
#include <string_view>

namespace local_service {

/// The Base64 of HMAC-SHA256(key, message), as the header X-Webhook-Signature carries it.
std::string signature_of(std::string_view key, std::string_view message);

}  // namespace local_service
