#include "kie_fixture.h"

using namespace kontexture;
using namespace kontexture::providers;
using engine::Accepted;
using engine::NotAccepted;
using engine::OutcomeLost;
using Again = NotAccepted::Again;

namespace {

engine::SubmitReply read(const net::HttpReply& reply) {
    return kie()->read_submit(reply);
}

const std::string kHtml =
    "<html><head><title>Attention Required! | Cloudflare</title></head><body></body></html>";

}  // namespace

TEST_CASE("a task id is accepted") {
    const char* bodies[] = {
        R"({"code":200,"msg":"success","data":{"taskId":"task12345"}})",
        R"({"code":"200","msg":null,"data":{"taskId":" task12345 "}})",
        R"({"code":200,"msg":"success","taskId":"task12345"})",
        R"({"code":200,"data":"{\"taskId\":\"task12345\"}"})",
        R"({"code":200,"data":{"task_id":"task12345"}})",
        "\xEF\xBB\xBF \n{\"code\":200,\"data\":{\"taskId\":\"task12345\"}}\n",
        "{\"code\":200,\"msg\":\"\xB3\xC9\xB9\xA6\",\"data\":{\"taskId\":\"task12345\"}}",
    };
    for (const char* body : bodies) {
        CAPTURE(body);
        const auto reply = read(http(200, body));
        CHECK(expect<Accepted>(reply).task_id == "task12345");
    }
    const auto number = read(http(200, R"({"code":200,"data":{"taskId":12345}})"));
    CHECK(expect<Accepted>(number).task_id == "12345");
}

TEST_CASE("a known task is never dropped, whatever else the reply says") {
    const std::string data = R"(,"data":{"taskId":"abc"}})";
    for (int code : {0, 200, 400, 408, 429, 455, 500, 501, 999})
        for (int status : {200, 201, 302, 403, 429, 500, 502}) {
            CAPTURE(code, status);
            const auto reply = read(http(status, R"({"code":)" + std::to_string(code) + data));
            CHECK(expect<Accepted>(reply).task_id == "abc");
        }
    const auto without_code = read(http(200, R"({"data":{"taskId":"abc"}})"));
    CHECK(expect<Accepted>(without_code).task_id == "abc");
    const auto cut_off = read(http(200, R"({"code":200,"msg":"success","data":{"taskId" : "abc_1-2")"));
    CHECK(expect<Accepted>(cut_off).task_id == "abc_1-2");
}

TEST_CASE("half a task id is no task id") {
    for (const char* body : {R"({"code":200,"data":{"taskId":"abc)", R"({"code":200,"data":{"taskId":)",
                             R"({"code":200,"data":{"taskId)", R"({"code":200,"data":{"taskId":"<b>"},)",
                             R"({"code":200,"data":{"taskId":"abc<","x)", R"("taskId":"")"}) {
        CAPTURE(body);
        expect<OutcomeLost>(read(http(200, body)));
    }
}

TEST_CASE("success without a task id is an unknown outcome") {
    const std::string long_id(600, 'a');
    for (const std::string body :
         {R"({"code":200,"msg":"success","data":null})", R"({"code":200,"msg":"success"})",
          R"({"code":200,"data":{}})", R"({"code":200,"data":{"taskId":null}})",
          R"({"code":200,"data":{"taskId":"  "}})", R"({"code":200,"data":[]})",
          R"({"code":200,"data":true})", R"({"code":0,"data":null})", R"({"code":-1})",
          R"({"code":202,"msg":"queued"})", R"({})"}) {
        CAPTURE(body);
        const auto reply = read(http(200, body));
        const Error& error = expect<OutcomeLost>(reply).error;
        CHECK(error.code == ErrorCode::OutcomeUnknown);
        CHECK(error.http_status == 200);
        CHECK(contains(error.message, "https://kie.ai/logs"));
        CHECK(contains(error.detail, "HTTP 200"));
    }
    expect<OutcomeLost>(read(http(200, R"({"code":200,"data":{"taskId":")" + long_id + R"("}})")));
    expect<OutcomeLost>(read(envelope(200, "success", 500)));
    expect<OutcomeLost>(read(envelope(200, "success", 404 + 5)));
}

TEST_CASE("an unreadable reply is an unknown outcome unless a gate refused the request") {
    for (int status : {0,   200, 201, 204, 302, 303, 304, 408, 409, 425, 451, 455,
                       499, 500, 501, 502, 503, 504, 505, 520, 524, 530, 599})
        for (const std::string& body : {std::string(), std::string("[]"), std::string("null"), kHtml,
                                        std::string("upstream request timeout"), std::string("{\"code\":")}) {
            CAPTURE(status, body);
            const auto reply = read(http(status, body));
            CHECK(expect<OutcomeLost>(reply).error.code == ErrorCode::OutcomeUnknown);
        }
    // JSON of somebody else is no better than HTML.
    expect<OutcomeLost>(read(http(504, R"({"message":"Endpoint request timed out"})")));
    expect<OutcomeLost>(read(http(500, R"({"status":500,"error":"Internal Server Error"})")));
}

TEST_CASE("a gateway that lost the server is an unknown outcome, in an envelope too") {
    for (int code : {502, 503, 504, 520, 522, 524}) {
        CAPTURE(code);
        expect<OutcomeLost>(read(envelope(code, "Bad Gateway")));
        expect<OutcomeLost>(read(envelope(code, "Bad Gateway", code)));
        expect<OutcomeLost>(read(envelope(500, "Internal error", code)));
    }
    const auto limited = read(envelope(429, "slow down", 503));
    CHECK(expect<NotAccepted>(limited).again == Again::NextWindow);
}

TEST_CASE("a refusal by a gate starts nothing and is not repeated by itself") {
    struct Case {
        int status;
        std::string body;
        ErrorCode code;
        const char* words;
    };
    const Case cases[] = {
        {403, kHtml, ErrorCode::Blocked, "user agent"},
        {403, "error code: 1010", ErrorCode::Blocked, "user agent"},
        {403, "", ErrorCode::Blocked, "HTTP 403"},
        {403, R"({"title":"Error 1010: Access denied","status":403})", ErrorCode::Blocked, "user agent"},
        {407, "", ErrorCode::Blocked, "proxy"},
        {401, "", ErrorCode::Unauthorized, "https://kie.ai/api-key"},
        {401, R"({"message":"no key"})", ErrorCode::Unauthorized, "no key"},
        {402, R"({"message":"no money"})", ErrorCode::InsufficientCredits, "https://kie.ai/pricing"},
        {404, "<html>nginx</html>", ErrorCode::Protocol, "base URL"},
        {404, "Not Found", ErrorCode::Protocol, "base URL"},
        {405, "", ErrorCode::Protocol, "base URL"},
        {413, "", ErrorCode::Rejected, "413"},
        {400, "<html>400 Bad Request</html>", ErrorCode::Protocol, "HTTP 400"},
        {301, "", ErrorCode::Protocol, "redirect"},
        {307, "", ErrorCode::Protocol, "redirect"},
        {308, "", ErrorCode::Protocol, "redirect"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.status, c.body);
        const auto reply = read(http(c.status, c.body));
        const NotAccepted& refused = expect<NotAccepted>(reply);
        CHECK(refused.again == Again::Never);
        CHECK(refused.error.code == c.code);
        CHECK(refused.error.http_status == c.status);
        CAPTURE(refused.error.message);
        CHECK(contains(refused.error.message, c.words));
    }
}

TEST_CASE("every code has its error, its next step and its rule for trying again") {
    struct Case {
        int code;
        const char* msg;
        ErrorCode error;
        Again again;
        const char* words;
    };
    const Case cases[] = {
        {400, "Your prompt was flagged by Website as violating content policies.", ErrorCode::Moderated,
         Again::Never, "Change the words"},
        {400, "", ErrorCode::Moderated, Again::Never, "content policy"},
        {400, "Missing required parameter: prompt", ErrorCode::Rejected, Again::Never,
         "Change what it names"},
        {401, "You do not have access permissions", ErrorCode::Unauthorized, Again::Never,
         "https://kie.ai/api-key"},
        {402, "Insufficient Credits", ErrorCode::InsufficientCredits, Again::Never, "https://kie.ai/pricing"},
        {403, "IP not in whitelist", ErrorCode::Unauthorized, Again::Never, "allowed addresses"},
        {404, "Not Found", ErrorCode::NotFound, Again::Never, "base URL"},
        {408, "No result for over 10 minutes", ErrorCode::ServiceTimeout, Again::Never, "later"},
        {422, "Validation Error", ErrorCode::Rejected, Again::Never, "Change what it names"},
        {422, "不能为空", ErrorCode::Rejected, Again::Never, "不能为空"},
        {422, "prompt contains sensitive words", ErrorCode::Moderated, Again::Never, "Change the words"},
        {429, "Too many requests", ErrorCode::RateLimited, Again::NextWindow, "sent again after a pause"},
        {433, "key limit", ErrorCode::KeyLimit, Again::Never, "Raise the limit at https://kie.ai/api-key"},
        {451, "Failed to fetch the image", ErrorCode::InputUnfetched, Again::Never, "open to everyone"},
        {451, "content violates policy", ErrorCode::Moderated, Again::Never, "content policy"},
        {455, "Service unavailable for maintenance", ErrorCode::Maintenance, Again::Later, "maintenance"},
        {500, "Server exception, please try again later", ErrorCode::ServiceError, Again::Once,
         "Wait a minute"},
        {500, "", ErrorCode::ServiceError, Again::Once, "failed (500)"},
        {500, "security tolerance level is out of range, the range should be 0-2", ErrorCode::Rejected,
         Again::Never, "an edit 0 to 2"},
        {500, "This field is required: model parameter", ErrorCode::Rejected, Again::Never,
         "Change what it names"},
        {500, "Request blocked: PROHIBITED content", ErrorCode::Moderated, Again::Never, "content policy"},
        {500, "Your credits are not enough", ErrorCode::InsufficientCredits, Again::Never,
         "https://kie.ai/pricing"},
        {501, "Image generation task failed", ErrorCode::GenerationFailed, Again::Never, "change the prompt"},
        {505, "Feature disabled", ErrorCode::FeatureDisabled, Again::Never, "another model"},
        {418, "teapot", ErrorCode::Rejected, Again::Never, "(418)"},
        {599, "odd", ErrorCode::ServiceError, Again::Never, "(599)"},
        {1001, "odd", ErrorCode::ServiceError, Again::Never, "(1001)"},
    };
    for (const Case& c : cases)
        for (int status : {200, c.code < 600 ? c.code : 500}) {
            CAPTURE(c.code, c.msg, status);
            const auto reply = read(envelope(c.code, c.msg, status));
            const NotAccepted& refused = expect<NotAccepted>(reply);
            CHECK(refused.error.code == c.error);
            CHECK(refused.again == c.again);
            CHECK(refused.error.http_status == status);
            CHECK(refused.error.provider_code == c.code);
            CAPTURE(refused.error.message);
            CHECK(contains(refused.error.message, c.words));
            CHECK(contains(refused.error.message, c.msg));
            CHECK(contains(refused.error.detail, "generate: HTTP " + std::to_string(status)));
        }
}

TEST_CASE("data absent, empty or odd does not make an error less certain") {
    for (const char* body :
         {R"({"code":500,"msg":"x"})", R"({"code":500,"msg":"x","data":{}})",
          R"({"code":"500","message":"x","data":""})", R"({"code":500.0,"msg":"x","data":[1]})"}) {
        CAPTURE(body);
        const auto reply = read(http(200, body));
        CHECK(expect<NotAccepted>(reply).again == Again::Once);
        CHECK(contains(expect<NotAccepted>(reply).error.message, "\"x\""));
    }
}

TEST_CASE("HTTP 429 counts as certain even without a readable body") {
    for (const char* body : {"", "<html>error code: 1015</html>", "{}", R"({"code":200,"data":null})",
                             R"({"code":500,"msg":"x"})", R"({"code":0})"}) {
        CAPTURE(body);
        const auto reply = read(http(429, body, {{"Retry-After", "12"}}));
        const NotAccepted& refused = expect<NotAccepted>(reply);
        CHECK(refused.again == Again::NextWindow);
        CHECK(refused.error.code == ErrorCode::RateLimited);
        REQUIRE(refused.retry_after.has_value());
        CHECK(*refused.retry_after == std::chrono::seconds(12));
    }
}

TEST_CASE("Retry-After is taken in seconds, within reason") {
    const std::pair<const char*, int> good[] = {
        {"0", 0}, {" 7 ", 7}, {"600", 600}, {"601", 600}, {"99999999999999999999999999", 600}};
    for (const auto& [text, seconds] : good) {
        CAPTURE(text);
        const auto reply = read(http(429, "", {{"retry-after", text}}));
        CHECK(expect<NotAccepted>(reply).retry_after == std::chrono::seconds(seconds));
    }
    for (const char* text : {"", " ", "-5", "1.5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "0x10"}) {
        CAPTURE(text);
        const auto reply = read(http(429, "", {{"Retry-After", text}}));
        CHECK_FALSE(expect<NotAccepted>(reply).retry_after.has_value());
    }
}

TEST_CASE("the service's words are quoted clean and short") {
    const auto noisy =
        read(http(200, "{\"code\":422,\"msg\":\"line\\nbreak \\u0007\\u202E bell \xB0\",\"data\":null}"));
    const std::string& message = expect<NotAccepted>(noisy).error.message;
    CHECK(contains(message, "\"line break bell \xEF\xBF\xBD\""));
    const auto endless = read(envelope(422, std::string(100'000, 'x')));
    CHECK(expect<NotAccepted>(endless).error.message.size() < 600);
    CHECK(expect<NotAccepted>(endless).error.detail.size() < 600);
}
