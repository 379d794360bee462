#include "providers/json_read.h"
#include "providers/kie_replies.h"

#include <algorithm>

// The callback, in the shapes that the service's family is known to send:
//
//   { "code": number, "msg": text, "data": { "taskId": text, … } }
//   { "taskId": text, "data": { "task_id": text, "callbackType": text, … } }
//
// Everything but the id is left alone: the signature does not cover it, and the task's record says the same.
namespace kontexture::providers::kie {
namespace {

constexpr std::size_t kMaxBodyBytes = 64 * 1024;
constexpr std::size_t kMaxTaskId = 512;

bool is_plain(std::string_view id) {
    return std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string id_text(const Json* value) {
    if (!value) return {};
    if (value->is_number_integer()) return value->dump();
    return read_string(value);
}

}  // namespace

std::optional<std::string> read_callback(std::string_view body) {
    if (body.size() > kMaxBodyBytes) return std::nullopt;
    const Json root = parse_json(repair_utf8(body));
    if (!root.is_object()) return std::nullopt;
    const Json data = unwrapped(member(root, "data"));
    for (std::string id :
         {id_text(member(data, "taskId")), id_text(member(data, "task_id")), id_text(member(root, "taskId"))})
        if (!id.empty() && id.size() <= kMaxTaskId && is_plain(id)) return id;
    return std::nullopt;
}

}  // namespace kontexture::providers::kie
