// What weather, time and people do to a surface.
#include <algorithm>
#include <cmath>

#include "materials.h"

namespace local_service {

namespace {

/// How deep a spot lies below its surroundings, about -1..1.
Field hollows(const Surface& s, float radius) {
    const Field around = blurred(s.height, radius * s.unit);
    Field out(s.w, s.h);
    for (std::size_t i = 0; i < out.v.size(); ++i)
        out.v[i] = std::clamp((around.v[i] - s.height.v[i]) / 9.0F, -1.0F, 1.0F);
    return out;
}

/// Lays a coat over the surface: colour, height gained, dullness; `cover` 0..1.
void coat(Surface& s, std::size_t at, Rgb colour, float cover, float rise, float gloss) {
    s.colour[at] = mix(s.colour[at], colour, cover);
    s.height.v[at] += rise * cover;
    s.gloss.v[at] = mix(s.gloss.v[at], gloss, cover);
    s.glow.v[at] *= 1 - cover;
}

void age(Surface& s, const Look& look, float k) {
    const Field hollow = hollows(s, 12);
    const Field stain = s.noise(240, 6, look.sub(201), 0.58F);
    const Field streak = s.noise(34, 330, 4, look.sub(202), 0.6F);
    const Field wear = s.noise(36, 5, look.sub(203), 0.64F);
    each(s, [&](int, int, std::size_t at) {
        Rgb c = saturated(s.colour[at], 1 - 0.22F * k);
        const float soot = smooth(0.0F, 0.7F, stain.v[at] * 0.8F + streak.v[at] * 0.5F + hollow.v[at] * 0.4F);
        c = mix(c, c * Rgb{0.58F, 0.54F, 0.48F}, soot * 0.62F * k);
        const float rubbed = smooth(0.15F, 0.75F, -hollow.v[at] + wear.v[at] * 0.7F);
        c = mix(c, mix(c, rgb(0xCFC8BA), 0.5F), rubbed * 0.32F * k);
        s.colour[at] = c;
        s.height.v[at] -= smooth(0.25F, 0.6F, wear.v[at]) * 1.8F * k;
        s.gloss.v[at] *= 1 - 0.4F * k;
    });
}

void crack(Surface& s, const Look& look, float k) {
    const Field major = fractures(s, 360, 4.2F, look.sub(211));
    const Field minor = fractures(s, 120, 2.2F, look.sub(212));
    const Field where = s.noise(300, 4, look.sub(213));
    const Field gap = s.noise(90, 4, look.sub(214));
    each(s, [&](int, int, std::size_t at) {
        const float a = major.v[at] * smooth(-0.28F, -0.08F, gap.v[at]);
        const float b = minor.v[at] * smooth(0.10F, 0.35F, where.v[at] + gap.v[at] * 0.4F + (k - 1) * 0.3F);
        const float line = clamp01(std::max(a, b * 0.9F) * std::min(1.0F, k + 0.2F));
        s.height.v[at] -= line * 9;
        s.colour[at] = s.colour[at] * (1 - line * 0.68F);
        s.gloss.v[at] *= 1 - line;
    });
}

void soil(Surface& s, const Look& look, float k) {
    const Field hollow = hollows(s, 14);
    const Field patch = s.noise(200, 6, look.sub(221), 0.6F);
    const Field fine = s.noise(10, 4, look.sub(222), 0.7F);
    each(s, [&](int, int, std::size_t at) {
        const float mask = smooth(-0.15F, 0.75F, hollow.v[at] * 0.8F + patch.v[at] * 1.1F + (k - 1) * 0.4F);
        coat(s, at, rgb(0x4A3B2A) * (1 + fine.v[at] * 0.3F + patch.v[at] * 0.2F), mask * 0.74F, 0.8F, 0.06F);
    });
}

void rust(Surface& s, const Look& look, float k) {
    const Field hollow = hollows(s, 14);
    const Field patch = s.noise(260, 7, look.sub(231), 0.62F);
    const Field tone = s.noise(60, 6, look.sub(232), 0.66F);
    const Field drip = s.noise(26, 300, 4, look.sub(233), 0.6F);
    const std::vector<Rgb> tones{rgb(0x41231A), rgb(0x74381A), rgb(0xA65A26), rgb(0xC4803E)};
    each(s, [&](int, int, std::size_t at) {
        const float level = patch.v[at] + hollow.v[at] * 0.30F + tone.v[at] * 0.12F + (k - 1) * 0.25F;
        const float stain = smooth(-0.25F, 0.15F, level + drip.v[at] * 0.2F);
        s.colour[at] = mix(s.colour[at], s.colour[at] * Rgb{0.92F, 0.64F, 0.44F}, stain * 0.7F);
        const float mask = smooth(0.06F, 0.22F, level);
        coat(s, at, along(tones, 0.5F + tone.v[at] * 0.9F), mask * 0.9F, 1.6F + tone.v[at] * 3, 0.06F);
    });
}

void burn(Surface& s, const Look& look, float k) {
    const Field patch = s.noise(380, 6, look.sub(241), 0.58F);
    const Field ash = s.noise(50, 6, look.sub(242), 0.66F);
    const Field crackle = fractures(s, 34, 2.4F, look.sub(243));
    each(s, [&](int, int, std::size_t at) {
        const float level = patch.v[at] + ash.v[at] * 0.15F + 0.22F * (k - 1) - 0.06F;
        const float brown = smooth(-0.30F, 0.05F, level);
        s.colour[at] = mix(s.colour[at], s.colour[at] * Rgb{0.50F, 0.38F, 0.29F}, brown * 0.85F);
        const float char_mask = smooth(-0.04F, 0.16F, level);
        Rgb c = rgb(0x1C1A19) * (1 + ash.v[at] * 0.5F);
        c = mix(c, rgb(0x8A8580), smooth(0.22F, 0.55F, ash.v[at]) * 0.5F);
        coat(s, at, c, char_mask * 0.92F, ash.v[at] * 3 - crackle.v[at] * 4, 0.12F);
    });
}

void moss(Surface& s, const Look& look, float k) {
    const Field hollow = hollows(s, 16);
    const Field patch = s.noise(250, 6, look.sub(251), 0.56F);
    const Field tuft = s.noise(20, 5, look.sub(252), 0.66F);
    const Field fine = s.noise(5, 3, look.sub(253), 0.8F);
    const Field tone = s.noise(120, 4, look.sub(254));
    const std::vector<Rgb> greens{rgb(0x27331A), rgb(0x44552A), rgb(0x64783A), rgb(0x8B9A4E)};
    each(s, [&](int, int, std::size_t at) {
        // It starts in the joints and spreads over the edges where it is damp.
        const float level =
            hollow.v[at] * 0.62F + patch.v[at] * 1.25F + tuft.v[at] * 0.30F + (k - 1) * 0.5F - 0.10F;
        const float film = smooth(-0.30F, 0.15F, level);
        s.colour[at] = mix(s.colour[at], s.colour[at] * Rgb{0.80F, 0.92F, 0.62F}, film * 0.75F);
        const float mask = smooth(0.04F, 0.24F, level);
        const float thick = smooth(0.05F, 0.7F, level);
        const float tint =
            0.30F + tuft.v[at] * 0.75F + fine.v[at] * 0.30F + tone.v[at] * 0.30F + thick * 0.16F;
        coat(s, at, along(greens, tint), mask * 0.97F,
             2.5F + thick * 5 + tuft.v[at] * 5.5F + fine.v[at] * 2.2F, 0.04F);
    });
}

void dust(Surface& s, const Look& look, float k) {
    const Field hollow = hollows(s, 18);
    const Field patch = s.noise(260, 5, look.sub(261), 0.55F);
    const Field fine = s.noise(5, 3, look.sub(262), 0.8F);
    each(s, [&](int, int, std::size_t at) {
        const float mask = smooth(-0.35F, 0.7F, hollow.v[at] + patch.v[at] * 0.9F);
        coat(s, at, rgb(0xC2AE88) * (1 + fine.v[at] * 0.1F), clamp01(mask * 0.72F * k), 1.2F, 0.05F);
    });
}

void blood(Surface& s, const Look& look, float k) {
    const Field patch = s.noise(230, 5, look.sub(271), 0.5F);
    const Field drip = s.noise(26, 260, 3, look.sub(272), 0.55F);
    const Cells drops = voronoi(s.w, s.h, {s.across(58), s.down(58), 1.0F}, look.sub(273));
    each(s, [&](int, int, std::size_t at) {
        const std::uint32_t id = drops.id[at];
        const float size = unit_hash(id, 2) * unit_hash(id, 3) * 22;
        const float drop = unit_hash(id, 4) > 0.5F ? smooth(size, size - 2, drops.near.v[at] / s.unit) : 0;
        const float pool = smooth(0.34F, 0.40F, patch.v[at] + drip.v[at] * 0.16F);
        coat(s, at, rgb(0x4E0A0A) * (1 + patch.v[at] * 0.3F),
             std::max(pool, drop) * 0.88F * std::min(1.0F, k), 0.4F, 0.75F);
    });
}

void snow_over(Surface& s, const Look& look, float k) {
    const Field bed = blurred(s.height, 3 * s.unit);
    const Field patch = s.noise(280, 5, look.sub(281), 0.5F);
    const Field fine = s.noise(14, 4, look.sub(282), 0.65F);
    Field cover(s.w, s.h);
    each(s, [&](int x, int y, std::size_t at) {
        // It lies on what faces up, which is the top edge of every bump.
        const float slope = (bed.wrapped(x, y + static_cast<int>(2 * s.unit) + 1) -
                             bed.wrapped(x, y - static_cast<int>(2 * s.unit) - 1));
        cover.v[at] = smooth(
            0.0F, 0.34F, slope * 0.055F + patch.v[at] * 1.1F + fine.v[at] * 0.12F + (k - 1) * 0.5F + 0.06F);
    });
    const Field soft = blurred(cover, 6 * s.unit);
    each(s, [&](int, int, std::size_t at) {
        const Rgb c =
            mix(rgb(0xD3DDE9), rgb(0xF5F8FA), clamp01(0.5F + fine.v[at] * 0.5F + patch.v[at] * 0.4F));
        const float mask = cover.v[at];
        s.height.v[at] = mix(s.height.v[at], bed.v[at], mask * 0.7F);
        coat(s, at, c, mask * 0.97F, 3 + soft.v[at] * 7 + fine.v[at] * 1.2F, 0.15F);
    });
}

void freeze(Surface& s, const Look& look, float k) {
    const Field frost = s.noise(120, 7, look.sub(291), 0.64F);
    const Field veil = s.crests(90, 5, look.sub(292));
    const Field hollow = hollows(s, 14);
    each(s, [&](int, int, std::size_t at) {
        Rgb c = mix(s.colour[at],
                    mix(saturated(s.colour[at], 0.4F) * Rgb{0.86F, 1.0F, 1.14F}, rgb(0xA9CBDD), 0.30F),
                    0.75F * std::min(1.0F, k));
        c = mix(c, rgb(0xE9F4F8),
                smooth(0.0F, 0.6F, frost.v[at] + veil.v[at] * 0.3F - hollow.v[at] * 0.3F) * 0.62F *
                    std::min(1.0F, k));
        s.colour[at] = c;
        s.gloss.v[at] = 0.72F;
        s.height.v[at] += frost.v[at] * 1.4F;
        s.glow.v[at] *= 0.9F;
    });
}

void soak(Surface& s, const Look& look, float k) {
    const Field hollow = hollows(s, 26);
    const Field patch = s.noise(330, 4, look.sub(301), 0.5F);
    const Field level = blurred(s.height, 10 * s.unit);
    each(s, [&](int, int, std::size_t at) {
        const float amount = std::min(1.0F, k);
        s.colour[at] = saturated(s.colour[at] * (1 - 0.36F * amount), 1 + 0.22F * amount);
        s.gloss.v[at] = mix(s.gloss.v[at], 0.92F, amount);
        const float puddle =
            smooth(0.18F, 0.34F, hollow.v[at] * 0.5F + patch.v[at] * 0.9F + (k - 1) * 0.4F) * amount;
        s.height.v[at] = mix(s.height.v[at], level.v[at] - 1.5F, puddle * 0.93F);
        s.colour[at] = mix(s.colour[at], mix(s.colour[at] * 0.6F, rgb(0x74818C), 0.30F), puddle * 0.7F);
    });
}

void grade(Surface& s, const Look& look) {
    const float dark = look[Condition::Dark];
    const float bright = look[Condition::Bright];
    const float pale = look[Condition::Pale];
    const float vivid = look[Condition::Vivid];
    const float polish = std::max(look[Condition::Polished], look[Condition::Golden] * 0.8F);
    const float value = (1 - 0.34F * std::min(dark, 1.5F)) * (1 + 0.20F * bright);
    each(s, [&](int, int, std::size_t at) {
        Rgb c = saturated(s.colour[at], (1 - 0.38F * std::min(pale, 1.4F)) * (1 + 0.42F * vivid)) * value;
        c = mix(c, rgb(0xE8E4DC), 0.26F * std::min(pale, 1.4F) + 0.10F * bright);
        s.colour[at] = c;
        s.gloss.v[at] = mix(s.gloss.v[at], 0.9F, std::min(1.0F, polish) * 0.8F);
    });
}

}  // namespace

void apply_conditions(Surface& s, const Look& look) {
    struct Step {
        Condition condition;
        void (*apply)(Surface&, const Look&, float);
    };
    // In the order of what can lie upon what.
    constexpr Step kSteps[] = {
        {Condition::Cracked, crack}, {Condition::Old, age},        {Condition::Rusty, rust},
        {Condition::Dirty, soil},    {Condition::Burnt, burn},     {Condition::Mossy, moss},
        {Condition::Dusty, dust},    {Condition::Bloody, blood},   {Condition::Frozen, freeze},
        {Condition::Wet, soak},      {Condition::Snowy, snow_over}};
    grade(s, look);
    for (const Step& step : kSteps)
        if (look[step.condition] > 0) step.apply(s, look, look[step.condition]);
}

}  // namespace local_service
