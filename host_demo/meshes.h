#pragma once

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <cstdint>
#include <vector>

namespace demo {

struct Vertex {
    glm::vec3 position;
    glm::vec3 normal;
    glm::vec3 tangent;  ///< the way u grows
    glm::vec2 uv;       ///< one unit is one picture at tile count 1; v grows downwards, like rows do
};

/// Triangles, counter-clockwise seen from outside.
struct Mesh {
    std::vector<Vertex> vertices;
    std::vector<std::uint32_t> indices;
};

Mesh make_sphere(float radius);
/// A box with rounded edges, so that they catch the light.
Mesh make_rounded_cube(float half_side, float edge_radius);
/// Lies in the xz plane and looks up.
Mesh make_disc(float radius, float units_per_picture);
/// Its axis is z.
Mesh make_torus(float ring_radius, float tube_radius);

}  // namespace demo
