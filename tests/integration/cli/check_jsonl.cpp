// Reads what `kontexture … --jsonl` printed from standard input, and fails unless it has the promised shape.
#include <cstdio>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace {

using nlohmann::json;

int fail(const std::string& what, const std::string& line) {
    std::cerr << what << ": " << line << "\n";
    return 1;
}

bool has_shape(const json& line) {
    static const std::map<std::string, bool (*)(const json&)> kFields = {
        {"event", [](const json& v) { return v.is_string(); }},
        {"id", [](const json& v) { return v.is_number_unsigned() && v > 0; }},
        {"state", [](const json& v) { return v.is_string(); }},
        {"task_id", [](const json& v) { return v.is_string() && !v.get<std::string>().empty(); }},
        {"file", [](const json& v) { return v.is_string() && v.get<std::string>().front() == '/'; }},
        {"width", [](const json& v) { return v.is_number_unsigned() && v > 0; }},
        {"height", [](const json& v) { return v.is_number_unsigned() && v > 0; }},
        {"submitted_at", [](const json& v) { return v.is_string() && v.get<std::string>().back() == 'Z'; }},
        {"credits", [](const json& v) { return v.is_number() && v >= 0; }},
        {"balance_change", [](const json& v) { return v.is_number(); }},
        {"error",
         [](const json& v) {
             return v.size() == 2 && v.at("code").is_string() && v.at("message").is_string();
         }},
    };
    static const std::set<std::string> kEvents = {"accepted", "state",   "ready",
                                                  "failed",   "unknown", "cancelled"};
    for (const auto& [name, value] : line.items())
        if (!kFields.contains(name) || !kFields.at(name)(value)) return false;
    return kEvents.contains(line.at("event")) && line.contains("id") && line.contains("state");
}

}  // namespace

int main() {
    std::map<std::string, int> counts;
    std::string text;
    json line;
    while (std::getline(std::cin, text)) {
        if (line.contains("ready")) return fail("a line after the summary", text);
        line = json::parse(text, nullptr, false);
        if (!line.is_object() || !line.contains("event")) return fail("no event", text);
        if (line["event"] == "summary") continue;
        if (!has_shape(line)) return fail("unknown shape", text);
        ++counts[line["event"]];
    }
    if (!line.is_object() || line["event"] != "summary" || line.size() != 5) return fail("no summary", text);
    for (const char* outcome : {"ready", "failed", "unknown", "cancelled"})
        if (line.at(outcome) != counts[outcome]) return fail("the summary does not add up", text);
    return 0;
}
