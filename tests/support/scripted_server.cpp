#include "scripted_server.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kontexture::test {
namespace {

int bound_socket(int& port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (socket < 0 || bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no loopback socket");
    port = ntohs(address.sin_port);
    return socket;
}

SSL_CTX* server_context(const Identity& identity) {
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    BIO* bio = BIO_new_mem_buf(identity.certificate.data(), static_cast<int>(identity.certificate.size()));
    X509* const certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    bio = BIO_new_mem_buf(identity.key.data(), static_cast<int>(identity.key.size()));
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    // A script's bytes are the first that come after the handshake.
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

// The TLS library writes without MSG_NOSIGNAL. Only the server's own threads are concerned: the code under
// test must get along without.
void ignore_sigpipe_in_this_thread() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

std::string Connection::read_some(std::size_t most) {
    std::string bytes(most, '\0');
    const long size =
        tls_ ? SSL_read(tls_, bytes.data(), static_cast<int>(most)) : recv(socket_, bytes.data(), most, 0);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return bytes;
}

std::string Connection::read_request() {
    std::string request;
    std::size_t wanted = std::string::npos;
    while (request.size() < wanted) {
        const std::string more = read_some();
        if (more.empty()) break;
        request += more;
        const std::size_t end = request.find("\r\n\r\n");
        if (wanted != std::string::npos || end == std::string::npos) continue;
        const std::size_t length = request.find("\r\nContent-Length: ");
        wanted = end + 4 + (length < end ? std::strtoul(request.c_str() + length + 18, nullptr, 10) : 0);
        if (request.find("Expect: 100-continue") < end) send("HTTP/1.1 100 Continue\r\n\r\n");
    }
    return request;
}

bool Connection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const long size = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

void Connection::drip_forever(std::string_view bytes, std::chrono::milliseconds pause) {
    for (std::size_t i = 0; !closing_ && send(bytes.substr(i, 1)); i = (i + 1) % bytes.size())
        std::this_thread::sleep_for(pause);
}

void Connection::hold() {
    while (!closing_) {
        pollfd state{socket_, POLLRDHUP, 0};
        if (poll(&state, 1, 20) > 0) return;
    }
}

void Connection::close_notify() {
    if (tls_) SSL_shutdown(tls_);
}

ScriptedServer::ScriptedServer(Script script, std::optional<Identity> identity)
    : script_(std::move(script)), context_(identity ? server_context(*identity) : nullptr) {
    listener_ = bound_socket(port_);
    listen(listener_, 64);
    acceptor_ = std::thread([this] { accept_loop(); });
}

ScriptedServer::~ScriptedServer() {
    closing_ = true;
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    close(listener_);
    SSL_CTX_free(context_);
}

std::string ScriptedServer::origin() const {
    return (context_ ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port_);
}

void ScriptedServer::accept_loop() {
    while (!closing_) {
        const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        ++connections_;
        const std::lock_guard lock(mutex_);
        sockets_.push_back(socket);
        threads_.emplace_back([this, socket] { serve(socket); });
    }
}

void ScriptedServer::serve(int socket) {
    ignore_sigpipe_in_this_thread();
    SSL* tls = nullptr;
    bool ready = true;
    if (context_) {
        tls = SSL_new(context_);
        SSL_set_fd(tls, socket);
        ready = SSL_accept(tls) == 1;
    }
    if (ready) {
        Connection connection(socket, tls, closing_);
        script_(connection);
    }
    SSL_free(tls);
    const std::lock_guard lock(mutex_);
    std::erase(sockets_, socket);
    shutdown(socket, SHUT_RDWR);
    close(socket);
}

std::string reply(int status, std::string_view body, std::string_view more_headers) {
    return "HTTP/1.1 " + std::to_string(status) + " Word\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + std::string(more_headers) + "\r\n" + std::string(body);
}

int closed_port() {
    int port = 0;
    close(bound_socket(port));
    return port;
}

StuckListener::StuckListener() {
    const int listener = bound_socket(port_);
    listen(listener, 0);
    sockets_.push_back(listener);
    for (int i = 0; i < 4; ++i) {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port_));
        (void)connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
        sockets_.push_back(socket);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

StuckListener::~StuckListener() {
    for (const int socket : sockets_) close(socket);
}

}  // namespace kontexture::test
