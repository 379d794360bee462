#include "scene.h"

#include <glm/ext/matrix_transform.hpp>
#include <glm/geometric.hpp>
#include <glm/matrix.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace demo {
namespace {

constexpr float kCubeHalfSide = 0.66f;
constexpr float kRingRadius = 0.66f;
constexpr float kTubeRadius = 0.27f;

// `tiles` makes a picture about 1.4 units wide on every object, so that they look made of one world.
Object make_object(std::string name, Mesh mesh, const glm::mat4& placement, float radius, int tiles) {
    Object object;
    object.material.tiles = tiles;
    object.name = std::move(name);
    object.mesh = std::move(mesh);
    object.placement = placement;
    object.centre = glm::vec3(placement[3]);
    object.radius = radius;
    return object;
}

glm::mat4 placed(glm::vec3 where, float turn) {
    return glm::rotate(glm::translate(glm::mat4(1.0f), where), turn, glm::vec3(0, 1, 0));
}

/// Distance along the ray to the triangle (corner, corner + u, corner + v), from either side.
std::optional<float> meet_triangle(const glm::vec3& corner, const glm::vec3& u, const glm::vec3& v,
                                   const glm::vec3& origin, const glm::vec3& direction) {
    const glm::vec3 across = glm::cross(direction, v);
    const float volume = glm::dot(u, across);
    if (std::abs(volume) < 1e-9f) return {};
    const glm::vec3 from_corner = origin - corner;
    const float along_u = glm::dot(from_corner, across) / volume;
    if (along_u < 0 || along_u > 1) return {};
    const glm::vec3 aside = glm::cross(from_corner, u);
    const float along_v = glm::dot(direction, aside) / volume;
    if (along_v < 0 || along_u + along_v > 1) return {};
    const float distance = glm::dot(v, aside) / volume;
    if (distance <= 0) return {};
    return distance;
}

/// Distance along the ray, or nothing.
std::optional<float> meet(const Object& object, const Ray& ray) {
    const glm::mat4 back = glm::inverse(object.placement);
    const glm::vec3 origin(back * glm::vec4(ray.origin, 1));
    const glm::vec3 direction(back * glm::vec4(ray.direction, 0));
    const glm::vec3 to_centre = -origin;
    const float along = glm::dot(to_centre, direction);
    if (glm::dot(to_centre, to_centre) - along * along > object.radius * object.radius) return {};

    float nearest = std::numeric_limits<float>::max();
    const Mesh& mesh = object.mesh;
    for (std::size_t i = 0; i + 2 < mesh.indices.size(); i += 3) {
        const glm::vec3& a = mesh.vertices[mesh.indices[i]].position;
        const glm::vec3& b = mesh.vertices[mesh.indices[i + 1]].position;
        const glm::vec3& c = mesh.vertices[mesh.indices[i + 2]].position;
        if (const std::optional<float> distance = meet_triangle(a, b - a, c - a, origin, direction))
            nearest = std::min(nearest, *distance);
    }
    if (nearest == std::numeric_limits<float>::max()) return {};
    return nearest;
}

}  // namespace

Scene::Scene() {
    // The sphere's poles lean away from the first view, where a wrapped picture pinches.
    const glm::mat4 leaning = glm::rotate(placed({0.0f, 1.0f, 0.0f}, 0.3f), -0.32f, glm::vec3(1, 0, 0));
    objects_.push_back(make_object("Sphere", make_sphere(1.0f), leaning, 1.0f, 2));
    objects_.push_back(make_object("Cube", make_rounded_cube(kCubeHalfSide, 0.07f),
                                   placed({-2.1f, kCubeHalfSide, -0.1f}, -0.5f),
                                   kCubeHalfSide * std::sqrt(3.0f), 1));
    objects_.push_back(make_object("Torus", make_torus(kRingRadius, kTubeRadius),
                                   placed({2.0f, kRingRadius + kTubeRadius, -0.3f}, -0.42f),
                                   kRingRadius + kTubeRadius, 1));
    objects_.push_back(make_object("Floor", make_disc(kFloorRadius, 4.0f), glm::mat4(1.0f), kFloorRadius, 3));
    objects_.back().is_floor = true;
}

void Scene::select(std::size_t object) {
    if (object >= objects_.size() || object == selected_) return;
    selected_ = object;
    edit_is_open_ = false;
    ++revision_;
}

std::optional<std::size_t> Scene::pick(const Ray& ray) const {
    std::optional<std::size_t> best;
    float nearest = std::numeric_limits<float>::max();
    for (std::size_t i = 0; i < objects_.size(); ++i) {
        const std::optional<float> distance = meet(objects_[i], ray);
        if (!distance || *distance >= nearest) continue;
        nearest = *distance;
        best = i;
    }
    return best;
}

void Scene::change(Material after, bool join) {
    Object& object = objects_[selected_];
    if (object.material == after) return;
    if (join && done_ == history_.size() && done_ > 0 && history_.back().object == selected_) {
        history_.back().after = after;
    } else {
        history_.resize(done_);
        history_.push_back({selected_, object.material, after});
        if (history_.size() > kMaxHistory) history_.erase(history_.begin());
        done_ = history_.size();
    }
    if (after.request && std::ranges::find(held_requests_, after.request) == held_requests_.end())
        held_requests_.push_back(after.request);
    object.material = std::move(after);
    ++revision_;
}

void Scene::apply(Material material) {
    edit_is_open_ = false;
    material.tiles = selection().material.tiles;
    change(std::move(material), false);
}

void Scene::clear_texture() {
    edit_is_open_ = false;
    Material plain;
    plain.tiles = selection().material.tiles;
    change(std::move(plain), false);
}

void Scene::set_tiles(int tiles, bool open_edit) {
    Material material = selection().material;
    material.tiles = std::clamp(tiles, 1, kMaxTiles);
    if (material == selection().material) return;
    change(std::move(material), edit_is_open_);
    edit_is_open_ = open_edit;
}

void Scene::undo() {
    if (!can_undo()) return;
    edit_is_open_ = false;
    const Step& step = history_[--done_];
    objects_[step.object].material = step.before;
    selected_ = step.object;
    ++revision_;
}

void Scene::redo() {
    if (!can_redo()) return;
    edit_is_open_ = false;
    const Step& step = history_[done_++];
    objects_[step.object].material = step.after;
    selected_ = step.object;
    ++revision_;
}

bool Scene::is_used(kontexture::RequestId request) const {
    return std::ranges::any_of(objects_,
                               [&](const Object& object) { return object.material.request == request; }) ||
           std::ranges::any_of(history_, [&](const Step& step) {
               return step.before.request == request || step.after.request == request;
           });
}

std::vector<kontexture::RequestId> Scene::take_unused_requests() {
    std::vector<kontexture::RequestId> unused;
    std::erase_if(held_requests_, [&](kontexture::RequestId request) {
        if (is_used(request)) return false;
        unused.push_back(request);
        return true;
    });
    return unused;
}

}  // namespace demo
