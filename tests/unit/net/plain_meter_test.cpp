#include "net/plain_meter.h"

#include "catch.h"

#include <string>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using kontexture::net::PlainMeter;

namespace {

/// Both ends of a TCP connection within this process.
struct SocketPair {
    SocketPair() {
        const int listener = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(bind(listener, any, size) == 0);
        REQUIRE(listen(listener, 1) == 0);
        REQUIRE(getsockname(listener, any, &size) == 0);
        client = socket(AF_INET, SOCK_STREAM, 0);
        REQUIRE(connect(client, any, size) == 0);
        server = accept(listener, nullptr, nullptr);
        REQUIRE(server >= 0);
        close(listener);
    }
    ~SocketPair() {
        close(client);
        close(server);
    }
    void send_to_client(std::size_t bytes) const {
        const std::string block(bytes, 'x');
        REQUIRE(send(server, block.data(), bytes, 0) == static_cast<ssize_t>(bytes));
    }
    void take(std::size_t bytes) const {
        std::string block(bytes, ' ');
        REQUIRE(recv(client, block.data(), bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes));
    }

    int client = -1;
    int server = -1;
};

}  // namespace

TEST_CASE("what is taken from a socket without content is counted, what waits in it is not") {
    constexpr std::size_t kBlock = 32 * 1024;
    constexpr std::size_t kBlocks = PlainMeter::kMaxFramingBytes / kBlock;
    const SocketPair sockets;
    PlainMeter meter;
    CHECK(!meter.is_endless(sockets.client));
    for (std::size_t i = 0; i < kBlocks; ++i) {
        sockets.send_to_client(kBlock);
        CHECK(!meter.is_endless(sockets.client));
        sockets.take(kBlock);
        CHECK(!meter.is_endless(sockets.client));
    }
    sockets.send_to_client(kBlock);
    CHECK(!meter.is_endless(sockets.client));
    sockets.take(1);
    CHECK(meter.is_endless(sockets.client));
    meter.content_seen();
    CHECK(!meter.is_endless(sockets.client));
    CHECK(!meter.is_endless(sockets.client));
    CHECK(!meter.is_endless(-1));
}
