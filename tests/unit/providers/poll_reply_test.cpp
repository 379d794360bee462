#include "kie_fixture.h"

using namespace kontexture;
using namespace kontexture::providers;
using engine::PollTrouble;
using engine::TaskDone;
using engine::TaskFailed;
using engine::TaskMissing;
using engine::TaskRunning;

namespace {

engine::PollReply read(const net::HttpReply& reply) {
    return kie()->read_poll(reply);
}

/// A successful envelope around a record.
engine::PollReply record(const std::string& fields) {
    return read(http(200, R"({"code":200,"msg":"success","data":{)" + fields + "}}"));
}

const std::string kUrl = "https://tempfile.aiquickdraw.com/s/result.png";
const std::string kOrigin = "https://delivery.example/original.png";

}  // namespace

TEST_CASE("the documented record of a finished task gives the picture's address") {
    const auto reply = read(http(200, R"({"code":200,"msg":"success","data":{
        "taskId":"task12345",
        "paramJson":"{\"prompt\":\"...\",\"aspectRatio\":\"16:9\"}",
        "completeTime":"2024-03-20T10:30:00Z",
        "response":{"originImageUrl":"https://example.com/original.jpg","resultImageUrl":"https://example.com/result.jpg"},
        "successFlag":1,"errorCode":null,"errorMessage":"","createTime":"2024-03-20T10:25:00Z"}})"));
    CHECK(expect<TaskDone>(reply).url == "https://example.com/result.jpg");
}

TEST_CASE("the address is found in every shape that was seen") {
    const std::string shapes[] = {
        R"("successFlag":1,"response":{"resultImageUrl":")" + kUrl + R"(","originImageUrl":")" + kOrigin +
            "\"}",
        R"("successFlag":"1","response":{"resultImageUrl":")" + kUrl + "\"}",
        R"("successFlag":1.0,"response":{"resultImageUrl":" )" + kUrl + " \"}",
        R"("successFlag":1,"response":"{\"resultImageUrl\":\")" + kUrl + R"(\"}")",
        R"("successFlag":1,"response":")" + kUrl + "\"",
        R"("successFlag":1,"response":null,"info":{"resultImageUrl":")" + kUrl + "\"}",
        R"("successFlag":1,"response":{"originImageUrl":")" + kOrigin + R"("},"info":{"resultImageUrl":")" +
            kUrl + "\"}",
        R"("successFlag":4,"response":{"resultImageUrl":")" + kUrl + "\"}",
        R"("taskId":"task12345","info":{"originImageUrl":")" + kOrigin + R"(","resultImageUrl":")" + kUrl +
            "\"}",
        R"("successFlag":null,"response":{"resultImageUrl":")" + kUrl + "\"}",
    };
    for (const std::string& shape : shapes) {
        CAPTURE(shape);
        const auto reply = record(shape);
        CHECK(expect<TaskDone>(reply).url == kUrl);
    }
    const auto wrapped =
        read(http(200, R"({"code":"200","data":"{\"successFlag\":1,\"response\":{\"resultImageUrl\":\")" +
                           kUrl + R"(\"}}"})"));
    CHECK(expect<TaskDone>(wrapped).url == kUrl);
    const auto without_code =
        read(http(200, R"({"data":{"successFlag":1,"response":{"resultImageUrl":")" + kUrl + "\"}}}"));
    CHECK(expect<TaskDone>(without_code).url == kUrl);
}

TEST_CASE("the original is only a fallback") {
    for (const char* result : {"null", "\"\"", "7", "\"ftp://x/y\""}) {
        const auto reply = record(R"("successFlag":1,"response":{"resultImageUrl":)" + std::string(result) +
                                  R"(,"originImageUrl":")" + kOrigin + "\"}");
        CHECK(expect<TaskDone>(reply).url == kOrigin);
    }
}

TEST_CASE("a task under way is running") {
    for (
        const char* fields :
        {R"("taskId":"t","successFlag":0,"response":null,"errorCode":null,"errorMessage":null,"completeTime":null)",
         R"("successFlag":0)", R"("successFlag":"0","response":"")", R"("successFlag":7)",
         R"("successFlag":-1)", R"("successFlag":"soon")", R"("successFlag":[])", R"("successFlag":true)",
         R"("successFlag":1e300)", R"("taskId":"t","successFlag":null)", R"("taskId":"t")",
         R"("state":"waiting","resultJson":"")"}) {
        CAPTURE(fields);
        expect<TaskRunning>(record(fields));
    }
    expect<TaskRunning>(record(R"("successFlag":1.5,"response":{"resultImageUrl":")" + kUrl + "\"}"));
    expect<TaskRunning>(record(R"("successFlag":0,"response":{"resultImageUrl":")" + kUrl + "\"}"));
}

TEST_CASE("finished without an address is trouble, not the end") {
    for (const char* fields :
         {R"("successFlag":1)", R"("successFlag":1,"response":null)", R"("successFlag":1,"response":{})",
          R"("successFlag":1,"response":{"resultImageUrl":"","originImageUrl":""})",
          R"("successFlag":1,"response":"not json")",
          R"("successFlag":1,"response":{"resultImageUrl":"javascript:x"})",
          R"("successFlag":1,"response":{"resultImageUrl":"https://a b/"})", R"("successFlag":4)"}) {
        CAPTURE(fields);
        const auto reply = record(fields);
        CHECK(expect<PollTrouble>(reply).error.code == ErrorCode::Protocol);
    }
}

TEST_CASE("flags 2 and 3 are failures with the record's own reason") {
    struct Case {
        const char* fields;
        ErrorCode code;
        int number;
        const char* words;
    };
    const Case cases[] = {
        {R"("successFlag":2,"errorCode":500,"errorMessage":"Internal Error, Please try again later.")",
         ErrorCode::ServiceError, 500, "Internal Error"},
        {R"("successFlag":3,"errorCode":501,"errorMessage":"Image generation task failed")",
         ErrorCode::GenerationFailed, 501, "change the prompt"},
        {R"("successFlag":3,"errorCode":400,"errorMessage":"flagged by Website as violating content policies")",
         ErrorCode::Moderated, 400, "Change the words"},
        {R"("successFlag":"3","errorCode":"400","errorMessage":null)", ErrorCode::Moderated, 400,
         "Change the words"},
        {R"("successFlag":2,"errorCode":500,"errorMessage":"security tolerance level is out of range")",
         ErrorCode::Rejected, 500, "0 to 6"},
        {R"("successFlag":3,"errorCode":null,"errorMessage":"")", ErrorCode::GenerationFailed, 0,
         "could not make"},
        {R"("successFlag":3)", ErrorCode::GenerationFailed, 0, "could not make"},
        {R"("successFlag":3,"errorCode":"E_X","errorMessage":{"a":1},"response":{"resultImageUrl":""})",
         ErrorCode::GenerationFailed, 0, "could not make"},
        {R"("successFlag":2,"errorMessage":"could not download the input image")", ErrorCode::InputUnfetched,
         0, "open to everyone"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.fields);
        const auto reply = record(c.fields);
        const Error& error = expect<TaskFailed>(reply).error;
        CHECK(error.code == c.code);
        CHECK(error.provider_code == c.number);
        CHECK(error.http_status == 200);
        CAPTURE(error.message);
        CHECK(contains(error.message, c.words));
    }
}

TEST_CASE("a record that is not there is missing, not failed") {
    const net::HttpReply replies[] = {
        envelope(404, "Not Found"),
        envelope(404, "Task not found", 404),
        envelope(422, "recordInfo is null"),
        envelope(422, "recordInfo is null", 422),
        envelope(422, "The record does not exist"),
        http(200, R"({"code":200,"msg":"success","data":null})"),
        http(200, R"({"code":200,"msg":"success"})"),
        http(200, R"({"code":200,"msg":"success","data":{}})"),
        http(200, R"({"code":200,"msg":"success","data":""})"),
        http(200, R"({"data":null})"),
        http(404, R"({"message":"Task not found"})"),
    };
    for (const net::HttpReply& reply : replies) {
        CAPTURE(reply.status, reply.body);
        const auto read_reply = read(reply);
        const Error& error = expect<TaskMissing>(read_reply).error;
        CHECK(error.code == ErrorCode::NotFound);
        CHECK(contains(error.message, "https://kie.ai/logs"));
    }
}

TEST_CASE("errors of the question are trouble and never the task's end") {
    struct Case {
        int code;
        const char* msg;
        ErrorCode error;
    };
    const Case cases[] = {
        {401, "You do not have access permissions", ErrorCode::Unauthorized},
        {402, "Insufficient credits", ErrorCode::InsufficientCredits},
        {403, "IP", ErrorCode::Unauthorized},
        {400, "bad request", ErrorCode::Rejected},
        {408, "No result for over 10 minutes", ErrorCode::ServiceTimeout},
        {429, "slow down", ErrorCode::RateLimited},
        {433, "cap", ErrorCode::KeyLimit},
        {451, "odd", ErrorCode::InputUnfetched},
        {455, "maintenance", ErrorCode::Maintenance},
        {500, "server error", ErrorCode::ServiceError},
        {500, "credit parameter tolerance", ErrorCode::ServiceError},
        {505, "off", ErrorCode::FeatureDisabled},
        {502, "gateway", ErrorCode::ServiceError},
        {777, "odd", ErrorCode::ServiceError},
    };
    for (const Case& c : cases)
        for (int status : {200, c.code < 600 ? c.code : 500}) {
            CAPTURE(c.code, status);
            const auto reply = read(envelope(c.code, c.msg, status));
            const Error& error = expect<PollTrouble>(reply).error;
            CHECK(error.code == c.error);
            CHECK(error.provider_code == c.code);
            CHECK(contains(error.message, c.msg));
            CHECK(contains(error.message, "The task goes on"));
            CHECK_FALSE(contains(error.message, "end the request again"));
        }
    const auto key = read(envelope(401, "no"));
    CHECK(contains(expect<PollTrouble>(key).error.message, "The task goes on"));
}

TEST_CASE("the service's verdict on the task counts as an error of the call too") {
    CHECK(expect<TaskFailed>(read(envelope(501, "Image generation task failed"))).error.code ==
          ErrorCode::GenerationFailed);
    CHECK(expect<TaskFailed>(read(envelope(400, "prompt was flagged"))).error.code == ErrorCode::Moderated);
    CHECK(expect<TaskFailed>(read(envelope(500, "content policy violation"))).error.code ==
          ErrorCode::Moderated);
}

TEST_CASE("a record in an error envelope is still the record") {
    const auto reply =
        read(http(500, R"({"code":500,"msg":"x","data":{"successFlag":1,"response":{"resultImageUrl":")" +
                           kUrl + "\"}}}"));
    CHECK(expect<TaskDone>(reply).url == kUrl);
}

TEST_CASE("what is not the service's answer is trouble") {
    for (int status : {0, 200, 301, 400, 401, 403, 404, 422, 429, 500, 502, 503, 504, 520})
        for (const char* body :
             {"", "<html>Just a moment...</html>", "error code: 1010", "[]", "null", "3", "\"x\"",
              R"({"code":200,"data":{"successFlag":1,"response":{"resultImageUrl":"https://a)"}) {
            CAPTURE(status, body);
            const auto reply = read(http(status, body));
            CHECK(contains(expect<PollTrouble>(reply).error.message, "The task goes on"));
        }
    CHECK(expect<PollTrouble>(read(http(403, "<html>"))).error.code == ErrorCode::Blocked);
    CHECK(expect<PollTrouble>(read(http(200, "error code: 1010"))).error.code == ErrorCode::Blocked);
    CHECK(expect<PollTrouble>(read(http(502, ""))).error.code == ErrorCode::ServiceError);
    CHECK(expect<PollTrouble>(read(http(404, "Not Found"))).error.code == ErrorCode::Protocol);
    CHECK(expect<PollTrouble>(read(http(401, ""))).error.code == ErrorCode::Unauthorized);
    for (const char* body :
         {"{}", R"({"code":200,"data":[]})", R"({"code":200,"data":7})", R"({"code":200,"data":"x"})"}) {
        CAPTURE(body);
        CHECK(expect<PollTrouble>(read(http(200, body))).error.code == ErrorCode::Protocol);
    }
}

TEST_CASE("a rate limit brings the server's wish along") {
    for (const net::HttpReply& reply :
         {http(429, "", {{"Retry-After", "3"}}),
          http(200, R"({"code":429,"msg":"x","data":null})", {{"Retry-After", "3"}}),
          http(503, "<html>", {{"Retry-After", "3"}})}) {
        const auto read_reply = read(reply);
        CHECK(expect<PollTrouble>(read_reply).retry_after == std::chrono::seconds(3));
    }
}

TEST_CASE("the log gets the beginning of a strange body") {
    const auto reply = read(http(502, "<html>\n\n<b>Bad\tGateway</b>" + std::string(5000, 'x')));
    const std::string& detail = expect<PollTrouble>(reply).error.detail;
    CHECK(contains(detail, "record-info: HTTP 502"));
    CHECK(contains(detail, "<html> <b>Bad Gateway</b>xxx"));
    CHECK(detail.size() < 400);
}
