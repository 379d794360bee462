#include "providers/wire_text.h"
#include "kie_fixture.h"

using namespace kontexture::providers;

TEST_CASE("cleaned text is one valid line within its limit") {
    CHECK(clean_text("  a \n\t b\x01"
                     "c  ",
                     50) == "a b c");
    CHECK(clean_text("a\xFF"
                     "b",
                     50) ==
          "a\xEF\xBF\xBD"
          "b");
    CHECK(clean_text("a\xE2\x80\xAE"
                     "b\xEF\xBB\xBF",
                     50) == "ab");
    CHECK(clean_text("a\xC2\x85"
                     "b",
                     50) == "a b");
    CHECK(clean_text("abc", 3) == "abc");
    CHECK(clean_text("abcd", 3) == "ab\xE2\x80\xA6");
    CHECK(clean_text("石石石石", 3) == "石石\xE2\x80\xA6");
    CHECK(clean_text("abc", 0).empty());
    CHECK(clean_text(" \n ", 5).empty());
}

TEST_CASE("repaired text is valid and keeps what was valid") {
    CHECK(repair_utf8("a石b") == "a石b");
    CHECK(is_utf8(repair_utf8("\xF0\x9F\x98 \x80\xE7\x9F")));
    CHECK(is_utf8("\xF0\x9F\x98\x80"));
    CHECK_FALSE(is_utf8("\xF0\x9F\x98"));
    CHECK_FALSE(is_utf8("\xF0\x80\x80\x80"));
}

TEST_CASE("local addresses are told from public ones") {
    for (const char* url :
         {"http://localhost", "HTTP://LOCALHOST:8000/x", "https://me@localhost/x", "http://printer.local/x",
          "http://127.0.0.1:1", "http://10.1.2.3/x", "http://172.16.0.1/", "http://172.31.9.9",
          "http://192.168.1.1?x", "http://169.254.169.254", "http://[::1]:80/", "http://[fd00::1]/",
          "http://[fe80::1]/"}) {
        CAPTURE(url);
        CHECK(is_local_address(url));
    }
    for (const char* url :
         {"https://api.kie.ai", "http://8.8.8.8/x", "http://172.15.0.1/", "http://172.32.0.1",
          "http://192.169.1.1", "http://10.example.com/", "https://localhost.example/", "http://[2606::1]/",
          "http://a/@localhost", "http://@", "http://a@", "localhost", ""}) {
        CAPTURE(url);
        CHECK_FALSE(is_local_address(url));
    }
}
