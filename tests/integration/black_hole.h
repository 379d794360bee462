#pragma once

#include "catch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kontexture::testing {

/// A listening socket that nobody accepts from, with its queue full: connecting to it neither succeeds nor
/// fails.
class BlackHole {
public:
    BlackHole() {
        listener_ = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(listen(listener_, 0) == 0);
        socklen_t size = sizeof address;
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        for (int& filler : fillers_) {
            filler = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            (void)connect(filler, reinterpret_cast<sockaddr*>(&address), sizeof address);
        }
    }
    ~BlackHole() {
        for (int filler : fillers_) ::close(filler);
        ::close(listener_);
    }
    int port = 0;

private:
    int listener_ = -1;
    int fillers_[4] = {-1, -1, -1, -1};
};

}  // namespace kontexture::testing
