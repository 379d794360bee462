#pragma once

#include "net/http.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kontexture::net {

/// A request body made of pieces that are not copied together. Reading is const: any thread.
class Body {
public:
    Body() = default;
    explicit Body(std::string text);
    /// multipart/form-data with a random boundary.
    explicit Body(const std::vector<Part>& parts);

    std::uint64_t size() const { return size_; }
    /// The value for Content-Type; empty for a plain text body.
    const std::string& content_type() const { return content_type_; }
    /// A view of what comes at `offset`: at least one byte unless at the end, at most `max_bytes`. Valid
    /// while this object lives.
    std::string_view at(std::uint64_t offset, std::size_t max_bytes) const;

private:
    struct Piece {
        std::string text;
        std::shared_ptr<const std::vector<std::uint8_t>> data;
        std::string_view view() const;
    };
    void add(Piece piece);

    std::vector<Piece> pieces_;
    std::string content_type_;
    std::uint64_t size_ = 0;
};

}  // namespace kontexture::net
