#include <algorithm>
#include <cmath>

#include "surface.h"

namespace local_service {

namespace {

constexpr float kLightX = -0.42F;
constexpr float kLightY = -0.55F;
constexpr float kLightZ = 0.72F;

std::uint8_t to_byte(float linear, float dither) {
    // Gamma two is near enough to the display's and much cheaper.
    const float display = std::sqrt(std::max(0.0F, linear)) * 255.0F + dither;
    return static_cast<std::uint8_t>(std::clamp(display, 0.0F, 255.0F));
}

/// Rolls highlights off instead of clipping them.
float shoulder(float c) {
    return c < 0.72F ? c : 0.72F + (1 - std::exp(-(c - 0.72F) * 2.6F)) * 0.28F;
}

}  // namespace

Picture shade(const Surface& surface, float relief) {
    const int w = surface.w;
    const int h = surface.h;
    const Field near = blurred(surface.height, 5 * surface.unit);
    const Field far = blurred(surface.height, 22 * surface.unit);
    Picture picture{w, h, std::vector<std::uint8_t>(surface.colour.size() * 3)};
    // Half-way vector between the light and a viewer straight above.
    const float half = 1 / std::sqrt(kLightX * kLightX + kLightY * kLightY + (kLightZ + 1) * (kLightZ + 1));
    for (int y = 0; y < h; ++y) {
        check_cancelled();
        for (int x = 0; x < w; ++x) {
            const std::size_t at = surface.at(x, y);
            const float height = surface.height.v[at];
            const float slope = 0.5F * surface.unit * relief;
            const float nx = (surface.height.wrapped(x - 1, y) - surface.height.wrapped(x + 1, y)) * slope;
            const float ny = (surface.height.wrapped(x, y - 1) - surface.height.wrapped(x, y + 1)) * slope;
            const float inverse = 1 / std::sqrt(nx * nx + ny * ny + 1);
            const float facing = std::max(0.0F, (nx * kLightX + ny * kLightY + kLightZ) * inverse) / kLightZ;
            const float hollow =
                std::max(0.0F, near.v[at] - height) * 0.16F + std::max(0.0F, far.v[at] - height) * 0.06F;
            const float crest = std::clamp((height - near.v[at]) * 0.05F, 0.0F, 0.16F);
            const float ao = 1 / (1 + hollow * relief);
            const float light = (0.40F + 0.60F * std::min(facing, 1.45F)) * ao * (1 + crest * relief);
            const float gloss = surface.gloss.v[at];
            const float mirror = std::max(0.0F, (nx * kLightX + ny * kLightY + kLightZ + 1) * inverse * half);
            const float shine = gloss * gloss * std::pow(mirror, 12 + 60 * gloss) * 0.20F * ao;
            const float glow = surface.glow.v[at];
            const float lit = mix(light, 1, glow);
            const Rgb c = surface.colour[at];
            const float dither =
                unit_hash(hash3(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), 5U));
            const float sky = (1 - glow) * shine;
            // What gives its own light keeps its exact colour.
            const auto channel = [&](float value, float own_light) {
                const float v = value * value * own_light + sky;
                return to_byte(mix(shoulder(v), v, glow), dither);
            };
            picture.pixels[at * 3] = channel(c.r, lit * mix(1.02F, 1, glow));
            picture.pixels[at * 3 + 1] = channel(c.g, lit);
            // Shade leans to the sky's blue.
            picture.pixels[at * 3 + 2] = channel(c.b, mix(lit, 1, 0.05F * (1 - glow)));
        }
    }
    return picture;
}

}  // namespace local_service
