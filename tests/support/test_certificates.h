#pragma once

#include <string>
#include <vector>

struct x509_st;
struct evp_pkey_st;

namespace kontexture::test {

/// A certificate and its key as PEM text.
struct Identity {
    std::string certificate;
    std::string key;
};

/// A certificate authority that lives as long as the test.
class TestAuthority {
public:
    TestAuthority();
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    const std::string& certificate() const { return certificate_; }

    /// A server's certificate for `names` ("DNS:localhost", "IP:127.0.0.1"), valid from and until so many
    /// days from now. Without names only its subject says whose it is.
    Identity issue(const std::vector<std::string>& names, int from_days = -1, int until_days = 30,
                   const char* subject = "Test server") const;
    /// The same, signed by itself.
    static Identity self_signed(const std::vector<std::string>& names);

private:
    evp_pkey_st* key_ = nullptr;
    x509_st* own_ = nullptr;
    std::string certificate_;
};

}  // namespace kontexture::test
