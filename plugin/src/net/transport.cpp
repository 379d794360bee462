#include "net/transport.h"

#include "net/plain_meter.h"
#include "net/socket_guard.h"
#include "net/tls_probe.h"

#include <algorithm>
#include <exception>
#include <map>
#include <memory>

#include <httplib.h>

// The only file that knows httplib, written for 0.11 to 0.41 alike: only names that all of them have, and
// `requires` where one was renamed.
namespace kontexture::net {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPieceBytes = 64 * 1024;

// The path goes out byte for byte. 0.41 still writes the query anew in its own spelling ("%20" becomes "+").
template <typename Impl>
void send_target_as_it_is(Impl& client) {
    if constexpr (requires { client.set_path_encode(false); })
        client.set_path_encode(false);
    else
        client.set_url_encode(false);
}

template <typename Impl>
SSL_CTX* tls_context(Impl& client) {
    if constexpr (requires { client.tls_context(); })
        return static_cast<SSL_CTX*>(client.tls_context());
    else
        return client.ssl_context();
}

template <typename Error>
bool is_wrong_name(Error error) {
    if constexpr (requires { Error::SSLServerHostnameVerification; })
        return error == Error::SSLServerHostnameVerification;
    else
        return false;
}

template <typename Set>
void set_timeout(std::chrono::milliseconds time, Set set) {
    time = std::max(time, std::chrono::milliseconds(1));
    set(static_cast<time_t>(time.count() / 1000), static_cast<time_t>(time.count() % 1000 * 1000));
}

std::vector<Header> headers_of(const httplib::Response& response) {
    std::vector<Header> headers;
    headers.reserve(response.headers.size());
    for (const auto& [name, value] : response.headers) headers.push_back({name, value});
    return headers;
}

// One run of exchange(): what the callbacks share.
class Run {
public:
    Run(const Exchange& exchange, ReplySink& sink, Interruption& interruption, Watchdog::Watch& watch)
        : exchange_(exchange),
          sink_(sink),
          interruption_(interruption),
          watch_(watch),
          guard_(interruption),
          probe_([this] { reached(); }, [this] { watch_.stop(StopReason::EndlessFraming); }) {}

    ExchangeResult run() {
        const SigpipeBlock no_sigpipe;
        try {
            make_client();
            const httplib::Result result = client_->send(request());
            finish(result);
        } catch (const std::exception& failure) {
            result_.end = ExchangeEnd::Broken;
            result_.may_have_been_sent = guard_.sockets() > 0;
            result_.detail = std::string("exception: ") + failure.what();
        }
        watch_.set_meter(nullptr);
        result_.head_arrived = head_arrived_;
        return std::move(result_);
    }

private:
    void make_client() {
        if (exchange_.url.https()) {
            auto client = std::make_unique<httplib::SSLClient>(exchange_.url.host, exchange_.url.port);
            if (SSL_CTX* const context = tls_context(*client)) probe_.install(context, exchange_.url.host);
            client->enable_server_certificate_verification(true);
            if (!exchange_.ca_file.empty()) client->set_ca_cert_path(exchange_.ca_file);
            client_ = std::move(client);
        } else {
            client_ = std::make_unique<httplib::ClientImpl>(exchange_.url.host, exchange_.url.port);
            // Nothing tells when a plain connection is made; connecting is bounded by its own timeout.
            watch_.clear_connect_limit();
        }
        httplib::ClientImpl& client = *client_;
        client.set_hostname_addr_map({{exchange_.url.host, exchange_.address}});
        client.set_socket_options([this](socket_t socket) { opened(static_cast<int>(socket)); });
        client.set_tcp_nodelay(true);
        client.set_keep_alive(false);
        client.set_follow_location(false);
        send_target_as_it_is(client);
        set_timeout(exchange_.connect_timeout,
                    [&](time_t s, time_t us) { client.set_connection_timeout(s, us); });
        set_timeout(exchange_.idle_timeout, [&](time_t s, time_t us) { client.set_read_timeout(s, us); });
        set_timeout(exchange_.idle_timeout, [&](time_t s, time_t us) { client.set_write_timeout(s, us); });
    }

    httplib::Request request() {
        httplib::Request request;
        request.method = exchange_.method;
        request.path = exchange_.url.target;
        for (const Header& header : exchange_.headers) request.headers.emplace(header.name, header.value);
        if (exchange_.body && exchange_.body->size() > 0) {
            request.content_length_ = static_cast<std::size_t>(exchange_.body->size());
            request.content_provider_ = [this](std::size_t offset, std::size_t length,
                                               httplib::DataSink& out) {
                return on_send(offset, length, out);
            };
        }
        request.response_handler = [this](const httplib::Response& response) {
            return on_head(response.status, headers_of(response));
        };
        request.content_receiver = [this](const char* data, std::size_t size, auto, auto) {
            received();
            return !interruption_.raised() && taken(sink_.on_body({data, size}));
        };
        return request;
    }

    bool on_send(std::size_t offset, std::size_t length, httplib::DataSink& out) {
        sending_ = true;
        moved();
        if (interruption_.raised()) return false;
        const std::string_view piece = exchange_.body->at(offset, std::min(length, kPieceBytes));
        return !piece.empty() && out.write(piece.data(), piece.size());
    }

    bool on_head(int status, const std::vector<Header>& headers) {
        head_arrived_ = true;
        probe_.head_seen();
        received();
        return !interruption_.raised() && taken(sink_.on_head(status, headers));
    }

    void opened(int socket) {
        guard_.opened(socket);
        if (exchange_.url.https() || guard_.copy() < 0) return;
        watch_.set_meter([this, copy = guard_.copy()] { return meter_.is_endless(copy); });
    }

    bool taken(bool by_sink) {
        if (!by_sink) sink_stopped_ = true;
        return by_sink;
    }

    void received() {
        moved();
        probe_.content_seen();
        meter_.content_seen();
    }

    void reached() {
        moved();
        watch_.clear_connect_limit();
    }

    void moved() { last_move_ = Clock::now(); }

    void finish(const httplib::Result& result) {
        if (result) {
            // A reply that has no body by its status does not reach the handler.
            const bool complete = head_arrived_ || on_head(result->status, headers_of(*result));
            result_.end = complete ? ExchangeEnd::Complete : ExchangeEnd::SinkStopped;
            return;
        }
        const httplib::Error error = result.error();
        result_.detail = httplib::to_string(error) + " (" + exchange_.address + ")";
        result_.end = end_of(error);
        // A second socket is the library's attempt to send again, after the first had taken the request.
        const bool began = sending_ || head_arrived_ || guard_.sockets() > 1;
        if (began && !is_after_sending(result_.end)) result_.end = ExchangeEnd::Closed;
        result_.may_have_been_sent = began || is_after_sending(result_.end);
        if (result_.end == ExchangeEnd::CertificateRefused) {
            result_.verify_result = probe_.verify_result();
            result_.wrong_name = is_wrong_name(error) || probe_.verify_result() == 0;
        }
    }

    ExchangeEnd end_of(httplib::Error error) const {
        switch (error) {
            case httplib::Error::Connection:
            case httplib::Error::BindIPAddress: return ExchangeEnd::NotConnected;
            case httplib::Error::ConnectionTimeout: return ExchangeEnd::ConnectTimeout;
            case httplib::Error::SSLConnection: return ExchangeEnd::TlsFailed;
            case httplib::Error::SSLLoadingCerts: return ExchangeEnd::CaUnreadable;
            case httplib::Error::SSLServerVerification: return ExchangeEnd::CertificateRefused;
            default: break;
        }
        // "Canceled" also stands for a request that could not be sent to its end.
        if (sink_stopped_) return ExchangeEnd::SinkStopped;
        if (is_wrong_name(error)) return ExchangeEnd::CertificateRefused;
        if (Clock::now() - last_move_ >= exchange_.idle_timeout) return ExchangeEnd::Idle;
        const bool reading = error == httplib::Error::Read;
        return reading && !head_arrived_ ? ExchangeEnd::Closed : ExchangeEnd::Broken;
    }

    static bool is_after_sending(ExchangeEnd end) {
        switch (end) {
            case ExchangeEnd::NotConnected:
            case ExchangeEnd::ConnectTimeout:
            case ExchangeEnd::CaUnreadable:
            case ExchangeEnd::TlsFailed:
            case ExchangeEnd::CertificateRefused: return false;
            case ExchangeEnd::Complete:
            case ExchangeEnd::SinkStopped:
            case ExchangeEnd::Idle:
            case ExchangeEnd::Closed:
            case ExchangeEnd::Broken: return true;
        }
        return true;
    }

    const Exchange& exchange_;
    ReplySink& sink_;
    Interruption& interruption_;
    Watchdog::Watch& watch_;
    ExchangeResult result_;
    Clock::time_point last_move_ = Clock::now();
    bool sending_ = false;
    bool head_arrived_ = false;
    bool sink_stopped_ = false;
    SocketGuard guard_;
    TlsProbe probe_;
    PlainMeter meter_;
    // Last, so that it goes first: its connection refers to the guard and the probe.
    std::unique_ptr<httplib::ClientImpl> client_;
};

}  // namespace

ExchangeResult exchange(const Exchange& exchange, ReplySink& sink, Interruption& interruption,
                        Watchdog::Watch& watch) {
    return Run(exchange, sink, interruption, watch).run();
}

}  // namespace kontexture::net
