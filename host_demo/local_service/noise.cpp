#include "noise.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace local_service {

namespace {
thread_local const std::atomic<bool>* t_cancelled = nullptr;
}

CancelScope::CancelScope(const std::atomic<bool>& cancelled) {
    t_cancelled = &cancelled;
}
CancelScope::~CancelScope() {
    t_cancelled = nullptr;
}

void check_cancelled() {
    if (t_cancelled && t_cancelled->load(std::memory_order_relaxed)) throw PaintCancelled{};
}

std::uint32_t hash3(std::uint32_t x, std::uint32_t y, std::uint32_t seed) {
    std::uint32_t h = seed * 0x9E3779B9U ^ x * 0x85EBCA6BU ^ y * 0xC2B2AE35U;
    h ^= h >> 16U;
    h *= 0x7FEB352DU;
    h ^= h >> 15U;
    h *= 0x846CA68BU;
    h ^= h >> 16U;
    return h;
}

float unit_hash(std::uint32_t hash, std::uint32_t which) {
    return static_cast<float>(hash3(hash, which, 0x51ED270BU) >> 8U) / 16777216.0F;
}

namespace {

int wrap(int i, int n) {
    i %= n;
    return i < 0 ? i + n : i;
}

std::size_t index(int x, int y, int w) {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x);
}

struct Column {
    int cell;
    int next;
    float offset;
    float ease;
};

/// The shift keeps the octaves' lattices from lining up, which the eye would see as a weave.
std::vector<Column> columns(int size, int cells, float shift) {
    std::vector<Column> all(static_cast<std::size_t>(size));
    for (int x = 0; x < size; ++x) {
        const float place =
            (static_cast<float>(x) + 0.5F) * static_cast<float>(cells) / static_cast<float>(size) + shift;
        const float at = place >= static_cast<float>(cells) ? place - static_cast<float>(cells) : place;
        const int cell = std::min(static_cast<int>(at), cells - 1);
        const float t = at - static_cast<float>(cell);
        all[static_cast<std::size_t>(x)] = {cell, (cell + 1) % cells, t, t * t * t * (t * (t * 6 - 15) + 10)};
    }
    return all;
}

struct Gradient {
    float x, y;
};

/// Calls use(pixel, noise) for one octave.
template <class Use>
void octave(int w, int h, int cells_x, int cells_y, std::uint32_t seed, Use use) {
    std::vector<Gradient> gradients(static_cast<std::size_t>(cells_x) * static_cast<std::size_t>(cells_y));
    for (int y = 0; y < cells_y; ++y)
        for (int x = 0; x < cells_x; ++x) {
            const std::uint32_t hash =
                hash3(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), seed);
            const float angle = static_cast<float>(hash) * (6.2831853F / 4294967296.0F);
            gradients[index(x, y, cells_x)] = {std::cos(angle), std::sin(angle)};
        }
    const std::vector<Column> across = columns(w, cells_x, unit_hash(seed, 1));
    const std::vector<Column> down = columns(h, cells_y, unit_hash(seed, 2));
    for (int y = 0; y < h; ++y) {
        check_cancelled();
        const Column& row = down[static_cast<std::size_t>(y)];
        const Gradient* top = &gradients[index(0, row.cell, cells_x)];
        const Gradient* bottom = &gradients[index(0, row.next, cells_x)];
        for (int x = 0; x < w; ++x) {
            const Column& c = across[static_cast<std::size_t>(x)];
            const float u = c.offset;
            const float v = row.offset;
            const float a = top[c.cell].x * u + top[c.cell].y * v;
            const float b = top[c.next].x * (u - 1) + top[c.next].y * v;
            const float d = bottom[c.cell].x * u + bottom[c.cell].y * (v - 1);
            const float e = bottom[c.next].x * (u - 1) + bottom[c.next].y * (v - 1);
            const float upper = a + (b - a) * c.ease;
            const float lower = d + (e - d) * c.ease;
            use(index(x, y, w), (upper + (lower - upper) * row.ease) * 1.42F);
        }
    }
}

template <class Add>
Field sum_octaves(int w, int h, const Waves& waves, std::uint32_t seed, Add add) {
    Field field(w, h);
    float amplitude = 1;
    float total = 0;
    int cx = std::max(1, waves.cells_x);
    int cy = std::max(1, waves.cells_y);
    for (int i = 0; i < waves.octaves; ++i) {
        // Finer than two pixels is only aliasing.
        if (i > 0 && (cx > w / 2 || cy > h / 2)) break;
        const float gain = amplitude;
        octave(w, h, cx, cy, seed + static_cast<std::uint32_t>(i) * 7919U,
               [&](std::size_t at, float n) { field.v[at] += gain * add(n); });
        total += amplitude;
        amplitude *= waves.gain;
        cx = cx * 2 + (i & 1);
        cy = cy * 2 + (i & 1);
    }
    const float scale = 1 / total;
    for (float& value : field.v) value *= scale;
    return field;
}

void box_rows(const Field& in, Field& out, int radius) {
    const float scale = 1.0F / static_cast<float>(2 * radius + 1);
    for (int y = 0; y < in.h; ++y) {
        float sum = 0;
        for (int i = -radius; i <= radius; ++i) sum += in.at(wrap(i, in.w), y);
        for (int x = 0; x < in.w; ++x) {
            out.at(x, y) = sum * scale;
            sum += in.at(wrap(x + radius + 1, in.w), y) - in.at(wrap(x - radius, in.w), y);
        }
    }
}

void box_columns(const Field& in, Field& out, int radius) {
    const float scale = 1.0F / static_cast<float>(2 * radius + 1);
    std::vector<float> sum(static_cast<std::size_t>(in.w), 0.0F);
    const auto row = [&](int y) { return &in.v[index(0, wrap(y, in.h), in.w)]; };
    for (int i = -radius; i <= radius; ++i)
        for (int x = 0; x < in.w; ++x) sum[static_cast<std::size_t>(x)] += row(i)[x];
    for (int y = 0; y < in.h; ++y) {
        const float* enter = row(y + radius + 1);
        const float* leave = row(y - radius);
        for (int x = 0; x < in.w; ++x) {
            float& s = sum[static_cast<std::size_t>(x)];
            out.at(x, y) = s * scale;
            s += enter[x] - leave[x];
        }
    }
}

struct Point {
    float x, y;
    std::uint32_t id;
};

constexpr int kMargin = 3;

/// The cells' points in pixels, with a margin that repeats the other side.
std::vector<Point> cell_points(int w, int h, const CellShape& shape, std::uint32_t seed) {
    const int cx = shape.cells_x;
    const int cy = shape.cells_y;
    const float sx = static_cast<float>(w) / static_cast<float>(cx);
    const float sy = static_cast<float>(h) / static_cast<float>(cy);
    std::vector<Point> points;
    for (int y = -kMargin; y < cy + kMargin; ++y)
        for (int x = -kMargin; x < cx + kMargin; ++x) {
            const auto id =
                hash3(static_cast<std::uint32_t>(wrap(x, cx)), static_cast<std::uint32_t>(wrap(y, cy)), seed);
            const float shift = (y & 1) != 0 ? shape.stagger : 0;
            points.push_back(
                {(static_cast<float>(x) + 0.5F + shift + shape.jitter * (unit_hash(id, 1) - 0.5F)) * sx,
                 (static_cast<float>(y) + 0.5F + shape.jitter * (unit_hash(id, 2) - 0.5F)) * sy, id});
        }
    return points;
}

struct Lattice {
    std::vector<Point> points;
    int cx, cy, width;
    float sx, sy, metric;

    const Point& at(int x, int y) const { return points[index(x + kMargin, y + kMargin, width)]; }
};

struct Hit {
    float near, edge, dx, dy;
    std::uint32_t id;
};

Hit find_cell(const Lattice& lattice, float px, float py) {
    const int ix = std::clamp(static_cast<int>(px / lattice.sx), 0, lattice.cx - 1);
    const int iy = std::clamp(static_cast<int>(py / lattice.sy), 0, lattice.cy - 1);
    float best = 1e30F;
    int bx = ix;
    int by = iy;
    for (int y = iy - 1; y <= iy + 1; ++y)
        for (int x = ix - 1; x <= ix + 1; ++x) {
            const Point& p = lattice.at(x, y);
            const float dx = px - p.x;
            const float dy = (py - p.y) * lattice.metric;
            const float d = dx * dx + dy * dy;
            if (d >= best) continue;
            best = d;
            bx = x;
            by = y;
        }
    const Point& own = lattice.at(bx, by);
    const float ox = px - own.x;
    const float oy = (py - own.y) * lattice.metric;
    float edge = 1e30F;
    for (int y = by - 1; y <= by + 1; ++y)
        for (int x = bx - 2; x <= bx + 2; ++x) {
            if ((x == bx && y == by) || x < -kMargin || x >= lattice.cx + kMargin) continue;
            const Point& p = lattice.at(x, y);
            const float nx = p.x - own.x;
            const float ny = (p.y - own.y) * lattice.metric;
            const float length = std::sqrt(nx * nx + ny * ny);
            edge = std::min(edge, length * 0.5F - (ox * nx + oy * ny) / length);
        }
    return {std::sqrt(best), std::max(0.0F, edge), ox, py - own.y, own.id};
}

}  // namespace

float Field::wrapped(int x, int y) const {
    return at(wrap(x, w), wrap(y, h));
}

float Field::sample(float x, float y) const {
    const float fx = std::floor(x);
    const float fy = std::floor(y);
    const float tx = x - fx;
    const float ty = y - fy;
    const int x0 = wrap(static_cast<int>(fx), w);
    const int y0 = wrap(static_cast<int>(fy), h);
    const int x1 = x0 + 1 == w ? 0 : x0 + 1;
    const int y1 = y0 + 1 == h ? 0 : y0 + 1;
    return mix(mix(at(x0, y0), at(x1, y0), tx), mix(at(x0, y1), at(x1, y1), tx), ty);
}

Field fbm(int w, int h, const Waves& waves, std::uint32_t seed) {
    return sum_octaves(w, h, waves, seed, [](float n) { return n * 1.6F; });
}

Field ridged(int w, int h, const Waves& waves, std::uint32_t seed) {
    return sum_octaves(w, h, waves, seed, [](float n) {
        const float crest = 1 - std::min(1.0F, std::fabs(n) * 1.6F);
        return crest * crest;
    });
}

Field warped(const Field& field, const Field& push_x, const Field& push_y, float amount) {
    Field out(field.w, field.h);
    for (int y = 0; y < field.h; ++y)
        for (int x = 0; x < field.w; ++x)
            out.at(x, y) = field.sample(static_cast<float>(x) + push_x.at(x, y) * amount,
                                        static_cast<float>(y) + push_y.at(x, y) * amount);
    return out;
}

Field blurred(const Field& field, float radius) {
    const int r = std::min(static_cast<int>(std::lround(radius * 0.6F)), std::min(field.w, field.h) / 3);
    if (r < 1) return field;
    Field a = field;
    Field b(field.w, field.h);
    for (int pass = 0; pass < 3; ++pass) {
        check_cancelled();
        box_rows(a, b, r);
        box_columns(b, a, r);
    }
    return a;
}

Cells voronoi(int w, int h, const CellShape& shape, std::uint32_t seed) {
    Cells cells{Field(w, h), Field(w, h), Field(w, h), Field(w, h), {}};
    cells.id.resize(cells.near.v.size());
    const Lattice lattice{cell_points(w, h, shape, seed),
                          shape.cells_x,
                          shape.cells_y,
                          shape.cells_x + 2 * kMargin,
                          static_cast<float>(w) / static_cast<float>(shape.cells_x),
                          static_cast<float>(h) / static_cast<float>(shape.cells_y),
                          shape.metric_y};
    const float width = static_cast<float>(w);
    const float height = static_cast<float>(h);
    for (int y = 0; y < h; ++y) {
        check_cancelled();
        for (int x = 0; x < w; ++x) {
            float px = static_cast<float>(x) + 0.5F;
            float py = static_cast<float>(y) + 0.5F;
            if (shape.push_x) px += shape.push_x->at(x, y) * shape.warp;
            if (shape.push_y) py += shape.push_y->at(x, y) * shape.warp;
            px -= std::floor(px / width) * width;
            py -= std::floor(py / height) * height;
            const Hit hit = find_cell(lattice, px, py);
            const std::size_t at = index(x, y, w);
            cells.near.v[at] = hit.near;
            cells.edge.v[at] = hit.edge;
            cells.dx.v[at] = hit.dx;
            cells.dy.v[at] = hit.dy;
            cells.id[at] = hit.id;
        }
    }
    return cells;
}

}  // namespace local_service
