// Another server that speaks the service's documented protocol: foreign_server <key> <picture> <log>. Its
// first line of output is the API's address, its second the uploads' address; results come from a third port.
// A prompt "quote <form>" is answered with an error that quotes the key in that form; "quote-late <form>"
// gets a task that fails with it; "quote-lost <form>" an answer that tells nothing else.
// The log has a line for every header, query parameter, body field and form part that it was sent:
//   <api|upload|results> <path> <kind> <name> <value>
#include <httplib.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>

namespace {

using httplib::Request;
using httplib::Response;
using nlohmann::json;

std::mutex g_mutex;
std::ofstream g_log;
std::string g_key;
std::map<std::string, int> g_polls;             ///< by task
std::map<std::string, std::string> g_failures;  ///< by task: the form in which its error quotes the key
std::atomic<int> g_uploads{0};
bool g_lost = false;

void log(const char* server, const Request& request, const char* kind, const std::string& name,
         const std::string& value) {
    g_log << server << ' ' << request.path << ' ' << kind << ' ' << name << ' ' << value << std::endl;
}

void log_request(const char* server, const Request& request) {
    const std::lock_guard lock(g_mutex);
    log(server, request, "method", request.method, "");
    // The library's own notes about the connection look like headers.
    for (const auto& [name, value] : request.headers)
        if (!name.ends_with("_ADDR") && !name.ends_with("_PORT")) log(server, request, "header", name, value);
    for (const auto& [name, value] : request.params) log(server, request, "query", name, value);
}

void answer(Response& response, int code, const char* text, const json& data) {
    response.body = json{{"code", code}, {"msg", text}, {"data", data}}.dump();
}

std::string formatted(const char* format, unsigned char c) {
    char text[16];
    std::snprintf(text, sizeof text, format, c);
    return text;
}

/// "Bearer KEY" as base64.
std::string base64(const std::string& text) {
    constexpr const char* kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    for (std::size_t bit = 0; bit < text.size() * 8; bit += 6) {
        unsigned value = 0;
        for (std::size_t i = bit; i < bit + 6; ++i)
            value = value << 1 |
                    (i < text.size() * 8 ? static_cast<unsigned char>(text[i / 8]) >> (7 - i % 8) & 1U : 0U);
        result += kLetters[value];
    }
    return result;
}

/// The key in that form, fit to stand in a JSON string.
std::string key_as(const std::string& form) {
    static const std::map<std::string, const char*> kFormats = {{"json", "\\u%04x"},   {"hex", "%02x"},
                                                                {"HEX", "%02X"},       {"percent", "%%%02x"},
                                                                {"PERCENT", "%%%02X"}, {"html", "&#%d;"}};
    std::string result;
    if (form == "base64") return base64("Bearer " + g_key);
    if (form == "lines") {
        for (std::size_t i = 0; i < g_key.size(); i += 5) result += g_key.substr(i, 5) + "\\r\\n";
    } else if (const auto format = kFormats.find(form); format != kFormats.end()) {
        for (const char c : g_key) result += formatted(format->second, static_cast<unsigned char>(c));
    } else {
        result = g_key;
    }
    return result;
}

/// What is answered to such a prompt; empty for any other.
std::string quoting_answer(const std::string& prompt) {
    const std::string form = prompt.substr(prompt.find(' ') + 1);
    if (prompt.starts_with("quote "))
        return R"({"code":422,"msg":"You sent )" + key_as(form) + R"( and more","data":null})";
    if (prompt.starts_with("quote-lost ")) return R"({"echo":")" + key_as(form) + R"("})";
    return {};
}

bool is_allowed(const Request& request, Response& response) {
    if (request.get_header_value("Authorization") == "Bearer " + g_key) return true;
    answer(response, 401, "You do not have access permissions", nullptr);
    return false;
}

void generate(const Request& request, Response& response) {
    log_request("api", request);
    if (!is_allowed(request, response)) return;
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object() || !body.contains("prompt")) return answer(response, 422, "prompt", nullptr);
    const std::lock_guard lock(g_mutex);
    for (const auto& [name, value] : body.items()) log("api", request, "field", name, value.dump());
    const std::string prompt = body["prompt"].is_string() ? body["prompt"].get<std::string>() : std::string();
    response.body = quoting_answer(prompt);
    if (!response.body.empty()) return;
    const std::string task = "task" + std::to_string(12345 + g_polls.size());
    g_polls[task] = 0;
    if (prompt.starts_with("quote-late ")) g_failures[task] = prompt.substr(prompt.find(' ') + 1);
    // The task exists, but nobody learns its name.
    if (body["prompt"] == "lost" && !std::exchange(g_lost, true)) return;
    answer(response, 200, "success", {{"taskId", task}});
}

void record_info(const Request& request, Response& response, const std::string& results) {
    log_request("api", request);
    if (!is_allowed(request, response)) return;
    const std::string task = request.get_param_value("taskId");
    const std::lock_guard lock(g_mutex);
    const auto polls = g_polls.find(task);
    if (polls == g_polls.end()) return answer(response, 404, "Not Found", nullptr);
    if (const auto failure = g_failures.find(task); failure != g_failures.end()) {
        response.body = R"({"code":200,"msg":"success","data":{"taskId":")" + task +
                        R"(","successFlag":3,"errorCode":501,"errorMessage":"Not with )" +
                        key_as(failure->second) + R"("}})";
        return;
    }
    const bool is_first = ++polls->second == 1;
    // For every other task the record is late.
    if (is_first && task.back() % 2 == 1) return answer(response, 422, "recordInfo is null", nullptr);
    json data = {{"taskId", task},          {"paramJson", "{}"},
                 {"completeTime", nullptr}, {"response", nullptr},
                 {"successFlag", 0},        {"errorCode", nullptr},
                 {"errorMessage", ""},      {"createTime", "2025-01-01T12:00:00Z"}};
    if (!is_first) {
        data["successFlag"] = 1;
        data["completeTime"] = "2025-01-01T12:00:30Z";
        data["response"] = {{"originImageUrl", ""}, {"resultImageUrl", results + "/h/" + task + ".jpeg"}};
    }
    answer(response, 200, "success", data);
}

void upload(const Request& request, Response& response, const httplib::ContentReader& reader) {
    log_request("upload", request);
    if (!is_allowed(request, response)) return;
    const std::lock_guard lock(g_mutex);
    reader(
        [&](const auto& part) {
            log("upload", request, "part", part.name, part.filename);
            return true;
        },
        [](const char*, std::size_t) { return true; });
    const std::string name = "upload-" + std::to_string(++g_uploads) + ".jpg";
    response.set_content(json{{"success", true},
                              {"code", 200},
                              {"msg", "File uploaded successfully"},
                              {"data",
                               {{"fileName", name},
                                {"filePath", "images/" + name},
                                {"downloadUrl", "https://files.example/images/" + name},
                                {"fileSize", 300},
                                {"mimeType", "image/jpeg"},
                                {"uploadedAt", "2025-01-01T12:00:00.000Z"}}}}
                             .dump(),
                         "application/json");
}

std::string start(httplib::Server& server) {
    // What set_content() was not called for goes out without a type.
    server.set_post_routing_handler([](const Request&, Response& response) {
        if (response.get_header_value("Content-Type") == "text/plain") response.headers.erase("Content-Type");
    });
    const int port = server.bind_to_any_port("127.0.0.1");
    std::thread([&server] { server.listen_after_bind(); }).detach();
    return "http://127.0.0.1:" + std::to_string(port);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    g_key = argv[1];
    std::ifstream file(argv[2], std::ios::binary);
    const std::string picture{std::istreambuf_iterator<char>(file), {}};
    g_log.open(argv[3]);
    // Never destroyed: their threads serve until the process is killed.
    auto& [api, uploads, results] = *new std::array<httplib::Server, 3>;
    results.Get(R"(/h/.*)", [&](const Request& request, Response& response) {
        log_request("results", request);
        response.body = picture;
    });
    const std::string results_url = start(results);
    api.Post("/api/v1/flux/kontext/generate", generate);
    api.Get("/api/v1/flux/kontext/record-info",
            [&](const Request& request, Response& response) { record_info(request, response, results_url); });
    api.Get("/api/v1/chat/credit", [](const Request& request, Response& response) {
        log_request("api", request);
        response.body = R"({"code":500,"msg":"No credits for )" + key_as("plain") + R"(","data":null})";
    });
    uploads.Post("/api/file-stream-upload", upload);
    std::cout << start(api) << '\n' << start(uploads) << std::endl;
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}
