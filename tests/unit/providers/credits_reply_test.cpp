#include "kie_fixture.h"

using namespace kontexture;
using namespace kontexture::providers;
using engine::CallTrouble;

namespace {

CreditsReply read(const net::HttpReply& reply) {
    return kie()->read_credits(reply);
}

}  // namespace

TEST_CASE("the balance is a number, whole or not, in digits or in a string") {
    const std::pair<const char*, double> bodies[] = {
        {R"({"code":200,"msg":"success","data":100})", 100},
        {R"({"code":200,"msg":"success","data":812.5})", 812.5},
        {R"({"code":"200","data":"812.5"})", 812.5},
        {R"({"code":200,"data":" 7 "})", 7},
        {R"({"code":200,"data":0})", 0},
        {R"({"code":200,"data":-3})", -3},
        {R"({"data":12})", 12},
    };
    for (const auto& [body, credits] : bodies) {
        CAPTURE(body);
        CHECK(expect<double>(read(http(200, body))) == credits);
    }
}

TEST_CASE("a balance that does not come says why") {
    struct Case {
        int status;
        const char* body;
        ErrorCode code;
        bool permanent;
    };
    const Case cases[] = {
        {200, R"({"code":401,"msg":"You do not have access permissions","data":null})",
         ErrorCode::Unauthorized, true},
        {401, R"({"code":401,"msg":"You do not have access permissions"})", ErrorCode::Unauthorized, true},
        {200, R"({"code":402,"msg":"x","data":0})", ErrorCode::InsufficientCredits, true},
        {200, R"({"code":500,"msg":"x","data":5})", ErrorCode::ServiceError, false},
        {500, R"({"code":200,"data":5})", ErrorCode::ServiceError, false},
        {200, R"({"code":200,"data":null})", ErrorCode::Protocol, false},
        {200, R"({"code":200,"data":"many"})", ErrorCode::Protocol, false},
        {200, R"({"code":200,"data":{"a":1}})", ErrorCode::Protocol, false},
        {200, "100", ErrorCode::Protocol, false},
        {200, "", ErrorCode::Protocol, false},
        {404, "Not Found", ErrorCode::Protocol, true},
        {403, "<html>", ErrorCode::Blocked, true},
        {503, "", ErrorCode::ServiceError, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.status, c.body);
        const auto reply = read(http(c.status, c.body));
        const CallTrouble& trouble = expect<CallTrouble>(reply);
        CHECK(trouble.error.code == c.code);
        CHECK(trouble.permanent == c.permanent);
        CHECK_FALSE(trouble.error.message.empty());
    }
}
