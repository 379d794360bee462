#include "gl_program.h"

#include <epoxy/gl.h>
#include <glm/gtc/type_ptr.hpp>

#include <string>

namespace demo {
namespace {

GLuint compile(GLenum kind, const char* prologue, const char* source, std::string& trouble) {
    const GLuint shader = glCreateShader(kind);
    const char* parts[] = {prologue, source};
    glShaderSource(shader, 2, parts, nullptr);
    glCompileShader(shader);
    GLint compiled = GL_FALSE;
    glGetShaderiv(shader, GL_COMPILE_STATUS, &compiled);
    if (compiled) return shader;
    char text[2048] = "";
    glGetShaderInfoLog(shader, sizeof text, nullptr, text);
    trouble += text;
    glDeleteShader(shader);
    return 0;
}

}  // namespace

kontexture::Result<GlProgram> GlProgram::link(const char* vertex_source, const char* fragment_prologue,
                                              const char* fragment_source) {
    std::string trouble;
    const GLuint vertex = compile(GL_VERTEX_SHADER, "", vertex_source, trouble);
    const GLuint fragment = compile(GL_FRAGMENT_SHADER, fragment_prologue, fragment_source, trouble);
    GlProgram program(glCreateProgram());
    GLint linked = GL_FALSE;
    if (vertex && fragment) {
        glAttachShader(program.name_, vertex);
        glAttachShader(program.name_, fragment);
        glLinkProgram(program.name_);
        glGetProgramiv(program.name_, GL_LINK_STATUS, &linked);
        char text[2048] = "";
        if (!linked) glGetProgramInfoLog(program.name_, sizeof text, nullptr, text);
        trouble += text;
    }
    glDeleteShader(vertex);
    glDeleteShader(fragment);
    if (linked) return program;
    return kontexture::Error{.code = kontexture::ErrorCode::HostTexture,
                             .message = "The graphics driver refused a shader. Update the driver.",
                             .detail = trouble};
}

GlProgram::~GlProgram() {
    if (name_) glDeleteProgram(name_);
}

void GlProgram::use() const {
    glUseProgram(name_);
}

void GlProgram::set(const char* uniform, int value) const {
    glUniform1i(glGetUniformLocation(name_, uniform), value);
}

void GlProgram::set(const char* uniform, float value) const {
    glUniform1f(glGetUniformLocation(name_, uniform), value);
}

void GlProgram::set(const char* uniform, const glm::vec2& value) const {
    glUniform2fv(glGetUniformLocation(name_, uniform), 1, glm::value_ptr(value));
}

void GlProgram::set(const char* uniform, const glm::vec3& value) const {
    glUniform3fv(glGetUniformLocation(name_, uniform), 1, glm::value_ptr(value));
}

void GlProgram::set(const char* uniform, const glm::mat4& value) const {
    glUniformMatrix4fv(glGetUniformLocation(name_, uniform), 1, GL_FALSE, glm::value_ptr(value));
}

void GlProgram::set(const char* uniform, std::span<const glm::vec4> values) const {
    if (values.empty()) return;
    glUniform4fv(glGetUniformLocation(name_, uniform), static_cast<GLsizei>(values.size()),
                 glm::value_ptr(values.front()));
}

}  // namespace demo
