#include "providers/json_read.h"
#include "providers/kie_replies.h"
#include "providers/kie_validate.h"
#include "providers/provider.h"

#include <algorithm>

// The service ignores what it does not know, so a misspelt field is paid for and does nothing. The whole body
// of generate, under its documented names:
//
//   prompt, enableTranslation, model, outputFormat            always
//   aspectRatio                                               new pictures always, edits when asked for
//   inputImage                                                edits
//   safetyTolerance, watermark, callBackUrl                   when set
//   promptUpsampling, uploadCn                                when true
namespace kontexture::providers {
namespace {

constexpr const char* kUploadFolder = "kontexture";

/// Resellers of the same protocol have their own keys, so the vendor's pages would mislead there.
bool is_reseller(const std::string& base_url) {
    return lower_case(base_url).find("fluxapi.ai") != std::string::npos;
}

Capabilities make_capabilities(const std::string& base_url, const std::vector<Price>& prices) {
    Capabilities service;
    service.service_name = "kie.ai Flux Kontext";
    service.models = {{"flux-kontext-pro", "Kontext Pro", 5}, {"flux-kontext-max", "Kontext Max", 10}};
    for (const Price& price : prices)
        for (Capabilities::Model& model : service.models)
            if (model.id == price.model) model.credits = price.credits;
    service.aspect_ratios = {AspectRatio::Square,   AspectRatio::Wide4x3,  AspectRatio::Tall3x4,
                             AspectRatio::Wide16x9, AspectRatio::Tall9x16, AspectRatio::Wide21x9};
    service.output_formats = {OutputFormat::Png, OutputFormat::Jpeg};
    service.safety_tolerance_new = {0, 6, 2};
    service.safety_tolerance_edit = {0, 2, 2};
    service.usd_per_credit = 0.005;
    // Not documented; a reseller with the same parameters states 10,000 characters.
    service.max_prompt_bytes = 10'000;
    service.edit = true;
    service.prompt_upsampling = true;
    service.translation = true;
    service.watermark = true;
    service.upload_cn = true;
    service.credits_query = true;
    if (is_reseller(base_url)) {
        service.service_name = "Flux Kontext at fluxapi.ai";
        return service;
    }
    service.key_page = "https://kie.ai/api-key";
    service.top_up_page = "https://kie.ai/pricing";
    service.task_log_page = "https://kie.ai/logs";
    return service;
}

std::shared_ptr<const std::vector<std::uint8_t>> bytes_of(std::string_view text) {
    return std::make_shared<const std::vector<std::uint8_t>>(text.begin(), text.end());
}

class KieFluxKontext final : public Provider {
public:
    KieFluxKontext(std::string base_url, std::string upload_url, const std::vector<Price>& prices)
        : base_url_(std::move(base_url)),
          upload_url_(std::move(upload_url)),
          capabilities_(make_capabilities(base_url_, prices)),
          remote_(!is_local_address(base_url_)) {}

    const Capabilities& capabilities() const override { return capabilities_; }

    Result<void> validate(const TextureRequest& request) const override {
        return kie::validate(request, capabilities_, remote_);
    }

    net::HttpRequest submit(const TextureRequest& request, const std::string& input_url,
                            const std::string& callback_url) const override {
        const bool edit = !input_url.empty();
        Json body = {
            {"prompt", request.prompt},
            {"enableTranslation", request.enable_translation.value_or(!is_ascii(request.prompt))},
            {"model", kie::model_of(request, capabilities_)},
            {"outputFormat", to_string(request.output_format)},
        };
        if (edit) body["inputImage"] = input_url;
        // Sent with an edit it crops or pads the picture, left out of a new one it means 16:9.
        if (request.aspect_ratio != AspectRatio::Automatic)
            body["aspectRatio"] = to_string(request.aspect_ratio);
        else if (!edit)
            body["aspectRatio"] = to_string(AspectRatio::Square);
        if (request.safety_tolerance) {
            const IntRange& range =
                edit ? capabilities_.safety_tolerance_edit : capabilities_.safety_tolerance_new;
            body["safetyTolerance"] = std::clamp(*request.safety_tolerance, range.min, range.max);
        }
        if (request.prompt_upsampling) body["promptUpsampling"] = true;
        if (!request.watermark.empty()) body["watermark"] = request.watermark;
        if (request.upload_cn) body["uploadCn"] = true;
        if (!callback_url.empty()) body["callBackUrl"] = callback_url;

        net::HttpRequest call;
        call.method = "POST";
        call.url = base_url_ + "/api/v1/flux/kontext/generate";
        call.content_type = "application/json";
        call.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
        return call;
    }

    engine::SubmitReply read_submit(const net::HttpReply& reply) const override {
        return kie::read_submit(reply, capabilities_);
    }

    net::HttpRequest poll(const std::string& task_id) const override {
        return get("/api/v1/flux/kontext/record-info?taskId=" + percent_encode(task_id));
    }

    engine::PollReply read_poll(const net::HttpReply& reply) const override {
        return kie::read_poll(reply, capabilities_);
    }

    net::HttpRequest upload(std::shared_ptr<const std::vector<std::uint8_t>> data,
                            const std::string& file_name, const std::string& mime_type) const override {
        net::HttpRequest call;
        call.method = "POST";
        call.url = upload_url_ + "/api/file-stream-upload";
        // The fields first: a server that reads the body as a stream knows them when the file begins.
        call.parts = {{"uploadPath", "", "", bytes_of(kUploadFolder)},
                      {"fileName", "", "", bytes_of(file_name)},
                      {"file", file_name, mime_type, std::move(data)}};
        return call;
    }

    UploadReply read_upload(const net::HttpReply& reply) const override {
        return kie::read_upload(reply, capabilities_);
    }

    net::HttpRequest credits() const override { return get("/api/v1/chat/credit"); }

    CreditsReply read_credits(const net::HttpReply& reply) const override {
        return kie::read_credits(reply, capabilities_);
    }

    std::optional<std::string> read_callback(std::string_view body) const override {
        return kie::read_callback(body);
    }

private:
    net::HttpRequest get(const std::string& path) const {
        net::HttpRequest call;
        call.method = "GET";
        call.url = base_url_ + path;
        return call;
    }

    const std::string base_url_;
    const std::string upload_url_;
    const Capabilities capabilities_;
    const bool remote_;
};

}  // namespace

std::string kie_upload_url(const std::string& base_url) {
    return base_url == "https://api.kie.ai" ? "https://kieai.redpandaai.co" : base_url;
}

std::unique_ptr<Provider> make_kie_flux_kontext(std::string base_url, std::string upload_url,
                                                const std::vector<Price>& prices) {
    return std::make_unique<KieFluxKontext>(std::move(base_url), std::move(upload_url), prices);
}

}  // namespace kontexture::providers
