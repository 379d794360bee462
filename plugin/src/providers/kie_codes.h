#pragma once

#include "net/http.h"

#include <kontexture/request.h>

#include <optional>
#include <string>
#include <string_view>

// What the service's numbers mean, and what a person can do about them. Only code and message are filled in.
namespace kontexture::providers::kie {

/// What was asked, because the same number means different things.
enum class Call : std::uint8_t {
    Submit,
    Poll,
    Task,  ///< not a call: the record's own verdict on a task
    Upload,
    Credits,
};

/// The error for a number the service itself gave, with its own words.
Error explain_code(Call call, int code, std::string_view text, const Capabilities& service);
/// The error for an answer that is not the service's: HTML, plain text, nothing, JSON of another shape.
Error explain_foreign(Call call, int http_status, std::string_view body, const Capabilities& service);
/// The error for a paid call of which nobody knows whether it started a task.
Error explain_lost(int http_status, const Capabilities& service);

/// A few words and the beginning of the body, for a log.
std::string describe_reply(Call call, int http_status, std::string_view body);

}  // namespace kontexture::providers::kie
