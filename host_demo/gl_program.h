#pragma once

#include <kontexture/types.h>

#include <glm/mat4x4.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <cstdint>
#include <span>

namespace demo {

/// A linked pair of shaders. The setters act on the program in use; a name it does not have is ignored.
class GlProgram {
public:
    /// Fails with the driver's message in Error::detail.
    /// `fragment_prologue` comes before the fragment shader's source; empty: nothing.
    static kontexture::Result<GlProgram> link(const char* vertex_source, const char* fragment_prologue,
                                              const char* fragment_source);

    GlProgram() = default;
    GlProgram(GlProgram&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
    GlProgram& operator=(GlProgram&& other) noexcept {
        std::swap(name_, other.name_);
        return *this;
    }
    ~GlProgram();

    void use() const;
    void set(const char* uniform, int value) const;
    void set(const char* uniform, float value) const;
    void set(const char* uniform, const glm::vec2& value) const;
    void set(const char* uniform, const glm::vec3& value) const;
    void set(const char* uniform, const glm::mat4& value) const;
    void set(const char* uniform, std::span<const glm::vec4> values) const;

private:
    explicit GlProgram(std::uint32_t name) : name_(name) {}
    std::uint32_t name_ = 0;
};

}  // namespace demo
