#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "noise.h"
#include "picture_file.h"

namespace local_service {

/// Display-referred colour, 0..1.
struct Rgb {
    float r = 0, g = 0, b = 0;
};

inline Rgb operator*(Rgb c, float k) {
    return {c.r * k, c.g * k, c.b * k};
}
inline Rgb operator*(Rgb a, Rgb b) {
    return {a.r * b.r, a.g * b.g, a.b * b.b};
}
inline Rgb operator+(Rgb a, Rgb b) {
    return {a.r + b.r, a.g + b.g, a.b + b.b};
}
inline Rgb mix(Rgb a, Rgb b, float t) {
    return {mix(a.r, b.r, t), mix(a.g, b.g, t), mix(a.b, b.b, t)};
}
inline float luma(Rgb c) {
    return 0.3F * c.r + 0.59F * c.g + 0.11F * c.b;
}
inline Rgb rgb(int hex) {
    return {static_cast<float>((hex >> 16) & 255) / 255, static_cast<float>((hex >> 8) & 255) / 255,
            static_cast<float>(hex & 255) / 255};
}
/// Moves a colour a little, by the same hash always the same way.
Rgb vary(Rgb c, std::uint32_t hash, float value, float hue);
/// t in 0..1 along the colours.
Rgb along(const std::vector<Rgb>& colours, float t);
Rgb saturated(Rgb c, float amount);

/// The material while it is made. Heights and all lengths in its functions are nominal pixels, of which the
/// full-size picture has 1024 for a square's side; `unit` is real pixels per nominal one.
struct Surface {
    int w = 0;
    int h = 0;
    float unit = 1;
    Field height;
    Field gloss;  ///< 0 dull, 1 mirror
    Field glow;   ///< 0 lit, 1 gives its own light
    std::vector<Rgb> colour;

    Surface(int width, int height, float pixels_per_nominal);
    std::size_t at(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x);
    }
    /// How many features of this nominal size fit, at least one.
    int across(float size) const;
    int down(float size) const;
    /// The same, even.
    int across_even(float size) const { return (across(size * 2)) * 2; }
    int down_even(float size) const { return (down(size * 2)) * 2; }
    float nx(int x) const { return static_cast<float>(x) / unit; }  ///< nominal position
    float ny(int y) const { return static_cast<float>(y) / unit; }

    Field noise(float size, int octaves, std::uint32_t seed, float gain = 0.5F) const;
    Field noise(float size_x, float size_y, int octaves, std::uint32_t seed, float gain = 0.5F) const;
    Field crests(float size, int octaves, std::uint32_t seed) const;
};

/// Lights the surface from the upper left, darkens its hollows.
Picture shade(const Surface& surface, float relief);

}  // namespace local_service
