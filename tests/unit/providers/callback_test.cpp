#include "kie_fixture.h"

using namespace kontexture;
using namespace kontexture::providers;

namespace {

std::string task(std::string_view body) {
    return kie()->read_callback(body).value_or("");
}

}  // namespace

TEST_CASE("the callback of a success and of a failure names its task") {
    CHECK(
        task(R"({"code":200,"msg":"BFL image generated successfully.","data":{"taskId":"task12345",)"
             R"("info":{"originImageUrl":"https://a.example/o","resultImageUrl":"https://a.example/r"}}})") ==
        "task12345");
    CHECK(task(R"({"code":501,"msg":"Image generation task failed","data":{"taskId":"task12345",)"
               R"("info":{"originImageUrl":"","resultImageUrl":""}}})") == "task12345");
}

TEST_CASE("the other shapes of the same service's callbacks are read, in this order") {
    CHECK(task(R"({"taskId":"top","data":{"task_id":"inner","callbackType":"task_completed"}})") == "inner");
    CHECK(task(R"({"taskId":"top","data":{"taskId":"camel","task_id":"snake"}})") == "camel");
    CHECK(task(R"({"taskId":"top","data":{"state":"success"}})") == "top");
    CHECK(task(R"({"taskId":"top"})") == "top");
    CHECK(task(R"({"taskId":"top","data":null})") == "top");
    CHECK(task(R"({"data":"{\"taskId\":\"wrapped\"}"})") == "wrapped");
    CHECK(task(R"({"data":{"taskId":"","task_id":" blanks "}})") == "blanks");
    CHECK(task(R"({"data":{"taskId":{},"task_id":"next"}})") == "next");
    CHECK(task("{\"msg\":\"\xff\xfe\",\"data\":{\"taskId\":\"t\"}}") == "t");
    CHECK(task(R"({"data":{"taskId":1234567890123456789}})") == "1234567890123456789");
}

TEST_CASE("anything else names none") {
    for (const char* body :
         {"", "null", "[]", "\"task\"", "7", "{", R"({"data":{}})", R"({"data":[{"taskId":"t"}]})",
          R"({"data":{"taskId":null}})", R"({"data":{"taskId":true}})", R"({"data":{"taskId":1.5}})",
          R"({"data":{"taskId":"a b"}})", R"({"data":{"taskId":"a\nb"}})", R"({"data":{"taskId":"\u0000"}})",
          R"({"data":{"taskId":"\u00e4"}})", R"({"TaskID":"t"})", "taskId=t", R"({"data":{"taskId":"t"})"}) {
        CAPTURE(body);
        CHECK_FALSE(kie()->read_callback(body));
    }
    CHECK_FALSE(kie()->read_callback(R"({"taskId":")" + std::string(513, 'x') + R"("})"));
    CHECK(kie()->read_callback(R"({"taskId":")" + std::string(512, 'x') + R"("})"));
    CHECK_FALSE(kie()->read_callback(R"({"taskId":"t"})" + std::string(64 * 1024, ' ')));
    CHECK_FALSE(kie()->read_callback(std::string(60'000, '[')));
}
