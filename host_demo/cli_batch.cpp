#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli_requests.h"

// A batch file: one JSON object a line, blank lines between them as one likes.
namespace command_line {

using kontexture::Error;
using kontexture::Result;
using nlohmann::json;

namespace {

constexpr int kMaxCount = 1000;

const char* kind_of(const std::string&) {
    return "text";
}
const char* kind_of(int) {
    return "a whole number";
}
const char* kind_of(bool) {
    return "true or false";
}

bool read(const json& value, std::string& into) {
    if (value.is_string()) into = value.get<std::string>();
    return value.is_string();
}
bool read(const json& value, bool& into) {
    if (value.is_boolean()) into = value.get<bool>();
    return value.is_boolean();
}
bool read(const json& value, int& into) {
    if (!value.is_number_integer()) return false;
    const auto number = value.get<std::int64_t>();
    into = static_cast<int>(number);
    return into == number;
}

/// A wrong value as an error names it: short, and not deeper than the stack.
std::string quoted(const json& value) {
    constexpr std::size_t kMost = 60;
    if (value.is_array()) return "a list";
    if (value.is_object()) return "an object";
    std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > kMost) text.replace(kMost, text.npos, "…");
    return text;
}

template <typename Value>
Result<void> set(const std::string& name, const json& value, Value& into) {
    if (read(value, into)) return {};
    return invalid("\"" + name + "\" is " + kind_of(into) + ", not " + quoted(value) + ".");
}

Result<void> set_field(const std::string& given, const json& value, Fields& f) {
    std::string name = given;
    for (char& letter : name)
        if (letter == '_') letter = '-';
    if (name == "prompt") return set(given, value, f.prompt);
    if (name == "input") return set(given, value, f.input);
    if (name == "model") return set(given, value, f.model);
    if (name == "aspect") return set(given, value, f.aspect);
    if (name == "format") return set(given, value, f.format);
    if (name == "watermark") return set(given, value, f.watermark);
    if (name == "out") return set(given, value, f.out);
    if (name == "safety") return set(given, value, f.safety.emplace());
    if (name == "no-translate") return set(given, value, f.no_translate);
    if (name == "upsample") return set(given, value, f.upsample);
    if (name == "upload-cn") return set(given, value, f.upload_cn);
    if (name == "reuse") return set(given, value, f.reuse);
    if (name == "count") {
        if (auto done = set(given, value, f.count); !done) return done;
        if (f.count < 1 || f.count > kMaxCount)
            return invalid("\"count\" is from 1 to " + std::to_string(kMaxCount) + ", not " +
                           std::to_string(f.count) + ".");
        return {};
    }
    return invalid("\"" + given +
                   "\" is no field. The fields are prompt, count, input, model, aspect, format, safety, "
                   "no-translate, upsample, watermark, upload-cn, reuse and out.");
}

Result<Fields> read_line(const std::string& text, Fields fields) {
    const json line = json::parse(text, nullptr, false);
    if (line.is_discarded())
        return invalid("This is not JSON. Write one object, like {\"prompt\":\"moss\"}.");
    if (!line.is_object()) return invalid("This is not a JSON object, like {\"prompt\":\"moss\"}.");
    for (const auto& [name, value] : line.items())
        if (auto done = set_field(name, value, fields); !done) return done.error();
    if (fields.prompt.empty()) return invalid("\"prompt\" is missing.");
    return fields;
}

}  // namespace

Result<std::vector<BatchLine>> read_batch(const std::string& path, const Fields& defaults) {
    const bool from_standard_input = path == "-";
    std::ifstream file;
    if (!from_standard_input) {
        file.open(path);
        if (!file) return invalid("--batch " + path + " cannot be read. Check the path and its rights.");
    }
    std::istream& in = from_standard_input ? std::cin : file;
    const std::string name = from_standard_input ? "standard input" : path;
    std::vector<BatchLine> lines;
    std::string text;
    for (int number = 1; std::getline(in, text); ++number) {
        if (text.find_first_not_of(" \t\r") == text.npos) continue;
        std::string where = name + " line " + std::to_string(number) + ": ";
        auto fields = read_line(text, defaults);
        if (!fields) return invalid(where + fields.error().message);
        lines.push_back({std::move(*fields), std::move(where)});
    }
    if (in.bad()) return invalid("--batch " + name + " could not be read to its end.");
    if (lines.empty()) return invalid("--batch " + name + " contains no request.");
    return lines;
}

}  // namespace command_line
