// Metals, bare, painted, corroded.
#include <algorithm>
#include <cmath>

#include "materials.h"

namespace local_service {

namespace {

/// Thin scratches in many directions; 0..1.
Field scratches(const Surface& s, int count, std::uint32_t seed) {
    Field out(s.w, s.h);
    const int n = static_cast<int>(static_cast<float>(count) * s.nx(s.w) * s.ny(s.h) / (1024.0F * 1024.0F));
    for (int i = 0; i < n; ++i) {
        const std::uint32_t id = hash3(static_cast<std::uint32_t>(i), 7, seed);
        float x = unit_hash(id, 1) * static_cast<float>(s.w);
        float y = unit_hash(id, 2) * static_cast<float>(s.h);
        const float angle = unit_hash(id, 3) * 6.2831853F;
        const float bend = (unit_hash(id, 6) - 0.5F) * 0.004F;
        const int length = static_cast<int>((20 + unit_hash(id, 4) * unit_hash(id, 4) * 260) * s.unit);
        for (int k = 0; k < length; ++k) {
            const float t = static_cast<float>(k) / static_cast<float>(length);
            const float turn = angle + bend * static_cast<float>(k);
            x += std::cos(turn);
            y += std::sin(turn);
            const int px = ((static_cast<int>(std::floor(x)) % s.w) + s.w) % s.w;
            const int py = ((static_cast<int>(std::floor(y)) % s.h) + s.h) % s.h;
            float& value = out.at(px, py);
            value = std::max(value, (1 - std::fabs(t * 2 - 1)) * (0.3F + 0.7F * unit_hash(id, 5)));
        }
    }
    return out;
}

struct RustTones {
    Rgb dark = rgb(0x3A2018), deep = rgb(0x6B3218), orange = rgb(0x9E5423), light = rgb(0xC07A3A);

    Rgb at(float t) const { return along({dark, deep, orange, light}, t); }
};

}  // namespace

void rusty_metal(Surface& s, const Look& look) {
    const auto colours = look.palette({0x5E6164, 0x75787A, 0x4C4E50});
    const RustTones rust;
    const Field wx = s.noise(120, 4, look.sub(1));
    const Field wy = s.noise(120, 4, look.sub(2));
    const Field spread = warped(s.noise(330, 7, look.sub(3), 0.6F), wx, wy, 40 * s.unit);
    const Field tone = s.noise(150, 7, look.sub(4), 0.66F);
    const Field pit = s.noise(22, 5, look.sub(5), 0.65F);
    const Field fine = s.noise(5, 3, look.sub(6), 0.8F);
    const Field drip = s.noise(26, 330, 4, look.sub(7), 0.6F);
    const Field scratch = scratches(s, 700, look.sub(8));
    each(s, [&](int, int, std::size_t at) {
        const float level = spread.v[at] + 0.10F + pit.v[at] * 0.12F;
        const float rusty = smooth(-0.06F, 0.07F, level);
        const float halo = smooth(-0.30F, 0.0F, level + drip.v[at] * 0.22F);
        const float thick = smooth(0.1F, 0.55F, level);
        Rgb steel = along(colours, 0.5F + tone.v[at] * 0.8F) * (1 + fine.v[at] * 0.06F);
        steel = mix(steel, mix(steel, rgb(0xC9CCCE), 0.6F), scratch.v[at] * 0.7F);
        steel = mix(steel, steel * Rgb{1.0F, 0.72F, 0.5F}, halo * 0.8F);
        Rgb r = rust.at(0.50F + tone.v[at] * 0.75F + pit.v[at] * 0.40F + fine.v[at] * 0.16F - thick * 0.12F);
        r = mix(r, rust.dark, smooth(0.15F, 0.5F, -pit.v[at]) * 0.6F);
        s.colour[at] = mix(steel, r, rusty);
        s.height.v[at] = tone.v[at] * 2 - scratch.v[at] * 0.5F +
                         rusty * (2.2F + thick * 3.5F + pit.v[at] * 4.5F + fine.v[at] * 1.3F);
        s.gloss.v[at] = mix(0.5F, 0.08F, rusty);
    });
    grain(s, 0.05F, look.sub(9));
}

void painted_metal(Surface& s, const Look& look) {
    const auto colours = look.palette({0x3E6A78, 0x47737F, 0x355E6B});
    const RustTones rust;
    const Field wx = s.noise(90, 4, look.sub(1));
    const Field wy = s.noise(90, 4, look.sub(2));
    const Field peel = warped(s.noise(270, 7, look.sub(3), 0.58F), wx, wy, 26 * s.unit);
    const Field cloud = s.noise(330, 5, look.sub(4), 0.55F);
    const Field pit = s.noise(20, 5, look.sub(5), 0.65F);
    const Field fine = s.noise(5, 3, look.sub(6), 0.8F);
    const Field drip = s.noise(30, 380, 4, look.sub(7), 0.6F);
    const Field scratch = scratches(s, 500, look.sub(8));
    each(s, [&](int, int, std::size_t at) {
        const float level = peel.v[at] - 0.20F + pit.v[at] * 0.05F;
        const float bare = smooth(0.0F, 0.018F, level);
        const float primer = smooth(-0.045F, -0.03F, level) * (1 - bare);
        const float stain = smooth(-0.30F, 0.02F, level + drip.v[at] * 0.28F) * (1 - bare);
        Rgb paint = along(colours, 0.5F + cloud.v[at]) * (1 + cloud.v[at] * 0.10F + fine.v[at] * 0.035F);
        paint = mix(paint, saturated(paint, 0.5F) * 1.18F, smooth(0, 0.7F, cloud.v[at]) * 0.4F);
        paint = mix(paint, rgb(0xB8B6AE), scratch.v[at] * 0.5F);
        paint = mix(paint, mix(paint, rgb(0xA9A69A), 0.65F), primer);
        paint = mix(paint, paint * Rgb{0.86F, 0.60F, 0.42F}, stain * 0.75F);
        const Rgb r = rust.at(0.42F + pit.v[at] * 0.6F + cloud.v[at] * 0.5F + fine.v[at] * 0.15F);
        s.colour[at] = mix(paint, r, bare);
        s.height.v[at] = (1 - bare) * (4 - primer * 1.3F + cloud.v[at] * 1.4F) +
                         bare * (pit.v[at] * 3 + fine.v[at] * 1.2F) - scratch.v[at] * 0.5F;
        s.gloss.v[at] = mix(0.5F, 0.08F, bare);
    });
    grain(s, 0.025F, look.sub(9));
}

void brushed_metal(Surface& s, const Look& look) {
    const auto colours = look.palette({0x8D9093, 0xA6A9AC, 0x787B7E});
    const Field streak =
        look.vertical ? s.noise(2.2F, 300, 3, look.sub(1), 0.8F) : s.noise(300, 2.2F, 3, look.sub(1), 0.8F);
    const Field broad =
        look.vertical ? s.noise(34, 520, 4, look.sub(2), 0.6F) : s.noise(520, 34, 4, look.sub(2), 0.6F);
    const Field cloud = s.noise(420, 4, look.sub(3), 0.5F);
    const Field smudge = s.noise(130, 5, look.sub(4), 0.6F);
    const Field scratch = scratches(s, 260, look.sub(5));
    each(s, [&](int, int, std::size_t at) {
        Rgb c = along(colours, 0.5F + cloud.v[at] * 0.5F + broad.v[at] * 0.35F);
        c = c * (1 + streak.v[at] * 0.17F + broad.v[at] * 0.08F);
        c = mix(c, c * Rgb{0.93F, 0.91F, 0.88F}, smooth(0, 0.6F, smudge.v[at]) * 0.7F);
        s.colour[at] = mix(c, rgb(0xE6E8EA), scratch.v[at] * 0.35F);
        s.height.v[at] = streak.v[at] * 0.55F - scratch.v[at] * 0.9F + cloud.v[at] * 1.5F;
        s.gloss.v[at] = 0.6F - clamp01(smudge.v[at]) * 0.2F;
    });
}

void tread_plate(Surface& s, const Look& look) {
    const auto colours = look.palette({0x6F7274, 0x85888A, 0x606365});
    const int columns = s.across_even(86 * look.scale);
    const int rows = s.down_even(86 * look.scale);
    const float cw = s.nx(s.w) / static_cast<float>(columns);
    const float rh = s.ny(s.h) / static_cast<float>(rows);
    const Field cloud = s.noise(300, 6, look.sub(1), 0.58F);
    const Field fine = s.noise(6, 3, look.sub(2), 0.75F);
    const Field scratch = scratches(s, 1500, look.sub(3));
    each(s, [&](int x, int y, std::size_t at) {
        float lug = 0;
        const int column = static_cast<int>(s.nx(x) / cw);
        const int row = static_cast<int>(s.ny(y) / rh);
        const bool turned = ((column + row) & 1) != 0;
        const float u = s.nx(x) - (static_cast<float>(column) + 0.5F) * cw;
        const float v = s.ny(y) - (static_cast<float>(row) + 0.5F) * rh;
        const float a = (u + (turned ? v : -v)) * 0.7071F;
        const float b = (u - (turned ? v : -v)) * 0.7071F;
        // A lens shape: two arcs that meet in points.
        const float t = std::fabs(a) / (cw * 0.46F);
        if (t < 1) lug = smooth(0, 7, (1 - t * t) * cw * 0.15F - std::fabs(b) + 1);
        Rgb c = along(colours, 0.5F + cloud.v[at] * 0.8F) * (1 + fine.v[at] * 0.08F + lug * 0.12F);
        c = mix(c, c * Rgb{0.72F, 0.66F, 0.58F}, smooth(-0.1F, 0.5F, cloud.v[at]) * (1 - lug) * 0.7F);
        s.colour[at] = mix(c, rgb(0xCDD0D2), scratch.v[at] * (0.25F + 0.35F * lug));
        s.height.v[at] = lug * 11 + cloud.v[at] * 1.5F + fine.v[at] * 0.5F - scratch.v[at] * 0.4F;
        s.gloss.v[at] = 0.55F;
    });
}

void panels(Surface& s, const Look& look) {
    const auto colours = look.palette({0x5E666D, 0x717980, 0x4D545B, 0x848B90});
    Bond large = make_bond(s, 342 * look.scale, 256 * look.scale, true);
    large.joint = 7;
    large.radius = 14;
    large.irregular = 0;
    Bond small = make_bond(s, 114 * look.scale, 128 * look.scale, true);
    small.shift = 0;
    small.joint = 4;
    small.radius = 6;
    small.irregular = 0;
    const Field cloud = s.noise(300, 6, look.sub(1), 0.58F);
    const Field fine = s.noise(5, 3, look.sub(2), 0.8F);
    const Field drip = s.noise(22, 300, 4, look.sub(3), 0.62F);
    const Field scratch = scratches(s, 900, look.sub(4));
    each(s, [&](int x, int y, std::size_t at) {
        const Block b = block_at(large, s.nx(x), s.ny(y), look.seed);
        const Block d = block_at(small, s.nx(x), s.ny(y), look.sub(5));
        const bool divided = unit_hash(b.id, 5) > 0.55F;
        const float edge = divided ? std::min(b.inside, d.inside + 0.5F) : b.inside;
        const std::uint32_t id = divided ? hash3(b.id, d.id, 1) : b.id;
        const float solid = smooth(-0.8F, 1, edge);
        const float ru = large.width * 0.5F - 24 - std::fabs(b.u);
        const float rv = large.height * 0.5F - 24 - std::fabs(b.v);
        const float rivet_at = std::sqrt(ru * ru + rv * rv);
        const float rivet = rivet_at < 7 ? std::sqrt(1 - rivet_at * rivet_at / 49) : 0;
        const float raised = std::floor(unit_hash(id, 6) * 3) * 2.6F;
        s.height.v[at] = mix(
            -5,
            smooth(-0.5F, 3.5F, edge) * 6 + raised + rivet * 4 + cloud.v[at] * 0.8F - scratch.v[at] * 0.4F,
            solid);
        Rgb c = vary(along(colours, unit_hash(id, 8)), id, 0.08F, 0.02F) *
                (1 + cloud.v[at] * 0.10F + fine.v[at] * 0.05F);
        if (look.colours.empty() && unit_hash(id, 9) > 0.90F)
            c = vary(rgb(0xA9702F), id, 0.1F, 0.04F) * (1 + cloud.v[at] * 0.1F);
        const float worn = smooth(7, 1, edge) * smooth(-0.25F, 0.25F, cloud.v[at]);
        c = mix(c, rgb(0xA9ADB0), std::max(worn * 0.55F, scratch.v[at] * 0.4F));
        c = mix(c, c * Rgb{0.66F, 0.60F, 0.53F}, smooth(0.0F, 0.6F, drip.v[at]) * 0.55F);
        s.colour[at] = mix(rgb(0x1B1E21), c, solid);
        s.gloss.v[at] = mix(0.1F, 0.5F, solid);
    });
}

void hammered(Surface& s, const Look& look) {
    Look own = look;
    if (own.colours.empty()) own.colours.push_back(rgb(0x6F6A64));
    const auto colours = own.palette({0x7A6A4A, 0xA08C62, 0xC4AE82, 0xE0D0A8});
    CellShape shape{s.across(64 * look.scale), s.down(64 * look.scale), 0.9F};
    const Cells dents = voronoi(s.w, s.h, shape, look.sub(1));
    const Field cloud = s.noise(260, 6, look.sub(2), 0.58F);
    const Field fine = s.noise(6, 3, look.sub(3), 0.75F);
    const Field stain = s.noise(130, 6, look.sub(4), 0.64F);
    const Field scratch = scratches(s, 500, look.sub(5));
    each(s, [&](int, int, std::size_t at) {
        const float r = dents.near.v[at] / s.unit / (38 * look.scale);
        const float bowl = std::min(r * r, 1.2F);
        s.height.v[at] = bowl * 10 + unit_hash(dents.id[at], 3) * 2 + fine.v[at] * 0.35F + cloud.v[at] * 4 -
                         scratch.v[at] * 0.5F;
        Rgb c = along(colours, 0.40F + cloud.v[at] * 0.4F + (bowl - 0.4F) * 0.30F);
        c = mix(c, c * Rgb{0.52F, 0.48F, 0.46F}, smooth(0.05F, 0.6F, stain.v[at] - bowl * 0.12F) * 0.7F);
        s.colour[at] = mix(c, colours[3], scratch.v[at] * 0.5F) * (1 + fine.v[at] * 0.05F);
        s.gloss.v[at] = 0.7F;
    });
}

}  // namespace local_service
