#pragma once

#include "camera.h"
#include "meshes.h"

#include <kontexture/types.h>

#include <optional>
#include <string>
#include <vector>

namespace demo {

/// The floor fades into the background before it ends.
inline constexpr float kFloorRadius = 7.0f;

/// What an object wears. Without a texture it is plain clay.
struct Material {
    kontexture::RequestId request;  ///< keeps the texture alive until Service::release()
    kontexture::TextureHandle texture;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::string label;
    int tiles = 1;
    bool operator==(const Material&) const = default;
};

struct Object {
    std::string name;
    Mesh mesh;
    glm::mat4 placement{1.0f};
    glm::vec3 centre{0.0f};  ///< of a ball around it, in the world
    float radius = 1;
    Material material;
    bool is_floor = false;
};

/// The objects, which of them is selected, and the history of what they wore. No graphics, no window.
class Scene {
public:
    static constexpr int kMaxTiles = 8;
    static constexpr std::size_t kMaxHistory = 64;

    Scene();

    const std::vector<Object>& objects() const { return objects_; }
    std::size_t selected() const { return selected_; }
    const Object& selection() const { return objects_[selected_]; }
    void select(std::size_t object);
    /// The nearest object that the ray meets.
    std::optional<std::size_t> pick(const Ray& ray) const;

    /// Puts a texture on the selection, tiled as the object was before.
    void apply(Material material);
    /// Back to clay.
    void clear_texture();
    /// Changes with `open_edit` join into one step of the history until close_edit().
    void set_tiles(int tiles, bool open_edit = false);
    void close_edit() { edit_is_open_ = false; }

    bool can_undo() const { return done_ > 0; }
    bool can_redo() const { return done_ < history_.size(); }
    void undo();
    void redo();

    /// An object or the history names it.
    bool is_used(kontexture::RequestId request) const;
    /// Requests whose textures neither an object nor the history names any more; each is given out once.
    std::vector<kontexture::RequestId> take_unused_requests();
    /// Counts up with every change that can be seen.
    std::uint64_t revision() const { return revision_; }

private:
    struct Step {
        std::size_t object = 0;
        Material before;
        Material after;
    };

    void change(Material after, bool join);

    std::vector<Object> objects_;
    std::size_t selected_ = 0;
    std::vector<Step> history_;
    std::size_t done_ = 0;  ///< steps of the history that are in effect
    bool edit_is_open_ = false;
    std::vector<kontexture::RequestId> held_requests_;
    std::uint64_t revision_ = 1;
};

}  // namespace demo
