#include "kie_fixture.h"

using namespace kontexture;
using namespace kontexture::providers;

namespace {

std::string body(const TextureRequest& request, const std::string& input = "",
                 const std::string& callback = "") {
    return kie()->submit(request, input, callback).body;
}

std::string text_of(const net::Part& part) {
    return {part.data->begin(), part.data->end()};
}

}  // namespace

TEST_CASE("a new picture sends the documented fields and nothing that is unset") {
    const net::HttpRequest call = kie()->submit({.prompt = "mossy stone wall"}, "", "");
    CHECK(call.method == "POST");
    CHECK(call.url == "https://api.kie.ai/api/v1/flux/kontext/generate");
    CHECK(call.content_type == "application/json");
    CHECK(call.parts.empty());
    CHECK(call.body ==
          R"({"aspectRatio":"1:1","enableTranslation":false,"model":"flux-kontext-pro","outputFormat":"png",)"
          R"("prompt":"mossy stone wall"})");
}

TEST_CASE("all eleven parameters have their documented names and types") {
    const TextureRequest request{.prompt = "red",
                                 .input = InputImage::from_url("https://a.example/in.png"),
                                 .aspect_ratio = AspectRatio::Wide21x9,
                                 .output_format = OutputFormat::Jpeg,
                                 .model = "flux-kontext-max",
                                 .prompt_upsampling = true,
                                 .enable_translation = true,
                                 .safety_tolerance = 0,
                                 .watermark = "mark",
                                 .upload_cn = true,
                                 .label = "never sent",
                                 .priority = 7,
                                 .reuse = Reuse::IfIdentical};
    CHECK(
        body(request, "https://a.example/in.png", "https://b.example/cb") ==
        R"({"aspectRatio":"21:9","callBackUrl":"https://b.example/cb","enableTranslation":true,)"
        R"("inputImage":"https://a.example/in.png","model":"flux-kontext-max","outputFormat":"jpeg",)"
        R"("prompt":"red","promptUpsampling":true,"safetyTolerance":0,"uploadCn":true,"watermark":"mark"})");
}

TEST_CASE("an edit keeps the input's shape unless a ratio is asked for") {
    TextureRequest request{.prompt = "red", .input = InputImage::from_url("https://a.example/in.png")};
    CHECK(body(request, "https://a.example/in.png") ==
          R"({"enableTranslation":false,"inputImage":"https://a.example/in.png","model":"flux-kontext-pro",)"
          R"("outputFormat":"png","prompt":"red"})");
    request.aspect_ratio = AspectRatio::Square;
    CHECK(contains(body(request, "https://a.example/in.png"), R"("aspectRatio":"1:1")"));
}

TEST_CASE("an edit never sends more than tolerance 2") {
    TextureRequest request{.prompt = "red", .safety_tolerance = 6};
    CHECK(contains(body(request), R"("safetyTolerance":6)"));
    CHECK(contains(body(request, "https://a.example/in.png"), R"("safetyTolerance":2)"));
}

TEST_CASE("translation is always stated, and on by itself only for prompts that are not ASCII") {
    CHECK(contains(body({.prompt = "stone"}), R"("enableTranslation":false)"));
    CHECK(contains(body({.prompt = "mur de pierre étrange"}), R"("enableTranslation":true)"));
    CHECK(contains(body({.prompt = "stone", .enable_translation = true}), R"("enableTranslation":true)"));
    CHECK(contains(body({.prompt = "石の壁", .enable_translation = false}), R"("enableTranslation":false)"));
}

TEST_CASE("every aspect ratio and format is sent as the service spells it") {
    const std::pair<AspectRatio, const char*> ratios[] = {
        {AspectRatio::Wide21x9, "21:9"}, {AspectRatio::Wide16x9, "16:9"}, {AspectRatio::Wide4x3, "4:3"},
        {AspectRatio::Square, "1:1"},    {AspectRatio::Tall3x4, "3:4"},   {AspectRatio::Tall9x16, "9:16"}};
    for (const auto& [ratio, text] : ratios)
        CHECK(contains(body({.prompt = "x", .aspect_ratio = ratio}),
                       R"("aspectRatio":")" + std::string(text) + '"'));
    CHECK(contains(body({.prompt = "x", .output_format = OutputFormat::Jpeg}), R"("outputFormat":"jpeg")"));
}

TEST_CASE("text is escaped, and bytes that are not UTF-8 cannot break the request") {
    CHECK(contains(body({.prompt = "a \"b\"\n\\c é"}), "\"prompt\":\"a \\\"b\\\"\\n\\\\c é\""));
    CHECK(contains(body({.prompt = "a\xFF"
                                   "b"}),
                   "\"prompt\":\"a\xEF\xBF\xBD"
                   "b\""));
}

TEST_CASE("the record is asked with the task id encoded") {
    const net::HttpRequest call = kie()->poll("task 1/2?&#=+é~-_.");
    CHECK(call.method == "GET");
    CHECK(call.url ==
          "https://api.kie.ai/api/v1/flux/kontext/record-info?taskId=task%201%2F2%3F%26%23%3D%2B%C3%A9~-_.");
    CHECK(call.body.empty());
    CHECK(call.parts.empty());
}

TEST_CASE("an upload is a multipart stream with path, name and file") {
    const auto data =
        std::make_shared<const std::vector<std::uint8_t>>(std::vector<std::uint8_t>{0x89, 0, 255});
    const net::HttpRequest call = kie()->upload(data, "0123abcd.png", "image/png");
    CHECK(call.method == "POST");
    CHECK(call.url == "https://upload.example/api/file-stream-upload");
    CHECK(call.body.empty());
    REQUIRE(call.parts.size() == 3);
    CHECK(call.parts[0].name == "uploadPath");
    CHECK(text_of(call.parts[0]) == "kontexture");
    CHECK(call.parts[0].file_name.empty());
    CHECK(call.parts[1].name == "fileName");
    CHECK(text_of(call.parts[1]) == "0123abcd.png");
    CHECK(call.parts[2].name == "file");
    CHECK(call.parts[2].file_name == "0123abcd.png");
    CHECK(call.parts[2].content_type == "image/png");
    CHECK(call.parts[2].data == data);
}

TEST_CASE("the balance is asked at the documented address") {
    const net::HttpRequest call = kie()->credits();
    CHECK(call.method == "GET");
    CHECK(call.url == "https://api.kie.ai/api/v1/chat/credit");
}

TEST_CASE("the capabilities are the documented ones") {
    const auto provider = kie();
    const Capabilities& service = provider->capabilities();
    REQUIRE(service.models.size() == 2);
    CHECK(service.models[0].id == "flux-kontext-pro");
    CHECK(service.models[0].credits == 5);
    CHECK(service.models[1].id == "flux-kontext-max");
    CHECK(service.models[1].credits == 10);
    CHECK(service.usd_per_credit == 0.005);
    CHECK(service.aspect_ratios.size() == 6);
    CHECK(service.output_formats.size() == 2);
    CHECK(service.safety_tolerance_new.max == 6);
    CHECK(service.safety_tolerance_edit.max == 2);
    CHECK(service.key_page == "https://kie.ai/api-key");
    CHECK_FALSE(service.remote_cancel);
    CHECK_FALSE(service.progress);
}

TEST_CASE("a reseller of the protocol does not get the vendor's pages") {
    const auto provider = make_kie_flux_kontext("https://api.fluxapi.ai", "https://upload.example");
    CHECK(provider->capabilities().key_page.empty());
    const auto reply = provider->read_submit(envelope(401, "no"));
    const Error& error = expect<engine::NotAccepted>(reply).error;
    CHECK_FALSE(contains(error.message, "kie.ai"));
    CHECK_FALSE(contains(error.message, " at ."));
}
