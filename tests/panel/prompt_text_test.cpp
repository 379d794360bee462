#include "panel/prompt_text.h"
#include "catch.h"

#include <string>

using kontexture::panel::LineMeasure;
using kontexture::panel::PromptText;
using kontexture::panel::valid_utf8;

namespace {

class Columns : public LineMeasure {
public:
    explicit Columns(std::size_t count) : count_(count) {}
    std::size_t fit(std::string_view line) const override { return std::min(line.size(), count_); }

private:
    std::size_t count_;
};

}  // namespace

TEST_CASE("Breaks stand where spaces were and are no part of the prompt") {
    PromptText prompt;
    prompt.assign("one two three four");
    prompt.wrap(Columns(9));
    CHECK(prompt.shown() == "one two\nthree\nfour");
    CHECK(prompt.line_count() == 3);
    CHECK(prompt.raw() == "one two three four");
}

TEST_CASE("A person's own line ends stay") {
    PromptText prompt;
    prompt.assign("one\n\ntwo three\n");
    prompt.wrap(Columns(5));
    CHECK(prompt.shown() == "one\n\ntwo\nthree\n");
    prompt.absorb("one\n\ntwo\nthree\nx");
    CHECK(prompt.raw() == "one\n\ntwo three\nx");
}

TEST_CASE("A long word breaks between characters") {
    PromptText prompt;
    prompt.assign("aaaaaaaaaaaa bb");
    prompt.wrap(Columns(5));
    CHECK(prompt.shown() == "aaaaa\naaaaa\naa bb");
    CHECK(prompt.to_raw(6) == 5);
    CHECK(prompt.to_shown(5) == 6);
    CHECK(prompt.to_shown(prompt.to_raw(13)) == 13);

    PromptText wide;
    wide.assign("\xE6\x9C\xA8\xE6\x9C\xA8\xE6\x9C\xA8");
    wide.wrap(Columns(4));
    CHECK(wide.shown() == "\xE6\x9C\xA8\n\xE6\x9C\xA8\n\xE6\x9C\xA8");
    CHECK(wide.raw() == "\xE6\x9C\xA8\xE6\x9C\xA8\xE6\x9C\xA8");
    wide.wrap(Columns(1));
    CHECK(valid_utf8(wide.shown()) == wide.shown());
}

TEST_CASE("Typing before, at and after a break") {
    PromptText prompt;
    prompt.assign("one two three four");
    prompt.wrap(Columns(9));
    SECTION("before") {
        prompt.absorb("ones two\nthree\nfour");
        CHECK(prompt.raw() == "ones two three four");
    }
    SECTION("after") {
        prompt.absorb("one two\nthree\nfours");
        CHECK(prompt.raw() == "one two three fours");
    }
    SECTION("the break itself is taken out") {
        prompt.absorb("one twothree\nfour");
        CHECK(prompt.raw() == "one twothree four");
    }
    SECTION("an own line end") {
        prompt.absorb("one two\nth\nree\nfour");
        CHECK(prompt.raw() == "one two th\nree four");
    }
    SECTION("an undo that brings a break back") {
        prompt.absorb("one two", false);
        prompt.wrap(Columns(9));
        prompt.absorb("one two\nthree\nfour", true);
        CHECK(prompt.raw() == "one two three four");
    }
    SECTION("everything is replaced") {
        prompt.absorb("");
        CHECK(prompt.raw().empty());
    }
}

TEST_CASE("Only valid UTF-8 is kept") {
    CHECK(valid_utf8("gr\xC3\xBCn \xF0\x9F\x8C\xBF") == "gr\xC3\xBCn \xF0\x9F\x8C\xBF");
    CHECK(valid_utf8("\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80") == "?????????");
    CHECK(valid_utf8("end \xE6\x9C") == "end ??");
}
