#include "providers/kie_validate.h"

#include "providers/wire_text.h"

#include <algorithm>

namespace kontexture::providers::kie {
namespace {

constexpr std::size_t kMaxShown = 80;

Error wrong(std::string message) {
    Error error;
    error.code = ErrorCode::InvalidArgument;
    error.message = std::move(message);
    error.detail = error.message;
    return error;
}

std::string quoted(std::string_view value) {
    return '"' + clean_text(value, kMaxShown) + '"';
}

template <typename Values, typename Name>
std::string listed(const Values& values, Name name) {
    std::string list;
    for (const auto& value : values) list += (list.empty() ? "" : ", ") + std::string(name(value));
    return list;
}

Result<void> check_prompt(const TextureRequest& request, const Capabilities& service) {
    const std::string& prompt = request.prompt;
    if (!is_utf8(prompt)) return wrong("prompt is not valid UTF-8. Convert the text to UTF-8.");
    if (is_blank(prompt))
        return wrong(request.input ? "prompt is empty. Say what is to be changed in the picture."
                                   : "prompt is empty. Say what is to be painted.");
    if (prompt.size() > service.max_prompt_bytes)
        return wrong("prompt has " + std::to_string(prompt.size()) + " bytes; at most " +
                     std::to_string(service.max_prompt_bytes) + " are allowed. Shorten it.");
    if (has_control_characters(prompt, true))
        return wrong("prompt " + quoted(prompt) +
                     " contains control characters; only line breaks and tabs are allowed. Remove them.");
    return {};
}

Result<void> check_input(const InputImage& input, const Capabilities& service, bool remote) {
    if (input && !service.edit)
        return wrong("input is set, but " + service.service_name + " makes new pictures only.");
    switch (input.kind()) {
        case InputImage::Kind::None: return {};
        case InputImage::Kind::Url:
            if (lower_case(input.text().substr(0, 5)) == "data:")
                return wrong(
                    "input is a data: URL, which the service refuses. Give the picture as a file or as "
                    "pixels; it is uploaded then.");
            if (!is_web_address(input.text()))
                return wrong(
                    "input " + quoted(input.text()) +
                    " is no address the service can read. Give an http:// or https:// address that is open "
                    "to everyone, or a file.");
            if (remote && is_local_address(input.text()))
                return wrong(
                    "input " + quoted(input.text()) +
                    " is an address in this network, which the service cannot reach. Give the picture "
                    "as a file; it is uploaded then.");
            return {};
        case InputImage::Kind::File:
            if (input.text().empty())
                return wrong("input is a file without a path. Give the picture's path.");
            return {};
        case InputImage::Kind::Pixels: {
            const ImageView view = input.pixels();
            const std::uint64_t texels = std::uint64_t{view.width} * view.height;
            if (texels == 0 || view.pixels.size() % 4 != 0 || view.pixels.size() / 4 != texels)
                return wrong("input has " + std::to_string(view.pixels.size()) + " bytes of pixels for " +
                             std::to_string(view.width) + " x " + std::to_string(view.height) +
                             " texels; width * height * 4 are needed.");
            return {};
        }
        case InputImage::Kind::Library:
            if (!input.library_image()) return wrong("input names no library picture. Choose one.");
            return {};
    }
    return {};
}

Result<void> check_choices(const TextureRequest& request, const Capabilities& service) {
    const auto& models = service.models;
    const auto is_wanted = [&](const Capabilities::Model& model) { return model.id == request.model; };
    if (!request.model.empty() && std::none_of(models.begin(), models.end(), is_wanted))
        return wrong("model " + quoted(request.model) + " is not known. Allowed: " +
                     listed(models, [](const Capabilities::Model& model) { return model.id; }) + ".");
    const auto& ratios = service.aspect_ratios;
    if (request.aspect_ratio != AspectRatio::Automatic &&
        std::find(ratios.begin(), ratios.end(), request.aspect_ratio) == ratios.end())
        return wrong("aspect_ratio " + quoted(to_string(request.aspect_ratio)) +
                     " is not offered. Allowed: auto, " +
                     listed(ratios, [](AspectRatio ratio) { return to_string(ratio); }) + ".");
    const auto& formats = service.output_formats;
    if (std::find(formats.begin(), formats.end(), request.output_format) == formats.end())
        return wrong("output_format " + quoted(to_string(request.output_format)) +
                     " is not offered. Allowed: " +
                     listed(formats, [](OutputFormat format) { return to_string(format); }) + ".");
    return {};
}

Result<void> check_settings(const TextureRequest& request, const Capabilities& service) {
    const IntRange& range = request.input ? service.safety_tolerance_edit : service.safety_tolerance_new;
    if (request.safety_tolerance &&
        (*request.safety_tolerance < range.min || *request.safety_tolerance > range.max))
        return wrong("safety_tolerance " + std::to_string(*request.safety_tolerance) +
                     " is out of range. Allowed for " + (request.input ? "an edit: " : "a new picture: ") +
                     std::to_string(range.min) + " to " + std::to_string(range.max) + ".");
    if (request.prompt_upsampling && !service.prompt_upsampling)
        return wrong("prompt_upsampling is not offered by " + service.service_name + ". Switch it off.");
    if (request.enable_translation && !service.translation)
        return wrong("enable_translation is not offered by " + service.service_name + ". Leave it out.");
    if (request.upload_cn && !service.upload_cn)
        return wrong("upload_cn is not offered by " + service.service_name + ". Switch it off.");
    if (request.watermark.empty()) return {};
    if (!service.watermark)
        return wrong("watermark is not offered by " + service.service_name + ". Leave it empty.");
    if (!is_utf8(request.watermark)) return wrong("watermark is not valid UTF-8. Convert the text to UTF-8.");
    if (has_control_characters(request.watermark, false))
        return wrong("watermark " + quoted(request.watermark) +
                     " contains control characters or line breaks. Remove them.");
    return {};
}

}  // namespace

Result<void> validate(const TextureRequest& request, const Capabilities& service, bool remote) {
    for (Result<void> result : {check_prompt(request, service), check_input(request.input, service, remote),
                                check_choices(request, service), check_settings(request, service)})
        if (!result) return result;
    return {};
}

const std::string& model_of(const TextureRequest& request, const Capabilities& service) {
    return request.model.empty() ? service.models.front().id : request.model;
}

}  // namespace kontexture::providers::kie
