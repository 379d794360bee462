// Uploads, result files, and reading pictures by URL from this machine.
#include <algorithm>
#include <array>
#include <cctype>

#include "connections.h"
#include "service_impl.h"

namespace local_service {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

std::string mime_of(const std::string& bytes) {
    if (bytes.rfind("\x89PNG", 0) == 0) return "image/png";
    if (bytes.rfind("\xFF\xD8\xFF", 0) == 0) return "image/jpeg";
    if (bytes.size() > 12 && bytes.rfind("RIFF", 0) == 0 && bytes.compare(8, 4, "WEBP") == 0)
        return "image/webp";
    return "application/octet-stream";
}

/// Letters, digits and a few marks, no empty or dotted part: nothing that could leave the folder.
bool is_plain_path(const std::string& path) {
    if (path.empty() || path.size() > 300 || path.front() == '/' || path.back() == '/') return false;
    std::string part;
    for (const char c : path + "/") {
        if (c == '/') {
            if (part.empty() || part.front() == '.') return false;
            part.clear();
        } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.') {
            part += c;
        } else {
            return false;
        }
    }
    return true;
}

std::optional<std::string> from_base64(std::string text) {
    if (text.rfind("data:", 0) == 0) {
        const auto comma = text.find(',');
        if (comma == std::string::npos || text.find(";base64") > comma) return std::nullopt;
        text.erase(0, comma + 1);
    }
    std::array<int, 256> value{};
    value.fill(-1);
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        value[static_cast<unsigned char>(alphabet[i])] = static_cast<int>(i);
    while (!text.empty() && text.back() == '=') text.pop_back();
    std::string bytes;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        const int v = value[static_cast<unsigned char>(c)];
        if (v < 0) return std::nullopt;
        bits = (bits << 6U) | static_cast<unsigned>(v);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU);
    }
    return bytes;
}

struct LocalUrl {
    int port = 80;
    std::string path;
};

std::optional<LocalUrl> parse_loopback(const std::string& url) {
    for (const char* prefix : {"http://127.0.0.1", "http://localhost"}) {
        if (url.rfind(prefix, 0) != 0) continue;
        std::string rest = url.substr(std::string(prefix).size());
        LocalUrl local;
        if (!rest.empty() && rest.front() == ':') {
            const auto slash = std::min(rest.find('/'), rest.size());
            const std::string digits = rest.substr(1, slash - 1);
            if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != digits.npos)
                return std::nullopt;
            local.port = std::stoi(digits);
            rest.erase(0, slash);
        }
        if (!rest.empty() && rest.front() != '/') return std::nullopt;
        local.path = rest.empty() ? "/" : rest;
        return local;
    }
    return std::nullopt;
}

Reply upload_error(int status, const std::string& message) {
    return {{{"success", false}, {"code", status}, {"msg", message}}, status};
}

struct Received {
    std::string folder;
    std::string name;
    std::string bytes;
    std::optional<Reply> refusal;
};

std::string form_value(const httplib::Request& request, const std::string& name, std::string* filename) {
    // The library moved the parts of a form from the request into a member of it.
    const auto read = [&](const auto& r) {
        if constexpr (requires { r.form; }) {
            if (r.form.has_file(name)) {
                const auto file = r.form.get_file(name);
                if (filename) *filename = file.filename;
                return file.content;
            }
            return r.form.has_field(name) ? r.form.get_field(name) : std::string();
        } else {
            if (!r.has_file(name)) return std::string();
            const auto file = r.get_file_value(name);
            if (filename) *filename = file.filename;
            return file.content;
        }
    };
    return read(request);
}

Received receive_stream(const httplib::Request& request) {
    Received received;
    if (!request.is_multipart_form_data()) {
        received.refusal = upload_error(400, "Expected multipart/form-data");
        return received;
    }
    std::string filename;
    received.bytes = form_value(request, "file", &filename);
    received.folder = form_value(request, "uploadPath", nullptr);
    received.name = form_value(request, "fileName", nullptr);
    if (received.bytes.empty()) received.refusal = upload_error(400, "Missing required parameter: file");
    return received;
}

}  // namespace

std::optional<std::string> LocalService::Impl::read_url(const std::string& url, std::string* error) const {
    const auto local = parse_loopback(url);
    if (!local) {
        *error = "The input image could not be fetched: the local service reads only from 127.0.0.1";
        return std::nullopt;
    }
    // An upload or a result keeps its path when the service comes back on another port.
    const std::string name = local->path.substr(std::min<std::size_t>(3, local->path.size()));
    if (is_plain_path(name)) {
        if (local->path.rfind("/f/", 0) == 0)
            if (auto bytes = read_file(store_.upload_path(name))) return bytes;
        if (local->path.rfind("/h/", 0) == 0)
            if (auto bytes = read_file(store_.result_path(name))) return bytes;
    }
    if (local->port == port_) {
        *error = "The input image could not be fetched: there is nothing at " + url;
        return std::nullopt;
    }
    httplib::Client client("127.0.0.1", local->port);
    client.set_connection_timeout(2);
    client.set_read_timeout(3);
    const auto result = client.Get(local->path);
    if (!result || result->status != 200) {
        *error = "The input image could not be fetched from " + url;
        return std::nullopt;
    }
    return result->body;
}

Reply LocalService::Impl::store_upload(const std::string& folder, const std::string& given_name,
                                       const std::string& bytes) {
    if (folder.empty()) return upload_error(400, "Missing required parameter: uploadPath");
    const std::string mime = mime_of(bytes);
    std::string name = given_name;
    if (name.empty()) {
        std::lock_guard lock(mutex_);
        name = random_hex(16) + (mime == "image/jpeg" ? ".jpg" : mime == "image/webp" ? ".webp" : ".png");
    }
    const std::string path = folder + "/" + name;
    if (!is_plain_path(folder) || !is_plain_path(name))
        return upload_error(400, "uploadPath or fileName is not allowed");
    const fs::path target = store_.upload_path(path);
    std::error_code ec;
    fs::create_directories(target.parent_path(), ec);
    if (!write_file_durably(target, bytes)) return upload_error(500, "The upload could not be stored");
    json data{{"fileName", name},
              {"filePath", path},
              {"downloadUrl", "http://127.0.0.1:" + std::to_string(port_) + "/f/" + path},
              {"fileSize", bytes.size()},
              {"mimeType", mime},
              {"uploadedAt", iso_time(now_ms())}};
    return {{{"success", true}, {"code", 200}, {"msg", "File uploaded successfully"}, {"data", data}}, 200};
}

template <class Receive>
void LocalService::Impl::handle_upload(const Request& request, Response& response, Receive receive) {
    const std::optional<FaultMet> met = faults_.take(Endpoint::Upload);
    {
        std::lock_guard lock(mutex_);
        ++counts_.uploads;
    }
    if (met && misbehave(*met, request, response)) return;
    if (!authorized(request)) {
        std::lock_guard lock(mutex_);
        ++counts_.unauthorized;
        return send(upload_error(401, "You do not have access permissions"), met, request, response);
    }
    const Received received = receive();
    send(received.refusal ? *received.refusal : store_upload(received.folder, received.name, received.bytes),
         met, request, response);
}

void LocalService::Impl::handle_uploaded(const Request& request, Response& response) {
    if (request.path == "/api/file-stream-upload")
        return handle_upload(request, response, [&] { return receive_stream(request); });
    handle_upload(request, response, [&] {
        Received received;
        const json body = json::parse(request.body, nullptr, false);
        const bool by_url = request.path == "/api/file-url-upload";
        const char* source = by_url ? "fileUrl" : "base64Data";
        if (!body.is_object() || !body.contains(source) || !body[source].is_string()) {
            received.refusal = upload_error(400, std::string("Missing required parameter: ") + source);
            return received;
        }
        if (body.contains("uploadPath") && body["uploadPath"].is_string())
            received.folder = body["uploadPath"];
        if (body.contains("fileName") && body["fileName"].is_string()) received.name = body["fileName"];
        std::string problem = "base64Data is not valid base64";
        const auto bytes = by_url ? read_url(body[source], &problem) : from_base64(body[source]);
        if (bytes) {
            received.bytes = *bytes;
        } else {
            received.refusal = upload_error(400, problem);
        }
        return received;
    });
}

void LocalService::Impl::handle_download_url(const Request& request, Response& response) {
    if (!authorized(request))
        return send(envelope(401, "You do not have access permissions"), std::nullopt, request, response);
    const json body = json::parse(request.body, nullptr, false);
    const std::string url = body.is_object() && body.contains("url") && body["url"].is_string()
                                ? body["url"].get<std::string>()
                                : std::string();
    const auto local = parse_loopback(url);
    const bool ours = local && local->port == port_ && local->path.rfind("/h/", 0) == 0;
    send(ours ? envelope(200, "success", url) : envelope(422, "The url was not made by this service"),
         std::nullopt, request, response);
}

bool LocalService::Impl::misserve(const FaultMet& met, const Request& request, Response& response,
                                  std::string& bytes, const std::string& type) {
    switch (met.fault) {
        case Fault::UrlExpired:
            response.status = 404;
            response.set_content("<Error><Code>NoSuchKey</Code></Error>", "application/xml");
            return true;
        case Fault::UrlForbidden:
            response.status = 403;
            response.set_content("<Error><Code>AccessDenied</Code></Error>", "application/xml");
            return true;
        case Fault::Redirect: response.set_redirect(request.path + "?moved=1"); return true;
        case Fault::RedirectElsewhere:
            response.set_redirect("http://169.254.169.254/latest/meta-data/picture.png");
            return true;
        case Fault::TruncatedImage: {
            const std::size_t size = bytes.size();
            const std::size_t half = size / 2;
            response.set_content_provider(
                size, type, [half, bytes = std::move(bytes)](std::size_t at, std::size_t length, auto& sink) {
                    if (at >= half) return false;
                    return sink.write(bytes.data() + at, std::min(half - at, length));
                });
            return true;
        }
        case Fault::DamagedImage:
            // The signature stays: only decoding can tell.
            for (std::size_t i = 64; i < bytes.size(); ++i)
                bytes[i] = static_cast<char>(~static_cast<unsigned char>(bytes[i]));
            bytes.resize(std::max<std::size_t>(std::min<std::size_t>(bytes.size(), 128), bytes.size() / 3));
            response.set_content(bytes, type);
            return true;
        case Fault::SlowBody: send_slowly(response, std::move(bytes), type); return true;
        case Fault::NoContentType: send_raw(request, 200, bytes); return true;
        default: return misbehave(met, request, response);
    }
}

void LocalService::Impl::handle_result(const Request& request, Response& response) {
    const std::string name = request.matches[1].str();
    const bool result = request.path.rfind("/h/", 0) == 0;
    std::optional<FaultMet> met;
    bool available = true;
    if (result) {
        met = faults_.take(Endpoint::Result);
        std::lock_guard lock(mutex_);
        ++counts_.downloads;
        const auto task = tasks_.find(name.substr(0, name.find('_')));
        available =
            task != tasks_.end() && task->second.state == TaskState::Painted && finished(task->second);
        if (task != tasks_.end() && !met)
            for (const BoundFault& bound : task->second.faults)
                if (bound.endpoint == Endpoint::Result) met = bound.met;
    }
    // The place that a redirect leads to is sound.
    if (met && met->fault == Fault::Redirect && request.has_param("moved")) met.reset();
    std::optional<std::string> bytes;
    if (available && is_plain_path(name))
        bytes = read_file(result ? store_.result_path(name) : store_.upload_path(name));
    if (!bytes) {
        response.status = 404;
        response.set_content("<Error><Code>NoSuchKey</Code></Error>", "application/xml");
        return;
    }
    const std::string type = mime_of(*bytes);
    if (met && misserve(*met, request, response, *bytes, type)) return;
    response.set_content(*bytes, type);
}

}  // namespace local_service
