#include "surface.h"

#include <algorithm>
#include <cmath>

namespace local_service {

Rgb vary(Rgb c, std::uint32_t hash, float value, float hue) {
    const float v = 1 + value * (unit_hash(hash, 11) * 2 - 1);
    const float warm = hue * (unit_hash(hash, 12) * 2 - 1);
    const float green = hue * 0.5F * (unit_hash(hash, 13) * 2 - 1);
    return {clamp01(c.r * v * (1 + warm)), clamp01(c.g * v * (1 + green)), clamp01(c.b * v * (1 - warm))};
}

Rgb along(const std::vector<Rgb>& colours, float t) {
    if (colours.size() == 1) return colours.front();
    const float at = clamp01(t) * static_cast<float>(colours.size() - 1);
    const std::size_t i = std::min(static_cast<std::size_t>(at), colours.size() - 2);
    return mix(colours[i], colours[i + 1], at - static_cast<float>(i));
}

Rgb saturated(Rgb c, float amount) {
    const float grey = luma(c);
    return {clamp01(mix(grey, c.r, amount)), clamp01(mix(grey, c.g, amount)),
            clamp01(mix(grey, c.b, amount))};
}

Surface::Surface(int width, int rows, float pixels_per_nominal)
    : w(width),
      h(rows),
      unit(pixels_per_nominal),
      height(width, rows),
      gloss(width, rows, 0.15F),
      glow(width, rows),
      colour(height.v.size()) {}

int Surface::across(float size) const {
    return std::max(1, static_cast<int>(std::lround(static_cast<float>(w) / (size * unit))));
}

int Surface::down(float size) const {
    return std::max(1, static_cast<int>(std::lround(static_cast<float>(h) / (size * unit))));
}

Field Surface::noise(float size, int octaves, std::uint32_t seed, float gain) const {
    return noise(size, size, octaves, seed, gain);
}

Field Surface::noise(float size_x, float size_y, int octaves, std::uint32_t seed, float gain) const {
    return fbm(w, h, {across(size_x), down(size_y), octaves, gain}, seed);
}

Field Surface::crests(float size, int octaves, std::uint32_t seed) const {
    return ridged(w, h, {across(size), down(size), octaves, 0.5F}, seed);
}

}  // namespace local_service
