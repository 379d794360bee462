#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>

namespace kontexture::panel {
namespace {

// Finished textures that stay at hand, so that applying a fresh result is immediate.
constexpr std::size_t kResidentTextures = 4;

Card* find_card(State& state, RequestId id) {
    for (Card& card : state.cards)
        if (card.id == id) return &card;
    return nullptr;
}

bool is_used(const State& state, const RequestInfo& info) {
    return (state.view.is_open && info.image == state.view.entry.image) || info.id == state.pending.request;
}

std::size_t count_newer(const State& state, const Owned& than) {
    std::size_t newer = 0;
    for (const Owned& owned : state.owned) {
        const RequestInfo* info = owned.is_handed ? nullptr : state.service.find(owned.id);
        if (info && info->state == JobState::Ready && owned.used_at > than.used_at) ++newer;
    }
    return newer;
}

bool may_release(State& state, const Owned& owned, const RequestInfo& info) {
    if (!is_final(info.state) || owned.is_handed || is_used(state, info)) return false;
    const Card* card = find_card(state, owned.id);
    const bool is_shown = card && !card->is_hidden;
    if (info.state == JobState::Ready) return !is_shown && count_newer(state, owned) >= kResidentTextures;
    return owned.is_dismissed || info.from_library || (info.state == JobState::Cancelled && !is_shown);
}

void hand_over(State& state, const RequestInfo& info) {
    state.events.push_back({.kind = PanelEvent::Kind::Apply,
                            .request = info.id,
                            .image = info.image,
                            .texture = info.texture,
                            .width = info.width,
                            .height = info.height});
    for (Owned& owned : state.owned)
        if (owned.id == info.id) owned.is_handed = true;
    state.view.applied_at = state.ui.now();
}

void carry_out_apply(State& state) {
    if (!state.pending.request) return;
    const RequestInfo* info = state.service.find(state.pending.request);
    if (info && !is_final(info->state)) return;
    if (info && info->state == JobState::Ready) {
        hand_over(state, *info);
    } else {
        const char* why = info ? info->error.message.c_str() : "";
        show_notice(state, Tone::Bad, Line(text::kLoadFailedFormat, why));
    }
    state.pending = {};
}

}  // namespace

void own(State& state, RequestId id) {
    state.owned.push_back({.id = id, .used_at = state.ui.now()});
}

void dismiss(State& state, RequestId id) {
    if (Card* card = find_card(state, id)) card->is_hidden = true;
    for (Owned& owned : state.owned)
        if (owned.id == id) owned.is_dismissed = true;
}

void update_owned(State& state) {
    carry_out_apply(state);
    for (std::size_t i = state.owned.size(); i-- > 0;) {
        const RequestInfo* info = state.service.find(state.owned[i].id);
        const bool is_done = info && may_release(state, state.owned[i], *info);
        if (is_done) state.service.release(state.owned[i].id);
        // A request that was just submitted becomes visible with the next pump.
        const bool is_gone = !info && state.ui.now() - state.owned[i].used_at > 1;
        if (is_done || is_gone) state.owned.erase(state.owned.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

const RequestInfo* find_resident(const State& state, ImageId image) {
    for (const RequestInfo& info : state.service.requests())
        if (image && info.image == image && info.state == JobState::Ready && info.texture) return &info;
    return nullptr;
}

RequestId make_resident(State& state, ImageId image) {
    const RequestInfo* resident = find_resident(state, image);
    RequestId id = resident ? resident->id : RequestId{};
    for (Owned& owned : state.owned) {
        const RequestInfo* info = state.service.find(owned.id);
        if (!id && info && info->image == image && info->from_library && !is_final(info->state))
            id = owned.id;
        if (id == owned.id) owned.used_at = state.ui.now();
    }
    if (id) return id;
    id = state.service.load(image);
    own(state, id);
    return id;
}

void apply(State& state, ImageId image) {
    if (!image) return;
    const RequestInfo* resident = find_resident(state, image);
    if (resident) {
        hand_over(state, *resident);
        return;
    }
    state.pending = {.image = image, .request = make_resident(state, image)};
}

void release_all(State& state) {
    for (const Owned& owned : state.owned) {
        const RequestInfo* info = state.service.find(owned.id);
        if (!info || owned.is_handed) continue;
        // To release what is under way is to cancel it; a panel that goes is no reason for that.
        if (is_final(info->state) || info->from_library) state.service.release(owned.id);
    }
    state.owned.clear();
}

void set_in_use(State& state, std::span<const RequestId> requests, RequestId on_selection) {
    state.in_use.clear();
    for (RequestId id : requests)
        if (const RequestInfo* info = state.service.find(id)) state.in_use.push_back(info->image);
    const RequestInfo* selected = state.service.find(on_selection);
    state.on_selection = selected ? selected->image : ImageId{};
}

}  // namespace kontexture::panel
