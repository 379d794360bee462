// Wood: sawn, laid, grown, woven.
#include <algorithm>
#include <cmath>

#include "materials.h"

namespace local_service {

namespace {

struct Knot {
    float x, y, size;
};

/// Grain along x for one pixel of a board that has its own piece of the tree.
struct Timber {
    Field slow, bend, fibre, pore;

    Timber(const Surface& s, const Look& look, bool upright)
        : slow(stretched(s, upright, 420, 60, 3, look.sub(31), 0.5F)),
          bend(stretched(s, upright, 260, 110, 3, look.sub(32), 0.5F)),
          fibre(stretched(s, upright, 330, 3.4F, 3, look.sub(33), 0.72F)),
          pore(stretched(s, upright, 110, 3, 2, look.sub(34), 0.7F)) {}

    static Field stretched(const Surface& s, bool upright, float along_grain, float across_grain, int octaves,
                           std::uint32_t seed, float gain) {
        return upright ? s.noise(across_grain, along_grain, octaves, seed, gain)
                       : s.noise(along_grain, across_grain, octaves, seed, gain);
    }
};

struct Grain {
    float ring;  ///< 0 early wood, 1 late
    float fibre;
    float pore;
    float knot;  ///< 1 inside one
    float slow;
};

/// `u` runs with the grain from the board's middle, `v` across it, both nominal; (x, y) reads the noise.
Grain grain_at(const Timber& t, const Surface& s, float x, float y, float u, float v, float length,
               std::uint32_t id) {
    const float ox = unit_hash(id, 41) * static_cast<float>(s.w);
    const float oy = unit_hash(id, 42) * static_cast<float>(s.h);
    Grain g{};
    g.slow = t.slow.sample(x + ox, y + oy);
    float cross = v + unit_hash(id, 43) * 400 + t.bend.sample(x + ox, y + oy) * 26 + g.slow * 14;
    // Rings part around a knot.
    if (unit_hash(id, 44) > 0.4F) {
        const float ku = u - (unit_hash(id, 45) - 0.5F) * length * 0.8F;
        const float kv = v - (unit_hash(id, 46) - 0.5F) * 50;
        const float size = 7 + unit_hash(id, 47) * 8;
        const float distance = std::sqrt(ku * ku * 0.30F + kv * kv);
        const float pull = std::exp(-distance * distance / (size * size * 7));
        cross += (kv > 0 ? 1.0F : -1.0F) * pull * size * 1.3F;
        g.knot = 1 - smooth(size * 0.25F, size * 1.15F, distance + t.pore.sample(x + oy, y + ox) * 2.5F);
        if (distance < size) cross = distance * 3.4F;
    }
    const float spacing = 9 + unit_hash(id, 48) * 10;
    const float phase = cross / spacing - std::floor(cross / spacing);
    // Late wood ends sharply, early wood begins softly.
    g.ring = phase < 0.78F ? phase / 0.78F : (1 - phase) / 0.22F;
    g.ring = g.ring * g.ring * (0.6F + 0.4F * clamp01(g.slow + 0.6F));
    g.fibre = t.fibre.sample(x + ox, y + oy);
    g.pore = smooth(0.36F, 0.70F, t.pore.sample(x + oy, y + ox));
    return g;
}

Rgb wood_colour(const std::vector<Rgb>& colours, const Grain& g, std::uint32_t id) {
    Rgb c = vary(along({colours[0], colours[1], colours[2]}, unit_hash(id, 50)), id, 0.13F, 0.05F);
    c = mix(c, c * Rgb{0.66F, 0.58F, 0.52F}, g.ring * 0.62F);
    c = c * (1 + g.fibre * 0.20F + g.slow * 0.14F);
    c = c * (1 - g.pore * 0.22F);
    return mix(c, mix(colours[3], c * 0.7F, 0.3F), g.knot * 0.75F);
}

}  // namespace

void planks(Surface& s, const Look& look) {
    const bool upright = look.vertical || look.chance(7) > 0.55F;
    const auto colours = look.palette({0x8A6543, 0x9E7550, 0x795538, 0x3E2919});
    const Timber timber(s, look, upright);
    // Laid along x; an upright floor swaps the axes.
    Bond bond =
        upright ? make_bond(s, 128 * look.scale, 620, false) : make_bond(s, 620, 128 * look.scale, true);
    if (upright) {
        const Surface turned(s.h, s.w, s.unit);
        bond = make_bond(turned, 620, 128 * look.scale, true);
    }
    bond.joint = 3.5F;
    bond.radius = 2.5F;
    bond.irregular = 2;
    bond.shift = 0.5F;
    const Field wobble = s.noise(120, 4, look.sub(5));
    const Field wear = s.noise(260, 5, look.sub(6), 0.6F);
    const float age = clamp01(look[Condition::Old]);
    each(s, [&](int x, int y, std::size_t at) {
        const float px = upright ? s.ny(y) : s.nx(x);
        const float py = upright ? s.nx(x) : s.ny(y);
        const Block b = block_at(bond, px + wobble.v[at], py + wobble.v[at] * 1.8F, look.seed);
        const Grain g =
            grain_at(timber, s, static_cast<float>(x), static_cast<float>(y), b.u, b.v, bond.width, b.id);
        const float edge = b.inside;
        const float solid = smooth(-1, 1.5F, edge);
        const float nail_u = bond.width * 0.5F - 20 - std::fabs(b.u);
        const float nail_v = std::fabs(b.v) - bond.height * 0.27F;
        const float nail = 1 - smooth(4.2F, 5.6F, std::sqrt(nail_u * nail_u + nail_v * nail_v));
        const float cup =
            (unit_hash(b.id, 7) - 0.5F) * b.v * 0.05F + (unit_hash(b.id, 8) - 0.5F) * b.u * 0.008F;
        const float face = 10 * smooth(-1, 5, edge) + unit_hash(b.id, 9) * 4 + cup -
                           g.ring * (0.7F + age) * -1.0F + g.fibre * (1.1F + age * 1.2F) - g.pore * 1.2F +
                           g.knot * 1.5F - nail * 1.6F;
        s.height.v[at] = mix(-6, face, solid);
        Rgb c = wood_colour(colours, g, b.id);
        c = mix(c, saturated(c, 0.25F) * 1.06F, age * (0.35F + 0.5F * clamp01(wear.v[at] + 0.4F)));
        c = c * (1 + wear.v[at] * 0.12F);
        c = mix(c, c * 0.55F, (1 - smooth(0, 7, edge)) * 0.6F);
        c = mix(c, rgb(0x3B3735), nail * 0.85F);
        s.colour[at] = mix(rgb(0x17110D), c, solid);
        s.gloss.v[at] = 0.25F;
    });
}

void parquet(Surface& s, const Look& look) {
    const auto colours = look.palette({0x9A6B41, 0xAD7C4D, 0x855A37, 0x3E2919});
    const Timber flat(s, look, false);
    const Timber upright(s, look, true);
    // Squares of parallel strips, turned by turns.
    Bond squares = make_bond(s, 171 * look.scale, 171 * look.scale, true);
    squares.columns = std::max(2, squares.columns / 2 * 2);
    squares.width = s.nx(s.w) / static_cast<float>(squares.columns);
    squares.shift = 0;
    squares.joint = 0;
    squares.irregular = 0;
    squares.radius = 0;
    constexpr int kStrips = 4;
    each(s, [&](int x, int y, std::size_t at) {
        const Block square = block_at(squares, s.nx(x), s.ny(y), look.seed);
        const bool turned = ((square.column + square.row) & 1) != 0;
        const float across = turned ? square.u : square.v;
        const float extent = turned ? squares.width : squares.height;
        const float length = turned ? squares.height : squares.width;
        const float along_strip = turned ? square.v : square.u;
        const float place = (across / extent + 0.5F) * kStrips;
        const int strip = std::clamp(static_cast<int>(place), 0, kStrips - 1);
        const std::uint32_t id = hash3(square.id, static_cast<std::uint32_t>(strip), 3);
        const float v = (place - static_cast<float>(strip) - 0.5F) * extent / kStrips;
        const float edge =
            std::min(extent / kStrips * 0.5F - std::fabs(v), length * 0.5F - std::fabs(along_strip)) - 0.8F;
        const Grain g = grain_at(turned ? upright : flat, s, static_cast<float>(x), static_cast<float>(y),
                                 along_strip, v, length, id);
        const float solid = smooth(-0.6F, 1, edge);
        s.height.v[at] = mix(
            -3, 3 * smooth(-1, 3, edge) + unit_hash(id, 9) * 0.8F + g.fibre * 0.4F - g.pore * 0.4F, solid);
        Rgb c = wood_colour(colours, g, id);
        s.colour[at] = mix(rgb(0x22170F), mix(c, c * 0.6F, (1 - smooth(0, 3, edge)) * 0.5F), solid);
        s.gloss.v[at] = 0.55F;
    });
}

void bark(Surface& s, const Look& look) {
    const auto colours = look.palette({0x2F251D, 0x5B4837, 0x7C6650, 0x947E66});
    const Field wx = s.noise(110, 220, 5, look.sub(1), 0.6F);
    const Field wy = s.noise(170, 5, look.sub(2), 0.6F);
    CellShape shape{s.across(86 * look.scale), s.down_even(250 * look.scale), 0.95F, 0.5F};
    shape.metric_y = 0.42F;
    shape.push_x = &wx;
    shape.push_y = &wy;
    shape.warp = 46 * s.unit;
    const Cells plates = voronoi(s.w, s.h, shape, look.sub(3));
    const Field ridge =
        warped(ridged(s.w, s.h, {s.across(52), s.down(300), 5, 0.55F}, look.sub(4)), wx, wy, 20 * s.unit);
    const Field rough = s.noise(40, 5, look.sub(5), 0.65F);
    const Field fine = s.noise(5, 16, 3, look.sub(6), 0.7F);
    const Field flake = s.noise(30, 70, 4, look.sub(7), 0.6F);
    const Field lichen = s.noise(130, 6, look.sub(8), 0.65F);
    each(s, [&](int, int, std::size_t at) {
        const float edge = plates.edge.v[at] / s.unit + rough.v[at] * 6;
        const float plate = 1 - std::pow(1 - clamp01(edge / 30), 1.8F);
        const float layer = flake.v[at] * 4;
        const float step = std::floor(layer) + smooth(0.3F, 0.7F, layer - std::floor(layer));
        const float h = plate * (26 + unit_hash(plates.id[at], 3) * 12) + ridge.v[at] * 12 * plate +
                        step * 2.2F + rough.v[at] * 6 + fine.v[at] * 1.8F;
        s.height.v[at] = h;
        Rgb c = along(colours, clamp01(h / 58) + rough.v[at] * 0.22F);
        c = vary(c, plates.id[at], 0.10F, 0.05F) * (1 + fine.v[at] * 0.24F + step * 0.03F);
        if (look.colours.empty())
            c = mix(c, rgb(0x8B9078), smooth(0.30F, 0.48F, lichen.v[at]) * plate * 0.45F);
        s.colour[at] = c;
        s.gloss.v[at] = 0.1F;
    });
}

void wicker(Surface& s, const Look& look) {
    const auto colours = look.palette({0xA47B45, 0xB98F58, 0x8C6537, 0x5A3E22});
    const int columns = s.across_even(74 * look.scale);
    const int rows = s.down_even(34 * look.scale);
    const float cw = s.nx(s.w) / static_cast<float>(columns);
    const float rh = s.ny(s.h) / static_cast<float>(rows);
    const Field fibre = s.noise(90, 3, 3, look.sub(1), 0.7F);
    const Field tone = s.noise(150, 4, look.sub(2));
    each(s, [&](int x, int y, std::size_t at) {
        const float px = s.nx(x) / cw;
        const float py = s.ny(y) / rh;
        const int row = static_cast<int>(py);
        const float v = (py - static_cast<float>(row) - 0.5F) * 2;
        // A strand rises over each second upright and dives under the others.
        const float wave = std::cos((px + static_cast<float>(row & 1)) * 3.14159265F);
        const float round = std::sqrt(std::max(0.0F, 1 - v * v * 0.96F));
        const float strand = round * 9 + wave * 8;
        const float u = (px - std::floor(px + 0.5F)) * 2 * cw / 22;
        const float stake = std::fabs(u) < 1 ? std::sqrt(1 - u * u) * 8 : -20;
        const bool front = strand >= stake;
        const std::uint32_t id = hash3(static_cast<std::uint32_t>(row), front ? 1U : 2U, look.seed);
        s.height.v[at] = std::max(strand, stake) + fibre.v[at] * 0.8F;
        Rgb c = vary(front ? along({colours[0], colours[1], colours[2]}, unit_hash(id, 3)) : colours[2], id,
                     0.12F, 0.05F);
        c = c * (0.86F + 0.14F * round + fibre.v[at] * 0.18F + tone.v[at] * 0.12F);
        s.colour[at] = mix(colours[3], c, smooth(-10, 6, std::max(strand, stake)));
        s.gloss.v[at] = 0.35F;
    });
}

}  // namespace local_service
