#pragma once

#include "image/image.h"

#include <kontexture/service.h>

#include <chrono>
#include <deque>
#include <functional>
#include <vector>

namespace kontexture::runtime {

/// How much of a pump's budget is left. At least one slab is always allowed, so that the smallest budget
/// makes progress.
class Allowance {
public:
    Allowance(PumpBudget budget, std::chrono::steady_clock::time_point start)
        : until_(start + budget.time), bytes_(budget.bytes) {}

    bool used_up() const { return used_ >= bytes_ || std::chrono::steady_clock::now() >= until_; }
    void use(std::size_t bytes) { used_ += bytes; }

private:
    std::chrono::steady_clock::time_point until_;
    std::size_t bytes_;
    std::size_t used_ = 0;
};

/// Turns pixels into host textures, a slab of rows at a time, and destroys textures one pump after they were
/// given up. Thread: the owner thread, inside pump() (and the destructor).
class Handoff {
public:
    using Done = std::function<void(TextureHandle texture, const Error& error)>;

    explicit Handoff(Host& host) : host_(host) {}
    ~Handoff();

    /// Queues pixels; `done` is called from work() with the complete texture, or none and an error.
    void deliver(std::uint64_t key, image::Pixels pixels, std::string label, Done done);
    /// Ends a delivery early: its `done` is called with Interrupted. False when there is none of that key.
    bool drop(std::uint64_t key);
    /// 0 … 1, for a delivery under way.
    float progress(std::uint64_t key) const;

    /// Destroys the texture with the second pump from now: what is drawn in between may still name it.
    void retire(TextureHandle texture);

    bool idle() const { return deliveries_.empty() && retired_.empty() && retiring_.empty(); }
    void begin_frame();
    void work(Allowance& allowance);

private:
    struct Delivery {
        std::uint64_t key = 0;
        image::Pixels pixels;
        std::string label;
        Done done;
        TextureHandle texture;
        std::uint32_t mip = 0;
        std::uint32_t row = 0;
        std::size_t bytes_done = 0;
    };

    /// Creates the texture of the first delivery or writes one slab of it.
    void step(Delivery& delivery, Allowance& allowance);
    void finish(Error error);

    Host& host_;
    std::deque<Delivery> deliveries_;
    std::vector<TextureHandle> retired_;   ///< during this frame
    std::vector<TextureHandle> retiring_;  ///< during the one before: to be destroyed now
};

}  // namespace kontexture::runtime
