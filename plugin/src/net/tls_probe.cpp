#include "net/tls_probe.h"

#include <utility>

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace kontexture::net {
namespace {

// The contexts belong to httplib, which has its own use for their application data.
thread_local TlsProbe* t_probe = nullptr;

}  // namespace

struct TlsProbeHooks {
    static void on_info(const SSL* ssl, int where, int /*value*/) {
        if ((where & SSL_CB_HANDSHAKE_DONE) == 0 || !t_probe || t_probe->handshake_done_) return;
        TlsProbe& probe = *t_probe;
        probe.handshake_done_ = true;
        probe.verify_result_ = SSL_get_verify_result(ssl);
        BIO* const bio = SSL_get_rbio(ssl);
        BIO_set_callback_arg(bio, reinterpret_cast<char*>(&probe));
        BIO_set_callback_ex(bio, on_bio);
        probe.on_handshake_();
    }

    static long on_bio(BIO* bio, int operation, const char* /*data*/, std::size_t /*length*/, int /*argi*/,
                       long /*argl*/, int result, std::size_t* processed) {
        if (operation != (BIO_CB_READ | BIO_CB_RETURN) || result <= 0 || !processed) return result;
        TlsProbe& probe = *reinterpret_cast<TlsProbe*>(BIO_get_callback_arg(bio));
        probe.bytes_ += *processed;
        if (probe.bytes_ <= probe.max_bytes_) return result;
        probe.on_endless_framing_();
        BIO_clear_retry_flags(bio);
        return -1;
    }
};

TlsProbe::TlsProbe(std::function<void()> on_handshake, std::function<void()> on_endless_framing)
    : on_handshake_(std::move(on_handshake)), on_endless_framing_(std::move(on_endless_framing)) {
    t_probe = this;
}

TlsProbe::~TlsProbe() {
    t_probe = nullptr;
}

void TlsProbe::install(SSL_CTX* context, const std::string& host) {
    X509_VERIFY_PARAM* const check = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(
        check, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_ip_asc(check, host.c_str()) != 1)
        X509_VERIFY_PARAM_set1_host(check, host.c_str(), host.size());
    SSL_CTX_set_info_callback(context, TlsProbeHooks::on_info);
    SSL_CTX_set_quiet_shutdown(context, 1);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

}  // namespace kontexture::net
