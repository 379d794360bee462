#include "window.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <epoxy/gl.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace demo {
namespace {

constexpr double kFrame = 1.0 / 60;
constexpr double kRestSeconds = 0.25;
constexpr double kActiveSeconds = 0.6;  // tooltips and glides end in this time

std::string last_glfw_error;

kontexture::Error cannot_open(std::string message) {
    return {.code = kontexture::ErrorCode::HostTexture,
            .message = std::move(message),
            .detail = std::exchange(last_glfw_error, {})};
}

}  // namespace

kontexture::Result<std::unique_ptr<Window>> Window::open(const Options& options) {
    glfwSetErrorCallback([](int, const char* text) { last_glfw_error = text; });
    if (!glfwInit())
        return cannot_open(
            "There is no display to open a window on. On a machine without one, run it as: "
            "xvfb-run -a -s \"-screen 0 1600x900x24 +extension GLX\" kontexture_demo …");
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
    const bool has_size = options.width > 0;
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, has_size ? GLFW_FALSE : GLFW_TRUE);
    GLFWwindow* handle = glfwCreateWindow(has_size ? options.width : 1440, has_size ? options.height : 900,
                                          "Kontexture", nullptr, nullptr);
    if (!handle) {
        kontexture::Error error = cannot_open(
            "No OpenGL 3.3 context could be made. Update the graphics driver, or install Mesa's software "
            "one (libgl1-mesa-dri) and, under Xvfb, switch on GLX.");
        glfwTerminate();
        return error;
    }
    std::unique_ptr<Window> window(new Window(handle));
    glfwMakeContextCurrent(handle);
    glfwSwapInterval(options.auto_prompts.empty() && options.screenshot.empty() ? 1 : 0);
    glfwSetWindowUserPointer(handle, window.get());
    glfwSetDropCallback(handle, [](GLFWwindow* target, int count, const char** paths) {
        auto* self = static_cast<Window*>(glfwGetWindowUserPointer(target));
        self->dropped_.insert(self->dropped_.end(), paths, paths + count);
    });
    // Set before ImGui's backend, which passes on to it.
    glfwSetKeyCallback(handle, [](GLFWwindow* target, int key, int scan_code, int action, int modifiers) {
        auto* self = static_cast<Window*>(glfwGetWindowUserPointer(target));
        if (action != GLFW_RELEASE) self->note_key(key, scan_code, modifiers);
    });
    return window;
}

void Window::note_key(int key, int scan_code, int modifiers) {
#if defined(__APPLE__)
    constexpr int kCommand = GLFW_MOD_SUPER;
#else
    constexpr int kCommand = GLFW_MOD_CONTROL;
#endif
    if ((modifiers & GLFW_MOD_ALT) != 0) return;
    const char* name = glfwGetKeyName(key, scan_code);
    const bool has_letter = name && name[0] >= 'a' && name[0] <= 'z' && name[1] == 0;
    const int letter = has_letter ? name[0] - 'a' + 'A' : key;
    if (letter < 'A' || letter > 'Z') return;
    keys_.push_back({.letter = static_cast<char>(letter),
                     .command = (modifiers & kCommand) != 0,
                     .shift = (modifiers & GLFW_MOD_SHIFT) != 0});
}

Window::~Window() {
    glfwDestroyWindow(window_);
    glfwTerminate();
}

bool Window::is_closing() const {
    return glfwWindowShouldClose(window_) != 0;
}

UiScale Window::scale() const {
    float content = 1;
    glfwGetWindowContentScale(window_, &content, nullptr);
    int width = 0;
    int pixels = 0;
    glfwGetWindowSize(window_, &width, nullptr);
    glfwGetFramebufferSize(window_, &pixels, nullptr);
    UiScale scale;
    if (width > 0 && pixels > 0) scale.density = static_cast<float>(pixels) / static_cast<float>(width);
    scale.points = std::clamp(content / scale.density, 0.5f, 8.0f);
    return scale;
}

bool Window::wait(bool busy) {
    const double asked = glfwGetTime();
    const bool is_active = busy || asked < active_until_;
    const double limit = is_active ? std::max(kFrame - (asked - frame_began_), 0.0) : kRestSeconds;
    if (limit > 0)
        glfwWaitEventsTimeout(limit);
    else
        glfwPollEvents();
    const double now = glfwGetTime();
    // GLFW does not say whether an event came, but the wait then ends early.
    const bool came_early = limit > 0 && now - asked < 0.95 * limit;
    if (came_early) active_until_ = now + kActiveSeconds;
    if (is_active) frame_seconds_ += 0.1 * (std::min(now - frame_began_, 1.0) - frame_seconds_);
    frame_began_ = now;
    return is_active || came_early;
}

int Window::frames_per_second(bool busy) const {
    if (!busy && glfwGetTime() + frame_seconds_ >= active_until_) return 0;
    return static_cast<int>(std::lround(1 / std::max(frame_seconds_, 1e-3)));
}

void Window::present() {
    glfwSwapBuffers(window_);
}

std::vector<KeyPress> Window::take_keys() {
    return std::exchange(keys_, {});
}

std::vector<std::string> Window::take_dropped() {
    return std::exchange(dropped_, {});
}

}  // namespace demo
