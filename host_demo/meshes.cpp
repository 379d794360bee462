#include "meshes.h"

#include <glm/common.hpp>
#include <glm/ext/scalar_constants.hpp>
#include <glm/geometric.hpp>

#include <array>
#include <cmath>
#include <functional>

namespace demo {
namespace {

constexpr float kPi = glm::pi<float>();

/// A grid of columns x rows cells over the unit square; `at` gives the vertex for (u, v). The surface looks
/// to where u x v-upwards points, i.e. v grows downwards.
void add_grid(Mesh& mesh, std::uint32_t columns, std::uint32_t rows,
              const std::function<Vertex(float, float)>& at) {
    const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
    for (std::uint32_t row = 0; row <= rows; ++row)
        for (std::uint32_t column = 0; column <= columns; ++column)
            mesh.vertices.push_back(at(static_cast<float>(column) / static_cast<float>(columns),
                                       static_cast<float>(row) / static_cast<float>(rows)));
    for (std::uint32_t row = 0; row < rows; ++row)
        for (std::uint32_t column = 0; column < columns; ++column) {
            const std::uint32_t corner = first + row * (columns + 1) + column;
            const std::uint32_t below = corner + columns + 1;
            for (std::uint32_t index : {corner, below, corner + 1, corner + 1, below, below + 1})
                mesh.indices.push_back(index);
        }
}

}  // namespace

Mesh make_sphere(float radius) {
    Mesh mesh;
    add_grid(mesh, 96, 48, [&](float u, float v) {
        const float longitude = u * 2 * kPi;
        const float polar = v * kPi;
        const glm::vec3 normal(std::sin(polar) * std::sin(longitude), std::cos(polar),
                               std::sin(polar) * std::cos(longitude));
        const glm::vec3 tangent(std::cos(longitude), 0, -std::sin(longitude));
        // Twice around, because the equator is twice as long as a meridian; a picture's middle faces +z.
        return Vertex{normal * radius, normal, tangent, {u * 2 + 0.5f, v}};
    });
    return mesh;
}

Mesh make_rounded_cube(float half_side, float edge_radius) {
    struct Face {
        glm::vec3 right, down;
    };
    static constexpr std::array<Face, 6> kFaces = {{{{1, 0, 0}, {0, -1, 0}},
                                                    {{-1, 0, 0}, {0, -1, 0}},
                                                    {{0, 0, -1}, {0, -1, 0}},
                                                    {{0, 0, 1}, {0, -1, 0}},
                                                    {{1, 0, 0}, {0, 0, 1}},
                                                    {{1, 0, 0}, {0, 0, -1}}}};
    constexpr std::uint32_t kBevelCells = 5;
    constexpr std::uint32_t kCells = 2 * kBevelCells + 2;
    const float core = half_side - edge_radius;
    // The grid's lines are dense where the edge is round; a face's grid ends at 45 degrees round the edge.
    const auto offset = [&](float t) {
        const float line = t * static_cast<float>(kCells) - static_cast<float>(kCells) / 2;
        const float bevel = (std::abs(line) - 1) / static_cast<float>(kBevelCells);
        if (bevel <= 0) return line * core;
        return std::copysign(core + edge_radius * std::tan(bevel * kPi / 4), line);
    };
    Mesh mesh;
    for (const Face& face : kFaces) {
        const glm::vec3 out = glm::cross(face.down, face.right);
        add_grid(mesh, kCells, kCells, [&](float u, float v) {
            const glm::vec3 on_box = out * half_side + face.right * offset(u) + face.down * offset(v);
            const glm::vec3 centre = glm::clamp(on_box, -core, core);
            const glm::vec3 normal = glm::normalize(on_box - centre);
            const glm::vec3 position = centre + normal * edge_radius;
            const glm::vec3 tangent = glm::normalize(face.right - normal * glm::dot(normal, face.right));
            const glm::vec2 uv(glm::dot(position, face.right), glm::dot(position, face.down));
            return Vertex{position, normal, tangent, uv / (2 * half_side) + 0.5f};
        });
    }
    return mesh;
}

Mesh make_disc(float radius, float units_per_picture) {
    Mesh mesh;
    add_grid(mesh, 96, 12, [&](float u, float v) {
        const float angle = u * 2 * kPi;
        const glm::vec3 position(radius * v * std::cos(angle), 0, radius * v * -std::sin(angle));
        const glm::vec2 uv(position.x / units_per_picture, position.z / units_per_picture);
        return Vertex{position, {0, 1, 0}, {1, 0, 0}, uv + 0.5f};
    });
    return mesh;
}

Mesh make_torus(float ring_radius, float tube_radius) {
    Mesh mesh;
    add_grid(mesh, 96, 36, [&](float u, float v) {
        const float ring = u * 2 * kPi;
        const float tube = v * 2 * kPi;
        const glm::vec3 outwards(std::cos(ring), std::sin(ring), 0);
        const glm::vec3 normal = outwards * std::cos(tube) + glm::vec3(0, 0, -std::sin(tube));
        const glm::vec3 position = outwards * ring_radius + normal * tube_radius;
        // Three times round the ring, once round the tube: about square with these radii.
        return Vertex{position, normal, {-std::sin(ring), std::cos(ring), 0}, {u * 3, v}};
    });
    return mesh;
}

}  // namespace demo
