#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "surface.h"

namespace local_service {

enum class Family : std::uint8_t {
    Brick,
    StoneWall,
    Cobble,
    Flagstone,
    Tiles,
    HexTiles,
    Mosaic,
    RoofTiles,
    Concrete,
    Plaster,
    Asphalt,
    Planks,
    Parquet,
    Bark,
    Straw,
    Wicker,
    Marble,
    Rock,
    Cliff,
    Gravel,
    Crystal,
    Grass,
    Leaves,
    Sand,
    Dirt,
    CrackedMud,
    Snow,
    Ice,
    RustyMetal,
    PaintedMetal,
    BrushedMetal,
    TreadPlate,
    Panels,
    Hammered,
    Fabric,
    Denim,
    Knit,
    Leather,
    Fur,
    Scales,
    Paper,
    Lava,
    Water,
    Clouds,
    Cells,
    Unknown,
};

enum class Condition : std::uint8_t {
    Mossy,
    Wet,
    Cracked,
    Old,
    Dark,
    Bright,
    Dirty,
    Rusty,
    Polished,
    Snowy,
    Frozen,
    Burnt,
    Golden,
    Dusty,
    Pale,
    Vivid,
    Bloody,
    Count,
};

/// What the words of a prompt ask for.
struct Look {
    Family family = Family::Unknown;
    std::vector<Rgb> colours;
    std::array<float, static_cast<std::size_t>(Condition::Count)> conditions{};
    float scale = 1;        ///< of the features; 2 is twice as large
    float roughness = 1;    ///< of the relief
    bool vertical = false;  ///< boards, streaks
    bool checkered = false;
    std::uint32_t seed = 0;

    float operator[](Condition c) const { return conditions[static_cast<std::size_t>(c)]; }
    float& operator[](Condition c) { return conditions[static_cast<std::size_t>(c)]; }
    /// The material's own colours, or these moved to the colours that were asked for.
    std::vector<Rgb> palette(std::initializer_list<int> natural) const;
    std::uint32_t sub(std::uint32_t n) const { return hash3(seed, n, 77); }
    float chance(std::uint32_t n) const { return unit_hash(seed, n + 100); }
};

Look read_words(std::string_view prompt, std::uint64_t seed);

/// One name per family, as a prompt would say it; in the order of the enumerators, without Unknown.
std::vector<std::string_view> family_words();

}  // namespace local_service
