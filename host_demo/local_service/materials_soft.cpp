// Cloth, hide, paper.
#include <algorithm>
#include <cmath>

#include "materials.h"

namespace local_service {

namespace {

constexpr float kPi = 3.14159265F;

struct Thread {
    float height;
    float round;  ///< 1 on the thread's back
    std::uint32_t id;
    bool across;
};

/// Warp and weft of which `over` of each `cycle` crossings show the weft; `slant` moves each row on.
Thread weave(const Surface& s, float x, float y, int columns, int rows, int cycle, int over, int slant) {
    const float px = x * static_cast<float>(columns) / static_cast<float>(s.w);
    const float py = y * static_cast<float>(rows) / static_cast<float>(s.h);
    const int column = static_cast<int>(std::floor(px));
    const int row = static_cast<int>(std::floor(py));
    const float u = px - static_cast<float>(column) - 0.5F;
    const float v = py - static_cast<float>(row) - 0.5F;
    const int turn = (((column + row * slant) % cycle) + cycle) % cycle;
    const bool across = turn < over;
    const float side = across ? v : u;
    const float run = across ? u : v;
    const float round = std::sqrt(std::max(0.0F, 1 - side * side * 3.7F));
    return {round * (0.62F + 0.38F * std::cos(run * kPi)), round,
            hash3(static_cast<std::uint32_t>(across ? ((row % rows) + rows) % rows
                                                    : ((column % columns) + columns) % columns),
                  across ? 1U : 2U, 9U),
            across};
}

}  // namespace

void fabric(Surface& s, const Look& look) {
    const auto colours = look.palette({0x9C8B70, 0xAD9D82, 0x8A795F});
    const int columns = s.across_even(15 * look.scale);
    const int rows = s.down_even(15 * look.scale);
    const Field wx = s.noise(70, 4, look.sub(1));
    const Field wy = s.noise(70, 4, look.sub(2));
    const Field fold = s.noise(400, 3, look.sub(3), 0.45F);
    const Field fibre = s.noise(4, 3, look.sub(4), 0.8F);
    const Field slub = s.noise(160.0F, 9.0F, 3, look.sub(5));
    each(s, [&](int x, int y, std::size_t at) {
        const Thread t = weave(s, static_cast<float>(x) + wx.v[at] * 5 * s.unit,
                               static_cast<float>(y) + wy.v[at] * 5 * s.unit, columns, rows, 2, 1, 1);
        s.height.v[at] = t.height * 6 + fibre.v[at] * 0.7F + fold.v[at] * 13 + slub.v[at] * 1.2F;
        Rgb c = vary(along(colours, unit_hash(t.id ^ look.seed, 3)), t.id, 0.10F, 0.03F);
        if (look.colours.size() > 1) c = (t.across ? colours[0] : colours[1]);
        s.colour[at] =
            c * (0.62F + 0.40F * t.round + fibre.v[at] * 0.16F + fold.v[at] * 0.10F + slub.v[at] * 0.08F);
        s.gloss.v[at] = 0.06F;
    });
}

void denim(Surface& s, const Look& look) {
    const auto colours = look.palette({0x33486E, 0x3E557D, 0x2A3C60});
    const int columns = s.across(8 * look.scale) / 3 * 3 + 3;
    const int rows = s.down(8 * look.scale) / 3 * 3 + 3;
    const Field wx = s.noise(60, 4, look.sub(1));
    const Field fade = s.noise(300, 5, look.sub(2), 0.55F);
    const Field fold = s.noise(380, 60, 3, look.sub(3), 0.5F);
    const Field fibre = s.noise(4, 3, look.sub(4), 0.8F);
    each(s, [&](int x, int y, std::size_t at) {
        const Thread t = weave(s, static_cast<float>(x) + wx.v[at] * 2 * s.unit, static_cast<float>(y),
                               columns, rows, 3, 1, 1);
        s.height.v[at] = t.height * 4 + fibre.v[at] * 0.7F + fold.v[at] * 8;
        const Rgb blue = vary(along(colours, unit_hash(t.id ^ look.seed, 3)), t.id, 0.18F, 0.02F);
        const Rgb white = mix(blue, rgb(0xC7CCD2), 0.62F);
        Rgb c =
            t.across ? white : mix(blue, white, smooth(0.0F, 0.7F, fade.v[at] + fold.v[at] * 0.4F) * 0.45F);
        s.colour[at] = c * (0.70F + 0.32F * t.round + fibre.v[at] * 0.2F);
        s.gloss.v[at] = 0.05F;
    });
}

void knit(Surface& s, const Look& look) {
    const auto colours = look.palette({0xA58E79, 0xB59E88, 0x957E6A});
    const int columns = s.across(48 * look.scale);
    const int rows = s.down(38 * look.scale);
    const Field wx = s.noise(90, 3, look.sub(1));
    const Field wy = s.noise(90, 3, look.sub(2));
    const Field fibre = s.noise(5, 14, 3, look.sub(3), 0.75F);
    const Field tone = s.noise(260, 4, look.sub(4));
    each(s, [&](int x, int y, std::size_t at) {
        const float px = (static_cast<float>(x) + wx.v[at] * 4 * s.unit) * static_cast<float>(columns) /
                         static_cast<float>(s.w);
        const float py = (static_cast<float>(y) + wy.v[at] * 4 * s.unit) * static_cast<float>(rows) /
                         static_cast<float>(s.h);
        const float u = px - std::floor(px) - 0.5F;
        // Each stitch is a V: its two legs lean towards the middle.
        const float v = py + std::fabs(u) * 1.5F;
        const float t = v - std::floor(v) - 0.5F;
        const float leg = std::fabs(std::fabs(u) - 0.25F) * 4;
        const float round =
            std::sqrt(std::max(0.0F, 1 - t * t * 3.4F)) * std::sqrt(std::max(0.0F, 1 - leg * leg * 0.85F));
        const float twist = std::sin((t * 3 + (u > 0 ? u : -u) * 9) * kPi) * 0.5F;
        s.height.v[at] = round * 15 + twist * 1.2F + fibre.v[at] * 1.1F;
        const Rgb c = along(colours, 0.5F + tone.v[at] * 0.6F + twist * 0.12F);
        s.colour[at] = c * (0.55F + 0.48F * round + fibre.v[at] * 0.16F);
        s.gloss.v[at] = 0.04F;
    });
}

void leather(Surface& s, const Look& look) {
    const auto colours = look.palette({0x5A3A26, 0x6E4A31, 0x48301F});
    const Field wx = s.noise(60, 4, look.sub(1));
    const Field wy = s.noise(60, 4, look.sub(2));
    CellShape shape{s.across(24 * look.scale), s.down(24 * look.scale), 1.0F};
    shape.push_x = &wx;
    shape.push_y = &wy;
    shape.warp = 14 * s.unit;
    const Cells pebble = voronoi(s.w, s.h, shape, look.sub(3));
    shape.cells_x = s.across(60);
    shape.cells_y = s.down(60);
    shape.warp = 30 * s.unit;
    const Cells crease = voronoi(s.w, s.h, shape, look.sub(4));
    const Field cloud = s.noise(300, 5, look.sub(5), 0.55F);
    const Field fine = s.noise(5, 3, look.sub(6), 0.75F);
    each(s, [&](int, int, std::size_t at) {
        const float bump = 1 - std::pow(1 - clamp01(pebble.edge.v[at] / s.unit / 8), 2.0F);
        const float fold = smooth(0, 4.5F, crease.edge.v[at] / s.unit);
        s.height.v[at] = bump * 4.2F + fold * 3.2F + cloud.v[at] * 6 + fine.v[at] * 0.4F;
        Rgb c = along(colours, 0.5F + cloud.v[at] * 0.9F) *
                (0.72F + 0.22F * bump + 0.12F * fold + fine.v[at] * 0.08F);
        c = mix(c, c * 1.28F, smooth(0.25F, 0.75F, cloud.v[at]) * bump * 0.5F);
        s.colour[at] = c;
        s.gloss.v[at] = 0.5F;
    });
}

void fur(Surface& s, const Look& look) {
    const auto colours = look.palette({0x4C3826, 0x77593C, 0x9A7A55, 0xBFA078});
    const Field flow = s.noise(360, 3, look.sub(1));
    const Field patch = s.noise(230, 4, look.sub(2));
    const Field coat = s.noise(60, 3, look.sub(3));
    each(s, [&](int, int, std::size_t at) {
        s.height.v[at] = -20;
        s.colour[at] = colours[0] * 0.5F;
        s.gloss.v[at] = 0.25F;
    });
    const int hairs = static_cast<int>(36000 * s.nx(s.w) * s.ny(s.h) / (1024.0F * 1024.0F));
    for (int i = 0; i < hairs; ++i) {
        check_cancelled();
        const std::uint32_t id = hash3(static_cast<std::uint32_t>(i), 5, look.sub(4));
        const float level = static_cast<float>(i) / static_cast<float>(hairs);
        float x = unit_hash(id, 1) * static_cast<float>(s.w);
        float y = unit_hash(id, 2) * static_cast<float>(s.h);
        const float clump = coat.sample(x, y);
        float angle = 1.3F + flow.sample(x, y) * 2.2F + clump * 0.9F + (unit_hash(id, 3) - 0.5F) * 0.7F;
        const float bend = (unit_hash(id, 4) - 0.5F) * 0.02F;
        const int length = static_cast<int>((26 + unit_hash(id, 5) * 30) * s.unit * look.scale);
        const Rgb tip =
            vary(along(colours, 0.30F + level * 0.35F + patch.sample(x, y) * 0.6F + unit_hash(id, 6) * 0.3F),
                 id, 0.12F, 0.05F);
        for (int k = 0; k < length; ++k) {
            const float t = static_cast<float>(k) / static_cast<float>(length);
            angle += bend;
            x += std::cos(angle);
            y += std::sin(angle);
            for (int wide = 0; wide < (t < 0.7F ? 2 : 1); ++wide) {
                const int px = ((static_cast<int>(std::floor(x)) + wide) % s.w + s.w) % s.w;
                const int py = ((static_cast<int>(std::floor(y))) % s.h + s.h) % s.h;
                const std::size_t at = s.at(px, py);
                const float h = -18 + level * 14 + t * 12 + clump * 6;
                if (h < s.height.v[at]) continue;
                s.height.v[at] = h;
                s.colour[at] = mix(colours[0], tip, 0.25F + 0.75F * t);
            }
        }
    }
}

void scales(Surface& s, const Look& look) {
    const auto colours = look.palette({0x3F5A3C, 0x587548, 0x2F4632, 0x7C8F55});
    const int rows = s.down_even(52 * look.scale);
    const int columns = s.across(84 * look.scale);
    const float rh = s.ny(s.h) / static_cast<float>(rows);
    const float cw = s.nx(s.w) / static_cast<float>(columns);
    const Field wx = s.noise(200, 3, look.sub(1));
    const Field wy = s.noise(200, 3, look.sub(2));
    const Field patch = s.noise(280, 4, look.sub(3), 0.55F);
    const Field rough = s.noise(16, 4, look.sub(4), 0.65F);
    each(s, [&](int x, int y, std::size_t at) {
        const float px = s.nx(x) + wx.v[at] * 14;
        const float py = s.ny(y) + wy.v[at] * 14;
        const int row = static_cast<int>(std::floor(py / rh));
        float u = 0, v = 0, r = 2;
        std::uint32_t id = 0;
        // A scale hangs over the two rows below it; the uppermost that reaches here wins.
        for (int back = 2; back >= 0 && r > 1; --back) {
            const int own = row - back;
            const float shifted = px - ((own & 1) != 0 ? cw * 0.5F : 0);
            const int column = static_cast<int>(std::floor(shifted / cw));
            u = (shifted - (static_cast<float>(column) + 0.5F) * cw) / (cw * 0.54F);
            v = (py - static_cast<float>(own) * rh) / (rh * 2.1F);
            r = std::sqrt(u * u + v * v * (0.75F + 0.25F * v));
            id = hash3(static_cast<std::uint32_t>(((column % columns) + columns) % columns),
                       static_cast<std::uint32_t>(((own % rows) + rows) % rows), look.seed);
        }
        const float rim = smooth(1.0F, 0.80F, r);
        const float keel = 1 - smooth(0, 0.16F, std::fabs(u));
        s.height.v[at] = v * 20 + rim * 4 - u * u * 7 + keel * 2.4F * (1 - v) + rough.v[at] * 1.3F;
        Rgb c = vary(along(colours, 0.35F + patch.v[at] * 0.9F + (unit_hash(id, 3) - 0.5F) * 0.3F), id, 0.12F,
                     0.06F);
        c = c * (0.60F + 0.50F * clamp01(v) + rough.v[at] * 0.14F);
        s.colour[at] = mix(c, mix(c, colours[3], 0.6F), smooth(0.70F, 0.94F, r) * rim * 0.7F);
        s.gloss.v[at] = 0.6F;
    });
}

void paper(Surface& s, const Look& look) {
    const auto colours = look.palette({0xCBB68C, 0xD9C7A0, 0xB99F72});
    const Field cloud = s.noise(340, 6, look.sub(1), 0.58F);
    const Field blot = s.noise(150, 6, look.sub(2), 0.62F);
    const Field fibre = s.noise(26, 5, 3, look.sub(3), 0.75F);
    const Field other = s.noise(5, 26, 3, look.sub(4), 0.75F);
    CellShape shape{s.across(240), s.down(240), 1.0F};
    const Cells fold = voronoi(s.w, s.h, shape, look.sub(5));
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = fold.id[at];
        const float plane =
            ((unit_hash(id, 1) - 0.5F) * fold.dx.v[at] + (unit_hash(id, 2) - 0.5F) * fold.dy.v[at]) / s.unit;
        const float crease = 1 - smooth(0, 3, fold.edge.v[at] / s.unit);
        s.height.v[at] =
            plane * 0.12F + crease * 1.1F + fibre.v[at] * 0.6F + other.v[at] * 0.5F + cloud.v[at] * 3;
        Rgb c = along(colours, 0.5F + cloud.v[at] * 0.9F) * (1 + fibre.v[at] * 0.07F + other.v[at] * 0.05F);
        c = mix(c, c * Rgb{0.78F, 0.66F, 0.48F}, smooth(0.18F, 0.6F, blot.v[at]) * 0.55F);
        s.colour[at] = mix(c, c * 1.1F, crease * 0.5F);
        s.gloss.v[at] = 0.08F;
    });
}

}  // namespace local_service
