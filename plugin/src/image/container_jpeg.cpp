#include <cstring>
#include <optional>

#include "image/container.h"

namespace kontexture::image {

namespace {

// Encoders write about ten scans; each costs a pass over the whole picture.
constexpr std::uint32_t kMaxScans = 100;

enum Marker : std::uint8_t {
    kSof0 = 0xC0,
    kSof1 = 0xC1,
    kSof2 = 0xC2,
    kSof15 = 0xCF,
    kDht = 0xC4,
    kJpg = 0xC8,
    kDac = 0xCC,
    kRst0 = 0xD0,
    kRst7 = 0xD7,
    kSoi = 0xD8,
    kEoi = 0xD9,
    kSos = 0xDA,
    kTem = 0x01,
};

bool is_frame_header(std::uint8_t marker) {
    return marker >= kSof0 && marker <= kSof15 && marker != kDht && marker != kJpg && marker != kDac;
}

bool is_without_length(std::uint8_t marker) {
    return marker == kTem || (marker >= kRst0 && marker <= kSoi);
}

/// Steps from marker to marker, over whatever lies between, as decoders do.
class MarkerReader {
public:
    explicit MarkerReader(std::span<const std::uint8_t> file) : file_(file) {}

    /// The next marker that is not filler; none at the end of the file.
    std::optional<std::uint8_t> next() {
        while (at_ < file_.size()) {
            const void* found = std::memchr(file_.data() + at_, 0xFF, file_.size() - at_);
            if (found == nullptr) break;
            at_ = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - file_.data()) + 1;
            while (at_ < file_.size() && file_[at_] == 0xFF) ++at_;
            if (at_ == file_.size()) break;
            const std::uint8_t marker = file_[at_++];
            if (marker != 0) return marker;
        }
        return {};
    }

    /// The marker's content, which is stepped over; none when it goes beyond the file.
    std::optional<std::span<const std::uint8_t>> segment() {
        if (file_.size() - at_ < 2) return {};
        const std::size_t length = static_cast<std::size_t>(file_[at_]) << 8 | file_[at_ + 1];
        if (length < 2 || length > file_.size() - at_) return {};
        const std::span<const std::uint8_t> content = file_.subspan(at_ + 2, length - 2);
        at_ += length;
        return content;
    }

private:
    std::span<const std::uint8_t> file_;
    std::size_t at_ = 2;
};

Result<JpegInfo> parse_frame(std::uint8_t marker, std::span<const std::uint8_t> frame) {
    if (frame.size() < 6) return damaged("its beginning makes no sense", "short frame header");
    JpegInfo info;
    info.height = static_cast<std::uint32_t>(frame[1] << 8 | frame[2]);
    info.width = static_cast<std::uint32_t>(frame[3] << 8 | frame[4]);
    info.components = frame[5];
    info.progressive = marker == kSof2;
    if (marker > kSof2 || frame[0] != 8)
        return unsupported(
            "The JPEG is of a rare kind (lossless, arithmetic or 12 bit). Save it as PNG or as an ordinary "
            "JPEG and use that.");
    if (info.components == 4)
        return unsupported("The JPEG is in CMYK, for printing. Convert it to RGB and use that.");
    if (info.components != 1 && info.components != 3)
        return damaged("its beginning makes no sense", "number of colour components");
    return info;
}

Result<JpegInfo> walk(std::span<const std::uint8_t> file, bool header_only) {
    MarkerReader reader(file);
    std::optional<JpegInfo> info;
    while (const std::optional<std::uint8_t> marker = reader.next()) {
        if (*marker == kEoi) {
            if (!info || info->scans == 0) return damaged("it holds no picture");
            return *info;
        }
        if (is_without_length(*marker)) continue;
        const std::optional<std::span<const std::uint8_t>> segment = reader.segment();
        if (!segment) break;
        if (is_frame_header(*marker)) {
            if (info) return damaged("its structure makes no sense", "second frame header");
            Result<JpegInfo> frame = parse_frame(*marker, *segment);
            if (!frame || header_only) return frame;
            info = *frame;
        } else if (*marker == kSos) {
            if (!info) return damaged("its structure makes no sense", "scan before frame header");
            if (++info->scans > kMaxScans) return damaged("it has far too many scans");
        }
    }
    return damaged("it ends too early", "no end-of-image marker");
}

}  // namespace

Result<JpegInfo> read_jpeg_header(std::span<const std::uint8_t> file) {
    return walk(file, true);
}

Result<JpegInfo> inspect_jpeg(std::span<const std::uint8_t> file) {
    return walk(file, false);
}

}  // namespace kontexture::image
