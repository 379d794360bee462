#include "test_certificates.h"

#include <atomic>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace kontexture::test {
namespace {

EVP_PKEY* new_key() {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    if (!key) throw std::runtime_error("no test key");
    return key;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

std::string pem(X509* certificate) {
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    return text_of(bio);
}

std::string pem(EVP_PKEY* key) {
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio);
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    if (!extension) throw std::runtime_error("bad extension " + value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509* new_certificate(EVP_PKEY* key, const char* name, int from_days, int until_days) {
    X509* const certificate = X509_new();
    X509_set_version(certificate, 2);
    std::uint64_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from_days * 86400L);
    X509_gmtime_adj(X509_getm_notAfter(certificate), until_days * 86400L);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
    return text;
}

}  // namespace

TestAuthority::TestAuthority() : key_(new_key()) {
    // Each has a name of its own: with the same name another one would be taken for it.
    static std::atomic<int> count{0};
    own_ = new_certificate(key_, ("Test authority " + std::to_string(++count)).c_str(), -1, 30);
    X509_set_issuer_name(own_, X509_get_subject_name(own_));
    add_extension(own_, own_, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own_, own_, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(own_, own_, NID_subject_key_identifier, "hash");
    X509_sign(own_, key_, EVP_sha256());
    certificate_ = pem(own_);
}

TestAuthority::~TestAuthority() {
    X509_free(own_);
    EVP_PKEY_free(key_);
}

Identity TestAuthority::issue(const std::vector<std::string>& names, int from_days, int until_days,
                              const char* subject) const {
    EVP_PKEY* const key = new_key();
    X509* const certificate = new_certificate(key, subject, from_days, until_days);
    X509_set_issuer_name(certificate, X509_get_subject_name(own_));
    if (!names.empty()) add_extension(certificate, own_, NID_subject_alt_name, joined(names));
    add_extension(certificate, own_, NID_basic_constraints, "CA:FALSE");
    X509_sign(certificate, key_, EVP_sha256());
    const Identity identity{pem(certificate), pem(key)};
    X509_free(certificate);
    EVP_PKEY_free(key);
    return identity;
}

Identity TestAuthority::self_signed(const std::vector<std::string>& names) {
    EVP_PKEY* const key = new_key();
    X509* const certificate = new_certificate(key, "Lonely server", -1, 30);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, certificate, NID_subject_alt_name, joined(names));
    X509_sign(certificate, key, EVP_sha256());
    const Identity identity{pem(certificate), pem(key)};
    X509_free(certificate);
    EVP_PKEY_free(key);
    return identity;
}

}  // namespace kontexture::test
