#include "auto_run.h"

#include "input.h"
#include "panel/probe.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace demo {
namespace {

using namespace std::chrono_literals;

constexpr const char* kApplyOnTile = "tile.apply";
constexpr const char* kApplyInLargeView = "view.apply";
constexpr int kLeastDifference = 6;  // of 255, on average, between clay and a picture

double mean_difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    if (a.size() != b.size() || a.empty()) return 0;
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
    return sum / static_cast<double>(a.size());
}

}  // namespace

/// Where the panel drew its controls in the last frame.
class AutoRun::Recorder final : public kontexture::panel::Probe {
public:
    struct Place {
        ImVec2 min, max;
        ImVec2 middle() const { return {(min.x + max.x) / 2, (min.y + max.y) / 2}; }
    };

    Recorder() { kontexture::panel::set_probe(this); }
    ~Recorder() override { kontexture::panel::set_probe(nullptr); }

    void item(std::string_view name, std::uint64_t key, ImVec2 min, ImVec2 max) override {
        places_[{std::string(name), key}] = {min, max};
    }
    void clear() { places_.clear(); }
    const Place* find(const std::string& name, std::uint64_t key) const {
        const auto found = places_.find({name, key});
        return found == places_.end() ? nullptr : &found->second;
    }

private:
    std::map<std::pair<std::string, std::uint64_t>, Place> places_;
};

AutoRun::AutoRun(Options options, kontexture::Service& service, kontexture::Panel& panel, Scene& scene,
                 Viewport& viewport)
    : options_(std::move(options)),
      service_(service),
      panel_(panel),
      scene_(scene),
      viewport_(viewport),
      recorder_(std::make_unique<Recorder>()),
      deadline_(std::chrono::steady_clock::now() + std::chrono::seconds(options_.timeout_seconds)) {}

AutoRun::~AutoRun() = default;

void AutoRun::go(Step step) {
    step_ = step;
    frame_ = -1;  // before_frame() counts on
    clicked_at_ = 0;
    step_began_ = std::chrono::steady_clock::now();
}

void AutoRun::fail(std::string why) {
    failure_ = std::move(why);
    go(Step::Done);
}

void AutoRun::observe(std::span<const kontexture::Event> events) {
    for (const kontexture::Event& event : events) {
        if (event.kind != kontexture::Event::Kind::Request) continue;
        if (std::ranges::find(old_requests_, event.id) != old_requests_.end()) continue;
        if (std::ranges::find(requests_, event.id) == requests_.end()) requests_.push_back(event.id);
    }
}

void AutoRun::start_prompt() {
    deadline_ = std::chrono::steady_clock::now() + std::chrono::seconds(options_.timeout_seconds);
    scene_.select(prompt_ % scene_.objects().size());
    go(Step::Select);
}

void AutoRun::finish_prompt(kontexture::ImageId image) {
    if (prompt_ + 1 < options_.auto_prompts.size()) {
        ++prompt_;
        return start_prompt();
    }
    if (options_.auto_edit.empty() || is_edit_round_) return go(Step::Rest);
    is_edit_round_ = true;
    panel_.set_input(kontexture::InputImage::from_library(image));
    start_round(options_.auto_edit);
}

std::string AutoRun::report() const {
    const Viewport::Area area = viewport_.selection_area();
    const kontexture::ImageView texture = service_.host().selected_image();
    std::array<std::uint64_t, 3> sum = {};
    for (std::size_t i = 0; i < texture.pixels.size(); ++i)
        if (i % 4 < 3) sum[i % 4] += texture.pixels[i];
    const std::uint64_t count = std::max<std::uint64_t>(texture.pixels.size() / 4, 1);
    char line[160];
    std::snprintf(line, sizeof line, "mesh at %d %d %d %d texture %d %d %d", area.x, area.y, area.width,
                  area.height, static_cast<int>(sum[0] / count), static_cast<int>(sum[1] / count),
                  static_cast<int>(sum[2] / count));
    return line;
}

void AutoRun::start_round(std::string text) {
    text_ = std::move(text);
    texture_before_ = scene_.selection().material.texture;
    pixels_before_ = viewport_.read_selection();
    go(Step::Type);
}

void AutoRun::type() {
    if (frame_ == 0) panel_.set_prompt("");
    if (frame_ == 0) panel_.focus_prompt();
    if (frame_ == 4) feign::text(text_.c_str());
    if (frame_ < 8) return;
    sent_ = 0;
    old_requests_.clear();
    requests_.clear();
    for (const kontexture::RequestInfo& info : service_.requests()) old_requests_.push_back(info.id);
    go(Step::Send);
}

void AutoRun::send() {
    feign::ctrl_enter(frame_ >= 2 && frame_ < 5);
    if (frame_ < 8) return;
    const int wanted = is_edit_round_ ? 1 : options_.count;
    go(++sent_ < wanted ? Step::Send : Step::Wait);
}

void AutoRun::wait() {
    if (requests_.empty()) {
        if (std::chrono::steady_clock::now() - step_began_ > 15s)
            fail("The panel did not send the request. Look at the screenshot for what it says.");
        return;
    }
    for (kontexture::RequestId id : requests_) {
        const kontexture::RequestInfo* info = service_.find(id);
        if (!info || info->state == kontexture::JobState::Cancelled)
            return fail("The request was cancelled.");
        if (info->state == kontexture::JobState::Failed ||
            info->state == kontexture::JobState::OutcomeUnknown)
            return fail(info->error.message.empty() ? kontexture::to_string(info->state)
                                                    : info->error.message);
        if (info->state != kontexture::JobState::Ready) return;
    }
    if (requests_.size() >= static_cast<std::size_t>(sent_)) go(Step::Apply);
}

void AutoRun::click_apply() {
    const kontexture::RequestInfo* info = service_.find(requests_.back());
    const Recorder::Place* place = info ? recorder_->find(kApplyOnTile, info->image.value) : nullptr;
    if (!place) place = recorder_->find(kApplyInLargeView, 0);
    if (std::chrono::steady_clock::now() - step_began_ > 15s)
        return fail("The panel shows no button to apply the result.");
    // Cards above the results leave first: a person, too, looks before the click.
    if (!place || std::chrono::steady_clock::now() - step_began_ < 1500ms) {
        feign::pointer(ImVec2(-1e6f, -1e6f), false);
        clicked_at_ = frame_;
        return;
    }
    const ImVec2 at = place->middle();
    const float bottom = ImGui::GetIO().DisplaySize.y - 3 * ImGui::GetFontSize();
    if (at.y > bottom || at.y < 3 * ImGui::GetFontSize()) {
        feign::pointer(ImVec2(at.x, bottom / 2), false);
        if (frame_ % 4 == 0) feign::wheel(at.y > bottom ? -1.0f : 1.0f);
        clicked_at_ = frame_ + 3;
        return;
    }
    // Cards above that come and go move the tiles: only what has come to rest is clicked.
    if (at.x != aim_.x || at.y != aim_.y) clicked_at_ = frame_;
    aim_ = at;
    const int since = frame_ - clicked_at_;
    feign::pointer(at, since >= 12 && since < 15);
    if (since > 20) go(Step::Check);
}

void AutoRun::check() {
    feign::pointer(ImVec2(-1e6f, -1e6f), false);
    if (frame_ < 3) return;
    const kontexture::RequestInfo* info = service_.find(requests_.back());
    const kontexture::TextureHandle worn = scene_.selection().material.texture;
    const bool is_worn = info && worn && worn == info->texture && worn != texture_before_;
    if (is_worn && mean_difference(pixels_before_, viewport_.read_selection()) >= kLeastDifference) {
        return finish_prompt(info->image);
    }
    if (std::chrono::steady_clock::now() - step_began_ > 5s)
        fail(is_worn ? "The picture was applied, but the mesh looks as before."
                     : "Apply was clicked, but the mesh does not wear the picture.");
}

void AutoRun::advance() {
    switch (step_) {
        case Step::Settle:
            if (frame_ >= 8) start_prompt();
            break;
        case Step::Select:
            if (frame_ >= 3) start_round(options_.auto_prompts[prompt_]);
            break;
        case Step::Type: type(); break;
        case Step::Send: send(); break;
        case Step::Wait: wait(); break;
        case Step::Apply: click_apply(); break;
        case Step::Check: check(); break;
        case Step::Rest:
            feign::pointer(ImVec2(-1e6f, -1e6f), false);
            if (frame_ > 12 && std::chrono::steady_clock::now() - step_began_ > 1500ms) go(Step::Done);
            break;
        case Step::Done: break;
    }
}

void AutoRun::before_frame() {
    if (step_ != Step::Done && std::chrono::steady_clock::now() > deadline_)
        fail("The texture was not on the mesh within " + std::to_string(options_.timeout_seconds) +
             " seconds.");
    advance();
    ++frame_;
    recorder_->clear();
}

}  // namespace demo
