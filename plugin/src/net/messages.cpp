#include "net/messages.h"

#include "net/text.h"

#include <openssl/x509_vfy.h>

namespace kontexture::net {
namespace {

constexpr const char* kCheckNetwork = " Check the network connection and the configured address.";

std::string seconds(std::chrono::milliseconds time) {
    if (time.count() < 1000) return std::to_string(time.count()) + " ms";
    return std::to_string((time.count() + 500) / 1000) + " s";
}

Error make(ErrorCode code, std::string message, std::string detail) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.detail = std::move(detail);
    return error;
}

bool is_wrong_name(const ExchangeResult& result) {
    return result.wrong_name || result.verify_result == X509_V_ERR_HOSTNAME_MISMATCH ||
           result.verify_result == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

std::string certificate_message(const Url& url, const ExchangeResult& result) {
    const std::string subject = "The certificate of " + url.host;
    if (is_wrong_name(result))
        return subject +
               " was made for another host, so the connection was not used. Check the address for a "
               "typing error; a network that asks for a login does this too. (A server of your own must be "
               "named among its certificate's alternative names.)";
    switch (result.verify_result) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return subject +
                   " has expired. Check this computer's date and time; if they are right, the "
                   "server's owner must renew it.";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return subject + " is not valid yet. Check this computer's date and time.";
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return subject +
                   " is signed by the server itself, so nobody vouches for it. If that is intended, "
                   "set ca_file to that certificate.";
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return subject +
                   " comes from an authority that this computer does not know. Install the system's "
                   "CA certificates, or set ca_file to the authority's certificate.";
        default:
            return subject + " was refused: " + X509_verify_cert_error_string(result.verify_result) +
                   ". Check the address, and this computer's date and CA certificates.";
    }
}

}  // namespace

Error stopped_error(StopReason reason, const Url& url, std::chrono::milliseconds deadline,
                    const ClientOptions& options) {
    switch (reason) {
        case StopReason::None:
        case StopReason::Cancelled:
            return make(ErrorCode::Interrupted, "The call to " + url.host + " was cancelled.", "cancelled");
        case StopReason::Deadline:
            return make(ErrorCode::Timeout,
                        url.host + " did not finish its answer within " + seconds(deadline) +
                            ". Try again later, or check the network connection.",
                        "deadline");
        case StopReason::ConnectTimeout:
            return make(ErrorCode::Network,
                        "No connection to " + url.host + " within " + seconds(options.connect_timeout) + "." +
                            kCheckNetwork,
                        "connect timeout");
        case StopReason::EndlessFraming:
            return make(ErrorCode::Protocol,
                        url.host +
                            " sent much that is no content: headers, chunk sizes or trailers that do not "
                            "end. Check the configured address.",
                        "framing does not end");
    }
    return {};
}

Error lookup_error(const Url& url, const LookupAnswer& answer) {
    const std::string message = answer.unknown_name
                                    ? "There is no host named " + url.host + "." + kCheckNetwork
                                    : "The name " + url.host + " could not be looked up." + kCheckNetwork;
    return make(ErrorCode::Network, message, "name lookup: " + answer.error);
}

Error exchange_error(const Url& url, const ExchangeResult& result, const ClientOptions& options) {
    const std::string host = url.authority();
    switch (result.end) {
        case ExchangeEnd::NotConnected:
            return make(ErrorCode::Network,
                        "No connection to " + host + ": it refused or cannot be reached." + kCheckNetwork,
                        result.detail);
        case ExchangeEnd::ConnectTimeout:
            return make(ErrorCode::Network,
                        "No connection to " + host + " within " + seconds(options.connect_timeout) + "." +
                            kCheckNetwork,
                        result.detail);
        case ExchangeEnd::CaUnreadable:
            return make(ErrorCode::Tls,
                        "The CA certificates could not be read from \"" + options.ca_file +
                            "\". Set ca_file to a PEM file, or leave it empty for the system's.",
                        result.detail);
        case ExchangeEnd::TlsFailed:
            return make(ErrorCode::Tls,
                        "No secure connection to " + host +
                            ": it does not speak TLS as expected. Check the address and port.",
                        result.detail);
        case ExchangeEnd::CertificateRefused:
            return make(ErrorCode::Tls, certificate_message(url, result),
                        result.detail + ": " + X509_verify_cert_error_string(result.verify_result));
        case ExchangeEnd::Idle:
            return make(ErrorCode::Timeout,
                        host + " fell silent for " + seconds(options.idle_timeout) +
                            ". Try again later, or check the network connection.",
                        result.detail);
        case ExchangeEnd::Closed:
            return make(ErrorCode::Network,
                        host + " closed the connection without a usable answer. Try again later.",
                        result.detail);
        case ExchangeEnd::Broken:
        case ExchangeEnd::Complete:
        case ExchangeEnd::SinkStopped: break;
    }
    return make(ErrorCode::Network, "The connection to " + host + " broke. Try again.", result.detail);
}

Error forbidden_error(const Url& url, std::string_view why) {
    return make(ErrorCode::ForbiddenAddress,
                "The address at " + url.authority() + " was not used: " + std::string(why) + ".",
                url.scheme + "://" + url.authority());
}

void clean(Error& error) {
    error.message = clean(error.message);
    error.detail = clean(error.detail);
}

}  // namespace kontexture::net
