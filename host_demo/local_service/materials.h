#pragma once

#include <functional>

#include "surface.h"
#include "words.h"

namespace local_service {

/// Each fills a surface with one family's material.
void brick(Surface& s, const Look& look);
void stone_wall(Surface& s, const Look& look);
void cobble(Surface& s, const Look& look);
void flagstone(Surface& s, const Look& look);
void tiles(Surface& s, const Look& look);
void hex_tiles(Surface& s, const Look& look);
void mosaic(Surface& s, const Look& look);
void roof_tiles(Surface& s, const Look& look);

void concrete(Surface& s, const Look& look);
void plaster(Surface& s, const Look& look);
void asphalt(Surface& s, const Look& look);
void marble(Surface& s, const Look& look);
void rock(Surface& s, const Look& look);
void cliff(Surface& s, const Look& look);
void crystal(Surface& s, const Look& look);

void planks(Surface& s, const Look& look);
void parquet(Surface& s, const Look& look);
void bark(Surface& s, const Look& look);
void wicker(Surface& s, const Look& look);

void grass(Surface& s, const Look& look);
void leaves(Surface& s, const Look& look);
void straw(Surface& s, const Look& look);
void gravel(Surface& s, const Look& look);
void sand(Surface& s, const Look& look);
void dirt(Surface& s, const Look& look);
void cracked_mud(Surface& s, const Look& look);

void rusty_metal(Surface& s, const Look& look);
void painted_metal(Surface& s, const Look& look);
void brushed_metal(Surface& s, const Look& look);
void tread_plate(Surface& s, const Look& look);
void panels(Surface& s, const Look& look);
void hammered(Surface& s, const Look& look);

void fabric(Surface& s, const Look& look);
void denim(Surface& s, const Look& look);
void knit(Surface& s, const Look& look);
void leather(Surface& s, const Look& look);
void fur(Surface& s, const Look& look);
void scales(Surface& s, const Look& look);
void paper(Surface& s, const Look& look);

void snow(Surface& s, const Look& look);
void ice(Surface& s, const Look& look);
void lava(Surface& s, const Look& look);
void water(Surface& s, const Look& look);
void clouds(Surface& s, const Look& look);
void cells(Surface& s, const Look& look);

/// What the condition words do to a finished surface or, in edit mode, to a picture taken as one.
void apply_conditions(Surface& s, const Look& look);
/// Branching fracture lines of a nominal spacing and width, 0..1.
Field fractures(const Surface& s, float size, float width, std::uint32_t seed);
/// Fills the surface with the look's family and returns how strong its relief is to be shaded.
float fill_material(Surface& s, const Look& look);
/// Tiny variations of colour that keep large areas from looking sprayed.
void grain(Surface& s, float amount, std::uint32_t seed);

/// The block of a regular bond that a point lies in; lengths are nominal.
struct Block {
    float inside = 0;    ///< distance to the block's edge, negative in the joint
    float u = 0, v = 0;  ///< from its centre
    std::uint32_t id = 0;
    int column = 0, row = 0;
};

struct Bond {
    int columns = 4, rows = 8;
    float width = 256, height = 128;  ///< of a block with its joint
    float shift = 0.5F;               ///< of every second row, in blocks
    float joint = 8;
    float radius = 5;
    float irregular = 2;  ///< how much the blocks' sizes differ
};

Bond make_bond(const Surface& s, float width, float height, bool even_rows);
Block block_at(const Bond& bond, float x, float y, std::uint32_t seed);

/// Visits every pixel.
template <class Visit>
void each(Surface& s, Visit visit) {
    for (int y = 0; y < s.h; ++y) {
        check_cancelled();
        for (int x = 0; x < s.w; ++x) visit(x, y, s.at(x, y));
    }
}

}  // namespace local_service
