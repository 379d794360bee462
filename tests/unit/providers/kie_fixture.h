#pragma once

#include "catch.h"

#include "providers/provider.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace kontexture::providers {

inline std::unique_ptr<Provider> kie() {
    return make_kie_flux_kontext("https://api.kie.ai", "https://upload.example");
}

inline net::HttpReply http(int status, std::string body, std::vector<net::Header> headers = {}) {
    net::HttpReply reply;
    reply.status = status;
    reply.headers = std::move(headers);
    reply.body = std::move(body);
    return reply;
}

/// The service's envelope without data, under HTTP 200 unless told otherwise.
inline net::HttpReply envelope(int code, const std::string& msg, int status = 200) {
    return http(status, R"({"code":)" + std::to_string(code) + R"(,"msg":")" + msg + R"(","data":null})");
}

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

template <typename T, typename Variant>
const T& expect(const Variant& reply) {
    const T* found = std::get_if<T>(&reply);
    REQUIRE(found != nullptr);
    return *found;
}

}  // namespace kontexture::providers
