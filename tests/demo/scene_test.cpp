#include "scene.h"
#include "catch.h"

#include <glm/geometric.hpp>

#include <cmath>

namespace {

using demo::Material;
using demo::Scene;
using kontexture::RequestId;

Material picture(std::uint64_t number) {
    Material material;
    material.request = {number};
    material.texture = {number + 1000};
    return material;
}

}  // namespace

TEST_CASE("the sphere is selected from the start") {
    const Scene scene;
    CHECK(scene.selection().name == "Sphere");
    CHECK(!scene.selection().material.texture);
}

TEST_CASE("undo and redo go through applies and tile changes") {
    Scene scene;
    scene.apply(picture(1));
    scene.set_tiles(3);
    scene.apply(picture(2));
    CHECK(scene.selection().material.tiles == 3);

    scene.undo();
    CHECK(scene.selection().material.request == RequestId{1});
    scene.undo();
    CHECK(scene.selection().material.tiles == 2);
    scene.undo();
    CHECK(!scene.selection().material.texture);
    CHECK(!scene.can_undo());
    scene.redo();
    scene.redo();
    scene.redo();
    CHECK(scene.selection().material.request == RequestId{2});
    CHECK(scene.selection().material.tiles == 3);
    CHECK(!scene.can_redo());
}

TEST_CASE("undo selects the object that it changes") {
    Scene scene;
    scene.apply(picture(1));
    scene.select(1);
    scene.undo();
    CHECK(scene.selection().name == "Sphere");
}

TEST_CASE("a picture is about equally large on every object") {
    const Scene scene;
    for (const demo::Object& object : scene.objects()) {
        CAPTURE(object.name);
        double area = 0;      // of the surface
        double pictures = 0;  // how many pictures' worth of it are worn
        const std::vector<demo::Vertex>& vertices = object.mesh.vertices;
        for (std::size_t i = 0; i < object.mesh.indices.size(); i += 3) {
            const demo::Vertex& a = vertices[object.mesh.indices[i]];
            const demo::Vertex& b = vertices[object.mesh.indices[i + 1]];
            const demo::Vertex& c = vertices[object.mesh.indices[i + 2]];
            area += glm::length(glm::cross(b.position - a.position, c.position - a.position)) / 2;
            const glm::vec2 u = b.uv - a.uv;
            const glm::vec2 v = c.uv - a.uv;
            pictures += std::abs(u.x * v.y - u.y * v.x) / 2;
        }
        const double side = std::sqrt(area / pictures) / object.material.tiles;
        CHECK(side > 1.1);
        CHECK(side < 1.6);
    }
}

TEST_CASE("one drag of the tile slider is one step") {
    Scene scene;
    for (int tiles = 3; tiles <= 6; ++tiles) scene.set_tiles(tiles, true);
    scene.close_edit();
    scene.set_tiles(8, true);
    scene.undo();
    CHECK(scene.selection().material.tiles == 6);
    scene.undo();
    CHECK(scene.selection().material.tiles == 2);
    CHECK(!scene.can_undo());
}

TEST_CASE("tile counts stay in their range") {
    Scene scene;
    scene.set_tiles(99);
    CHECK(scene.selection().material.tiles == Scene::kMaxTiles);
    scene.set_tiles(-4);
    CHECK(scene.selection().material.tiles == 1);
}

TEST_CASE("a texture is given back only when neither a mesh nor the history names it") {
    Scene scene;
    scene.apply(picture(1));
    scene.apply(picture(2));
    CHECK(scene.take_unused_requests().empty());

    SECTION("dropped with the redo branch") {
        scene.undo();
        CHECK(scene.take_unused_requests().empty());
        scene.clear_texture();
        CHECK(scene.take_unused_requests() == std::vector<RequestId>{{2}});
        CHECK(scene.take_unused_requests().empty());
    }
    SECTION("fallen off the end of the history") {
        for (std::uint64_t i = 3; i < 3 + Scene::kMaxHistory; ++i) scene.apply(picture(i));
        CHECK(scene.take_unused_requests() == std::vector<RequestId>{{1}});
    }
    SECTION("fallen off the history but worn elsewhere") {
        scene.select(1);
        scene.apply(picture(1));
        scene.select(0);
        for (std::uint64_t i = 3; i < 4 + Scene::kMaxHistory; ++i) scene.apply(picture(i));
        CHECK(scene.objects()[1].material.request == RequestId{1});
        CHECK(scene.take_unused_requests() == std::vector<RequestId>{{2}});
    }
}

TEST_CASE("a ray meets what is nearest") {
    const Scene scene;
    const auto at = [](glm::vec3 from, glm::vec3 to) { return demo::Ray{from, glm::normalize(to - from)}; };
    const glm::vec3 eye(0, 2, 9);
    for (std::size_t i = 0; i < 2; ++i) {
        CAPTURE(scene.objects()[i].name);
        CHECK(scene.pick(at(eye, scene.objects()[i].centre)) == i);
    }
    const demo::Object& torus = scene.objects()[2];
    CHECK(scene.pick(at(eye, torus.centre)) != std::optional<std::size_t>(2));  // through the hole
    CHECK(scene.pick(at(eye, torus.centre + glm::vec3(0, 0.7f * torus.radius, 0))) == std::size_t{2});
    CHECK(scene.pick(at(eye, {0, 0, 4})) == std::size_t{3});
    CHECK(!scene.pick(at(eye, {0, 5, 0})));
}

TEST_CASE("the camera's ray leads where the camera's matrices put a point") {
    demo::OrbitCamera camera;
    camera.orbit({120, 40});
    camera.pan({30, -20}, {800, 600});
    camera.settle();
    const glm::vec3 point(0.4f, 1.1f, -0.3f);
    for (const float aspect : {0.7f, 1.2f, 1.6f, 2.4f}) {
        CAPTURE(aspect);
        const glm::vec4 clip = camera.projection(aspect) * camera.view() * glm::vec4(point, 1);
        const glm::vec2 on_screen(clip.x / clip.w * 0.5f + 0.5f, 0.5f - clip.y / clip.w * 0.5f);
        const demo::Ray ray = camera.ray(on_screen, aspect);
        const glm::vec3 to_point = point - ray.origin;
        const glm::vec3 beside = to_point - ray.direction * glm::dot(to_point, ray.direction);
        CHECK(glm::length(beside) < 1e-3f);
    }
}

TEST_CASE("meshes are closed, look outwards and carry directions of length one") {
    const Scene scene;
    for (const demo::Object& object : scene.objects()) {
        CAPTURE(object.name);
        REQUIRE(object.mesh.indices.size() % 3 == 0);
        bool looks_outwards = true;
        bool has_unit_directions = true;
        for (const demo::Vertex& vertex : object.mesh.vertices) {
            has_unit_directions &= std::abs(glm::length(vertex.normal) - 1) < 1e-3f;
            has_unit_directions &= std::abs(glm::length(vertex.tangent) - 1) < 1e-3f;
        }
        for (std::size_t i = 0; i < object.mesh.indices.size(); i += 3) {
            const demo::Vertex& a = object.mesh.vertices[object.mesh.indices[i]];
            const demo::Vertex& b = object.mesh.vertices[object.mesh.indices[i + 1]];
            const demo::Vertex& c = object.mesh.vertices[object.mesh.indices[i + 2]];
            const glm::vec3 face = glm::cross(b.position - a.position, c.position - a.position);
            if (glm::length(face) > 1e-6f) looks_outwards &= glm::dot(face, a.normal) > 0;
        }
        CHECK(has_unit_directions);
        CHECK(looks_outwards);
    }
}
