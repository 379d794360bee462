#include "words.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace local_service {

namespace {

struct FamilyWord {
    std::string_view word;
    Family family;
    int weight;
};

using F = Family;
constexpr FamilyWord kFamilyWords[] = {
    {"brick", F::Brick, 9},
    {"brickwork", F::Brick, 9},
    {"chimney", F::Brick, 5},
    {"stone", F::StoneWall, 4},
    {"stone", F::Rock, 5},
    {"stone", F::Flagstone, 3},
    {"stone", F::Cobble, 2},
    {"stonework", F::StoneWall, 8},
    {"masonry", F::StoneWall, 8},
    {"castle", F::StoneWall, 6},
    {"dungeon", F::StoneWall, 6},
    {"fortress", F::StoneWall, 6},
    {"ruin", F::StoneWall, 4},
    {"rubble", F::StoneWall, 5},
    {"wall", F::StoneWall, 3},
    {"wall", F::Brick, 1},
    {"wall", F::Plaster, 2},
    {"temple", F::StoneWall, 4},
    {"medieval", F::StoneWall, 2},
    {"ashlar", F::StoneWall, 9},
    {"cobble", F::Cobble, 9},
    {"cobblestone", F::Cobble, 9},
    {"sett", F::Cobble, 9},
    {"street", F::Cobble, 4},
    {"alley", F::Cobble, 3},
    {"flagstone", F::Flagstone, 9},
    {"paving", F::Flagstone, 7},
    {"pavement", F::Flagstone, 6},
    {"patio", F::Flagstone, 6},
    {"path", F::Flagstone, 3},
    {"slate", F::Flagstone, 6},
    {"slab", F::Flagstone, 5},
    {"floor", F::Flagstone, 3},
    {"floor", F::Planks, 2},
    {"floor", F::Tiles, 2},
    {"tile", F::Tiles, 8},
    {"tiled", F::Tiles, 8},
    {"ceramic", F::Tiles, 6},
    {"porcelain", F::Tiles, 6},
    {"bathroom", F::Tiles, 5},
    {"kitchen", F::Tiles, 4},
    {"checkerboard", F::Tiles, 8},
    {"terracotta", F::Tiles, 5},
    {"hexagon", F::HexTiles, 10},
    {"hexagonal", F::HexTiles, 10},
    {"hex", F::HexTiles, 10},
    {"honeycomb", F::HexTiles, 9},
    {"mosaic", F::Mosaic, 10},
    {"roman", F::Mosaic, 3},
    {"terrazzo", F::Mosaic, 7},
    {"roof", F::RoofTiles, 9},
    {"roofing", F::RoofTiles, 9},
    {"shingle", F::RoofTiles, 9},
    {"concrete", F::Concrete, 9},
    {"cement", F::Concrete, 9},
    {"bunker", F::Concrete, 6},
    {"plaster", F::Plaster, 9},
    {"stucco", F::Plaster, 9},
    {"wallpaper", F::Plaster, 6},
    {"adobe", F::Plaster, 7},
    {"clay", F::Plaster, 5},
    {"chalk", F::Plaster, 6},
    {"asphalt", F::Asphalt, 9},
    {"tarmac", F::Asphalt, 9},
    {"road", F::Asphalt, 6},
    {"highway", F::Asphalt, 6},
    {"wood", F::Planks, 6},
    {"wooden", F::Planks, 6},
    {"timber", F::Planks, 6},
    {"plank", F::Planks, 8},
    {"board", F::Planks, 6},
    {"oak", F::Planks, 6},
    {"pine", F::Planks, 6},
    {"walnut", F::Planks, 6},
    {"mahogany", F::Planks, 6},
    {"birch", F::Planks, 5},
    {"deck", F::Planks, 6},
    {"fence", F::Planks, 5},
    {"crate", F::Planks, 5},
    {"barn", F::Planks, 5},
    {"log", F::Bark, 4},
    {"parquet", F::Parquet, 10},
    {"herringbone", F::Parquet, 9},
    {"hardwood", F::Parquet, 7},
    {"bark", F::Bark, 10},
    {"tree", F::Bark, 5},
    {"trunk", F::Bark, 6},
    {"straw", F::Straw, 9},
    {"hay", F::Straw, 9},
    {"thatch", F::Straw, 9},
    {"thatched", F::Straw, 10},
    {"wicker", F::Wicker, 9},
    {"basket", F::Wicker, 8},
    {"rattan", F::Wicker, 9},
    {"bamboo", F::Wicker, 5},
    {"marble", F::Marble, 8},
    {"onyx", F::Marble, 7},
    {"jade", F::Marble, 6},
    {"granite", F::Mosaic, 3},
    {"granite", F::Rock, 6},
    {"rock", F::Rock, 7},
    {"rocky", F::Rock, 6},
    {"boulder", F::Rock, 7},
    {"basalt", F::Rock, 7},
    {"obsidian", F::Crystal, 6},
    {"meteorite", F::Rock, 7},
    {"moon", F::Rock, 4},
    {"cave", F::Rock, 6},
    {"cliff", F::Cliff, 9},
    {"canyon", F::Cliff, 9},
    {"sandstone", F::Cliff, 8},
    {"strata", F::Cliff, 9},
    {"layered", F::Cliff, 5},
    {"mountain", F::Cliff, 6},
    {"limestone", F::Cliff, 7},
    {"gravel", F::Gravel, 9},
    {"pebble", F::Gravel, 9},
    {"shingle beach", F::Gravel, 9},
    {"crystal", F::Crystal, 9},
    {"gem", F::Crystal, 8},
    {"amethyst", F::Crystal, 9},
    {"quartz", F::Crystal, 7},
    {"diamond", F::Crystal, 6},
    {"emerald", F::Crystal, 6},
    {"ruby", F::Crystal, 6},
    {"glass", F::Crystal, 5},
    {"grass", F::Grass, 9},
    {"lawn", F::Grass, 9},
    {"meadow", F::Grass, 9},
    {"turf", F::Grass, 8},
    {"moss", F::Grass, 2},
    {"leaf", F::Leaves, 8},
    {"leaves", F::Leaves, 9},
    {"foliage", F::Leaves, 9},
    {"ivy", F::Leaves, 9},
    {"hedge", F::Leaves, 8},
    {"jungle", F::Leaves, 6},
    {"forest", F::Leaves, 4},
    {"bush", F::Leaves, 7},
    {"sand", F::Sand, 8},
    {"beach", F::Sand, 6},
    {"desert", F::Sand, 7},
    {"dune", F::Sand, 9},
    {"dirt", F::Dirt, 8},
    {"soil", F::Dirt, 9},
    {"earth", F::Dirt, 7},
    {"ground", F::Dirt, 5},
    {"mud", F::Dirt, 8},
    {"trail", F::Dirt, 5},
    {"mud", F::CrackedMud, 5},
    {"parched", F::CrackedMud, 12},
    {"drought", F::CrackedMud, 10},
    {"lakebed", F::CrackedMud, 10},
    {"snow", F::Snow, 7},
    {"ice", F::Ice, 8},
    {"glacier", F::Ice, 9},
    {"metal", F::BrushedMetal, 5},
    {"metallic", F::BrushedMetal, 4},
    {"steel", F::BrushedMetal, 6},
    {"iron", F::RustyMetal, 5},
    {"iron", F::Hammered, 5},
    {"aluminium", F::BrushedMetal, 7},
    {"aluminum", F::BrushedMetal, 7},
    {"brushed", F::BrushedMetal, 6},
    {"chrome", F::BrushedMetal, 7},
    {"titanium", F::BrushedMetal, 7},
    {"rust", F::RustyMetal, 6},
    {"rusty", F::RustyMetal, 7},
    {"rusted", F::RustyMetal, 7},
    {"corroded", F::RustyMetal, 7},
    {"corrosion", F::RustyMetal, 6},
    {"painted", F::PaintedMetal, 6},
    {"painted", F::Plaster, 5},
    {"peeling", F::PaintedMetal, 5},
    {"container", F::PaintedMetal, 5},
    {"hull", F::Panels, 8},
    {"ship", F::Panels, 3},
    {"panel", F::Panels, 8},
    {"sci", F::Panels, 8},
    {"scifi", F::Panels, 9},
    {"spaceship", F::Panels, 9},
    {"plating", F::Panels, 7},
    {"plate", F::Panels, 5},
    {"armor", F::Panels, 5},
    {"armour", F::Panels, 5},
    {"riveted", F::Panels, 8},
    {"rivet", F::Panels, 8},
    {"tread", F::TreadPlate, 9},
    {"diamond plate", F::TreadPlate, 14},
    {"grating", F::TreadPlate, 8},
    {"checker plate", F::TreadPlate, 14},
    {"gold", F::Hammered, 7},
    {"bronze", F::Hammered, 7},
    {"copper", F::Hammered, 7},
    {"brass", F::Hammered, 7},
    {"silver", F::Hammered, 6},
    {"hammered", F::Hammered, 9},
    {"forged", F::Hammered, 8},
    {"fabric", F::Fabric, 8},
    {"cloth", F::Fabric, 8},
    {"linen", F::Fabric, 9},
    {"canvas", F::Fabric, 8},
    {"burlap", F::Fabric, 9},
    {"textile", F::Fabric, 8},
    {"cotton", F::Fabric, 8},
    {"silk", F::Fabric, 7},
    {"carpet", F::Fur, 6},
    {"rug", F::Fur, 6},
    {"denim", F::Denim, 10},
    {"jeans", F::Denim, 9},
    {"twill", F::Denim, 9},
    {"knit", F::Knit, 10},
    {"knitted", F::Knit, 10},
    {"wool", F::Knit, 7},
    {"sweater", F::Knit, 9},
    {"leather", F::Leather, 9},
    {"hide", F::Leather, 6},
    {"skin", F::Leather, 5},
    {"fur", F::Fur, 9},
    {"furry", F::Fur, 9},
    {"hair", F::Fur, 7},
    {"scale", F::Scales, 8},
    {"scaly", F::Scales, 9},
    {"dragon", F::Scales, 7},
    {"fish", F::Scales, 5},
    {"snake", F::Scales, 7},
    {"reptile", F::Scales, 8},
    {"lizard", F::Scales, 7},
    {"paper", F::Paper, 8},
    {"parchment", F::Paper, 9},
    {"cardboard", F::Paper, 8},
    {"lava", F::Lava, 10},
    {"magma", F::Lava, 10},
    {"molten", F::Lava, 9},
    {"volcanic", F::Lava, 6},
    {"volcano", F::Lava, 7},
    {"ember", F::Lava, 7},
    {"fire", F::Lava, 5},
    {"water", F::Water, 8},
    {"ocean", F::Water, 9},
    {"sea", F::Water, 8},
    {"river", F::Water, 8},
    {"lake", F::Water, 8},
    {"pool", F::Water, 7},
    {"wave", F::Water, 5},
    {"cloud", F::Clouds, 9},
    {"cloudy", F::Clouds, 8},
    {"sky", F::Clouds, 8},
    {"smoke", F::Clouds, 7},
    {"fog", F::Clouds, 6},
    {"alien", F::Cells, 6},
    {"organic", F::Cells, 7},
    {"coral", F::Cells, 8},
    {"flesh", F::Cells, 7},
    {"slime", F::Cells, 7},
    {"biomechanical", F::Cells, 8},
    {"sponge", F::Cells, 7},
};

struct ColourWord {
    std::string_view word;
    int hex;
};

constexpr ColourWord kColourWords[] = {
    {"red", 0xA83226},       {"crimson", 0x8E1B2C},    {"scarlet", 0xC0301E},   {"maroon", 0x5E1E22},
    {"burgundy", 0x64202F},  {"ruby", 0x971B3A},       {"pink", 0xD990A4},      {"rose", 0xC77585},
    {"magenta", 0xA8357F},   {"salmon", 0xD98873},     {"orange", 0xC9702B},    {"amber", 0xC88A2B},
    {"peach", 0xDDAE8A},     {"terracotta", 0xB4633F}, {"yellow", 0xCDAA3A},    {"mustard", 0xA8862F},
    {"lemon", 0xDDCB55},     {"ochre", 0xAA7A35},      {"gold", 0xC79B3B},      {"golden", 0xC79B3B},
    {"bronze", 0x8C6A3C},    {"brass", 0xB0914A},      {"copper", 0xB06A45},    {"silver", 0xB4B8BC},
    {"green", 0x4E7A3A},     {"lime", 0x86AE3C},       {"olive", 0x6A6A35},     {"emerald", 0x1F7A55},
    {"jade", 0x4F9070},      {"mint", 0x9CCBB0},       {"teal", 0x2B7478},      {"turquoise", 0x3E9E9C},
    {"cyan", 0x4BA5B5},      {"aqua", 0x58AEB0},       {"blue", 0x36588F},      {"navy", 0x22304F},
    {"azure", 0x4A80B8},     {"cobalt", 0x2A4A92},     {"indigo", 0x3A3575},    {"sapphire", 0x244A8A},
    {"purple", 0x62407F},    {"violet", 0x6F4A94},     {"lavender", 0xA493BE},  {"lilac", 0xB29AC0},
    {"plum", 0x6A3A5E},      {"brown", 0x6B4A33},      {"chocolate", 0x4A3024}, {"tan", 0xB4936A},
    {"beige", 0xCDBB9C},     {"cream", 0xE2D8BE},      {"ivory", 0xE4DECB},     {"khaki", 0x9A8E66},
    {"sepia", 0x704F35},     {"grey", 0x7F8082},       {"gray", 0x7F8082},      {"charcoal", 0x3C3E42},
    {"ash", 0x9A9893},       {"white", 0xDEDCD6},      {"black", 0x2B2B2E},     {"ebony", 0x33281F},
    {"oak", 0x9C7448},       {"pine", 0xBE955F},       {"walnut", 0x5C4231},    {"mahogany", 0x6A3226},
    {"birch", 0xCBB28A},     {"cherry", 0x86452E},     {"amethyst", 0x7C55A5},  {"obsidian", 0x23222A},
    {"sandstone", 0xB89468}, {"slate", 0x565E66},      {"rosy", 0xC77585},      {"bluish", 0x5B7390},
    {"greenish", 0x6B7E5C},  {"reddish", 0x98523F},
};

struct ConditionWord {
    std::string_view word;
    Condition condition;
    float strength;
};

using C = Condition;
constexpr ConditionWord kConditionWords[] = {
    {"mossy", C::Mossy, 1},
    {"moss", C::Mossy, 1},
    {"overgrown", C::Mossy, 1.35F},
    {"lichen", C::Mossy, 0.6F},
    {"wet", C::Wet, 1},
    {"rainy", C::Wet, 1},
    {"damp", C::Wet, 0.6F},
    {"soaked", C::Wet, 1.2F},
    {"puddle", C::Wet, 1},
    {"cracked", C::Cracked, 1},
    {"crack", C::Cracked, 1},
    {"broken", C::Cracked, 1},
    {"shattered", C::Cracked, 1.3F},
    {"damaged", C::Cracked, 0.8F},
    {"fractured", C::Cracked, 1},
    {"old", C::Old, 1},
    {"ancient", C::Old, 1.2F},
    {"aged", C::Old, 1},
    {"older", C::Old, 1},
    {"worn", C::Old, 1},
    {"weathered", C::Old, 1},
    {"ruined", C::Old, 1},
    {"vintage", C::Old, 0.8F},
    {"medieval", C::Old, 0.5F},
    {"abandoned", C::Old, 1},
    {"decayed", C::Old, 1.2F},
    {"faded", C::Pale, 0.8F},
    {"dark", C::Dark, 1},
    {"darker", C::Dark, 1},
    {"black", C::Dark, 0.15F},
    {"gloomy", C::Dark, 0.8F},
    {"night", C::Dark, 1},
    {"bright", C::Bright, 1},
    {"brighter", C::Bright, 1},
    {"light", C::Bright, 0.8F},
    {"lighter", C::Bright, 1},
    {"sunny", C::Bright, 0.8F},
    {"dirty", C::Dirty, 1},
    {"grimy", C::Dirty, 1},
    {"filthy", C::Dirty, 1.3F},
    {"muddy", C::Dirty, 1.2F},
    {"stained", C::Dirty, 0.9F},
    {"grunge", C::Dirty, 1},
    {"rusty", C::Rusty, 1},
    {"rusted", C::Rusty, 1},
    {"rust", C::Rusty, 1},
    {"corroded", C::Rusty, 1.1F},
    {"oxidized", C::Rusty, 0.9F},
    {"polished", C::Polished, 1},
    {"shiny", C::Polished, 1},
    {"glossy", C::Polished, 1},
    {"smooth", C::Polished, 0.5F},
    {"snowy", C::Snowy, 1},
    {"snow", C::Snowy, 1},
    {"snowcovered", C::Snowy, 1.2F},
    {"winter", C::Snowy, 0.9F},
    {"frozen", C::Frozen, 1},
    {"icy", C::Frozen, 1},
    {"frosty", C::Frozen, 0.8F},
    {"frost", C::Frozen, 0.9F},
    {"burnt", C::Burnt, 1},
    {"burned", C::Burnt, 1},
    {"scorched", C::Burnt, 1},
    {"charred", C::Burnt, 1.2F},
    {"golden", C::Golden, 1},
    {"gilded", C::Golden, 1},
    {"dusty", C::Dusty, 1},
    {"dust", C::Dusty, 1},
    {"sandy", C::Dusty, 1},
    {"pale", C::Pale, 1},
    {"pastel", C::Pale, 1},
    {"vivid", C::Vivid, 1},
    {"vibrant", C::Vivid, 1},
    {"saturated", C::Vivid, 1},
    {"colorful", C::Vivid, 1},
    {"colourful", C::Vivid, 1},
    {"bloody", C::Bloody, 1},
    {"blood", C::Bloody, 1},
};

std::vector<std::string> split(std::string_view prompt) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : std::string(prompt) + " ") {
        if (std::isalpha(static_cast<unsigned char>(c))) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    return words;
}

bool matches(const std::string& said, std::string_view known) {
    if (said == known) return true;
    return said.size() > known.size() && said.size() <= known.size() + 2 &&
           (said == std::string(known) + "s" || said == std::string(known) + "es");
}

bool in(const std::string& word, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

Family choose_family(const std::vector<std::string>& words) {
    std::array<float, static_cast<std::size_t>(Family::Unknown) + 1> votes{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string pair = i + 1 < words.size() ? words[i] + " " + words[i + 1] : std::string();
        for (const FamilyWord& known : kFamilyWords) {
            const bool pair_word = known.word.find(' ') != std::string_view::npos;
            if (!(pair_word ? pair == known.word : matches(words[i], known.word))) continue;
            // Of equal words the later one is usually the noun that is described.
            votes[static_cast<std::size_t>(known.family)] +=
                static_cast<float>(known.weight) + 0.02F * static_cast<float>(i);
        }
    }
    const auto best = std::max_element(votes.begin(), votes.end());
    return *best > 0 ? static_cast<Family>(best - votes.begin()) : Family::Unknown;
}

void read_modifiers(const std::string& word, Look& look) {
    if (in(word, {"large", "big", "huge", "giant", "coarse", "wide"})) look.scale = 1.5F;
    if (in(word, {"small", "tiny", "fine", "little", "narrow", "thin"})) look.scale = 0.66F;
    if (in(word, {"rough", "rugged", "jagged", "chiseled", "deep"})) look.roughness = 1.4F;
    if (in(word, {"smooth", "flat", "soft", "polished", "clean"})) look.roughness = 0.7F;
    if (in(word, {"vertical", "upright", "fence"})) look.vertical = true;
    if (in(word, {"checkered", "chequered", "checkerboard", "checker", "chess"})) look.checkered = true;
}

float strength_before(const std::vector<std::string>& words, std::size_t at) {
    if (at == 0) return 1;
    const std::string& before = words[at - 1];
    if (in(before, {"no", "not", "without", "remove", "less"})) return 0;
    if (in(before, {"slightly", "lightly", "little", "some", "subtle", "subtly"})) return 0.55F;
    if (in(before, {"very", "heavily", "extremely", "heavy", "thick", "more", "covered", "fully"}))
        return 1.4F;
    return 1;
}

}  // namespace

std::vector<Rgb> Look::palette(std::initializer_list<int> natural) const {
    std::vector<Rgb> own;
    float mean = 0;
    for (const int hex : natural) {
        own.push_back(rgb(hex));
        mean += luma(own.back()) / static_cast<float>(natural.size());
    }
    const float warm = (chance(1) - 0.5F) * 0.07F;
    const float value = 1 + (chance(2) - 0.5F) * 0.12F;
    for (std::size_t i = 0; i < own.size(); ++i) {
        if (!colours.empty()) {
            const float ratio = std::pow(luma(own[i]) / mean, 0.8F);
            own[i] = mix(saturated(colours[i % colours.size()] * ratio, 0.9F), own[i], 0.16F);
        }
        own[i] = own[i] * Rgb{value * (1 + warm), value, value * (1 - warm)};
    }
    return own;
}

Look read_words(std::string_view prompt, std::uint64_t seed) {
    Look look;
    look.seed = static_cast<std::uint32_t>(seed ^ (seed >> 32U));
    const std::vector<std::string> words = split(prompt);
    look.family = choose_family(words);
    for (std::size_t i = 0; i < words.size(); ++i) {
        read_modifiers(words[i], look);
        for (const ColourWord& known : kColourWords)
            if (words[i] == known.word && look.colours.size() < 4) look.colours.push_back(rgb(known.hex));
        for (const ConditionWord& known : kConditionWords)
            if (words[i] == known.word) look[known.condition] = known.strength * strength_before(words, i);
    }
    return look;
}

std::vector<std::string_view> family_words() {
    std::vector<std::string_view> names;
    for (int f = 0; f < static_cast<int>(Family::Unknown); ++f) {
        const FamilyWord* best = nullptr;
        for (const FamilyWord& known : kFamilyWords)
            if (known.family == static_cast<Family>(f) && (!best || known.weight > best->weight))
                best = &known;
        if (best) names.push_back(best->word);
    }
    return names;
}

}  // namespace local_service
