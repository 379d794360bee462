#include "kie_fixture.h"

using namespace kontexture;
using namespace kontexture::providers;
using engine::CallTrouble;

namespace {

UploadReply read(const net::HttpReply& reply) {
    return kie()->read_upload(reply);
}

}  // namespace

TEST_CASE("an upload gives the address to edit from") {
    const auto documented =
        read(http(200, R"({"success":true,"code":200,"msg":"File uploaded successfully","data":{
        "fileName":"uploaded-image.png","filePath":"images/user-uploads/uploaded-image.png",
        "downloadUrl":"https://tempfile.redpandaai.co/xxx/images/user-uploads/uploaded-image.png",
        "fileSize":154832,"mimeType":"image/png","uploadedAt":"2025-01-01T12:00:00.000Z"}})"));
    CHECK(expect<UploadedInput>(documented).url ==
          "https://tempfile.redpandaai.co/xxx/images/user-uploads/uploaded-image.png");

    for (
        const char* body : {
            R"({"success":true,"code":200,"data":{"fileId":"f","fileUrl":"https://f.example/1","downloadUrl":"https://d.example/1"}})",
            R"({"success":true,"data":{"downloadUrl":"https://d.example/1"}})",
            R"({"code":"200","data":{"downloadUrl":"https://d.example/1"}})",
            R"({"code":200,"data":"{\"downloadUrl\":\"https://d.example/1\"}"})",
            R"({"code":200,"data":{"downloadUrl":null,"fileUrl":"https://d.example/1"}})",
        }) {
        CAPTURE(body);
        const auto reply = read(http(200, body));
        CHECK(expect<UploadedInput>(reply).url == "https://d.example/1");
    }
}

TEST_CASE("an upload's errors say whether another try helps") {
    struct Case {
        int status;
        const char* body;
        ErrorCode code;
        bool permanent;
    };
    const Case cases[] = {
        {400, R"({"success":false,"code":400,"msg":"Missing required parameter: uploadPath"})",
         ErrorCode::Rejected, true},
        {401, R"({"success":false,"code":401,"msg":"You do not have access permissions"})",
         ErrorCode::Unauthorized, true},
        {405, R"({"success":false,"code":405,"msg":"Method not allowed"})", ErrorCode::Rejected, true},
        {413, "<html>413 Request Entity Too Large</html>", ErrorCode::Rejected, true},
        {500, R"({"success":false,"code":500,"msg":"Internal error"})", ErrorCode::ServiceError, false},
        {200, R"({"success":false,"code":500,"msg":"Internal error"})", ErrorCode::ServiceError, false},
        {200, R"({"success":false,"code":200,"msg":"odd"})", ErrorCode::ServiceError, false},
        {200, R"({"success":false,"msg":"File type not supported"})", ErrorCode::Rejected, true},
        {200, R"({"code":429,"msg":"slow down"})", ErrorCode::RateLimited, false},
        {429, "", ErrorCode::RateLimited, false},
        {200, R"({"code":402,"msg":"no credits"})", ErrorCode::InsufficientCredits, true},
        {200, R"({"code":455,"msg":"closed"})", ErrorCode::Maintenance, false},
        {403, "error code: 1010", ErrorCode::Blocked, true},
        {502, "", ErrorCode::ServiceError, false},
        {500, R"({"success":true,"code":200,"data":{"downloadUrl":"https://d.example/1"}})",
         ErrorCode::ServiceError, false},
        {200, "", ErrorCode::Protocol, false},
        {200, "{}", ErrorCode::Protocol, false},
        {200, R"({"success":true,"code":200,"data":null})", ErrorCode::Protocol, false},
        {200, R"({"success":true,"code":200,"data":{"downloadUrl":"file:///etc/passwd"}})",
         ErrorCode::Protocol, false},
        {302, "", ErrorCode::Protocol, true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.status, c.body);
        const auto reply = read(http(c.status, c.body, {{"Retry-After", "2"}}));
        const CallTrouble& trouble = expect<CallTrouble>(reply);
        CHECK(trouble.error.code == c.code);
        CHECK(trouble.permanent == c.permanent);
        CHECK(trouble.error.http_status == c.status);
        CHECK_FALSE(trouble.error.message.empty());
        CHECK(contains(trouble.error.detail, "file upload: HTTP"));
        CHECK(trouble.retry_after == std::chrono::seconds(2));
    }
}
