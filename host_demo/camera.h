#pragma once

#include <glm/mat4x4.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

namespace demo {

struct Ray {
    glm::vec3 origin;
    glm::vec3 direction;  ///< of length 1
};

/// A camera that circles a target. Movements glide: the setters change where it wants to be, advance() goes
/// there.
class OrbitCamera {
public:
    /// Angles in radians per pixel of drag.
    void orbit(glm::vec2 pixels);
    /// Moves the target with the pointer.
    void pan(glm::vec2 pixels, glm::vec2 view_pixels);
    /// Positive comes closer, one step a notch of the wheel.
    void zoom(float steps);
    /// Shows a ball of this size, from where it looks now.
    void frame(glm::vec3 centre, float radius);
    void reset();

    /// True while it still moves.
    bool advance(float seconds);
    /// Goes where it wants to be at once.
    void settle();

    glm::vec3 position() const;
    glm::mat4 view() const;
    glm::mat4 projection(float aspect) const;
    /// The ray through a point of the view, (0, 0) top left to (1, 1) bottom right.
    Ray ray(glm::vec2 point, float aspect) const;

private:
    struct Pose {
        glm::vec3 target{0.0f, 0.80f, 0.0f};
        float yaw = 0.12f;
        float pitch = 0.30f;
        float distance = 7.6f;
    };

    Pose wanted_;
    Pose now_;
};

}  // namespace demo
