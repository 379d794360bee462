#include "catch.h"
#include "local_service/words.h"

using namespace local_service;

TEST_CASE("words choose the material") {
    const auto family = [](const char* prompt) { return read_words(prompt, 1).family; };
    CHECK(family("red brick wall") == Family::Brick);
    CHECK(family("mossy stone wall") == Family::StoneWall);
    CHECK(family("a weathered stone wall, seamless texture") == Family::StoneWall);
    CHECK(family("cobblestone street") == Family::Cobble);
    CHECK(family("old wooden planks") == Family::Planks);
    CHECK(family("tree bark") == Family::Bark);
    CHECK(family("rusty metal") == Family::RustyMetal);
    CHECK(family("blue painted metal") == Family::PaintedMetal);
    CHECK(family("bathroom tiles") == Family::Tiles);
    CHECK(family("dragon scales") == Family::Scales);
    CHECK(family("xyzzy") == Family::Unknown);
}

TEST_CASE("words set colours and conditions, negation takes them back") {
    const Look look = read_words("very mossy wet blue brick without cracks, no rust", 1);
    CHECK(look[Condition::Mossy] > 1);
    CHECK(look[Condition::Wet] > 0);
    CHECK(look[Condition::Cracked] <= 0);
    CHECK(look[Condition::Rusty] <= 0);
    REQUIRE(look.colours.size() == 1);
    CHECK(look.colours[0].b > look.colours[0].r);
}
