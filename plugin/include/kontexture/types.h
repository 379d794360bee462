#pragma once

#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace kontexture {

/// Names one request for good: never reused, not even by a later run. Zero is "none". An id whose request is
/// gone is harmless: calls with it do nothing and find nothing. Fits into 53 bits, so JSON readers keep it
/// exact.
struct RequestId {
    std::uint64_t value = 0;
    explicit operator bool() const { return value != 0; }
    auto operator<=>(const RequestId&) const = default;
};

/// Names one picture in the library. Zero is "none".
struct ImageId {
    std::uint64_t value = 0;
    explicit operator bool() const { return value != 0; }
    auto operator<=>(const ImageId&) const = default;
};

/// The host's own name for a texture (a GL name, a pointer, an index). Zero is "none".
struct TextureHandle {
    std::uint64_t value = 0;
    explicit operator bool() const { return value != 0; }
    auto operator<=>(const TextureHandle&) const = default;
};

/// Borrowed pixels: RGBA8, straight alpha, sRGB, top row first, rows tight (width * 4 bytes each).
struct ImageView {
    std::span<const std::uint8_t> pixels;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

/// Where a request stands. See RequestInfo for what each state knows.
enum class JobState : std::uint8_t {
    Queued,          ///< accepted; waits for its turn (or, after a restart, for resume())
    Preparing,       ///< the input picture is being uploaded (free)
    Submitting,      ///< the paid call is under way
    Generating,      ///< the service works on it; the task id is stored
    Downloading,     ///< the picture is being fetched and stored
    Decoding,        ///< a worker turns the file into pixels
    Delivering,      ///< rows are going to the host
    Ready,           ///< the texture is complete
    Failed,          ///< RequestInfo::error says why and what to do next
    Cancelled,       ///< no texture; a picture that was already paid for still goes to the library
    OutcomeUnknown,  ///< the paid call may or may not have started a task; a person decides
                     ///< (Service::resolve)
};

/// "queued", "generating", … in lower case with underscores; never null.
const char* to_string(JobState state);

/// Ready, Failed, Cancelled. A loop that waits for requests wants is_settled(): OutcomeUnknown does not end
/// by itself.
constexpr bool is_final(JobState state) {
    return state == JobState::Ready || state == JobState::Failed || state == JobState::Cancelled;
}

/// Final, or waiting for a person's resolve(). One with WaitReason::Identical waits as long as its twin does.
constexpr bool is_settled(JobState state) {
    return is_final(state) || state == JobState::OutcomeUnknown;
}

enum class ErrorCode : std::uint8_t {
    None,
    // The caller's side
    InvalidArgument,  ///< a field has a value the service does not take; nothing was sent
    InputUnreadable,  ///< the picture to edit could not be read
    SpendLimit,       ///< a limit of credits would be passed (the message says which); nothing was sent
    Conflict,         ///< the call does not fit the request's state
    // The account
    Unauthorized,         ///< the key is missing, wrong or not allowed
    InsufficientCredits,  ///< the account is empty
    KeyLimit,             ///< the key's own hourly, daily or total cap is reached
    // The service
    RateLimited,
    Rejected,         ///< the service refused a parameter
    Moderated,        ///< the content policy refused the prompt or the picture
    InputUnfetched,   ///< the service could not read the input picture
    NotFound,         ///< the service does not know this task (any more)
    Maintenance,      ///< the service is closed for a while
    FeatureDisabled,  ///< the service switched this feature off
    GenerationFailed,
    ServiceTimeout,  ///< the service gave up on the task, or never finished it
    ServiceError,    ///< the service failed in another way
    // The way
    Network,           ///< no connection, or it broke
    Timeout,           ///< no answer in time
    Tls,               ///< the server's certificate was refused
    Blocked,           ///< something in front of the service refused the call (a content network, a proxy)
    Protocol,          ///< an answer that makes no sense
    OutcomeUnknown,    ///< the paid call's answer was lost: a task may exist
    ResultExpired,     ///< the picture's address no longer works
    ForbiddenAddress,  ///< an address the module refuses to fetch from
    // This machine
    DiskFull,
    Storage,         ///< the data folder could not be read or written
    StorageNewer,    ///< the data folder was written by a newer version
    StorageDamaged,  ///< a file in the data folder is damaged
    ImageDamaged,    ///< the picture's file could not be decoded
    ImageTooLarge,   ///< beyond ServiceConfig::max_pixels or max_file_bytes, or 256 MB of input
    HostTexture,     ///< the host could not create the texture
    Interrupted,     ///< the service object is closing
};

/// "invalid_argument", "disk_full", … in lower case with underscores; never null.
const char* to_string(ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::None;
    int http_status = 0;    ///< zero when no reply was read
    int provider_code = 0;  ///< the service's own number, zero when it gave none
    std::string message;    ///< for a person: what failed and what to do next; UTF-8, one or two sentences
    std::string detail;     ///< for a log; never contains the key
};

/// A value, or the Error that came instead. Asking for the one that is not there is a caller's mistake
/// (asserted).
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return content_.index() == 0; }
    T& value() & { return assert(*this), *std::get_if<0>(&content_); }
    const T& value() const& { return assert(*this), *std::get_if<0>(&content_); }
    T&& value() && { return assert(*this), std::move(*std::get_if<0>(&content_)); }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    const Error& error() const { return assert(!*this), *std::get_if<1>(&content_); }

private:
    std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), failed_(true) {}

    explicit operator bool() const { return !failed_; }
    const Error& error() const { return assert(failed_), error_; }

private:
    Error error_;
    bool failed_ = false;
};

/// Holds the API key: not printable, overwritten when it dies. Implicit from text so that `{.api_key = key}`
/// reads well; the caller's own copy of the text stays the caller's to wipe.
class Secret {
public:
    Secret() = default;
    Secret(std::string_view text);
    Secret(const char* text) : Secret(std::string_view(text ? text : "")) {}
    Secret(const std::string& text) : Secret(std::string_view(text)) {}
    Secret(const Secret& other) : Secret(other.reveal()) {}
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret other) noexcept;
    ~Secret();

    bool empty() const { return size_ == 0; }
    /// The text itself. Valid while this object lives; do not store it.
    std::string_view reveal() const { return {data_, size_}; }

private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace kontexture
