#include "camera.h"

#include <glm/ext/matrix_clip_space.hpp>
#include <glm/ext/matrix_transform.hpp>
#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <cmath>

namespace demo {
namespace {

constexpr float kFieldOfView = 0.58f;  // vertical, radians
constexpr float kLeastAspect = 1.5f;   // in a narrower view the field of view grows, so that the width fits
constexpr float kRadiansPerPixel = 0.0055f;
constexpr float kLowestPitch = 0.02f;  // stays above the floor
constexpr float kHighestPitch = 1.5f;
constexpr float kNearest = 1.6f;
constexpr float kFarthest = 22.0f;

glm::vec3 backwards(float yaw, float pitch) {
    return {std::cos(pitch) * std::sin(yaw), std::sin(pitch), std::cos(pitch) * std::cos(yaw)};
}

/// Half the view's height at a distance of one.
float half_height(float aspect) {
    return std::tan(kFieldOfView / 2) * std::max(1.0f, kLeastAspect / aspect);
}

}  // namespace

void OrbitCamera::orbit(glm::vec2 pixels) {
    wanted_.yaw -= pixels.x * kRadiansPerPixel;
    wanted_.pitch = std::clamp(wanted_.pitch + pixels.y * kRadiansPerPixel, kLowestPitch, kHighestPitch);
}

void OrbitCamera::pan(glm::vec2 pixels, glm::vec2 view_size) {
    const float units =
        2 * wanted_.distance * half_height(view_size.x / view_size.y) / std::max(view_size.y, 1.0f);
    const glm::vec3 back = backwards(wanted_.yaw, wanted_.pitch);
    const glm::vec3 right = glm::normalize(glm::cross(glm::vec3(0, 1, 0), back));
    const glm::vec3 up = glm::cross(back, right);
    wanted_.target += (up * pixels.y - right * pixels.x) * units;
    wanted_.target = glm::clamp(wanted_.target, glm::vec3(-8, 0, -8), glm::vec3(8, 5, 8));
}

void OrbitCamera::zoom(float steps) {
    wanted_.distance = std::clamp(wanted_.distance * std::pow(0.88f, steps), kNearest, kFarthest);
}

void OrbitCamera::frame(glm::vec3 centre, float radius) {
    wanted_.target = centre;
    wanted_.distance = std::clamp(1.35f * radius / std::sin(kFieldOfView / 2), kNearest, kFarthest);
}

void OrbitCamera::reset() {
    wanted_ = Pose{};
}

bool OrbitCamera::advance(float seconds) {
    const float part = 1 - std::exp(-18 * std::clamp(seconds, 0.0f, 0.1f));
    const auto glide = [&](auto& now, const auto& wanted) { now += (wanted - now) * part; };
    const float left = glm::distance(now_.target, wanted_.target) + std::abs(now_.yaw - wanted_.yaw) +
                       std::abs(now_.pitch - wanted_.pitch) + std::abs(now_.distance / wanted_.distance - 1);
    if (left < 0.0005f) {
        now_ = wanted_;
        return left > 0;
    }
    glide(now_.target, wanted_.target);
    glide(now_.yaw, wanted_.yaw);
    glide(now_.pitch, wanted_.pitch);
    glide(now_.distance, wanted_.distance);
    return true;
}

void OrbitCamera::settle() {
    now_ = wanted_;
}

glm::vec3 OrbitCamera::position() const {
    return now_.target + backwards(now_.yaw, now_.pitch) * now_.distance;
}

glm::mat4 OrbitCamera::view() const {
    return glm::lookAt(position(), now_.target, glm::vec3(0, 1, 0));
}

glm::mat4 OrbitCamera::projection(float aspect) const {
    return glm::perspective(2 * std::atan(half_height(aspect)), aspect, 0.1f, 80.0f);
}

Ray OrbitCamera::ray(glm::vec2 point, float aspect) const {
    const glm::vec3 back = backwards(now_.yaw, now_.pitch);
    const glm::vec3 right = glm::normalize(glm::cross(glm::vec3(0, 1, 0), back));
    const glm::vec3 up = glm::cross(back, right);
    const float height = half_height(aspect);
    const glm::vec3 direction =
        right * ((point.x * 2 - 1) * height * aspect) + up * ((1 - point.y * 2) * height) - back;
    return {position(), glm::normalize(direction)};
}

}  // namespace demo
