#pragma once

#include "options.h"
#include "scene.h"
#include "viewport.h"

#include <kontexture/panel.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace demo {

/// The whole main job without a person: types the prompt into the panel, presses Ctrl+Enter, waits, clicks
/// Apply, and checks that the picture arrived on the mesh; the next prompt is for the next object. Everything
/// goes through ImGui's input, so it is the panel's own path. Thread: the owner thread. Lifetime: all that it
/// is given outlives it.
class AutoRun {
public:
    AutoRun(Options options, kontexture::Service& service, kontexture::Panel& panel, Scene& scene,
            Viewport& viewport);
    ~AutoRun();
    AutoRun(const AutoRun&) = delete;
    AutoRun& operator=(const AutoRun&) = delete;

    /// After pump() with its events.
    void observe(std::span<const kontexture::Event> events);
    /// After the backends' NewFrame and before ImGui's: adds this frame's input.
    void before_frame();
    /// True once all is done or has failed: the frame just drawn is the one to show.
    bool is_done() const { return step_ == Step::Done; }
    /// Empty when all went well.
    const std::string& failure() const { return failure_; }
    /// One line: where in the picture the last mesh is, and the mean colour of its texture.
    std::string report() const;

private:
    enum class Step : std::uint8_t { Settle, Select, Type, Send, Wait, Apply, Check, Rest, Done };
    class Recorder;

    void advance();
    void start_prompt();
    void finish_prompt(kontexture::ImageId image);
    void start_round(std::string text);
    void type();
    void send();
    void wait();
    void click_apply();
    void check();
    void go(Step step);
    void fail(std::string why);

    Options options_;
    kontexture::Service& service_;
    kontexture::Panel& panel_;
    Scene& scene_;
    Viewport& viewport_;
    std::unique_ptr<Recorder> recorder_;
    Step step_ = Step::Settle;
    int frame_ = 0;           ///< in this step
    std::size_t prompt_ = 0;  ///< of the options' prompts
    bool is_edit_round_ = false;
    std::string text_;
    int sent_ = 0;        ///< how often Ctrl+Enter was pressed in this round
    int clicked_at_ = 0;  ///< the frame of this step since which Apply has been in view and at rest
    ImVec2 aim_;
    std::vector<kontexture::RequestId> old_requests_;
    std::vector<kontexture::RequestId> requests_;  ///< of this round
    std::chrono::steady_clock::time_point step_began_;
    kontexture::TextureHandle texture_before_;
    std::vector<std::uint8_t> pixels_before_;
    std::chrono::steady_clock::time_point deadline_;
    std::string failure_;
};

}  // namespace demo
