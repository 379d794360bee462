#include "cli_requests.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <tuple>

// From the fields to requests and files.
namespace command_line {

namespace fs = std::filesystem;
using kontexture::Error;
using kontexture::ErrorCode;
using kontexture::InputImage;
using kontexture::OutputFormat;
using kontexture::RequestId;
using kontexture::Result;
using kontexture::TextureRequest;

namespace {

constexpr std::size_t kMaxSlugLetters = 48;

std::string lower_extension(const std::string& path) {
    std::string extension = fs::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

bool names_jpeg(const std::string& path) {
    const std::string extension = lower_extension(path);
    return extension == ".jpg" || extension == ".jpeg";
}

bool names_image_file(const std::string& path) {
    std::error_code none;
    return (names_jpeg(path) || lower_extension(path) == ".png") && !fs::is_directory(path, none);
}

Result<InputImage> input_from(const std::string& text) {
    if (text.empty()) return InputImage();
    // Any scheme goes to the request's own check, which says what is wrong with it.
    if (text.find("://") != text.npos || text.starts_with("data:")) return InputImage::from_url(text);
    std::error_code none;
    if (!fs::is_regular_file(text, none) || !std::ifstream(text))
        return invalid("--input " + text + " cannot be read. Check the path and its rights.");
    return InputImage::from_file(text);
}

Result<TextureRequest> request_from(const Fields& fields) {
    TextureRequest request{.prompt = fields.prompt};
    auto input = input_from(fields.input);
    if (!input) return input.error();
    request.input = std::move(*input);
    if (!fields.aspect.empty()) {
        const auto ratio = kontexture::aspect_ratio_from(fields.aspect);
        if (!ratio)
            return invalid("--aspect " + fields.aspect +
                           " is none of 21:9, 16:9, 4:3, 1:1, 3:4, 9:16 and auto. Choose one of them.");
        request.aspect_ratio = *ratio;
    }
    if (!fields.format.empty()) {
        const auto format = kontexture::output_format_from(fields.format);
        if (!format) return invalid("--format " + fields.format + " is neither png nor jpeg.");
        request.output_format = *format;
    } else if (names_jpeg(fields.out)) {
        request.output_format = OutputFormat::Jpeg;
    }
    request.model = fields.model;
    request.prompt_upsampling = fields.upsample;
    if (fields.no_translate) request.enable_translation = false;
    request.safety_tolerance = fields.safety;
    request.watermark = fields.watermark;
    request.upload_cn = fields.upload_cn;
    request.reuse = fields.reuse ? kontexture::Reuse::IfIdentical : kontexture::Reuse::Never;
    return request;
}

Result<Target> target_from(const std::string& out) {
    if (out.empty()) return invalid("--out is missing. Give a file (wall.png) or a folder for the pictures.");
    if (!names_image_file(out)) {
        auto folder = make_folder(out);
        if (!folder) return folder.error();
        return Target{{}, std::move(*folder)};
    }
    const fs::path file(out);
    auto folder = make_folder(file.has_parent_path() ? file.parent_path().string() : ".");
    if (!folder) return folder.error();
    return Target{(fs::path(*folder) / file.filename()).string(), {}};
}

Error at(const std::string& where, Error error) {
    error.message = where + error.message;
    return error;
}

/// Whether both would be the same picture to --reuse.
bool is_same(const TextureRequest& a, const TextureRequest& b) {
    const auto parts = [](const TextureRequest& r) {
        return std::tie(r.prompt, r.input.text(), r.aspect_ratio, r.output_format, r.model,
                        r.prompt_upsampling, r.enable_translation, r.safety_tolerance, r.watermark,
                        r.upload_cn);
    };
    return parts(a) == parts(b);
}

/// Identical requests are one picture to --reuse; it can be written to one file only.
Result<void> check_reuse(const std::vector<Planned>& planned, const Planned& next) {
    if (next.request.reuse == kontexture::Reuse::Never) return {};
    for (const Planned& earlier : planned)
        if (is_same(earlier.request, next.request))
            return invalid(
                "--reuse asks for one picture more than once. Ask once and copy the file, or "
                "leave out --reuse for different pictures.");
    return {};
}

Result<void> plan_line(const BatchLine& line, std::set<std::string>& taken, std::vector<Planned>& planned) {
    const Fields& fields = line.fields;
    auto request = request_from(fields);
    if (!request) return at(line.where, request.error());
    const auto target = target_from(fields.out);
    if (!target) return at(line.where, target.error());
    for (int i = 1; i <= fields.count; ++i) {
        Planned each{*request, *target, line.where};
        if (!each.target.file.empty()) {
            if (fields.count > 1) each.target.file = numbered(each.target.file, i, fields.count);
            if (!taken.insert(each.target.file).second)
                return at(line.where, invalid("--out " + each.target.file +
                                              " is written by more than one request. Give each its own "
                                              "file, or a folder."));
        }
        if (auto checked = check_reuse(planned, each); !checked) return at(line.where, checked.error());
        planned.push_back(std::move(each));
    }
    return {};
}

std::string slug(const std::string& prompt) {
    std::string text;
    for (const char letter : prompt) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x80 && std::isalnum(byte)) {
            text += static_cast<char>(std::tolower(byte));
        } else if (!text.empty() && text.back() != '-') {
            text += '-';
        }
        if (text.size() >= kMaxSlugLetters) break;
    }
    while (!text.empty() && text.back() == '-') text.pop_back();
    return text.empty() ? "texture" : text;
}

}  // namespace

Error invalid(std::string message) {
    return {.code = ErrorCode::InvalidArgument, .message = std::move(message)};
}

Result<std::vector<Planned>> plan_requests(const Options& options) {
    std::vector<BatchLine> lines;
    if (options.batch.empty()) {
        if (options.fields.prompt.empty())
            return invalid("There is nothing to paint. Give --prompt TEXT or --batch FILE; see --help.");
        lines.push_back({options.fields, {}});
    } else {
        auto read = read_batch(options.batch, options.fields);
        if (!read) return read.error();
        lines = std::move(*read);
    }
    std::set<std::string> taken;
    std::vector<Planned> planned;
    for (const BatchLine& line : lines)
        if (auto done = plan_line(line, taken, planned); !done) return done.error();
    return planned;
}

std::string path_for(const Target& target, RequestId id, const TextureRequest& request) {
    if (!target.file.empty() || target.folder.empty()) return target.file;
    const char* extension = request.output_format == OutputFormat::Jpeg ? ".jpg" : ".png";
    return (fs::path(target.folder) / (slug(request.prompt) + '-' + std::to_string(id.value) + extension))
        .string();
}

std::string numbered(const std::string& file, int number, int last) {
    const fs::path path(file);
    std::string digits = std::to_string(number);
    digits.insert(0, std::to_string(last).size() - digits.size(), '0');
    return (path.parent_path() / (path.stem().string() + '-' + digits + path.extension().string())).string();
}

Result<std::string> make_folder(const std::string& path, Access access) {
    std::error_code failure;
    const fs::path folder = fs::absolute(path, failure).lexically_normal();
    const bool is_new = !failure && fs::create_directories(folder, failure);
    if (is_new && access == Access::Owner && !failure) fs::permissions(folder, fs::perms::owner_all, failure);
    if (failure) return invalid("The folder " + path + " cannot be made: " + failure.message() + ".");
    if (!fs::is_directory(folder) || ::access(folder.c_str(), W_OK | X_OK) != 0)
        return invalid("The folder " + path + " cannot be written to. Check its rights, or choose another.");
    return folder.string();
}

}  // namespace command_line
