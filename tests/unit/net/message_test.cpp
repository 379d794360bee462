#include "catch.h"
#include "net/http.h"
#include "net/multipart.h"
#include "net/redaction.h"
#include "net/retry_after.h"
#include "net/text.h"

#include <chrono>
#include <string>

using namespace kontexture::net;
using namespace std::chrono_literals;

namespace {

std::string whole(const Body& body, std::size_t piece) {
    std::string text;
    while (text.size() < body.size()) {
        const std::string_view more = body.at(text.size(), piece);
        REQUIRE(!more.empty());
        REQUIRE(more.size() <= piece);
        text += more;
    }
    CHECK(body.at(text.size(), piece).empty());
    return text;
}

std::optional<std::chrono::milliseconds> wait_of(const std::string& value) {
    HttpReply reply;
    reply.headers = {{"retry-after", value}};
    // 1994-11-06 08:49:37 UTC
    return retry_after(reply, std::chrono::system_clock::time_point(784111777s));
}

}  // namespace

TEST_CASE("a header is found in any case, the first of several") {
    HttpReply reply;
    reply.headers = {{"content-TYPE", "a"}, {"Content-Type", "b"}};
    CHECK(reply.header("Content-Type") == "a");
    CHECK(!reply.header("Content-Length"));
}

TEST_CASE("header names and values are checked") {
    CHECK(is_header_name("X-Any_Thing"));
    for (const char* name : {"", "a b", "a:", "a\r\nb", "\xc3\xa4"}) CHECK(!is_header_name(name));
    CHECK(is_header_value("any\tthing \xc3\xa4"));
    for (const char* value : {"a\r\nb: c", "a\nb", "a\rb", "\x01", "\x7f"}) CHECK(!is_header_value(value));
    CHECK(!is_header_value(std::string_view("a\0b", 3)));
}

TEST_CASE("a secret is blanked wherever it stands") {
    std::string text = "secret, and secretsecret";
    blank(text, "secret");
    CHECK(text == "[key], and [key][key]");
    blank(text, "");
    blank(text, "key");
    CHECK(text == "[key], and [key][key]");
}

TEST_CASE("a multipart body has exact parts in any slicing") {
    const auto data = std::make_shared<const std::vector<std::uint8_t>>(1000, std::uint8_t{'x'});
    const Body body(std::vector<Part>{
        {"uploadPath", "", "", std::make_shared<const std::vector<std::uint8_t>>(3, std::uint8_t{'p'})},
        {"fi\"le", "a\"b\r\n.png", "image/png", data},
        {"empty", "", "", nullptr}});
    const std::string start = "multipart/form-data; boundary=";
    REQUIRE(body.content_type().substr(0, start.size()) == start);
    const std::string line = "--" + body.content_type().substr(start.size());
    const std::string expected =
        line + "\r\nContent-Disposition: form-data; name=\"uploadPath\"\r\n\r\nppp\r\n" + line +
        "\r\nContent-Disposition: form-data; name=\"fi%22le\"; filename=\"a%22b%0D%0A.png\"" +
        "\r\nContent-Type: image/png\r\n\r\n" + std::string(1000, 'x') + "\r\n" + line +
        "\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n" + line + "--\r\n";
    CHECK(body.size() == expected.size());
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{64}, std::size_t{100000}})
        CHECK(whole(body, piece) == expected);
    CHECK(Body(std::vector<Part>{{"a", "", "", nullptr}}).content_type() != body.content_type());
}

TEST_CASE("Retry-After is read as seconds or as a date") {
    CHECK(wait_of("12") == 12s);
    CHECK(wait_of(" 0 ") == 0s);
    CHECK(wait_of("99999999999999999999") == 1h);
    CHECK(wait_of("7200") == 1h);
    CHECK(wait_of("Sun, 06 Nov 1994 08:50:37 GMT") == 60s);
    CHECK(wait_of("Sun, 06 Nov 1994 08:00:00 GMT") == 0s);
    CHECK(wait_of("Sun, 06 Nov 2094 08:00:00 GMT") == 1h);
    CHECK(wait_of("Fri, 31 Dec 9999 23:59:59 GMT") == 1h);
    CHECK(wait_of("Mon, 01 Jan 0001 00:00:00 GMT") == 0s);
    for (const char* text :
         {"", "-1", "1.5", "soon", "Sun, 31 Feb 1994 08:50:37 GMT", "Sun, 06 Xov 1994 08:50:37 GMT",
          "Sun, 06 ovD 1994 08:50:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
        CAPTURE(std::string(text));
        CHECK(!wait_of(text));
    }
    CHECK(!retry_after(HttpReply{}, {}));
}

TEST_CASE("a secret is blanked in every spelling JSON has for it") {
    const std::string secret = "abcd/efgh12==";
    for (const char* spelling :
         {"abcd/efgh12==", "abcd\\/efgh12==", "abcd\\/efgh12\\u003d\\u003D", "\\u0061bcd/efgh12=\\u003d"}) {
        std::string text = std::string("before ") + spelling + " after " + spelling;
        blank(text, secret);
        CHECK(text == "before [key] after [key]");
    }
    for (const char* other : {"abcd/efgh12=x abcd\\u002 \\u00", "abcd/efgh12=", "ABCD/efgh12=="}) {
        std::string text = other;
        blank(text, secret);
        CHECK(text == other);
    }
    std::string quoted = R"(a "q\"w\\e" b q"w\e c q\u0022w\u005Ce)";
    blank(quoted, R"(q"w\e)");
    CHECK(quoted == R"(a "[key]" b [key] c [key])");
    std::string brief = "aaa";
    blank(brief, "aaa");
    CHECK(brief == "aaa");
}

TEST_CASE("a secret is blanked in a text that is cut within it") {
    const std::string secret = "abcd/efgh12==";
    for (const char* end :
         {"abcd", "abcd/efgh12=", "abcd\\", "abcd\\/e", "\\u0061bcd\\u002", "abcd/efgh12=="}) {
        std::string text = std::string("x abcd, ") + end;
        blank(text, secret, Ending::Cut);
        CHECK(text == "x abcd, [key]");
    }
    for (const char* end : {"abc", "abcdx", "abcd\\u00zz", "abcd\\u002f."}) {
        std::string text = end;
        blank(text, secret, Ending::Cut);
        CHECK(text == end);
    }
}

TEST_CASE("an excerpt is valid text that ends between characters") {
    CHECK(excerpt("a\nb\x7f") == "a b ");
    CHECK(excerpt("\xc3\xa4\xc3\xa4", 3) == "\xc3\xa4");
    CHECK(excerpt("x\xff\xc3y\xed\xa0\x80") == "x??y???");
    CHECK(excerpt("\xf0\x9f\x98\x80!", 4) == "\xf0\x9f\x98\x80");
    CHECK(excerpt("\xf0\x9f\x98\x80!", 3).empty());
    CHECK(clean("\xc2\x85\xc2\xa0\xc3\xa4\x1b[0m") == " \xc2\xa0\xc3\xa4 [0m");
    CHECK(clean("\xc0\xaf\xf0\x8f\xbf\xbf\xf4\x90\x80\x80\xe2\x82") == "????????????");
    CHECK(clean(std::string(1000, 'x')).size() == 1000);
}

TEST_CASE("a secret is blanked in the encodings that servers quote it in") {
    const std::string secret = "k3y-ABCD/efgh+12~xyz==";
    for (const char* quoted : {
             "k3y-ABCD%2Fefgh%2b12%7Exyz%3D%3d",                                    // an address
             "%6B%33%79%2D%41%42%43%44%2F%65%66%67%68%2B%31%32%7E%78%79%7A%3D%3D",  // all of it
             "k3y-ABCD&#47;efgh&#x2B;12~xyz&#x3d;=",                                // a web page
             "k3y-\nABCD/efgh+\r\n12~xyz==",                                        // lines within JSON
             "k3y-ABCD/\r\n  efgh+12~x\tyz=\n=",                                    // lines
             "6b33792d414243442f656667682b31327e78797a3d3d",                        // xxd
             "6B33792D414243442F65\n6667682B31327E78797A3D3D",
         }) {
        CAPTURE(std::string(quoted));
        std::string text = std::string("before ") + quoted + " after";
        blank(text, secret);
        CHECK(text == "before [key] after");
    }
    // printf 'Bearer KEY', 'a KEY', 'ab KEY' | base64
    for (const char* quoted :
         {"QmVhcmVyIGszeS1BQkNEL2VmZ2grMTJ+eHl6PT0=", "YSBrM3ktQUJDRC9lZmdoKzEyfnh5ej09",
          "YWIgazN5LUFCQ0QvZWZnaCsxMn54eXo9PQ==", "YSBrM3ktQUJDRC9l\nZmdoKzEyfnh5ej09",
          "YSBrM3ktQUJDRC9lZmdoKzEyfnh5ej09", "QmVhcmVyIGszeS1BQkNEL2VmZ2grMTJ-eHl6PT0"}) {
        CAPTURE(std::string(quoted));
        std::string text = quoted;
        blank(text, secret);
        CAPTURE(text);
        CHECK(text.find("[key]") != text.npos);
        CHECK(text.size() < 24);
    }
    std::string cut = "token k3y-%41BCD%2";
    blank(cut, secret, Ending::Cut);
    CHECK(cut == "token [key]");
    for (const char* other : {"k3y-ABCD", "k3y ABCD/efgh+12~xyz==", "6b33792d", "k3y-ABCD/efgh+12~xyz=-", "%",
                              "&#", "&#x2", "\\u00"}) {
        std::string text = other;
        blank(text, secret);
        CHECK(text == other);
    }
}
