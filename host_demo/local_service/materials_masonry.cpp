// Laid by hand: bricks, stones, tiles, roofs.
#include <algorithm>
#include <cmath>

#include "materials.h"

namespace local_service {

Bond make_bond(const Surface& s, float width, float height, bool even_rows) {
    Bond bond;
    bond.columns = s.across(width);
    bond.rows = even_rows ? s.down_even(height) : s.down(height);
    bond.width = s.nx(s.w) / static_cast<float>(bond.columns);
    bond.height = s.ny(s.h) / static_cast<float>(bond.rows);
    return bond;
}

Block block_at(const Bond& bond, float x, float y, std::uint32_t seed) {
    Block block;
    // Joints stay off the picture's border.
    x += bond.width * 0.3F;
    y += bond.height * 0.45F;
    const int raw_row = static_cast<int>(std::floor(y / bond.height));
    const float shifted = x - ((raw_row & 1) != 0 ? bond.shift * bond.width : 0);
    const int raw_column = static_cast<int>(std::floor(shifted / bond.width));
    const auto wrap = [](int i, int n) { return ((i % n) + n) % n; };
    block.row = wrap(raw_row, bond.rows);
    block.column = wrap(raw_column, bond.columns);
    block.id = hash3(static_cast<std::uint32_t>(block.column), static_cast<std::uint32_t>(block.row), seed);
    block.u = shifted - (static_cast<float>(raw_column) + 0.5F) * bond.width;
    block.v = y - (static_cast<float>(raw_row) + 0.5F) * bond.height;
    const float loss = bond.irregular;
    const float half_w = (bond.width - bond.joint) * 0.5F - loss * unit_hash(block.id, 3);
    const float half_h = (bond.height - bond.joint) * 0.5F - loss * unit_hash(block.id, 4);
    const float qx = std::fabs(block.u + loss * (unit_hash(block.id, 5) - 0.5F)) - half_w + bond.radius;
    const float qy = std::fabs(block.v + loss * (unit_hash(block.id, 6) - 0.5F)) - half_h + bond.radius;
    const float ox = std::max(qx, 0.0F);
    const float oy = std::max(qy, 0.0F);
    block.inside = bond.radius - std::sqrt(ox * ox + oy * oy) - std::min(std::max(qx, qy), 0.0F);
    return block;
}

void brick(Surface& s, const Look& look) {
    Bond bond = make_bond(s, 204 * look.scale, 73 * look.scale, true);
    bond.joint = 10;
    bond.radius = 5;
    bond.irregular = 3.5F;
    const auto colours = look.palette({0x8E4A38, 0xA3573F, 0x7A3F33, 0xB0694C, 0x93503F});
    const Rgb burnt = mix(colours[2], rgb(0x3A2B2A), 0.6F);
    const Rgb mortar = vary(rgb(0x938A7D), look.sub(1), 0.16F, 0.03F);
    const Field wx = s.noise(90, 3, look.sub(2));
    const Field wy = s.noise(90, 3, look.sub(3));
    const Field rough = s.noise(26, 5, look.sub(4), 0.6F);
    const Field mottle = s.noise(120, 5, look.sub(5), 0.6F);
    const Field fine = s.noise(6, 3, look.sub(6), 0.7F);
    const Field chips = s.crests(60, 3, look.sub(7));
    each(s, [&](int x, int y, std::size_t at) {
        const float r = rough.v[at];
        const Block b =
            block_at(bond, s.nx(x) + wx.v[at] * 4 + r * 1.5F, s.ny(y) + wy.v[at] * 4 + r * 1.5F, look.seed);
        const float edge = b.inside + r * 2.6F - smooth(0.62F, 0.8F, chips.v[at]) * 5 * unit_hash(b.id, 20);
        const float solid = smooth(-0.5F, 2.5F, edge);
        const float tilt =
            (unit_hash(b.id, 7) - 0.5F) * b.u * 0.035F + (unit_hash(b.id, 8) - 0.5F) * b.v * 0.07F;
        const float pit = smooth(0.50F, 0.72F, -fine.v[at] + 0.35F * r) * 1.3F;
        const float face = 9 + unit_hash(b.id, 9) * 3 + tilt + r * 2.2F + fine.v[at] * 1.1F - pit;
        const float bed = fine.v[at] * 1.7F + rough.v[at] * 1.5F - smooth(0, 6, -edge) * 1.5F;
        s.height.v[at] = mix(bed, face * smooth(-1, 6.5F, edge), solid);
        Rgb c = vary(along(colours, unit_hash(b.id, 10)), b.id, 0.12F, 0.05F);
        if (unit_hash(b.id, 14) > 0.88F) c = mix(c, burnt, 0.75F);
        c = c * (1 + mottle.v[at] * 0.30F + r * 0.16F + fine.v[at] * 0.14F - pit * 0.12F);
        c = mix(c, rgb(0xC9BBA6), smooth(0.25F, 0.75F, mottle.v[at] + 0.4F * fine.v[at]) * 0.22F);
        c = mix(c, mortar, (1 - smooth(0, 9, edge)) * 0.28F);
        const Rgb m = mortar * (0.94F + fine.v[at] * 0.22F + mottle.v[at] * 0.16F);
        s.colour[at] = mix(m, c, solid);
        s.gloss.v[at] = 0.12F;
    });
}

void stone_wall(Surface& s, const Look& look) {
    const Field wx = s.noise(140, 4, look.sub(1));
    const Field wy = s.noise(140, 4, look.sub(2));
    CellShape shape{s.across(190 * look.scale), s.down_even(124 * look.scale), 0.62F, 0.5F};
    shape.warp = 22 * s.unit;
    shape.push_x = &wx;
    shape.push_y = &wy;
    const Cells stones = voronoi(s.w, s.h, shape, look.sub(3));
    const auto colours = look.palette({0x6E6A63, 0x8B857A, 0x7C7468, 0x9C9484, 0x74716E, 0x857A69});
    const Rgb mortar = vary(rgb(0x716A60), look.sub(4), 0.12F, 0.04F);
    const Field facet = s.crests(110, 5, look.sub(5));
    const Field rough = s.noise(46, 6, look.sub(6), 0.62F);
    const Field fine = s.noise(7, 3, look.sub(7), 0.7F);
    const Field stain = s.noise(210, 5, look.sub(8), 0.55F);
    const Field chip = s.noise(24, 4, look.sub(9), 0.6F);
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = stones.id[at];
        const float edge = stones.edge.v[at] / s.unit - 6 + chip.v[at] * 5;
        const float solid = smooth(-1, 3, edge);
        const float dome = 1 - std::pow(1 - clamp01(edge / 34), 2.4F);
        const float u = stones.dx.v[at] / s.unit;
        const float v = stones.dy.v[at] / s.unit;
        const float tilt = (unit_hash(id, 5) - 0.5F) * u * 0.12F + (unit_hash(id, 6) - 0.5F) * v * 0.16F;
        const float relief = rough.v[at] * 8 - facet.v[at] * 9 + fine.v[at] * 0.9F;
        const float face = dome * (17 + unit_hash(id, 7) * 8 + tilt) + relief * (0.35F + 0.65F * dome);
        const float bed = fine.v[at] * 1.6F + rough.v[at] * 2.5F - 1;
        s.height.v[at] = mix(bed, face, solid);
        Rgb c = vary(along(colours, unit_hash(id, 8)), id, 0.13F, 0.05F);
        c = c * (0.97F + rough.v[at] * 0.30F + fine.v[at] * 0.16F + (facet.v[at] - 0.3F) * -0.22F);
        c = mix(c, c * Rgb{1.10F, 0.98F, 0.82F}, smooth(0, 0.5F, stain.v[at]) * 0.8F);
        c = mix(c, rgb(0xB9B7A4), smooth(0.38F, 0.52F, rough.v[at] * 0.6F - stain.v[at] * 0.5F) * 0.35F);
        const Rgb m = mortar * (0.88F + fine.v[at] * 0.24F + stain.v[at] * 0.2F);
        s.colour[at] = mix(m, c, solid);
        s.gloss.v[at] = 0.14F;
    });
}

void cobble(Surface& s, const Look& look) {
    const Field wx = s.noise(80, 3, look.sub(1));
    const Field wy = s.noise(80, 3, look.sub(2));
    CellShape shape{s.across(112 * look.scale), s.down_even(98 * look.scale), 0.55F, 0.5F};
    shape.warp = 9 * s.unit;
    shape.push_x = &wx;
    shape.push_y = &wy;
    const Cells stones = voronoi(s.w, s.h, shape, look.sub(3));
    const auto colours = look.palette({0x6A6863, 0x86827A, 0x5C5D5F, 0x968E80, 0x787069, 0x6C7074});
    const Rgb soil = rgb(0x4B4137);
    const Field rough = s.noise(40, 6, look.sub(6), 0.6F);
    const Field fine = s.noise(6, 3, look.sub(7), 0.7F);
    const Field stain = s.noise(260, 4, look.sub(8));
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = stones.id[at];
        const float edge = stones.edge.v[at] / s.unit - 5.5F + rough.v[at] * 2.5F;
        const float solid = smooth(-1, 2.5F, edge);
        const float t = clamp01(edge / 38);
        const float dome = std::sqrt(std::max(0.0F, 1 - (1 - t) * (1 - t)));
        const float u = stones.dx.v[at] / s.unit;
        const float v = stones.dy.v[at] / s.unit;
        const float tilt = (unit_hash(id, 5) - 0.5F) * u * 0.10F + (unit_hash(id, 6) - 0.5F) * v * 0.10F;
        const float face = dome * (25 + unit_hash(id, 7) * 7 + tilt) + rough.v[at] * 3.6F + fine.v[at] * 0.8F;
        const float bed = fine.v[at] * 2.2F + rough.v[at] * 3;
        s.height.v[at] = mix(bed, face, solid);
        Rgb c = vary(along(colours, unit_hash(id, 8)), id, 0.16F, 0.05F);
        c = c * (0.92F + 0.12F * dome + rough.v[at] * 0.22F + fine.v[at] * 0.15F + stain.v[at] * 0.12F);
        c = mix(c, soil, (1 - smooth(0, 14, edge)) * 0.55F);
        const Rgb m = soil * (1 + fine.v[at] * 0.4F + rough.v[at] * 0.35F);
        s.colour[at] = mix(m, c, solid);
        s.gloss.v[at] = 0.12F + 0.16F * dome;
    });
}

void flagstone(Surface& s, const Look& look) {
    const Field wx = s.noise(120, 4, look.sub(1));
    const Field wy = s.noise(120, 4, look.sub(2));
    CellShape shape{s.across(260 * look.scale), s.down_even(230 * look.scale), 0.85F, 0.3F};
    shape.warp = 8 * s.unit;
    shape.push_x = &wx;
    shape.push_y = &wy;
    const Cells slabs = voronoi(s.w, s.h, shape, look.sub(3));
    const auto colours = look.palette({0x7D776D, 0x948B7C, 0x6D6C6B, 0xA1957F, 0x857D77});
    const Rgb soil = rgb(0x574C3F);
    const Field layer = s.noise(150, 5, look.sub(5), 0.5F);
    const Field rough = s.noise(34, 5, look.sub(6), 0.6F);
    const Field fine = s.noise(6, 3, look.sub(7), 0.7F);
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = slabs.id[at];
        const float edge = slabs.edge.v[at] / s.unit - 8 + rough.v[at] * 5;
        const float solid = smooth(-1, 3, edge);
        // Cleft stone breaks in steps.
        const float level = (layer.v[at] + unit_hash(id, 4)) * 5;
        const float step = std::floor(level) + smooth(0.35F, 0.65F, level - std::floor(level));
        const float face = smooth(-1, 9, edge) * (12 + unit_hash(id, 7) * 4) + step * 1.5F +
                           rough.v[at] * 1.8F + fine.v[at] * 0.7F;
        const float bed = fine.v[at] * 2 + rough.v[at] * 3;
        s.height.v[at] = mix(bed, face, solid);
        Rgb c = vary(along(colours, unit_hash(id, 8)), id, 0.12F, 0.06F);
        c = c * (0.97F + layer.v[at] * 0.20F + rough.v[at] * 0.20F + fine.v[at] * 0.13F);
        c = mix(c, soil, (1 - smooth(0, 16, edge)) * 0.4F);
        s.colour[at] = mix(soil * (1 + fine.v[at] * 0.45F + rough.v[at] * 0.3F), c, solid);
        s.gloss.v[at] = 0.15F;
    });
}

void tiles(Surface& s, const Look& look) {
    Bond bond = make_bond(s, 171 * look.scale, 171 * look.scale, true);
    if (look.checkered)
        bond.columns = std::max(2, bond.columns / 2 * 2),
        bond.width = s.nx(s.w) / static_cast<float>(bond.columns);
    bond.shift = 0;
    bond.joint = 7;
    bond.radius = 5;
    bond.irregular = 1;
    const auto colours = look.palette({0xC9C4B6, 0xBDB9AE, 0xD2CCBD});
    const Rgb other = look.colours.size() > 1 ? look.colours[1] : rgb(0x35363A);
    const Rgb grout = look.colours.empty() ? rgb(0x8A857C) : rgb(0x9C978D);
    const Field glaze = s.noise(120, 4, look.sub(1));
    const Field cloud = s.noise(60, 5, look.sub(2), 0.6F);
    const Field fine = s.noise(5, 3, look.sub(3), 0.7F);
    const Field grime = s.noise(200, 5, look.sub(4), 0.6F);
    each(s, [&](int x, int y, std::size_t at) {
        const Block b = block_at(bond, s.nx(x), s.ny(y), look.seed);
        const float edge = b.inside + cloud.v[at] * 0.7F;
        const float solid = smooth(-0.7F, 1.4F, edge);
        const float tilt =
            (unit_hash(b.id, 7) - 0.5F) * b.u * 0.02F + (unit_hash(b.id, 8) - 0.5F) * b.v * 0.02F;
        const float pillow = 1 - std::pow(1 - clamp01(edge / 13), 3.0F);
        s.height.v[at] = mix(fine.v[at] * 1.2F, pillow * 9 + tilt + glaze.v[at] * 1.1F, solid);
        const bool second = look.checkered && ((b.column + b.row) & 1) != 0;
        Rgb c = second ? other : along(colours, unit_hash(b.id, 9));
        c = vary(c, b.id, 0.06F, 0.025F) * (1 + cloud.v[at] * 0.13F + glaze.v[at] * 0.06F);
        c = mix(c, c * 0.75F, (1 - smooth(0, 8, edge)) * 0.5F);
        c = mix(c, rgb(0x6B6253), smooth(0.1F, 0.8F, grime.v[at]) * 0.25F * (1 - smooth(0, 40, edge) * 0.7F));
        s.colour[at] = mix(grout * (0.9F + fine.v[at] * 0.25F + grime.v[at] * 0.2F), c, solid);
        s.gloss.v[at] = mix(0.1F, 0.55F, solid);
    });
}

void hex_tiles(Surface& s, const Look& look) {
    CellShape shape{s.across(128 * look.scale), s.down_even(111 * look.scale), 0, 0.5F};
    const Cells hexes = voronoi(s.w, s.h, shape, look.sub(3));
    const auto colours = look.palette({0xB9B3A6, 0x8F8B86, 0xCFC8B8, 0x6E7378});
    const Field cloud = s.noise(70, 5, look.sub(2), 0.6F);
    const Field fine = s.noise(5, 3, look.sub(4), 0.7F);
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = hexes.id[at];
        const float edge = hexes.edge.v[at] / s.unit - 4 + cloud.v[at];
        const float solid = smooth(-0.7F, 1.5F, edge);
        const float bevel = smooth(0, 9, edge);
        const float tilt = (unit_hash(id, 7) - 0.5F) * hexes.dx.v[at] / s.unit * 0.04F;
        s.height.v[at] = mix(fine.v[at] * 1.5F, bevel * 10 + tilt + cloud.v[at] * 1.2F, solid);
        Rgb c = vary(colours[id % colours.size()], id, 0.08F, 0.04F) *
                (1 + cloud.v[at] * 0.18F + fine.v[at] * 0.05F);
        s.colour[at] = mix(rgb(0x59544D) * (1 + fine.v[at] * 0.3F), c, solid);
        s.gloss.v[at] = mix(0.1F, 0.45F, solid);
    });
}

void mosaic(Surface& s, const Look& look) {
    CellShape shape{s.across(44 * look.scale), s.down_even(44 * look.scale), 0.5F, 0.5F};
    const Field drift = s.noise(420, 2, look.sub(1));
    const Field swirl = s.noise(300, 3, look.sub(8));
    shape.push_x = &drift;
    shape.push_y = &swirl;
    shape.warp = 30 * s.unit;
    const Cells chips = voronoi(s.w, s.h, shape, look.sub(3));
    const auto colours = look.palette({0xC8B893, 0x3F6B7A, 0xA4533A, 0xD8CDB2, 0x27455A, 0xB88A45});
    const Field cloud = s.noise(30, 4, look.sub(2), 0.6F);
    const Field fine = s.noise(5, 3, look.sub(4), 0.7F);
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = chips.id[at];
        const float edge = chips.edge.v[at] / s.unit - 2.6F;
        const float solid = smooth(-0.7F, 1.2F, edge);
        const float tilt =
            ((unit_hash(id, 7) - 0.5F) * chips.dx.v[at] + (unit_hash(id, 9) - 0.5F) * chips.dy.v[at]) /
            s.unit * 0.12F;
        s.height.v[at] = mix(fine.v[at], smooth(0, 5, edge) * 7 + tilt + cloud.v[at], solid);
        // Bands of colour that follow the slow swirl, with strays.
        const float band = swirl.v[at] * 2.2F + drift.v[at] * 1.4F + (unit_hash(id, 4) - 0.5F) * 0.9F;
        const auto pick = static_cast<std::size_t>(std::floor((band + 8) * 2)) % colours.size();
        Rgb c = vary(colours[pick], id, 0.14F, 0.06F) * (1 + cloud.v[at] * 0.15F);
        s.colour[at] = mix(rgb(0x8D8576) * (0.85F + fine.v[at] * 0.3F), c, solid);
        s.gloss.v[at] = mix(0.1F, 0.5F, solid);
    });
}

void roof_tiles(Surface& s, const Look& look) {
    const int rows = s.down_even(110 * look.scale);
    const int columns = s.across(102 * look.scale);
    const float rh = s.ny(s.h) / static_cast<float>(rows);
    const float cw = s.nx(s.w) / static_cast<float>(columns);
    const auto colours = look.palette({0x9A4F37, 0x84432F, 0xAE6142, 0x75402F, 0xB57350});
    const Field rough = s.noise(40, 5, look.sub(1), 0.6F);
    const Field fine = s.noise(6, 3, look.sub(2), 0.7F);
    const Field stain = s.noise(180, 5, look.sub(3), 0.6F);
    each(s, [&](int x, int y, std::size_t at) {
        const float px = s.nx(x) + rough.v[at] * 1.5F;
        const float py = s.ny(y) + rough.v[at] * 1.5F;
        // Each row's rounded lower ends lie on the next row: try this row's tile, then the one above.
        int row = static_cast<int>(std::floor(py / rh));
        float u = 0;
        float down = 0;
        std::uint32_t id = 0;
        for (int tries = 0; tries < 2; ++tries) {
            const int r = row - 1 + tries;
            const float shifted = px - ((r & 1) != 0 ? cw * 0.5F : 0);
            const int column = static_cast<int>(std::floor(shifted / cw));
            u = (shifted - (static_cast<float>(column) + 0.5F) * cw) / (cw * 0.5F);
            down = (py - static_cast<float>(r) * rh) / rh;
            const float end = 1.0F + 0.42F * std::sqrt(std::max(0.0F, 1 - u * u * 0.94F));
            id = hash3(static_cast<std::uint32_t>(((column % columns) + columns) % columns),
                       static_cast<std::uint32_t>(((r % rows) + rows) % rows), look.seed);
            if (down < end - 0.02F - 0.04F * unit_hash(id, 3)) break;
        }
        const float end = 1.0F + 0.42F * std::sqrt(std::max(0.0F, 1 - u * u * 0.94F));
        const float lip = smooth(0, 0.10F, end - down);
        const float side = 1 - std::pow(std::fabs(u), 10.0F);
        s.height.v[at] = (down * 15 + 8 * lip) * (0.75F + 0.25F * side) + (1 - u * u) * 4 +
                         rough.v[at] * 1.6F + fine.v[at] * 0.8F + unit_hash(id, 5) * 3;
        Rgb c = vary(along(colours, unit_hash(id, 8)), id, 0.14F, 0.05F);
        c = c * (0.82F + 0.14F * clamp01(down) + rough.v[at] * 0.22F + fine.v[at] * 0.13F);
        c = mix(c, rgb(0x5B5349), smooth(0.1F, 0.7F, stain.v[at]) * 0.4F);
        s.colour[at] = c * (0.72F + 0.28F * smooth(0, 0.22F, down - 0.42F + 0.5F));
        s.gloss.v[at] = 0.2F;
    });
}

}  // namespace local_service
