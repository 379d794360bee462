#pragma once

#include <kontexture/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// HTTP messages as plain values: what a provider writes and reads, and what the client sends.
namespace kontexture::net {

struct Header {
    std::string name;
    std::string value;
};

/// One part of a multipart/form-data body. `file_name` empty: a plain field.
struct Part {
    std::string name;
    std::string file_name;
    std::string content_type;
    std::shared_ptr<const std::vector<std::uint8_t>> data;
};

struct HttpRequest {
    std::string method;        ///< "GET" or "POST"
    std::string url;           ///< absolute
    std::string content_type;  ///< of `body`
    std::string body;
    std::vector<Part> parts;  ///< not empty: a multipart body, sent as a stream instead of `body`
};

struct HttpReply {
    int status = 0;
    std::vector<Header> headers;
    std::string body;

    /// The first header of that name (any case), or nothing.
    std::optional<std::string_view> header(std::string_view name) const;
};

/// No usable reply came.
struct HttpFailure {
    Error error;
    /// False only when it is certain that no byte of the request left: name not resolved, connection not
    /// made, TLS not agreed, refused by our own checks, cancelled before.
    bool may_have_been_sent = true;
    /// What had come of a reply that broke off or grew too long: its status, its headers and the beginning of
    /// its body, without the key. Set when some of the body was read.
    std::optional<HttpReply> partial = std::nullopt;
};

}  // namespace kontexture::net
