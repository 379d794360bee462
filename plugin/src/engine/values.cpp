#include <kontexture/library.h>

#include <algorithm>

// What the public value types need besides their headers.
namespace kontexture {

Secret::Secret(std::string_view text) : size_(text.size()) {
    if (size_ == 0) return;
    data_ = new char[size_];
    std::copy(text.begin(), text.end(), data_);
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

Secret::~Secret() {
    // Volatile, so that the compiler keeps writes to memory that is about to be freed.
    volatile char* wiped = data_;
    for (std::size_t i = 0; i < size_; ++i) wiped[i] = 0;
    delete[] data_;
}

InputImage InputImage::from_url(std::string url) {
    InputImage input;
    input.kind_ = Kind::Url;
    input.text_ = std::move(url);
    return input;
}

InputImage InputImage::from_file(std::string path) {
    InputImage input;
    input.kind_ = Kind::File;
    input.text_ = std::move(path);
    return input;
}

InputImage InputImage::from_pixels(const ImageView& image) {
    InputImage input;
    input.kind_ = Kind::Pixels;
    input.pixels_.assign(image.pixels.begin(), image.pixels.end());
    input.width_ = image.width;
    input.height_ = image.height;
    return input;
}

InputImage InputImage::from_library(ImageId image) {
    InputImage input;
    input.kind_ = Kind::Library;
    input.image_ = image;
    return input;
}

const char* to_string(JobState state) {
    switch (state) {
        case JobState::Queued: return "queued";
        case JobState::Preparing: return "preparing";
        case JobState::Submitting: return "submitting";
        case JobState::Generating: return "generating";
        case JobState::Downloading: return "downloading";
        case JobState::Decoding: return "decoding";
        case JobState::Delivering: return "delivering";
        case JobState::Ready: return "ready";
        case JobState::Failed: return "failed";
        case JobState::Cancelled: return "cancelled";
        case JobState::OutcomeUnknown: return "outcome_unknown";
    }
    return "";
}

const char* to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::None: return "none";
        case ErrorCode::InvalidArgument: return "invalid_argument";
        case ErrorCode::InputUnreadable: return "input_unreadable";
        case ErrorCode::SpendLimit: return "spend_limit";
        case ErrorCode::Conflict: return "conflict";
        case ErrorCode::Unauthorized: return "unauthorized";
        case ErrorCode::InsufficientCredits: return "insufficient_credits";
        case ErrorCode::KeyLimit: return "key_limit";
        case ErrorCode::RateLimited: return "rate_limited";
        case ErrorCode::Rejected: return "rejected";
        case ErrorCode::Moderated: return "moderated";
        case ErrorCode::InputUnfetched: return "input_unfetched";
        case ErrorCode::NotFound: return "not_found";
        case ErrorCode::Maintenance: return "maintenance";
        case ErrorCode::FeatureDisabled: return "feature_disabled";
        case ErrorCode::GenerationFailed: return "generation_failed";
        case ErrorCode::ServiceTimeout: return "service_timeout";
        case ErrorCode::ServiceError: return "service_error";
        case ErrorCode::Network: return "network";
        case ErrorCode::Timeout: return "timeout";
        case ErrorCode::Tls: return "tls";
        case ErrorCode::Blocked: return "blocked";
        case ErrorCode::Protocol: return "protocol";
        case ErrorCode::OutcomeUnknown: return "outcome_unknown";
        case ErrorCode::ResultExpired: return "result_expired";
        case ErrorCode::ForbiddenAddress: return "forbidden_address";
        case ErrorCode::DiskFull: return "disk_full";
        case ErrorCode::Storage: return "storage";
        case ErrorCode::StorageNewer: return "storage_newer";
        case ErrorCode::StorageDamaged: return "storage_damaged";
        case ErrorCode::ImageDamaged: return "image_damaged";
        case ErrorCode::ImageTooLarge: return "image_too_large";
        case ErrorCode::HostTexture: return "host_texture";
        case ErrorCode::Interrupted: return "interrupted";
    }
    return "";
}

const char* to_string(AspectRatio ratio) {
    switch (ratio) {
        case AspectRatio::Automatic: return "auto";
        case AspectRatio::Wide21x9: return "21:9";
        case AspectRatio::Wide16x9: return "16:9";
        case AspectRatio::Wide4x3: return "4:3";
        case AspectRatio::Square: return "1:1";
        case AspectRatio::Tall3x4: return "3:4";
        case AspectRatio::Tall9x16: return "9:16";
    }
    return "";
}

const char* to_string(OutputFormat format) {
    switch (format) {
        case OutputFormat::Png: return "png";
        case OutputFormat::Jpeg: return "jpeg";
    }
    return "";
}

std::optional<AspectRatio> aspect_ratio_from(std::string_view text) {
    for (AspectRatio ratio :
         {AspectRatio::Automatic, AspectRatio::Wide21x9, AspectRatio::Wide16x9, AspectRatio::Wide4x3,
          AspectRatio::Square, AspectRatio::Tall3x4, AspectRatio::Tall9x16})
        if (text == to_string(ratio)) return ratio;
    return std::nullopt;
}

std::optional<OutputFormat> output_format_from(std::string_view text) {
    if (text == "png") return OutputFormat::Png;
    if (text == "jpeg" || text == "jpg") return OutputFormat::Jpeg;
    return std::nullopt;
}

const char* to_string(LedgerEntry::Kind kind) {
    switch (kind) {
        case LedgerEntry::Kind::Reserved: return "reserved";
        case LedgerEntry::Kind::Spent: return "spent";
        case LedgerEntry::Kind::Unknown: return "unknown";
    }
    return "spent";
}

}  // namespace kontexture
