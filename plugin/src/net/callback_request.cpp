#include "net/callback_request.h"

#include "net/text.h"

#include <algorithm>

// HTTP/1.0 and 1.1, as much of it as a POST needs. What is ambiguous is refused:
//
//   request  = method SP target SP "HTTP/1." digit CRLF *( name ":" value CRLF ) CRLF body
//   body     = Content-Length bytes | chunks | nothing
//   chunks   = *( hex-size [ ";" … ] CRLF bytes CRLF ) "0" CRLF *( trailer CRLF ) CRLF
namespace kontexture::net {
namespace {

constexpr std::size_t kMaxMethod = 16;
constexpr std::size_t kMaxLine = 512;
constexpr std::size_t kMaxFramingBytes = 32 * 1024;
constexpr std::string_view kLineEnd = "\r\n";

bool set_once(std::string& target, std::string_view value) {
    if (!target.empty()) return false;
    target = value;
    return true;
}

}  // namespace

void CallbackReader::refuse(int status) {
    state_ = State::Refused;
    refusal_ = status;
    buffer_.clear();
    request_.body.clear();
}

void CallbackReader::take(std::string_view bytes) {
    if (state_ == State::Complete || state_ == State::Refused) return;
    buffer_ += bytes;
    if (state_ == State::Head) read_head();
    if (state_ == State::Body) read_body();
    if (state_ == State::Complete) buffer_.clear();
}

void CallbackReader::read_head() {
    constexpr std::string_view kHeadEnd = "\r\n\r\n";
    const std::size_t end = std::string_view(buffer_).substr(0, kMaxHeadBytes).find(kHeadEnd);
    if (end == std::string::npos) {
        if (buffer_.size() >= kMaxHeadBytes) refuse(431);
        return;
    }
    std::string_view head(buffer_.data(), end);
    bool first = true;
    while (!head.empty() || first) {
        const std::size_t line_end = std::min(head.find(kLineEnd), head.size());
        const std::string_view line = head.substr(0, line_end);
        head.remove_prefix(std::min(head.size(), line_end + kLineEnd.size()));
        if (!(first ? read_request_line(line) : read_header(line))) {
            if (state_ != State::Refused) refuse(400);
            return;
        }
        first = false;
    }
    buffer_.erase(0, end + kHeadEnd.size());
    begin_body();
}

bool CallbackReader::read_request_line(std::string_view line) {
    const std::size_t method_end = line.find(' ');
    const std::size_t target_end = line.rfind(' ');
    if (method_end == std::string_view::npos || target_end == method_end) return false;
    const std::string_view method = line.substr(0, method_end);
    const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
    const std::string_view version = line.substr(target_end + 1);
    if (method.size() > kMaxMethod || !is_header_name(method)) return false;
    if (!target.starts_with('/') ||
        std::any_of(target.begin(), target.end(), [](char c) { return c == ' ' || is_control(c); }))
        return false;
    if (version.size() != 8 || !version.starts_with("HTTP/1.") || !is_digit(version.back())) return false;
    request_.method = method;
    request_.target = target;
    return true;
}

bool CallbackReader::read_header(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!is_header_name(name) || !is_header_value(value)) return false;
    if (equal_ignoring_case(name, "X-Webhook-Timestamp")) return set_once(request_.timestamp, value);
    if (equal_ignoring_case(name, "X-Webhook-Signature")) return set_once(request_.signature, value);
    if (equal_ignoring_case(name, "Content-Length")) return read_length(value);
    if (equal_ignoring_case(name, "Expect")) waits_for_continue_ = equal_ignoring_case(value, "100-continue");
    if (!equal_ignoring_case(name, "Transfer-Encoding")) return true;
    if (chunked_) return false;
    chunked_ = equal_ignoring_case(value, "chunked");
    if (!chunked_) refuse(501);
    return chunked_;
}

bool CallbackReader::read_length(std::string_view value) {
    if (length_ || value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) return false;
    std::size_t length = 0;
    // Any number that is too large will do once it is.
    for (const char digit : value)
        length = std::min(kMaxBodyBytes + 1, length * 10 + static_cast<std::size_t>(digit - '0'));
    length_ = length;
    return true;
}

void CallbackReader::begin_body() {
    if (chunked_ && length_) return refuse(400);
    head_read_ = true;
    state_ = State::Body;
    framing_ = chunked_ ? Framing::ChunkSize : Framing::Length;
    left_ = length_.value_or(0);
    if (left_ > kMaxBodyBytes) refuse(413);
}

void CallbackReader::read_body() {
    while (state_ == State::Body && read_piece()) {
    }
}

/// False when more bytes are needed.
bool CallbackReader::read_piece() {
    switch (framing_) {
        case Framing::Length:
            if (!take_content(left_)) return false;
            if (left_ == 0) state_ = State::Complete;
            return true;
        case Framing::ChunkSize: return read_chunk_size();
        case Framing::ChunkData:
            if (!take_content(left_)) return false;
            if (left_ == 0) framing_ = Framing::ChunkEnd;
            return true;
        case Framing::ChunkEnd: {
            const auto line = take_line();
            if (!line) return false;
            if (!line->empty()) refuse(400);
            framing_ = Framing::ChunkSize;
            return true;
        }
        case Framing::Trailer: {
            const auto line = take_line();
            if (!line) return false;
            if (line->empty()) state_ = State::Complete;
            return true;
        }
    }
    return false;
}

bool CallbackReader::read_chunk_size() {
    const auto line = take_line();
    if (!line) return false;
    const std::string_view digits = trimmed(std::string_view(*line).substr(0, line->find(';')));
    std::size_t size = 0;
    for (const char c : digits) {
        const char lower = to_lower(c);
        const bool letter = lower >= 'a' && lower <= 'f';
        if (!is_digit(c) && !letter) return refuse(400), true;
        const int value = letter ? lower - 'a' + 10 : c - '0';
        size = std::min(kMaxBodyBytes + 1, size * 16 + static_cast<std::size_t>(value));
    }
    if (digits.empty()) return refuse(400), true;
    if (size + request_.body.size() > kMaxBodyBytes) return refuse(413), true;
    left_ = size;
    framing_ = size == 0 ? Framing::Trailer : Framing::ChunkData;
    return true;
}

bool CallbackReader::take_content(std::size_t size) {
    if (size > 0 && buffer_.empty()) return false;
    const std::size_t taken = std::min(size, buffer_.size());
    request_.body.append(buffer_, 0, taken);
    buffer_.erase(0, taken);
    left_ -= taken;
    return true;
}

std::optional<std::string> CallbackReader::take_line() {
    const std::size_t end = buffer_.find(kLineEnd);
    // Half a line end is none of the line.
    const std::size_t size =
        end != std::string::npos ? end : buffer_.size() - (buffer_.ends_with('\r') ? 1 : 0);
    if (size > kMaxLine || framing_bytes_ + size > kMaxFramingBytes) refuse(400);
    if (end == std::string::npos || state_ == State::Refused) return std::nullopt;
    framing_bytes_ += size + kLineEnd.size();
    std::string line = buffer_.substr(0, size);
    buffer_.erase(0, size + kLineEnd.size());
    return line;
}

std::optional<RequestId> callback_id(std::string_view target, std::string_view base_path) {
    std::string_view rest = target.substr(0, target.find('?'));
    if (!rest.starts_with(base_path)) return std::nullopt;
    rest.remove_prefix(base_path.size());
    if (!rest.starts_with('/')) return std::nullopt;
    rest.remove_prefix(1);
    // Ids fit into 53 bits: sixteen digits.
    if (rest.empty() || rest.size() > 16 || rest.front() == '0' ||
        !std::all_of(rest.begin(), rest.end(), is_digit))
        return std::nullopt;
    RequestId id;
    for (const char digit : rest) id.value = id.value * 10 + static_cast<std::uint64_t>(digit - '0');
    return id;
}

}  // namespace kontexture::net
