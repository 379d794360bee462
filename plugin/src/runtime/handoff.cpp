#include "runtime/handoff.h"

#include <algorithm>

namespace kontexture::runtime {
namespace {

/// Small enough that one slab passes well within a millisecond, large enough that calls do not dominate.
constexpr std::size_t kSlabBytes = std::size_t{256} << 10;

}  // namespace

Handoff::~Handoff() {
    for (const Delivery& delivery : deliveries_)
        if (delivery.texture) host_.destroy_texture(delivery.texture);
    for (const auto* list : {&retiring_, &retired_})
        for (TextureHandle texture : *list) host_.destroy_texture(texture);
}

void Handoff::deliver(std::uint64_t key, image::Pixels pixels, std::string label, Done done) {
    deliveries_.push_back({key, std::move(pixels), std::move(label), std::move(done), {}, 0, 0, 0});
}

bool Handoff::drop(std::uint64_t key) {
    const auto found =
        std::find_if(deliveries_.begin(), deliveries_.end(), [&](const Delivery& d) { return d.key == key; });
    if (found == deliveries_.end()) return false;
    if (found->texture) retire(found->texture);
    const Done done = std::move(found->done);
    deliveries_.erase(found);
    done({}, Error{ErrorCode::Interrupted, 0, 0, "The hand-over was ended.", {}});
    return true;
}

float Handoff::progress(std::uint64_t key) const {
    for (const Delivery& delivery : deliveries_)
        if (delivery.key == key)
            return static_cast<float>(delivery.bytes_done) /
                   static_cast<float>(std::max<std::size_t>(1, delivery.pixels.data.size()));
    return 0;
}

void Handoff::retire(TextureHandle texture) {
    if (texture) retired_.push_back(texture);
}

void Handoff::begin_frame() {
    for (TextureHandle texture : retiring_) host_.destroy_texture(texture);
    retiring_.clear();
    retiring_.swap(retired_);
}

void Handoff::work(Allowance& allowance) {
    while (!deliveries_.empty()) {
        step(deliveries_.front(), allowance);
        if (allowance.used_up()) return;
    }
}

void Handoff::step(Delivery& delivery, Allowance& allowance) {
    const image::Pixels& pixels = delivery.pixels;
    if (!delivery.texture) {
        delivery.texture = host_.create_texture(
            {pixels.width, pixels.height, pixels.mip_levels, ColorSpace::Srgb, delivery.label});
        if (!delivery.texture) {
            finish({ErrorCode::HostTexture,
                    0,
                    0,
                    "The host could not create a texture for this picture. It is in the library; retry when "
                    "memory is free.",
                    {}});
        }
        return;
    }
    const ImageView level = pixels.level(delivery.mip);
    const std::size_t row_bytes = std::size_t{level.width} * 4;
    const auto slab = static_cast<std::uint32_t>(std::max<std::size_t>(1, kSlabBytes / row_bytes));
    const std::uint32_t rows = std::min(slab, level.height - delivery.row);
    const ImageView part{level.pixels.subspan(delivery.row * row_bytes, rows * row_bytes), level.width, rows};
    if (!host_.write_rows(delivery.texture, delivery.mip, delivery.row, part)) {
        finish({ErrorCode::HostTexture,
                0,
                0,
                "The host could not fill the texture of this picture. It is in the library; retry.",
                {}});
        return;
    }
    allowance.use(part.pixels.size());
    delivery.bytes_done += part.pixels.size();
    delivery.row += rows;
    if (delivery.row < level.height) return;
    delivery.row = 0;
    if (++delivery.mip < pixels.mip_levels) return;
    finish({});
}

void Handoff::finish(Error error) {
    Delivery delivery = std::move(deliveries_.front());
    deliveries_.pop_front();
    if (error.code != ErrorCode::None) {
        retire(delivery.texture);
        delivery.texture = {};
    }
    delivery.done(delivery.texture, error);
}

}  // namespace kontexture::runtime
