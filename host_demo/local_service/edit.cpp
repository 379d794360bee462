#include "edit.h"

#include <algorithm>
#include <cmath>

#include "materials.h"

namespace local_service {

namespace {

/// The part of the input that fills the output's shape, resampled; the whole of it keeps its seams closed.
void resample(const Picture& input, Surface& s) {
    const float in_w = static_cast<float>(input.width);
    const float in_h = static_cast<float>(input.height);
    const float scale = std::min(in_w / static_cast<float>(s.w), in_h / static_cast<float>(s.h));
    // A difference of a few pixels comes from rounding the size, not from another shape.
    const bool same_shape =
        std::fabs(in_w / in_h - static_cast<float>(s.w) / static_cast<float>(s.h)) < 0.03F * in_w / in_h;
    const float sx = same_shape ? in_w / static_cast<float>(s.w) : scale;
    const float sy = same_shape ? in_h / static_cast<float>(s.h) : scale;
    const float ox = (in_w - sx * static_cast<float>(s.w)) * 0.5F;
    const float oy = (in_h - sy * static_cast<float>(s.h)) * 0.5F;
    const int taps = std::clamp(static_cast<int>(std::ceil(std::max(sx, sy))), 1, 8);
    Field channels[3] = {Field(input.width, input.height), Field(input.width, input.height),
                         Field(input.width, input.height)};
    for (std::size_t i = 0; i < channels[0].v.size(); ++i)
        for (std::size_t c = 0; c < 3; ++c)
            channels[c].v[i] = static_cast<float>(input.pixels[i * 3 + c]) / 255;
    each(s, [&](int x, int y, std::size_t at) {
        float sum[3] = {0, 0, 0};
        for (int j = 0; j < taps; ++j)
            for (int i = 0; i < taps; ++i) {
                const float fx =
                    ox +
                    (static_cast<float>(x) + (static_cast<float>(i) + 0.5F) / static_cast<float>(taps)) * sx -
                    0.5F;
                const float fy =
                    oy +
                    (static_cast<float>(y) + (static_cast<float>(j) + 0.5F) / static_cast<float>(taps)) * sy -
                    0.5F;
                for (std::size_t c = 0; c < 3; ++c) sum[c] += channels[c].sample(fx, fy);
            }
        const float share = 1 / static_cast<float>(taps * taps);
        s.colour[at] = {sum[0] * share, sum[1] * share, sum[2] * share};
    });
}

/// Bright spots of a lit material are mostly its raised ones.
void guess_relief(Surface& s) {
    Field light(s.w, s.h);
    for (std::size_t i = 0; i < light.v.size(); ++i) light.v[i] = luma(s.colour[i]);
    const Field fine = blurred(light, 2.2F * s.unit);
    const Field broad = blurred(light, 46 * s.unit);
    for (std::size_t i = 0; i < light.v.size(); ++i) s.height.v[i] = (fine.v[i] - broad.v[i]) * 58;
}

void recolour(Surface& s, const std::vector<Rgb>& wanted) {
    float mean = 0;
    float mean_saturation = 0;
    const auto saturation = [](Rgb c) { return std::max({c.r, c.g, c.b}) - std::min({c.r, c.g, c.b}); };
    const float share = 1 / static_cast<float>(s.colour.size());
    for (const Rgb& c : s.colour) {
        mean += luma(c) * share;
        mean_saturation += saturation(c) * share;
    }
    const Rgb target = saturated(wanted.front(), 0.85F);
    // From towards the colour's own lightness, without losing the picture's range.
    const float level = mix(mean, luma(target), 0.75F) / std::max(0.02F, mean);
    each(s, [&](int, int, std::size_t at) {
        const Rgb c = s.colour[at];
        const float ratio = luma(c) * level / std::max(0.02F, luma(target));
        const Rgb painted{clamp01(target.r * ratio), clamp01(target.g * ratio), clamp01(target.b * ratio)};
        // Grey joints stay greyer than the coloured stones.
        const float coloured = mean_saturation < 0.06F ? 1 : clamp01(saturation(c) / mean_saturation);
        s.colour[at] = mix(c, painted, 0.58F + 0.32F * coloured);
    });
}

/// Another material on the old shapes.
void replace_material(Surface& s, const Look& look) {
    Surface other(s.w, s.h, s.unit);
    fill_material(other, look);
    for (std::size_t i = 0; i < s.colour.size(); ++i) {
        s.colour[i] = other.colour[i];
        s.height.v[i] = s.height.v[i] * 1.6F + other.height.v[i] * 0.45F;
        s.gloss.v[i] = other.gloss.v[i];
        s.glow.v[i] = other.glow.v[i];
    }
}

int sixteenth(float size, int divisor) {
    return std::max(16, static_cast<int>(std::lround(size / 16)) * 16 / divisor);
}

}  // namespace

Picture edit_picture(const Picture& input, Look look, int width, int height, int divisor) {
    if (width == 0) {
        const float shape = std::clamp(static_cast<float>(input.width) / static_cast<float>(input.height),
                                       3.0F / 7, 7.0F / 3);
        width = sixteenth(1024 * std::sqrt(shape), divisor);
        height = sixteenth(1024 / std::sqrt(shape), divisor);
    }
    Surface s(width, height, 1.0F / static_cast<float>(divisor));
    resample(input, s);
    guess_relief(s);
    // The input brings its own light; only what is laid on it is shaded.
    std::fill(s.glow.v.begin(), s.glow.v.end(), 1.0F);
    std::fill(s.gloss.v.begin(), s.gloss.v.end(), 0.1F);
    const bool conditioned =
        std::any_of(look.conditions.begin(), look.conditions.end(), [](float k) { return k > 0; });
    if (!look.colours.empty()) {
        recolour(s, look.colours);
    } else if (!conditioned && look.family != Family::Unknown) {
        replace_material(s, look);
    } else if (!conditioned) {
        look[Condition::Old] = 0.7F;
    }
    if (look[Condition::Wet] > 0 || look[Condition::Cracked] > 0 || look[Condition::Frozen] > 0)
        std::fill(s.glow.v.begin(), s.glow.v.end(), 0.55F);
    apply_conditions(s, look);
    return shade(s, 0.5F * look.roughness);
}

}  // namespace local_service
