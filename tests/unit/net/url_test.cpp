#include "net/url.h"

#include "catch.h"

#include <string>

using namespace kontexture::net;

namespace {

std::string read(const std::string& text) {
    const auto url = parse_url(text);
    return url ? url->text() : "refused";
}

std::string follow(const std::string& base, const std::string& reference) {
    const auto url = resolve_reference(*parse_url(base), reference);
    return url ? url->text() : "refused";
}

}  // namespace

TEST_CASE("an address is taken apart") {
    const auto url = parse_url("HTTPS://Api.Example.COM:8443/a/b?c=d&e=%2F+f#part");
    REQUIRE(url);
    CHECK(url->scheme == "https");
    CHECK(url->host == "api.example.com");
    CHECK(url->port == 8443);
    CHECK(url->target == "/a/b?c=d&e=%2F+f");
    CHECK(url->authority() == "api.example.com:8443");

    const auto v6 = parse_url("http://[::1]:80");
    REQUIRE(v6);
    CHECK(v6->host == "::1");
    CHECK(v6->port == 80);
    CHECK(v6->target == "/");
    CHECK(v6->authority() == "[::1]");
}

TEST_CASE("addresses are normalised where it is safe") {
    CHECK(read("https://a.b") == "https://a.b/");
    CHECK(read("https://a.b:443/x") == "https://a.b/x");
    CHECK(read("https://a.b?q=1") == "https://a.b/?q=1");
    CHECK(read("https://a.b/\xe5\x9b\xbe.png") == "https://a.b/%E5%9B%BE.png");
    CHECK(read("https://a.b/x|y") == "https://a.b/x%7Cy");
    CHECK(read("https://a_b.c-d.e/") == "https://a_b.c-d.e/");
    CHECK(read("https://1.2.3.4/") == "https://1.2.3.4/");
}

TEST_CASE("addresses that could mislead are refused") {
    for (const char* text : {"",
                             "a.b/c",
                             "ftp://a.b/",
                             "file:///etc/passwd",
                             "https:/a.b",
                             "https://",
                             "https:///x",
                             "https://a b/",
                             "https://a.b/ x",
                             "https://a.b/\tx",
                             "https://a.b/x\r\nHost: c",
                             "https://a.b\\@c.d/",
                             "https://u@a.b/",
                             "https://u:p@a.b/",
                             "https://a.b:0/",
                             "https://a.b:65536/",
                             "https://a.b:/",
                             "https://a.b:8x/",
                             "https://a.b:-1/",
                             "https://a..b/",
                             "https://.a/",
                             "https://a./",
                             "https://a%41.b/",
                             "https://[::1/",
                             "https://[::1]x/",
                             "https://[1.2.3.4]/",
                             "https://[fe80::1%25eth0]/",
                             "https://127.1/",
                             "https://0x7f.0.0.1/",
                             "https://2130706433/",
                             "https://0177.0.0.1/",
                             "https://256.1.1.1/",
                             "https://a.b.1/",
                             "https://a.0x1/",
                             "https://\xc3\xa4.b/",
                             "https://a.b/\x7f",
                             "javascript:alert(1)"}) {
        CAPTURE(std::string(text));
        CHECK(read(text) == "refused");
    }
    CHECK(read(std::string("https://a.b/\0x", 14)) == "refused");
    CHECK(read("https://a.b/" + std::string(9000, 'x')) == "refused");
}

TEST_CASE("a password in a refused address is not quoted") {
    const auto url = parse_url("https://user:hunter2@a.b/");
    REQUIRE(!url);
    CHECK(url.error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("redirects are read relative to where they come from") {
    const std::string base = "https://a.b/one/two?q=1";
    CHECK(follow(base, "https://c.d/x") == "https://c.d/x");
    CHECK(follow(base, "//c.d:8080/x") == "https://c.d:8080/x");
    CHECK(follow(base, "/x?y=1") == "https://a.b/x?y=1");
    CHECK(follow(base, "x") == "https://a.b/one/x");
    CHECK(follow(base, "./x") == "https://a.b/one/x");
    CHECK(follow(base, "../x") == "https://a.b/x");
    CHECK(follow(base, "../../../x/") == "https://a.b/x/");
    CHECK(follow(base, "..") == "https://a.b/");
    CHECK(follow(base, "?z") == "https://a.b/one/two?z");
    CHECK(follow(base, "x?u=http://e.f/") == "https://a.b/one/x?u=http://e.f/");
    CHECK(follow(base, "#f") == base);
    CHECK(follow(base, "ftp://c.d/x") == "refused");
    CHECK(follow(base, "javascript:alert(1)") == "refused");
    CHECK(follow(base, "/x y") == "refused");
    CHECK(follow(base, "/x\r\ny") == "refused");
    CHECK(follow(base, "//u@c.d/") == "refused");
}

TEST_CASE("origins and loopback hosts") {
    CHECK(same_origin(*parse_url("https://a.b/x"), *parse_url("https://A.b:443/y")));
    CHECK(!same_origin(*parse_url("https://a.b/"), *parse_url("http://a.b:443/")));
    CHECK(!same_origin(*parse_url("https://a.b/"), *parse_url("https://a.b:444/")));
    CHECK(!same_origin(*parse_url("https://a.b/"), *parse_url("https://c.a.b/")));
    CHECK(is_loopback_host("localhost"));
    CHECK(is_loopback_host("127.9.9.9"));
    CHECK(is_loopback_host("::1"));
    CHECK(!is_loopback_host("localhost.example.com"));
    CHECK(!is_loopback_host("10.0.0.1"));
    CHECK(!is_loopback_host("0.0.0.0"));
}
