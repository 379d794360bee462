// What lies or grows on the ground.
#include <algorithm>
#include <cmath>

#include "materials.h"

namespace local_service {

namespace {

struct Stroke {
    float x = 0, y = 0;  ///< root, nominal
    float angle = 0, bend = 0;
    float length = 30, width = 3;
    float from = 0, to = 10;  ///< heights
    Rgb root, tip;
};

/// Draws a tapering blade, wrapped at the borders, where it lies above what is there.
void draw(Surface& s, const Stroke& k) {
    check_cancelled();
    const float step = 0.6F / s.unit;
    const int steps = std::max(2, static_cast<int>(k.length / step));
    float x = k.x;
    float y = k.y;
    for (int i = 0; i < steps; ++i) {
        const float t = static_cast<float>(i) / static_cast<float>(steps);
        const float angle = k.angle + k.bend * t;
        const float dx = std::cos(angle);
        const float dy = std::sin(angle);
        x += dx * step;
        y += dy * step;
        const float half = k.width * 0.5F * std::min(1.0F, 3.2F * (1 - t)) * std::min(1.0F, 0.6F + t * 2);
        const int reach = std::max(0, static_cast<int>(std::lround(half * s.unit)));
        const float height = mix(k.from, k.to, t);
        for (int j = -reach; j <= reach; ++j) {
            const float across = reach == 0 ? 0 : static_cast<float>(j) / static_cast<float>(reach);
            const int px = static_cast<int>(std::floor(x * s.unit - dy * static_cast<float>(j)));
            const int py = static_cast<int>(std::floor(y * s.unit + dx * static_cast<float>(j)));
            const std::size_t at = s.at(((px % s.w) + s.w) % s.w, ((py % s.h) + s.h) % s.h);
            const float own = height + (1 - across * across) * k.width * 0.35F;
            if (own <= s.height.v[at]) continue;
            s.height.v[at] = own;
            s.colour[at] =
                mix(k.root, k.tip, t) * (1 - 0.22F * (1 - std::fabs(across)) * 0.5F + 0.10F * across);
        }
    }
}

struct Dice {
    std::uint32_t seed;
    std::uint32_t n = 0;
    float operator()() { return unit_hash(seed, n++); }
    float between(float a, float b) { return mix(a, b, (*this)()); }
};

int count_for(const Surface& s, float per_square) {
    return static_cast<int>(per_square * s.nx(s.w) * s.ny(s.h) / (1024.0F * 1024.0F));
}

void fill_soil(Surface& s, const Look& look, Rgb soil, float height) {
    const Field lump = s.noise(60, 6, look.sub(61), 0.6F);
    each(s, [&](int, int, std::size_t at) {
        s.height.v[at] = height + lump.v[at] * 5;
        s.colour[at] = soil * (0.9F + lump.v[at] * 0.5F);
        s.gloss.v[at] = 0.08F;
    });
}

}  // namespace

void grass(Surface& s, const Look& look) {
    const auto colours = look.palette({0x2E3F1C, 0x4F6A2A, 0x6F8A39, 0x93A552});
    const Rgb dry = look.colours.empty() ? rgb(0xA59A5E) : colours[3];
    fill_soil(s, look, mix(rgb(0x2C2419), colours[0], 0.45F), -14);
    const Field patch = s.noise(300, 4, look.sub(1));
    const Field tuft = s.noise(90, 3, look.sub(2));
    const Field lean = s.noise(260, 3, look.sub(3));
    Dice dice{look.sub(4)};
    const int blades = count_for(s, 30000);
    for (int i = 0; i < blades; ++i) {
        const float level = static_cast<float>(i) / static_cast<float>(blades);
        Stroke k;
        k.x = dice() * s.nx(s.w);
        k.y = dice() * s.ny(s.h);
        const float patchy = patch.sample(k.x * s.unit, k.y * s.unit);
        const float tufted = tuft.sample(k.x * s.unit, k.y * s.unit);
        k.angle = -1.57F + lean.sample(k.x * s.unit, k.y * s.unit) * 3.4F + (dice() - 0.5F) * 3.6F;
        k.bend = (dice() - 0.5F) * 1.7F;
        k.length = dice.between(20, 46) * look.scale * (1 + tufted * 0.5F);
        k.width = dice.between(2.2F, 4.2F) * look.scale;
        k.from = -12 + level * 10;
        k.to = k.from + dice.between(8, 20) + tufted * 10;
        const float tone = 0.30F + level * 0.42F + patchy * 0.5F + (dice() - 0.5F) * 0.40F;
        const Rgb c =
            vary(along(colours, tone), hash3(look.seed, static_cast<std::uint32_t>(i), 3), 0.14F, 0.08F);
        const float dryness = smooth(0.80F, 1.0F, dice() + patchy * 0.35F);
        k.tip = mix(c, dry, dryness * 0.75F);
        k.root = mix(colours[0], k.tip, 0.42F);
        draw(s, k);
    }
    each(s, [&](int, int, std::size_t at) { s.gloss.v[at] = 0.2F; });
}

void straw(Surface& s, const Look& look) {
    const auto colours = look.palette({0x7A5C2C, 0xA98742, 0xCBAA62, 0xE0C988});
    fill_soil(s, look, colours[0] * 0.5F, -14);
    const Field lean = s.noise(340, 2, look.sub(3));
    Dice dice{look.sub(4)};
    const int stalks = count_for(s, 15000);
    for (int i = 0; i < stalks; ++i) {
        const float level = static_cast<float>(i) / static_cast<float>(stalks);
        Stroke k;
        k.x = dice() * s.nx(s.w);
        k.y = dice() * s.ny(s.h);
        k.angle = 1.57F + lean.sample(k.x * s.unit, k.y * s.unit) * 1.2F + (dice() - 0.5F) * 1.3F;
        k.bend = (dice() - 0.5F) * 0.25F;
        k.length = dice.between(60, 150) * look.scale;
        k.width = dice.between(2.6F, 5.0F) * look.scale;
        k.from = -12 + level * 18;
        k.to = k.from + dice.between(-2, 4);
        k.root = vary(along(colours, level * 0.55F + dice() * 0.5F),
                      hash3(look.seed, static_cast<std::uint32_t>(i), 3), 0.12F, 0.05F);
        k.tip = k.root * dice.between(0.9F, 1.12F);
        draw(s, k);
    }
    each(s, [&](int, int, std::size_t at) { s.gloss.v[at] = 0.3F; });
}

namespace {

struct Leaf {
    float x, y, angle, length, width, height, curl;
    Rgb colour;
};

/// A pointed oval with a midrib and side veins.
void draw_leaf(Surface& s, const Leaf& leaf) {
    check_cancelled();
    const float reach = leaf.length * 0.52F * s.unit;
    const float cx = leaf.x * s.unit;
    const float cy = leaf.y * s.unit;
    const float c = std::cos(leaf.angle);
    const float n = std::sin(leaf.angle);
    for (int py = static_cast<int>(cy - reach); py <= static_cast<int>(cy + reach); ++py)
        for (int px = static_cast<int>(cx - reach); px <= static_cast<int>(cx + reach); ++px) {
            const float dx = (static_cast<float>(px) - cx) / s.unit;
            const float dy = (static_cast<float>(py) - cy) / s.unit;
            const float u = (dx * c + dy * n) / (leaf.length * 0.5F);
            const float v = (dy * c - dx * n) / (leaf.width * 0.5F);
            if (u < -1 || u > 1) continue;
            const float outline = (1 - u * u) * (1 - 0.35F * u);
            if (std::fabs(v) > outline) continue;
            const std::size_t at = s.at(((px % s.w) + s.w) % s.w, ((py % s.h) + s.h) % s.h);
            const float fold = std::fabs(v) / std::max(0.05F, outline);
            const float h = leaf.height + fold * 3.2F - leaf.curl * u * u + u * 3;
            if (h <= s.height.v[at]) continue;
            const float rib = 1 - smooth(0.03F, 0.10F, std::fabs(v));
            const float wave = (u * 4.5F - std::fabs(v) * 1.6F);
            const float vein = 1 - smooth(0.05F, 0.16F, std::fabs(wave - std::floor(wave) - 0.5F));
            s.height.v[at] = h - vein * 0.5F - rib * 0.4F;
            const Rgb pale = mix(leaf.colour, rgb(0xC6CF9A), 0.40F);
            s.colour[at] =
                mix(leaf.colour * (0.90F + 0.16F * fold), pale, std::max(rib * 0.8F, vein * 0.30F));
        }
}

}  // namespace

void leaves(Surface& s, const Look& look) {
    const auto colours = look.palette({0x24391B, 0x3B5A28, 0x557A34, 0x78974A});
    fill_soil(s, look, colours[0] * 0.42F, -40);
    const Field patch = s.noise(260, 3, look.sub(1));
    Dice dice{look.sub(2)};
    const int count = count_for(s, 2100 / (look.scale * look.scale));
    for (int i = 0; i < count; ++i) {
        const float level = static_cast<float>(i) / static_cast<float>(count);
        Leaf leaf{};
        leaf.x = dice() * s.nx(s.w);
        leaf.y = dice() * s.ny(s.h);
        leaf.angle = dice() * 6.2831853F;
        leaf.length = dice.between(46, 84) * look.scale;
        leaf.width = leaf.length * dice.between(0.40F, 0.56F);
        leaf.height = -34 + level * 44;
        leaf.curl = dice.between(2, 8);
        const float tone =
            level * 0.62F + patch.sample(leaf.x * s.unit, leaf.y * s.unit) * 0.35F + dice() * 0.30F;
        leaf.colour =
            vary(along(colours, tone), hash3(look.seed, static_cast<std::uint32_t>(i), 9), 0.12F, 0.07F);
        draw_leaf(s, leaf);
    }
    each(s, [&](int, int, std::size_t at) { s.gloss.v[at] = 0.42F; });
}

namespace {

struct Pebbles {
    float size;
    float share;  ///< of the cells that hold one
    float rise;
    std::uint32_t seed;
};

/// Rounded stones over what is there.
void lay_pebbles(Surface& s, const Pebbles& p, const std::vector<Rgb>& colours) {
    const Field wx = s.noise(p.size * 0.9F, 2, p.seed + 1);
    const Field wy = s.noise(p.size * 0.9F, 2, p.seed + 2);
    CellShape shape{s.across(p.size), s.down(p.size), 0.95F};
    shape.push_x = &wx;
    shape.push_y = &wy;
    shape.warp = p.size * 0.16F * s.unit;
    const Cells stones = voronoi(s.w, s.h, shape, p.seed);
    const Field rough = s.noise(p.size * 0.5F, 4, p.seed + 3, 0.6F);
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = stones.id[at];
        if (unit_hash(id, 1) > p.share) return;
        const float size = p.size * mix(0.20F, 0.46F, unit_hash(id, 2));
        const float edge = std::min(stones.edge.v[at] / s.unit, size - stones.near.v[at] / s.unit) - 0.6F;
        if (edge <= 0) return;
        const float t = clamp01(edge / (size * 0.75F));
        const float h = std::sqrt(1 - (1 - t) * (1 - t)) * p.rise * (0.6F + 0.6F * unit_hash(id, 3)) +
                        rough.v[at] * p.rise * 0.12F;
        const float solid = smooth(0, 1.3F, edge);
        s.height.v[at] += h * solid;
        const Rgb c = vary(along(colours, unit_hash(id, 4)), id, 0.2F, 0.07F) * (1 + rough.v[at] * 0.26F);
        s.colour[at] = mix(s.colour[at], c, solid);
        s.gloss.v[at] = 0.25F;
    });
}

}  // namespace

void gravel(Surface& s, const Look& look) {
    const auto colours = look.palette({0x6F6B65, 0x938C80, 0x55534F, 0xB0A796, 0x857868});
    fill_soil(s, look, rgb(0x4A4238), -6);
    lay_pebbles(s, {18 * look.scale, 0.95F, 5, look.sub(1)}, colours);
    lay_pebbles(s, {34 * look.scale, 0.8F, 10, look.sub(2)}, colours);
    lay_pebbles(s, {62 * look.scale, 0.62F, 18, look.sub(3)}, colours);
}

void sand(Surface& s, const Look& look) {
    const auto colours = look.palette({0xB89A6B, 0xCDB284, 0xA58659, 0xDBC59B});
    const Field bend = s.noise(420, 4, look.sub(1), 0.5F);
    const Field fork = s.noise(150, 4, look.sub(2), 0.55F);
    const Field dune = s.noise(512, 4, look.sub(3), 0.45F);
    const Field fine = s.noise(5, 3, look.sub(4), 0.8F);
    const float waves = static_cast<float>(s.down(52 * look.scale));
    const float slant = static_cast<float>(s.across(512)) * (look.chance(3) > 0.5F ? 1.0F : -1.0F);
    each(s, [&](int x, int y, std::size_t at) {
        const float phase = static_cast<float>(y) / static_cast<float>(s.h) * waves +
                            static_cast<float>(x) / static_cast<float>(s.w) * slant + bend.v[at] * 2.4F +
                            fork.v[at] * 0.7F;
        const float t = phase - std::floor(phase);
        // Wind makes a long slope and a short one.
        const float ripple = t < 0.68F ? smooth(0, 0.68F, t) : 1 - smooth(0.68F, 1, t);
        const float strength = smooth(-0.5F, 0.35F, dune.v[at] + 0.2F);
        s.height.v[at] = ripple * 9 * strength + dune.v[at] * 16 + fork.v[at] * 2.5F + fine.v[at] * 0.75F;
        Rgb c = along(colours,
                      0.45F + dune.v[at] * 0.45F + (ripple - 0.5F) * 0.25F * strength + fork.v[at] * 0.2F);
        s.colour[at] = c * (1 + fine.v[at] * 0.11F);
        s.gloss.v[at] = 0.1F;
    });
    each(s, [&](int x, int y, std::size_t at) {
        const float n =
            unit_hash(hash3(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), look.sub(7)));
        if (n > 0.988F) s.colour[at] = s.colour[at] * (n > 0.995F ? 1.22F : 0.72F);
    });
    grain(s, 0.07F, look.sub(9));
}

void dirt(Surface& s, const Look& look) {
    const auto colours = look.palette({0x4A3826, 0x63492F, 0x7A5F41, 0x3B2C1F});
    const Field clump = s.noise(110, 7, look.sub(1), 0.62F);
    const Field clod = s.crests(58, 4, look.sub(2));
    const Field broad = s.noise(420, 4, look.sub(3), 0.5F);
    const Field fine = s.noise(6, 3, look.sub(4), 0.75F);
    each(s, [&](int, int, std::size_t at) {
        s.height.v[at] = clump.v[at] * 16 - clod.v[at] * 7 + fine.v[at] * 1.7F + broad.v[at] * 8;
        const Rgb c = along(colours, 0.42F + broad.v[at] * 0.55F + clump.v[at] * 0.4F);
        s.colour[at] = c * (1 + fine.v[at] * 0.22F + clump.v[at] * 0.15F);
        s.gloss.v[at] = 0.08F;
    });
    const std::vector<Rgb> stones{rgb(0x8A7B66), rgb(0x6E6558), rgb(0xA19178)};
    lay_pebbles(s, {30, 0.22F, 6, look.sub(5)}, stones);
    lay_pebbles(s, {72, 0.20F, 12, look.sub(6)}, stones);
    Dice dice{look.sub(8)};
    for (int i = count_for(s, 500); i > 0; --i) {
        Stroke k;
        k.x = dice() * s.nx(s.w);
        k.y = dice() * s.ny(s.h);
        k.angle = dice() * 6.28F;
        k.bend = (dice() - 0.5F) * 1.2F;
        k.length = dice.between(14, 46);
        k.width = dice.between(1.6F, 3);
        k.from = k.to = s.height.sample(k.x * s.unit, k.y * s.unit) + 3;
        k.root = k.tip = mix(rgb(0x9A8258), rgb(0x4C3A25), dice());
        draw(s, k);
    }
}

void cracked_mud(Surface& s, const Look& look) {
    const auto colours = look.palette({0x9C8264, 0xAF9576, 0x8A7055});
    const Field wx = s.noise(110, 4, look.sub(1));
    const Field wy = s.noise(110, 4, look.sub(2));
    CellShape shape{s.across(150 * look.scale), s.down(150 * look.scale), 0.95F};
    shape.push_x = &wx;
    shape.push_y = &wy;
    shape.warp = 22 * s.unit;
    const Cells plates = voronoi(s.w, s.h, shape, look.sub(3));
    shape.cells_x *= 3;
    shape.cells_y *= 3;
    shape.warp = 10 * s.unit;
    const Cells minor = voronoi(s.w, s.h, shape, look.sub(4));
    const Field cloud = s.noise(220, 5, look.sub(5), 0.55F);
    const Field rough = s.noise(30, 5, look.sub(6), 0.62F);
    const Field fine = s.noise(6, 3, look.sub(7), 0.75F);
    each(s, [&](int, int, std::size_t at) {
        const float edge = plates.edge.v[at] / s.unit - 4.5F + rough.v[at] * 2.5F;
        const float solid = smooth(-3, 2.5F, edge);
        const float hair =
            (1 - smooth(0.4F, 2.2F, minor.edge.v[at] / s.unit)) * smooth(-0.1F, 0.35F, cloud.v[at]);
        // Drying plates curl up at their borders.
        const float curl = smooth(34, 3, edge) * 7;
        s.height.v[at] =
            mix(-16, 4 + curl + unit_hash(plates.id[at], 3) * 4 + rough.v[at] * 2.4F + fine.v[at] - hair * 4,
                solid);
        Rgb c = vary(along(colours, unit_hash(plates.id[at], 4)), plates.id[at], 0.08F, 0.03F);
        c = c * (0.97F + cloud.v[at] * 0.2F + rough.v[at] * 0.16F + fine.v[at] * 0.12F + curl * 0.012F);
        s.colour[at] = mix(colours[2] * 0.34F, c * (1 - hair * 0.4F), solid);
        s.gloss.v[at] = 0.08F;
    });
}

}  // namespace local_service
