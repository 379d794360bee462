#include "net/http.h"

#include "net/text.h"

namespace kontexture::net {

std::optional<std::string_view> HttpReply::header(std::string_view name) const {
    for (const Header& header : headers)
        if (equal_ignoring_case(header.name, name)) return header.value;
    return std::nullopt;
}

}  // namespace kontexture::net
