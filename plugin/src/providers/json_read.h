#pragma once

#include "providers/wire_text.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

// Reading JSON of unknown shape. get<T>() and value() throw on a wrong type, so everything goes through
// get_ptr<T>(), which does not.
namespace kontexture::providers {

using Json = nlohmann::json;

/// Discarded (is_discarded()) when it is no JSON. Values deeper than the service ever nests are dropped, so
/// that a reply of brackets cannot take much memory.
inline Json parse_json(std::string_view text) {
    constexpr int kMaxDepth = 16;
    return Json::parse(
        text.begin(), text.end(), [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxDepth; },
        false);
}

/// Null when there is no such member, when it is null, and when `from` is no object.
inline const Json* member(const Json& from, const char* name) {
    const auto found = from.find(name);
    return found == from.end() || found->is_null() ? nullptr : &*found;
}

/// A number, or a string that is one.
inline std::optional<double> read_number(const Json* value) {
    if (!value) return std::nullopt;
    if (const auto* text = value->get_ptr<const std::string*>()) {
        const Json inner = parse_json(*text);
        if (!inner.is_number()) return std::nullopt;
        return read_number(&inner);
    }
    if (const auto* number = value->get_ptr<const Json::number_unsigned_t*>())
        return static_cast<double>(*number);
    if (const auto* number = value->get_ptr<const Json::number_integer_t*>())
        return static_cast<double>(*number);
    if (const auto* number = value->get_ptr<const Json::number_float_t*>()) return *number;
    return std::nullopt;
}

/// A whole number that fits an int, or a string that is one.
inline std::optional<int> read_int(const Json* value) {
    const std::optional<double> number = read_number(value);
    if (!number || std::trunc(*number) != *number || std::abs(*number) > std::numeric_limits<int>::max())
        return std::nullopt;
    return static_cast<int>(*number);
}

/// A string, without blanks around it; empty for everything else.
inline std::string read_string(const Json* value) {
    const auto* text = value ? value->get_ptr<const std::string*>() : nullptr;
    return text ? std::string(trimmed(*text)) : std::string();
}

/// The value itself, or what a string holds that is JSON text of an object; null when there is nothing.
inline Json unwrapped(const Json* value) {
    if (!value) return nullptr;
    const auto* text = value->get_ptr<const std::string*>();
    if (!text) return *value;
    Json inner = parse_json(*text);
    return inner.is_object() ? inner : *value;
}

}  // namespace kontexture::providers
