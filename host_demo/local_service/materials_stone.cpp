// Poured or natural stone.
#include <algorithm>
#include <cmath>

#include "materials.h"

namespace local_service {

void grain(Surface& s, float amount, std::uint32_t seed) {
    each(s, [&](int x, int y, std::size_t at) {
        const float n =
            unit_hash(hash3(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), seed)) - 0.5F;
        s.colour[at] = s.colour[at] * (1 + n * amount);
    });
}

void concrete(Surface& s, const Look& look) {
    const auto colours = look.palette({0x8E8C86, 0x9D9A92, 0x807E7A});
    const Field cloud = s.noise(300, 6, look.sub(1), 0.55F);
    const Field blotch = s.noise(90, 5, look.sub(2), 0.6F);
    const Field fine = s.noise(7, 4, look.sub(3), 0.75F);
    const Field streak = s.noise(40, 420, 4, look.sub(4), 0.6F);
    const Cells pores = voronoi(s.w, s.h, {s.across(34), s.down(34), 1.0F}, look.sub(5));
    Bond seams = make_bond(s, 512, 512, true);
    seams.shift = 0;
    seams.joint = 3;
    seams.radius = 2;
    seams.irregular = 0.5F;
    each(s, [&](int x, int y, std::size_t at) {
        const std::uint32_t id = pores.id[at];
        const float size = unit_hash(id, 3) * unit_hash(id, 3) * unit_hash(id, 4) * 7;
        const float pore =
            unit_hash(id, 5) > 0.45F
                ? smooth(size + 0.8F, size - 0.8F, pores.near.v[at] / s.unit) * smooth(0.6F, 1.4F, size)
                : 0;
        const Block b = block_at(seams, s.nx(x) + blotch.v[at], s.ny(y) + blotch.v[at], look.seed);
        const float seam = 1 - smooth(-0.5F, 2.5F, b.inside);
        const float hole_u = std::fabs(b.u) - 130;
        const float hole_v = std::fabs(b.v) - 130;
        const float hole = 1 - smooth(8, 10.5F, std::sqrt(hole_u * hole_u + hole_v * hole_v));
        s.height.v[at] =
            cloud.v[at] * 5 + blotch.v[at] * 1.6F + fine.v[at] * 0.9F - pore * 4 - seam * 5 - hole * 9;
        Rgb c = along(colours, 0.5F + cloud.v[at] * 0.8F) * (1 + blotch.v[at] * 0.13F + fine.v[at] * 0.10F);
        c = mix(c, c * Rgb{0.80F, 0.77F, 0.72F},
                smooth(0.1F, 0.7F, streak.v[at] + cloud.v[at] * 0.4F) * 0.7F);
        c = c * ((1 - pore * 0.45F) * (1 - seam * 0.35F) * (1 - hole * 0.5F) *
                 (0.97F + 0.06F * unit_hash(b.id, 2)));
        s.colour[at] = c;
        s.gloss.v[at] = 0.16F;
    });
    grain(s, 0.05F, look.sub(9));
}

void plaster(Surface& s, const Look& look) {
    const auto colours = look.palette({0xC9BBA2, 0xD5C9B2, 0xBBAB90});
    const Field wx = s.noise(200, 3, look.sub(1));
    const Field wy = s.noise(200, 3, look.sub(2));
    const Field stroke = warped(s.noise(150, 34, 5, look.sub(3), 0.6F), wx, wy, 90 * s.unit);
    const Field cloud = s.noise(340, 5, look.sub(4), 0.55F);
    const Field fine = s.noise(9, 4, look.sub(5), 0.7F);
    const Field peel = s.noise(230, 6, look.sub(6), 0.58F);
    const float bare_from = mix(0.62F, 0.22F, clamp01(look[Condition::Old]));
    each(s, [&](int, int, std::size_t at) {
        const float bare = smooth(bare_from, bare_from + 0.035F, peel.v[at]);
        s.height.v[at] = stroke.v[at] * 6 + fine.v[at] * 1.1F + cloud.v[at] * 2 - bare * 7;
        Rgb c = along(colours, 0.5F + cloud.v[at] * 0.7F) * (1 + stroke.v[at] * 0.10F + fine.v[at] * 0.06F);
        const Rgb under = rgb(0x94846C) * (0.95F + fine.v[at] * 0.3F + stroke.v[at] * 0.15F);
        s.colour[at] = mix(c, under, bare);
        s.gloss.v[at] = 0.1F;
    });
    grain(s, 0.04F, look.sub(9));
}

void asphalt(Surface& s, const Look& look) {
    const auto colours = look.palette({0x3D3D3F, 0x55544F, 0x6A6862, 0x484A4D});
    const Cells stones = voronoi(s.w, s.h, {s.across(13), s.down(13), 1.0F}, look.sub(1));
    const Field cloud = s.noise(280, 5, look.sub(2), 0.55F);
    const Field fine = s.noise(6, 3, look.sub(3), 0.7F);
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = stones.id[at];
        const float up = unit_hash(id, 2);
        const float dome = clamp01(stones.edge.v[at] / s.unit / 4);
        s.height.v[at] = dome * (1.5F + up * 4) + fine.v[at] + cloud.v[at] * 4;
        Rgb c = vary(along(colours, up * up), id, 0.15F, 0.03F);
        c = mix(rgb(0x2B2B2D), c, 0.25F + 0.75F * smooth(0, 0.6F, dome * (0.4F + up)));
        s.colour[at] = c * (1 + cloud.v[at] * 0.25F + fine.v[at] * 0.1F);
        s.gloss.v[at] = 0.22F;
    });
}

void marble(Surface& s, const Look& look) {
    const bool dark = !look.colours.empty() && luma(look.colours[0]) < 0.5F;
    // A second colour is the veins'.
    Look base = look;
    if (base.colours.size() > 1) base.colours.resize(1);
    const auto colours = base.palette({0xD3CFC8, 0xE4E1DB, 0xBFBCB8});
    const Rgb vein = look.colours.size() > 1 ? look.colours[1]
                     : dark                  ? rgb(0xC9BFA8)
                                             : mix(colours[2], rgb(0x4C4B50), 0.8F);
    const Rgb warm = dark ? rgb(0x8A7446) : rgb(0xB39A72);
    const Field wx = s.noise(380, 5, look.sub(1), 0.55F);
    const Field wy = s.noise(380, 5, look.sub(2), 0.55F);
    const float size = look.scale;
    const Field broad = warped(s.crests(400 * size, 1, look.sub(3)), wx, wy, 190 * s.unit);
    const Field thin = warped(s.crests(230 * size, 1, look.sub(4)), wy, wx, 150 * s.unit);
    const Field cloud = warped(s.noise(330 * size, 5, look.sub(5), 0.55F), wx, wy, 150 * s.unit);
    const Field web = warped(s.crests(110 * size, 1, look.sub(7)), wx, wy, 60 * s.unit);
    const Field fine = s.noise(14, 4, look.sub(6), 0.65F);
    each(s, [&](int, int, std::size_t at) {
        const float deep = smooth(0.72F, 0.97F, broad.v[at] + cloud.v[at] * 0.10F);
        const float hair = smooth(0.86F, 0.985F, thin.v[at]) * smooth(-0.35F, 0.2F, wy.v[at]);
        const float spider = smooth(0.86F, 0.98F, web.v[at]) * smooth(-0.15F, 0.25F, cloud.v[at]);
        Rgb c = along(colours, 0.5F + cloud.v[at] * 0.75F);
        c = mix(c, mix(c, vein, 0.55F), smooth(0.25F, 0.9F, broad.v[at]) * 0.34F);
        c = mix(c, vein, deep * 0.72F);
        c = mix(c, warm, hair * 0.30F * smooth(-0.2F, 0.4F, wx.v[at]));
        c = mix(c, vein, std::max(hair * 0.55F, spider * 0.30F));
        s.colour[at] = c * (1 + fine.v[at] * 0.035F);
        s.height.v[at] = -deep * 0.5F - hair * 0.4F + fine.v[at] * 0.08F;
        s.gloss.v[at] = 0.75F;
    });
    grain(s, 0.02F, look.sub(9));
}

namespace {

/// Planes broken at random, as split rock shows them; about 0..1.
Field facets(const Surface& s, float size, float steep, std::uint32_t seed) {
    const Field wx = s.noise(size, 4, seed + 1);
    const Field wy = s.noise(size, 4, seed + 2);
    CellShape shape{s.across(size), s.down(size), 1.0F};
    shape.push_x = &wx;
    shape.push_y = &wy;
    shape.warp = size * 0.22F * s.unit;
    const Cells planes = voronoi(s.w, s.h, shape, seed);
    Field out(s.w, s.h);
    for (std::size_t i = 0; i < out.v.size(); ++i) {
        const std::uint32_t id = planes.id[i];
        const float tx = (unit_hash(id, 1) - 0.5F) * 2;
        const float ty = (unit_hash(id, 2) - 0.5F) * 2;
        out.v[i] =
            unit_hash(id, 3) * 0.5F + (planes.dx.v[i] * tx + planes.dy.v[i] * ty) / (size * s.unit) * steep;
    }
    return out;
}

}  // namespace

void rock(Surface& s, const Look& look) {
    const auto colours = look.palette({0x5C5954, 0x77726A, 0x8F897D, 0x6B665F});
    const Field big = blurred(facets(s, 250 * look.scale, 1.1F, look.sub(1)), 2.2F * s.unit);
    const Field middle = blurred(facets(s, 92 * look.scale, 1.0F, look.sub(2)), 1.2F * s.unit);
    const Field small = facets(s, 36, 0.9F, look.sub(3));
    const Field rough = s.noise(180, 8, look.sub(4), 0.6F);
    const Field fine = s.noise(7, 3, look.sub(5), 0.7F);
    const Field tone = s.noise(230, 5, look.sub(6), 0.55F);
    const Field lichen = s.noise(110, 6, look.sub(7), 0.65F);
    each(s, [&](int, int, std::size_t at) {
        const float h =
            big.v[at] * 34 + middle.v[at] * 12 + small.v[at] * 3.2F + rough.v[at] * 18 + fine.v[at] * 0.8F;
        s.height.v[at] = h;
        Rgb c = along(colours, 0.42F + tone.v[at] * 0.7F + (middle.v[at] - 0.3F) * 0.3F);
        c = c * (0.98F + rough.v[at] * 0.22F + fine.v[at] * 0.15F + (small.v[at] - 0.25F) * 0.22F);
        c = mix(c, c * Rgb{1.12F, 1.0F, 0.84F}, smooth(0, 0.5F, tone.v[at]) * 0.6F);
        if (look.colours.empty()) c = mix(c, rgb(0xA5A58E), smooth(0.36F, 0.5F, lichen.v[at]) * 0.4F);
        s.colour[at] = c;
        s.gloss.v[at] = 0.14F;
    });
}

void cliff(Surface& s, const Look& look) {
    const auto colours = look.palette({0xA07A55, 0xB8936A, 0x8C6848, 0xC5A67C, 0x7D5E48, 0xAD8459});
    const Field bend = s.noise(520, 4, look.sub(1), 0.5F);
    const Field jag = s.noise(70, 5, look.sub(2), 0.6F);
    const Field layers = s.noise(900, 30 * look.scale, 5, look.sub(3), 0.62F);
    const Field bands = s.noise(1024, 120 * look.scale, 4, look.sub(4), 0.6F);
    const Field blocks = blurred(facets(s, 130, 1.0F, look.sub(5)), 1.5F * s.unit);
    const Field fine = s.noise(8, 4, look.sub(6), 0.7F);
    const Field down = s.noise(60, 500, 5, look.sub(7), 0.6F);
    each(s, [&](int x, int y, std::size_t at) {
        const float px = static_cast<float>(x);
        const float py = static_cast<float>(y) + (bend.v[at] * 60 + jag.v[at] * 6) * s.unit;
        const float layer = layers.sample(px, py);
        const float band = bands.sample(px, py);
        const float ledge = band * 4 - std::floor(band * 4);
        s.height.v[at] = layer * 22 + smooth(0.1F, 0.9F, ledge) * 9 + blocks.v[at] * 13 + jag.v[at] * 9 +
                         fine.v[at] * 1.1F + down.v[at] * 7;
        Rgb c = along(colours, 0.5F + band * 1.1F + layer * 0.3F);
        c = c * (0.96F + layer * 0.24F + jag.v[at] * 0.16F + fine.v[at] * 0.12F);
        s.colour[at] = mix(c, c * Rgb{0.72F, 0.66F, 0.62F}, smooth(0.1F, 0.6F, down.v[at]) * 0.5F);
        s.gloss.v[at] = 0.1F;
    });
}

void crystal(Surface& s, const Look& look) {
    const auto colours = look.palette({0x4F3A78, 0x7E5FB0, 0xA98FD6, 0x3B2C5E});
    const Field large = facets(s, 170 * look.scale, 1.9F, look.sub(1));
    const Field small = facets(s, 70 * look.scale, 1.6F, look.sub(2));
    CellShape shape{s.across(120 * look.scale), s.down(120 * look.scale), 1.0F};
    const Cells shards = voronoi(s.w, s.h, shape, look.sub(3));
    const Field depth = s.noise(240, 4, look.sub(4));
    const Field veil = s.crests(160, 4, look.sub(5));
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = shards.id[at];
        const float tx = (unit_hash(id, 1) - 0.5F) * 2;
        const float ty = (unit_hash(id, 2) - 0.5F) * 2;
        const float plane = (shards.dx.v[at] * tx + shards.dy.v[at] * ty) / s.unit;
        const float rim = 1 - smooth(0, 5, shards.edge.v[at] / s.unit);
        s.height.v[at] = plane * 0.55F + large.v[at] * 34 + small.v[at] * 7 + unit_hash(id, 3) * 10;
        // The facet's slope decides how much of the inside shows through.
        const float through =
            0.5F + 0.33F * (tx * 0.6F - ty * 0.8F) + depth.v[at] * 0.45F + small.v[at] * 0.22F;
        Rgb c = along({colours[3], colours[0], colours[1], colours[2]}, through);
        c = mix(c, mix(c, rgb(0xFFFFFF), 0.5F), smooth(0.55F, 0.9F, veil.v[at]) * 0.28F);
        s.colour[at] = mix(c, mix(colours[2], rgb(0xFFFFFF), 0.55F), rim * 0.35F);
        s.gloss.v[at] = 0.85F;
        s.glow.v[at] = 0.22F;
    });
}

}  // namespace local_service
