// Snow, ice, fire, water, air, and what is alive.
#include <algorithm>
#include <cmath>

#include "materials.h"

namespace local_service {

void snow(Surface& s, const Look& look) {
    const auto colours = look.palette({0xC9D4E2, 0xE4EAF1, 0xF2F5F8});
    const Field dune = s.noise(380, 5, look.sub(1), 0.48F);
    const Field drift = warped(s.noise(150, 60, 5, look.sub(2), 0.55F), dune, dune, 60 * s.unit);
    const Field fine = s.noise(10, 5, look.sub(3), 0.72F);
    each(s, [&](int x, int y, std::size_t at) {
        s.height.v[at] = dune.v[at] * 36 + drift.v[at] * 9 + fine.v[at] * 1.7F;
        Rgb c = along(colours, 0.55F + dune.v[at] * 0.5F + drift.v[at] * 0.3F);
        const float spark =
            unit_hash(hash3(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), look.sub(4)));
        s.colour[at] = spark > 0.9965F ? rgb(0xFFFFFF) : c * (1 + fine.v[at] * 0.04F);
        s.gloss.v[at] = 0.2F;
    });
}

Field fractures(const Surface& s, float size, float width, std::uint32_t seed) {
    const Field wx = s.noise(size * 0.6F, 5, seed + 1, 0.55F);
    const Field wy = s.noise(size * 0.6F, 5, seed + 2, 0.55F);
    CellShape shape{s.across(size), s.down(size), 1.0F};
    shape.push_x = &wx;
    shape.push_y = &wy;
    shape.warp = size * 0.20F * s.unit;
    const Cells cells = voronoi(s.w, s.h, shape, seed);
    Field out(s.w, s.h);
    for (std::size_t i = 0; i < out.v.size(); ++i) out.v[i] = 1 - smooth(0, width * s.unit, cells.edge.v[i]);
    return out;
}

void ice(Surface& s, const Look& look) {
    const auto colours = look.palette({0x5C8FAE, 0x8FB9CF, 0xBBD8E4, 0xE3F0F4});
    const Field depth = s.noise(360, 6, look.sub(1), 0.55F);
    const Field wx = s.noise(200, 4, look.sub(2));
    const Field veil = warped(s.crests(260, 5, look.sub(3)), wx, depth, 80 * s.unit);
    const Field large = fractures(s, 300, 3.2F, look.sub(4));
    const Field large_soft = blurred(large, 9 * s.unit);
    const Field small = fractures(s, 110, 1.6F, look.sub(5));
    const Field frost = s.noise(60, 6, look.sub(6), 0.66F);
    const Cells bubbles = voronoi(s.w, s.h, {s.across(46), s.down(46), 1.0F}, look.sub(7));
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = bubbles.id[at];
        const float radius = 1 + unit_hash(id, 3) * unit_hash(id, 4) * 8;
        const float bubble =
            unit_hash(id, 5) > 0.6F ? smooth(radius + 0.8F, radius - 0.8F, bubbles.near.v[at] / s.unit) : 0;
        const float thin = small.v[at] * smooth(-0.1F, 0.3F, depth.v[at]);
        Rgb c = along(colours, 0.38F + depth.v[at] * 0.75F);
        c = mix(c, colours[2], veil.v[at] * veil.v[at] * 0.6F);
        c = mix(c, colours[3], clamp01(large_soft.v[at] * 1.6F) * 0.45F + large.v[at] * 0.5F);
        c = mix(c, colours[3], thin * 0.45F + bubble * 0.30F);
        c = mix(c, colours[3], smooth(0.12F, 0.55F, frost.v[at]) * 0.4F);
        s.colour[at] = c;
        s.height.v[at] = depth.v[at] * 6 + frost.v[at] * 2 - large.v[at] * 2.4F - thin + bubble * 0.5F;
        s.gloss.v[at] = 0.8F;
        s.glow.v[at] = 0.15F;
    });
}

void lava(Surface& s, const Look& look) {
    Rgb hot = rgb(0xFFF0A0);
    Rgb warm = rgb(0xFF8A1E);
    Rgb red = rgb(0xC42A08);
    if (!look.colours.empty()) {
        warm = look.colours[0] * 1.25F;
        hot = mix(warm, rgb(0xFFFFFF), 0.62F);
        red = look.colours[0] * 0.62F;
    }
    const Field wx = s.noise(180, 5, look.sub(1), 0.55F);
    const Field wy = s.noise(180, 5, look.sub(2), 0.55F);
    CellShape shape{s.across(190 * look.scale), s.down(190 * look.scale), 1.0F};
    shape.push_x = &wx;
    shape.push_y = &wy;
    shape.warp = 58 * s.unit;
    const Cells plates = voronoi(s.w, s.h, shape, look.sub(3));
    const Field heat = s.noise(330, 4, look.sub(4), 0.5F);
    const Field rough = s.noise(70, 7, look.sub(5), 0.62F);
    const Field crack = fractures(s, 70, 2.2F, look.sub(6));
    const Field ripple = warped(s.noise(90, 26, 4, look.sub(7), 0.55F), wx, wy, 60 * s.unit);
    const Field ropes =
        warped(ridged(s.w, s.h, {s.across(120), s.down(44), 4, 0.55F}, look.sub(8)), wx, wy, 90 * s.unit);
    Field melt(s.w, s.h);
    each(s, [&](int, int, std::size_t at) {
        const float width = 8 + heat.v[at] * 20;
        const float edge = plates.edge.v[at] / s.unit + rough.v[at] * 12;
        const float open = smooth(width + 5, width - 7, edge);
        const float hair =
            crack.v[at] * smooth(0.0F, 0.45F, heat.v[at] + 0.18F) * smooth(60, 10, edge) * 0.75F;
        melt.v[at] = std::max(open, hair);
        const float crust = 1 - std::pow(1 - clamp01((edge - width) / 40), 2.2F);
        s.height.v[at] = mix(-8 + ripple.v[at] * 2,
                             6 + crust * 20 + rough.v[at] * 19 + ropes.v[at] * 9 * crust, 1 - open) -
                         hair * 3;
    });
    const Field halo = blurred(melt, 17 * s.unit);
    each(s, [&](int, int, std::size_t at) {
        Rgb c = along({rgb(0x1F1A19), rgb(0x403632), rgb(0x6A5A52)},
                      0.36F + rough.v[at] * 0.8F + ropes.v[at] * 0.3F);
        const float aura = clamp01(halo.v[at] * 1.5F) * (1 - melt.v[at]);
        c = mix(c, red, aura * aura * 0.75F);
        const float temperature =
            clamp01(melt.v[at] * (0.22F + halo.v[at] * 0.66F + ripple.v[at] * 0.62F + rough.v[at] * 0.35F));
        const Rgb molten = along({red * 0.8F, red, warm, warm, hot}, temperature);
        s.colour[at] = mix(c, molten, melt.v[at]);
        s.glow.v[at] = clamp01(melt.v[at] + aura * aura * 0.5F);
        s.gloss.v[at] = 0.25F;
    });
}

void water(Surface& s, const Look& look) {
    const auto colours = look.palette({0x1B4A5E, 0x2A6E82, 0x4396A0, 0x8CCBC8});
    const Field wx = s.noise(170, 4, look.sub(1), 0.5F);
    const Field wy = s.noise(170, 4, look.sub(2), 0.5F);
    const Field depth = s.noise(420, 4, look.sub(3), 0.5F);
    CellShape shape{s.across(120 * look.scale), s.down(100 * look.scale), 1.0F};
    shape.push_x = &wx;
    shape.push_y = &wy;
    shape.warp = 62 * s.unit;
    const Cells net = voronoi(s.w, s.h, shape, look.sub(4));
    shape.cells_x = s.across(74 * look.scale);
    shape.cells_y = s.down(66 * look.scale);
    shape.warp = 40 * s.unit;
    const Cells finer = voronoi(s.w, s.h, shape, look.sub(5));
    const Field swell = warped(s.noise(170, 90, 5, look.sub(6), 0.5F), wx, wy, 40 * s.unit);
    each(s, [&](int, int, std::size_t at) {
        const float a = std::exp(-net.edge.v[at] / s.unit / 8);
        const float b = std::exp(-finer.edge.v[at] / s.unit / 5.5F);
        // Light focused by the surface, strong where it is shallow.
        const float caustic =
            (a * 0.75F + b * 0.40F + a * b * 0.9F) * (0.55F + 0.45F * clamp01(depth.v[at] + 0.5F));
        Rgb c = along({colours[0], colours[1], colours[2]}, 0.42F + depth.v[at] * 0.7F + swell.v[at] * 0.30F);
        c = mix(c, colours[3], clamp01(caustic * 0.58F));
        s.colour[at] = mix(c, rgb(0xF2FBFA), smooth(0.85F, 1.7F, caustic) * 0.75F);
        s.height.v[at] = swell.v[at] * 22 + a * 2.5F + depth.v[at] * 6;
        s.gloss.v[at] = 0.9F;
        s.glow.v[at] = 0.25F;
    });
}

void clouds(Surface& s, const Look& look) {
    Rgb zenith = rgb(0x3D6DA8);
    Rgb haze = rgb(0x86AFD6);
    if (!look.colours.empty()) {
        zenith = look.colours[0];
        haze = mix(zenith, rgb(0xFFFFFF), 0.35F);
    }
    const Field wx = s.noise(300, 5, look.sub(1), 0.5F);
    const Field wy = s.noise(300, 5, look.sub(2), 0.5F);
    const Field density = warped(s.noise(420 * look.scale, 8, look.sub(3), 0.55F), wx, wy, 70 * s.unit);
    const Field puff = s.crests(140, 5, look.sub(4));
    const float cover = look.chance(5) * 0.14F - 0.02F;
    Field thick(s.w, s.h);
    for (std::size_t i = 0; i < thick.v.size(); ++i)
        thick.v[i] = std::max(0.0F, density.v[i] + cover + (0.4F - puff.v[i]) * 0.16F);
    const Field soft = blurred(thick, 26 * s.unit);
    each(s, [&](int x, int y, std::size_t at) {
        const float d = thick.v[at];
        const float alpha = smooth(0.0F, 0.24F, d);
        // How much cloud lies towards the sun darkens this spot.
        const float toward =
            soft.wrapped(x - static_cast<int>(26 * s.unit), y - static_cast<int>(34 * s.unit));
        const float away = soft.wrapped(x + static_cast<int>(14 * s.unit), y + static_cast<int>(18 * s.unit));
        const float lit = clamp01(0.78F + (away - toward) * 1.5F - d * 0.28F + (0.4F - puff.v[at]) * 0.14F);
        const Rgb cloud = along({rgb(0x7F8CA0), rgb(0xB4BECB), rgb(0xEBEEF1), rgb(0xFFFDF8)}, lit);
        const Rgb sky = mix(zenith, haze, clamp01(0.35F + wx.v[at] * 0.35F + soft.v[at] * 1.2F));
        s.colour[at] = mix(sky, cloud, alpha);
        s.height.v[at] = 0;
        s.gloss.v[at] = 0;
        s.glow.v[at] = 1;
    });
}

void cells(Surface& s, const Look& look) {
    const auto colours = look.palette({0x5C2F3A, 0x86485A, 0xB0748A, 0x3A1E28, 0xC79BA5});
    const Field wx = s.noise(150, 4, look.sub(1));
    const Field wy = s.noise(150, 4, look.sub(2));
    CellShape shape{s.across(124 * look.scale), s.down(124 * look.scale), 1.0F};
    shape.push_x = &wx;
    shape.push_y = &wy;
    shape.warp = 36 * s.unit;
    const Cells big = voronoi(s.w, s.h, shape, look.sub(3));
    shape.cells_x *= 3;
    shape.cells_y *= 3;
    shape.warp = 20 * s.unit;
    const Cells small = voronoi(s.w, s.h, shape, look.sub(4));
    const Field vein = warped(s.crests(160, 4, look.sub(5)), wx, wy, 30 * s.unit);
    const Field tone = s.noise(300, 5, look.sub(6), 0.55F);
    const Field fine = s.noise(8, 4, look.sub(7), 0.7F);
    each(s, [&](int, int, std::size_t at) {
        const float edge = big.edge.v[at] / s.unit;
        const float body = std::sqrt(clamp01(edge / 40));
        const float wall = smooth(9, 0, edge);
        const float pore =
            smooth(7, 1, small.near.v[at] / s.unit) * smooth(0.35F, 0.6F, unit_hash(small.id[at], 3)) * body;
        const float line = smooth(0.72F, 0.95F, vein.v[at]) * body;
        s.height.v[at] = body * 24 - pore * 6 + line * 3 + wall * 3 + tone.v[at] * 6 + fine.v[at] * 0.6F;
        Rgb c = along({colours[3], colours[0], colours[1], colours[2]}, body * 0.75F + tone.v[at] * 0.5F);
        c = vary(c, big.id[at], 0.10F, 0.06F) * (1 + fine.v[at] * 0.08F);
        c = mix(c, colours[3], pore * 0.7F);
        s.colour[at] = mix(c, colours[4], line * 0.45F + wall * 0.20F);
        s.gloss.v[at] = 0.65F;
    });
}

}  // namespace local_service
