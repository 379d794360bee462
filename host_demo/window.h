#pragma once

#include "options.h"
#include "style.h"

#include <kontexture/types.h>

#include <memory>
#include <string>
#include <vector>

struct GLFWwindow;

namespace demo {

struct KeyPress {
    char letter = 0;       ///< 'A' … 'Z', as the keyboard's layout has it
    bool command = false;  ///< Ctrl, on a Mac the Command key
    bool shift = false;
};

/// A GLFW window with a current OpenGL 3.3 core context, and when to draw into it. Main thread.
class Window {
public:
    /// The error says what to do on a machine without a display or with too old a driver.
    static kontexture::Result<std::unique_ptr<Window>> open(const Options& options);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    GLFWwindow* handle() const { return window_; }
    bool is_closing() const;
    /// Right now: it changes when the window moves to another screen.
    UiScale scale() const;

    /// Handles events: at once while something is `busy` or has just happened, otherwise waits for one, but
    /// never longer than a quarter of a second. False when nothing came in that time.
    bool wait(bool busy);
    /// Frames in the last second, or zero when the next wait() may be long.
    int frames_per_second(bool busy) const;
    void present();
    /// Letters pressed since the last call. ImGui before 1.87 misses a key that is up again within a frame.
    std::vector<KeyPress> take_keys();
    /// Paths dropped onto the window since the last call.
    std::vector<std::string> take_dropped();

private:
    explicit Window(GLFWwindow* window) : window_(window) {}
    void note_key(int key, int scan_code, int modifiers);

    GLFWwindow* window_;
    std::vector<std::string> dropped_;
    std::vector<KeyPress> keys_;
    double frame_began_ = 0;
    double active_until_ = 0;
    double frame_seconds_ = 1.0 / 60;  ///< smoothed
};

}  // namespace demo
