#include "net/multipart.h"

#include <array>
#include <random>

namespace kontexture::net {
namespace {

std::string random_boundary() {
    constexpr char kHex[] = "0123456789abcdef";
    std::random_device random;
    std::string boundary = "kontexture-";
    for (int word = 0; word < 4; ++word) {
        auto bits = random();
        for (int digit = 0; digit < 8; ++digit, bits >>= 4) boundary += kHex[bits & 15];
    }
    return boundary;
}

// As browsers do it (WHATWG): what would end the quoted string or the line is percent-encoded.
std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"')
            result += "%22";
        else if (c == '\r')
            result += "%0D";
        else if (c == '\n')
            result += "%0A";
        else
            result += c;
    }
    return result + '"';
}

std::string part_head(const Part& part, const std::string& boundary) {
    std::string head = "--" + boundary + "\r\nContent-Disposition: form-data; name=" + quoted(part.name);
    if (!part.file_name.empty()) head += "; filename=" + quoted(part.file_name);
    if (!part.content_type.empty()) head += "\r\nContent-Type: " + part.content_type;
    return head + "\r\n\r\n";
}

}  // namespace

std::string_view Body::Piece::view() const {
    if (!data) return text;
    return {reinterpret_cast<const char*>(data->data()), data->size()};
}

Body::Body(std::string text) {
    add({std::move(text), nullptr});
}

Body::Body(const std::vector<Part>& parts) {
    const std::string boundary = random_boundary();
    content_type_ = "multipart/form-data; boundary=" + boundary;
    for (const Part& part : parts) {
        add({part_head(part, boundary), nullptr});
        if (part.data) add({{}, part.data});
        add({"\r\n", nullptr});
    }
    add({"--" + boundary + "--\r\n", nullptr});
}

void Body::add(Piece piece) {
    size_ += piece.view().size();
    pieces_.push_back(std::move(piece));
}

std::string_view Body::at(std::uint64_t offset, std::size_t max_bytes) const {
    for (const Piece& piece : pieces_) {
        const std::string_view view = piece.view();
        if (offset < view.size()) return view.substr(static_cast<std::size_t>(offset), max_bytes);
        offset -= view.size();
    }
    return {};
}

}  // namespace kontexture::net
