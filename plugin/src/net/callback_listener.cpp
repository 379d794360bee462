#include "net/callback_listener.h"

#include "net/address.h"
#include "net/callback_signature.h"
#include "net/socket_guard.h"
#include "net/url.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kontexture::net {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kPieceBytes = 16 * 1024;
/// After an early answer the rest of the request is read away for a while: closing at once would reset the
/// connection, and the answer with it.
constexpr auto kDrainTime = 1s;
constexpr std::size_t kMaxDrainBytes = 1024 * 1024;
constexpr auto kNoDescriptorsPause = 100ms;
constexpr auto kBetweenComplaints = 1min;

Error invalid(std::string message) {
    return {ErrorCode::InvalidArgument, 0, 0, std::move(message), {}};
}

const char* reason_of(int status) {
    switch (status) {
        case 200: return "OK";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 413: return "Content Too Large";
        case 431: return "Request Header Fields Too Large";
        case 501: return "Not Implemented";
        default: return "Error";
    }
}

std::string answer(int status) {
    const std::string body = std::string(reason_of(status)) + "\n";
    std::string text = "HTTP/1.1 " + std::to_string(status) + " " + reason_of(status) + "\r\n";
    if (status == 405) text += "Allow: POST\r\n";
    if (status == 401) text += "WWW-Authenticate: HMAC\r\n";
    return text + "Content-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

bool make_private(int descriptor) {
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0;
}

bool is_temporary(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

socklen_t socket_address(const Address& address, std::uint16_t port, sockaddr_storage& out) {
    if (address.v6) {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&v6.sin6_addr, address.bytes.data(), 16);
        std::memcpy(&out, &v6, sizeof v6);
        return sizeof v6;
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
    std::memcpy(&out, &v4, sizeof v4);
    return sizeof v4;
}

std::uint16_t bound_port(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    std::uint16_t port = 0;
    // The port is at the same place for both families.
    std::memcpy(&port, reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in, sin_port),
                sizeof port);
    return ntohs(port);
}

Error bind_error(const CallbackConfig& config, int error) {
    const std::string place = config.listen_address + " port " + std::to_string(config.port);
    std::string message;
    if (error == EADDRINUSE) {
        message = place +
                  " is in use, so no callbacks can be received. Choose another CallbackConfig::port (and the "
                  "CallbackConfig::public_url that leads there), or end the program that has it.";
    } else if (error == EADDRNOTAVAIL) {
        message = config.listen_address +
                  " is no address of this machine, so no callbacks can be received. Give one that is as "
                  "CallbackConfig::listen_address; 127.0.0.1 always is.";
    } else if (error == EACCES || error == EPERM) {
        message = "The system does not allow this program to listen on " + place +
                  ". Choose one above 1023 as CallbackConfig::port.";
    } else {
        message = "Callbacks cannot be received on " + place + ": " + std::strerror(error) +
                  ". Choose another CallbackConfig::listen_address.";
    }
    return {ErrorCode::Network, 0, 0, std::move(message), std::string("bind: ") + std::strerror(error)};
}

}  // namespace

struct CallbackListener::Connection {
    Connection(int accepted, Clock::time_point latest) : socket(accepted), until(latest) {}
    ~Connection() { ::close(socket); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    int socket;
    Clock::time_point until;
    CallbackReader reader;
    std::string out;
    bool told_to_continue = false;
    bool answered = false;
    bool draining = false;
    std::size_t drained = 0;
};

CallbackListener::CallbackListener(Secret key, ReadTask read_task)
    : key_(std::move(key)), read_task_(std::move(read_task)) {}

Result<std::unique_ptr<CallbackListener>> CallbackListener::open(const CallbackConfig& config,
                                                                 ReadTask read_task) {
    const auto url = parse_url(config.public_url);
    if (!url) {
        Error error =
            invalid("CallbackConfig::public_url is not an http or https address: " + url.error().message);
        error.detail = url.error().detail;
        return error;
    }
    if (url->target.find('?') != std::string::npos)
        return invalid("CallbackConfig::public_url has a query. Give an address without \"?\".");
    std::unique_ptr<CallbackListener> made(new CallbackListener(config.hmac_key, std::move(read_task)));
    made->public_url_ = url->text();
    made->path_ = url->target;
    for (std::string* text : {&made->public_url_, &made->path_})
        while (text->ends_with('/')) text->pop_back();
    if (Error error = made->bind(config); error.code != ErrorCode::None) return error;
    return made;
}

Error CallbackListener::bind(const CallbackConfig& config) {
    const auto address = parse_address(config.listen_address);
    if (!address)
        return invalid("CallbackConfig::listen_address \"" + config.listen_address +
                       "\" is not an IP address. Give one of this machine, such as 127.0.0.1.");
    sockaddr_storage place{};
    const socklen_t size = socket_address(*address, config.port, place);
    listener_ = socket(address->v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    if (listener_ < 0 || !make_private(listener_) ||
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::bind(listener_, reinterpret_cast<const sockaddr*>(&place), size) != 0 ||
        listen(listener_, static_cast<int>(kMaxConnections)) != 0)
        return bind_error(config, errno);
    port_ = bound_port(listener_);
    if (pipe(wake_) != 0 || !make_private(wake_[0]) || !make_private(wake_[1]))
        return bind_error(config, errno);
    return {};
}

CallbackListener::~CallbackListener() {
    stop();
    for (const int descriptor : {listener_, wake_[0], wake_[1]})
        if (descriptor >= 0) ::close(descriptor);
}

void CallbackListener::start(std::span<const std::uint8_t> secret, Handlers handlers) {
    secret_.assign(secret.begin(), secret.end());
    handlers_ = std::move(handlers);
    thread_ = std::thread([this] { run(); });
}

void CallbackListener::stop() {
    if (!thread_.joinable()) return;
    [[maybe_unused]] const auto written = write(wake_[1], "", 1);
    thread_.join();
    ::close(std::exchange(listener_, -1));
}

std::string CallbackListener::url_of(RequestId id) const {
    return public_url_ + "/" + std::to_string(id.value) + "/" + callback_token(secret_, id);
}

/// Whose address the target is. A guessed one is nobody's.
std::optional<RequestId> CallbackListener::addressee(const CallbackRequest& request) const {
    const std::string_view target = std::string_view(request.target).substr(0, request.target.find('?'));
    const std::size_t slash = target.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string_view token = target.substr(slash + 1);
    const auto id = callback_id(target.substr(0, slash), path_);
    if (id && (token.empty() || !is_equal(token, callback_token(secret_, *id)))) return std::nullopt;
    return id;
}

void CallbackListener::expect(RequestId id) {
    const std::lock_guard lock(mutex_);
    expected_.insert(id.value);
}

void CallbackListener::forget(RequestId id) {
    const std::lock_guard lock(mutex_);
    expected_.erase(id.value);
}

void CallbackListener::run() {
    const SigpipeBlock no_sigpipe;
    std::vector<pollfd> waiting;
    for (;;) {
        const auto now = Clock::now();
        std::erase_if(connections_, [&](const Connection& each) { return each.until <= now; });
        waiting.assign(1, {wake_[0], POLLIN, 0});
        const bool accepting = accept_again_ <= now;
        waiting.push_back({accepting ? listener_ : -1, POLLIN, 0});
        auto until = accepting ? Clock::time_point::max() : accept_again_;
        for (const Connection& each : connections_) {
            const auto events = static_cast<short>(each.out.empty() ? POLLIN : POLLOUT);
            waiting.push_back({each.socket, events, 0});
            until = std::min(until, each.until);
        }
        int timeout = -1;
        if (until != Clock::time_point::max())
            timeout = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count());
        if (poll(waiting.data(), static_cast<nfds_t>(waiting.size()), timeout) < 0 && errno != EINTR) {
            // The system is short of something for the moment.
            std::this_thread::sleep_for(kNoDescriptorsPause);
            if (char byte = 0; read(wake_[0], &byte, 1) == 1) break;
            continue;
        }
        if (waiting[0].revents != 0) break;
        std::size_t index = 2;
        std::erase_if(connections_,
                      [&](Connection& each) { return waiting[index++].revents != 0 && !serve(each); });
        if (waiting[1].revents != 0) accept_all();
    }
    connections_.clear();
}

void CallbackListener::accept_all() {
    for (std::size_t i = 0; i < kMaxConnections; ++i) {
        const int socket = accept(listener_, nullptr, nullptr);
        if (socket < 0) {
            if (!is_temporary(errno) && errno != ECONNABORTED)
                accept_again_ = Clock::now() + kNoDescriptorsPause;
            return;
        }
        if (!make_private(socket)) {
            ::close(socket);
            continue;
        }
        // A caller in earnest is done within milliseconds, so the oldest is the one to lose least.
        if (connections_.size() >= kMaxConnections) connections_.pop_front();
        connections_.emplace_back(socket, Clock::now() + kRequestTime);
    }
}

/// False when the connection is to be closed.
bool CallbackListener::serve(Connection& connection) {
    try {
        return connection.out.empty() ? receive(connection) : send(connection);
    } catch (const std::exception&) {
        return false;
    }
}

bool CallbackListener::receive(Connection& connection) {
    std::array<char, kPieceBytes> piece;
    const ssize_t size = recv(connection.socket, piece.data(), piece.size(), 0);
    if (size < 0) return is_temporary(errno);
    if (size == 0) return false;
    if (connection.draining) {
        connection.drained += static_cast<std::size_t>(size);
        return connection.drained <= kMaxDrainBytes;
    }
    connection.reader.take({piece.data(), static_cast<std::size_t>(size)});
    if (const int status = judge(connection.reader); status != 0) {
        connection.out = answer(status);
        connection.answered = true;
    } else if (connection.reader.waits_for_continue() && !std::exchange(connection.told_to_continue, true)) {
        connection.out = "HTTP/1.1 100 Continue\r\n\r\n";
    } else {
        return true;
    }
    return send(connection);
}

bool CallbackListener::send(Connection& connection) {
    const ssize_t size = ::send(connection.socket, connection.out.data(), connection.out.size(), 0);
    if (size < 0) return is_temporary(errno);
    connection.out.erase(0, static_cast<std::size_t>(size));
    if (!connection.answered || !connection.out.empty()) return true;
    connection.draining = true;
    connection.until = std::min(connection.until, Clock::now() + kDrainTime);
    return shutdown(connection.socket, SHUT_WR) == 0;
}

/// The status to answer with; zero while more has to come.
int CallbackListener::judge(const CallbackReader& reader) {
    if (reader.head_read())
        if (const int status = judge_head(reader.request()); status != 0) return status;
    switch (reader.state()) {
        case CallbackReader::State::Head:
        case CallbackReader::State::Body: return 0;
        case CallbackReader::State::Refused: return reader.refusal();
        case CallbackReader::State::Complete: break;
    }
    std::optional<std::string> task_id = read_task_(reader.request().body);
    if (!task_id) return 400;
    if (const int status = judge_signature(reader.request(), *task_id); status != 0) return status;
    handlers_.on_hint(*addressee(reader.request()), std::move(*task_id));
    return 200;
}

int CallbackListener::judge_head(const CallbackRequest& request) {
    const auto id = addressee(request);
    if (!id) return 404;
    if (request.method != "POST") return 405;
    {
        const std::lock_guard lock(mutex_);
        if (!expected_.contains(id->value)) return 404;
    }
    if (key_.empty() || (!request.timestamp.empty() && !request.signature.empty())) return 0;
    complain(*id, "carries no signature. Is a webhook key set at the service?");
    return 401;
}

int CallbackListener::judge_signature(const CallbackRequest& request, const std::string& task_id) {
    if (key_.empty()) return 0;
    const RequestId id = *addressee(request);
    switch (check_signature(task_id, request.timestamp, request.signature, key_.reveal(),
                            std::chrono::system_clock::now())) {
        case SignatureCheck::Valid: return 0;
        case SignatureCheck::Missing: return 401;
        case SignatureCheck::OutOfTime:
            complain(id, "was signed more than five minutes ago or ahead. Is this machine's clock right?");
            return 403;
        case SignatureCheck::Wrong:
            complain(id, "has a wrong signature. Is CallbackConfig::hmac_key the service's webhook key?");
            return 403;
    }
    return 403;
}

void CallbackListener::complain(RequestId id, const char* what) {
    const auto now = Clock::now();
    if (now < complain_again_ || !handlers_.on_refusal) return;
    complain_again_ = now + kBetweenComplaints;
    handlers_.on_refusal("A callback for request " + std::to_string(id.value) + " was refused: it " + what);
}

}  // namespace kontexture::net
