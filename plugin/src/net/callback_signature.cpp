#include "net/callback_signature.h"

#include "net/text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace kontexture::net {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kSignatureCharacters = 44;
constexpr std::size_t kTokenBytes = 16;

std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
    // Eleven digits last for three thousand years.
    if (text.empty() || text.size() > 11 || !std::all_of(text.begin(), text.end(), is_digit))
        return std::nullopt;
    std::int64_t value = 0;
    for (const char digit : text) value = value * 10 + (digit - '0');
    return std::chrono::seconds(value);
}

using Hash = std::array<unsigned char, kHashBytes>;

/// Nothing when the library refuses.
std::optional<Hash> hmac(std::string_view message, std::string_view key) {
    Hash hash{};
    unsigned int size = 0;
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(message.data()), message.size(), hash.data(), &size) ||
        size != kHashBytes)
        return std::nullopt;
    return hash;
}

std::string signature_of(std::string_view message, std::string_view key) {
    const auto hash = hmac(message, key);
    if (!hash) return {};
    std::array<unsigned char, kSignatureCharacters + 1> text{};
    EVP_EncodeBlock(text.data(), hash->data(), static_cast<int>(hash->size()));
    return {text.begin(), text.end() - 1};
}

}  // namespace

bool is_equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string callback_token(std::string_view secret, RequestId id) {
    const auto hash = hmac(std::to_string(id.value), secret);
    if (!hash) return {};
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < kTokenBytes; ++i) {
        text += kDigits[(*hash)[i] >> 4];
        text += kDigits[(*hash)[i] & 15];
    }
    return text;
}

SignatureCheck check_signature(std::string_view task_id, std::string_view timestamp,
                               std::string_view signature, std::string_view key,
                               std::chrono::system_clock::time_point now) {
    if (timestamp.empty() || signature.empty()) return SignatureCheck::Missing;
    if (key.empty()) return SignatureCheck::Wrong;
    const std::string expected = signature_of(std::string(task_id) + "." + std::string(timestamp), key);
    if (expected.empty() || !is_equal(signature, expected)) return SignatureCheck::Wrong;
    const auto signed_at = seconds_of(timestamp);
    if (!signed_at) return SignatureCheck::Wrong;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()) - *signed_at;
    return age > kSignatureWindow || age < -kSignatureWindow ? SignatureCheck::OutOfTime
                                                             : SignatureCheck::Valid;
}

}  // namespace kontexture::net
