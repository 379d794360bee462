#pragma once

#include <kontexture/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kontexture::net {

/// What matters of one HTTP request to the callback listener.
struct CallbackRequest {
    std::string method;
    std::string target;
    std::string timestamp;  ///< X-Webhook-Timestamp
    std::string signature;  ///< X-Webhook-Signature
    std::string body;
};

/// Reads one request as its bytes come, whatever they are; keeps at most some 200 KiB. Pure.
class CallbackReader {
public:
    static constexpr std::size_t kMaxHeadBytes = 16 * 1024;
    static constexpr std::size_t kMaxBodyBytes = 64 * 1024;

    enum class State : std::uint8_t {
        Head,
        Body,  ///< the head is complete: method, target, timestamp and signature are known
        Complete,
        Refused,  ///< see refusal()
    };

    /// What comes behind the request's end is ignored.
    void take(std::string_view bytes);
    State state() const { return state_; }
    bool head_read() const { return head_read_; }
    /// The HTTP status that says what is wrong with it.
    int refusal() const { return refusal_; }
    /// The client waits for "100 Continue" before it sends the body.
    bool waits_for_continue() const {
        return state_ == State::Body && waits_for_continue_ && buffer_.empty();
    }
    const CallbackRequest& request() const { return request_; }

private:
    enum class Framing : std::uint8_t { Length, ChunkSize, ChunkData, ChunkEnd, Trailer };

    void refuse(int status);
    void read_head();
    bool read_request_line(std::string_view line);
    bool read_header(std::string_view line);
    bool read_length(std::string_view value);
    void begin_body();
    void read_body();
    bool read_piece();
    bool read_chunk_size();
    bool take_content(std::size_t size);
    std::optional<std::string> take_line();

    State state_ = State::Head;
    Framing framing_ = Framing::Length;
    int refusal_ = 0;
    bool head_read_ = false;
    bool waits_for_continue_ = false;
    bool chunked_ = false;
    std::optional<std::size_t> length_;
    std::size_t left_ = 0;           ///< of the body or the chunk
    std::size_t framing_bytes_ = 0;  ///< chunk sizes and trailers so far
    std::string buffer_;             ///< not understood yet
    CallbackRequest request_;
};

/// The request whose address this target is: `base_path`, "/" and its id; a query is ignored. Pure.
std::optional<RequestId> callback_id(std::string_view target, std::string_view base_path);

}  // namespace kontexture::net
