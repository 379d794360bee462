#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

// Noise that repeats at the edges of the picture in both directions.
namespace local_service {

std::uint32_t hash3(std::uint32_t x, std::uint32_t y, std::uint32_t seed);
/// 0..1 from a hash; `which` picks independent values.
float unit_hash(std::uint32_t hash, std::uint32_t which = 0);

/// Thrown out of the functions below when the painting was cancelled; caught in paint().
struct PaintCancelled {};

/// While it lives, this thread's painting stops when the flag becomes true.
class CancelScope {
public:
    explicit CancelScope(const std::atomic<bool>& cancelled);
    ~CancelScope();
    CancelScope(const CancelScope&) = delete;
    CancelScope& operator=(const CancelScope&) = delete;
};

/// Cheap enough for every row. Throws PaintCancelled.
void check_cancelled();

/// One float per pixel; reads wrap around.
struct Field {
    int w = 0;
    int h = 0;
    std::vector<float> v;

    Field() = default;
    Field(int width, int height, float value = 0)
        : w(width), h(height), v(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), value) {}
    float& at(int x, int y) {
        return v[static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x)];
    }
    float at(int x, int y) const {
        return v[static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x)];
    }
    float wrapped(int x, int y) const;
    /// Bilinear.
    float sample(float x, float y) const;
};

/// How many cells fit across the picture, and how the octaves add up.
struct Waves {
    int cells_x = 4;
    int cells_y = 4;
    int octaves = 5;
    float gain = 0.5F;
};

/// Gradient noise, about -1..1 with most of it within ±0.6.
Field fbm(int w, int h, const Waves& waves, std::uint32_t seed);
/// Sharp crests: 0..1, 1 on the crest.
Field ridged(int w, int h, const Waves& waves, std::uint32_t seed);
/// The field pushed about by two others, in pixels.
Field warped(const Field& field, const Field& push_x, const Field& push_y, float amount);
/// Three box passes; `radius` in pixels.
Field blurred(const Field& field, float radius);

struct CellShape {
    int cells_x = 8;
    int cells_y = 8;
    float jitter = 0.9F;  ///< 0: a lattice
    float stagger = 0;    ///< shift of each second row, in cells; needs an even cells_y
    float metric_y = 1;   ///< weight of vertical distances
    float warp = 0;       ///< pixels, with `push_x` and `push_y`
    const Field* push_x = nullptr;
    const Field* push_y = nullptr;
};

/// Voronoi cells, distances in pixels.
struct Cells {
    Field near;                     ///< to the cell's own point
    Field edge;                     ///< to the nearest border
    Field dx, dy;                   ///< from the cell's point
    std::vector<std::uint32_t> id;  ///< hash of the cell
};

Cells voronoi(int w, int h, const CellShape& shape, std::uint32_t seed);

inline float clamp01(float t) {
    return t < 0 ? 0 : (t > 1 ? 1 : t);
}
inline float mix(float a, float b, float t) {
    return a + (b - a) * t;
}
inline float smooth(float from, float to, float t) {
    const float x = clamp01((t - from) / (to - from));
    return x * x * (3 - 2 * x);
}

}  // namespace local_service
