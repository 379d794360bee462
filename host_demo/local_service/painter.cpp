#include "painter.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "edit.h"
#include "materials.h"

namespace local_service {

namespace {

struct Ratio {
    std::string_view name;
    int width, height;
};

constexpr std::array<Ratio, 6> kRatios{{{"1:1", 1024, 1024},
                                        {"16:9", 1392, 752},
                                        {"9:16", 752, 1392},
                                        {"4:3", 1184, 880},
                                        {"3:4", 880, 1184},
                                        {"21:9", 1568, 672}}};

using Material = void (*)(Surface&, const Look&);

struct Entry {
    Family family;
    Material material;
    float relief;
};

constexpr Entry kMaterials[] = {
    {Family::Brick, brick, 0.55F},
    {Family::StoneWall, stone_wall, 0.6F},
    {Family::Cobble, cobble, 0.6F},
    {Family::Flagstone, flagstone, 0.6F},
    {Family::Tiles, tiles, 0.6F},
    {Family::HexTiles, hex_tiles, 0.6F},
    {Family::Mosaic, mosaic, 0.6F},
    {Family::RoofTiles, roof_tiles, 0.55F},
    {Family::Concrete, concrete, 0.6F},
    {Family::Plaster, plaster, 0.6F},
    {Family::Asphalt, asphalt, 0.6F},
    {Family::Planks, planks, 0.6F},
    {Family::Parquet, parquet, 0.6F},
    {Family::Bark, bark, 0.6F},
    {Family::Straw, straw, 0.6F},
    {Family::Wicker, wicker, 0.6F},
    {Family::Marble, marble, 0.5F},
    {Family::Rock, rock, 0.85F},
    {Family::Cliff, cliff, 0.6F},
    {Family::Gravel, gravel, 0.6F},
    {Family::Crystal, crystal, 0.6F},
    {Family::Grass, grass, 0.45F},
    {Family::Leaves, leaves, 0.5F},
    {Family::Sand, sand, 0.6F},
    {Family::Dirt, dirt, 0.6F},
    {Family::CrackedMud, cracked_mud, 0.6F},
    {Family::Snow, snow, 0.5F},
    {Family::Ice, ice, 0.5F},
    {Family::RustyMetal, rusty_metal, 0.6F},
    {Family::PaintedMetal, painted_metal, 0.6F},
    {Family::BrushedMetal, brushed_metal, 0.5F},
    {Family::TreadPlate, tread_plate, 0.6F},
    {Family::Panels, panels, 0.6F},
    {Family::Hammered, hammered, 0.6F},
    {Family::Fabric, fabric, 0.6F},
    {Family::Denim, denim, 0.6F},
    {Family::Knit, knit, 0.6F},
    {Family::Leather, leather, 0.6F},
    {Family::Fur, fur, 0.45F},
    {Family::Scales, scales, 0.6F},
    {Family::Paper, paper, 0.5F},
    {Family::Lava, lava, 0.85F},
    {Family::Water, water, 0.5F},
    {Family::Clouds, clouds, 0.3F},
    {Family::Cells, cells, 0.6F},
};

std::uint32_t hash_words(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

/// For words that name no material: the same words always mean the same one, in a colour of their own.
Family imagine(std::string_view prompt, Look& look) {
    constexpr Family kHandsome[] = {Family::Cells,   Family::Marble, Family::Crystal, Family::Scales,
                                    Family::Plaster, Family::Mosaic, Family::Rock,    Family::Hammered};
    constexpr int kColours[] = {0x8A6F4E, 0x5E7480, 0x7A4B45, 0x556B4C,
                                0x6A5A7C, 0x9A8760, 0x3F6A6A, 0x7F7468};
    const std::uint32_t hash = hash_words(prompt);
    if (look.colours.empty()) look.colours.push_back(rgb(kColours[(hash >> 8U) % std::size(kColours)]));
    return kHandsome[hash % std::size(kHandsome)];
}

void finish_family(std::string_view prompt, Look& look) {
    const auto asked = [&](Condition c) { return look[c] > 0; };
    if (look.family == Family::Unknown) {
        if (asked(Condition::Mossy)) look.family = Family::Rock;
        if (asked(Condition::Golden)) look.family = Family::Hammered;
        if (asked(Condition::Frozen)) look.family = Family::Ice;
    }
    if (look.family == Family::Unknown) look.family = imagine(prompt, look);
    // Material words that are also conditions must not be applied twice.
    if (look.family == Family::Snow) look[Condition::Snowy] = 0;
    if (look.family == Family::RustyMetal || look.family == Family::PaintedMetal) look[Condition::Rusty] = 0;
    if (look.family == Family::BrushedMetal && asked(Condition::Rusty)) {
        look.family = Family::RustyMetal;
        look[Condition::Rusty] = 0;
    }
    if (look.family == Family::Dirt && asked(Condition::Cracked)) {
        look.family = Family::CrackedMud;
        look[Condition::Cracked] = 0;
    }
    if (look.family == Family::Ice) look[Condition::Frozen] = 0;
}

}  // namespace

float fill_material(Surface& s, const Look& look) {
    const auto entry = std::find_if(std::begin(kMaterials), std::end(kMaterials),
                                    [&](const Entry& e) { return e.family == look.family; });
    if (entry == std::end(kMaterials)) return 0;
    entry->material(s, look);
    return entry->relief;
}

namespace {

Picture paint_order(const PaintOrder& order) {
    const int divisor = std::max(1, order.divisor);
    const auto ratio = std::find_if(kRatios.begin(), kRatios.end(),
                                    [&](const Ratio& r) { return r.name == order.aspect_ratio; });
    int width = ratio == kRatios.end() ? 0 : ratio->width / divisor;
    int height = ratio == kRatios.end() ? 0 : ratio->height / divisor;
    Look look = read_words(order.prompt, order.seed);
    if (order.input) return edit_picture(*order.input, look, width, height, divisor);
    if (width == 0) width = height = 1024 / divisor;
    finish_family(order.prompt, look);
    Surface surface(width, height, 1.0F / static_cast<float>(divisor));
    const float relief = fill_material(surface, look);
    apply_conditions(surface, look);
    return shade(surface, relief * look.roughness);
}

}  // namespace

Picture paint(const PaintOrder& order, const std::atomic<bool>& cancelled) {
    const CancelScope scope(cancelled);
    try {
        return paint_order(order);
    } catch (const PaintCancelled&) {
        return {};
    }
}

}  // namespace local_service
