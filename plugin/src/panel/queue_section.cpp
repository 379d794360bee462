#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>
#include <array>

namespace kontexture::panel {
namespace {

constexpr std::size_t kShortQueue = 6;
// Cards stand side by side when each can be this many font heights wide.
constexpr float kCardWidth = 22;
constexpr std::size_t kMostColumns = 4;
constexpr double kReadyHold = 0.6;
constexpr double kReusedHold = 12;
constexpr double kCancelledHold = 1.5;
constexpr double kCollapse = 0.35;
constexpr float kSettle = 14;  // a second: how fast the queue gives its room back

bool is_owned(const State& state, RequestId id) {
    return std::any_of(state.owned.begin(), state.owned.end(), [id](const Owned& o) { return o.id == id; });
}

Card& card_of(State& state, const RequestInfo& info) {
    for (Card& card : state.cards)
        if (card.id == info.id) return card;
    Card card{.id = info.id};
    // What was already over before the panel saw it is no news, unless a person just asked for it here.
    card.is_hidden = is_final(info.state) && info.state != JobState::Failed && !is_owned(state, info.id);
    state.cards.push_back(card);
    return state.cards.back();
}

double hold_of(const RequestInfo& info) {
    if (info.state == JobState::Cancelled) return kCancelledHold;
    return info.reused ? kReusedHold : kReadyHold;
}

void follow(State& state, Card& card, const RequestInfo& info) {
    const bool is_over = info.state == JobState::Ready || info.state == JobState::Cancelled;
    if (!is_over) {
        card.ended_at = -1;
        return;
    }
    if (card.ended_at < 0) {
        card.ended_at = state.ui.now();
        if (info.state == JobState::Ready && !card.is_hidden)
            state.results.arrivals.push_back({info.image, state.ui.now()});
    }
    if (state.ui.now() - card.ended_at > hold_of(info) + kCollapse) card.is_hidden = true;
}

bool needs_attention(const RequestInfo& info) {
    return info.state == JobState::Failed || info.state == JobState::OutcomeUnknown;
}

// Newest first; what needs a person's decision comes before.
void sync_cards(State& state) {
    std::erase_if(state.cards, [&](const Card& card) { return !state.service.find(card.id); });
    state.card_order.clear();
    const std::span<const RequestInfo> requests = state.service.requests();
    for (const bool wants_attention : {true, false})
        for (std::size_t i = requests.size(); i-- > 0;) {
            if (requests[i].from_library || needs_attention(requests[i]) != wants_attention) continue;
            Card& card = card_of(state, requests[i]);
            follow(state, card, requests[i]);
            if (!card.is_hidden) state.card_order.push_back(i);
        }
}

float remaining_height(const State& state, const Card& card, const RequestInfo& info) {
    if (card.ended_at < 0) return 1;
    const double over = state.ui.now() - card.ended_at - hold_of(info);
    const auto part = static_cast<float>(std::clamp(over / kCollapse, 0.0, 1.0));
    return 1 - part * part * (3 - 2 * part);
}

// The heading goes with the last card.
float remaining_queue(State& state) {
    float remaining = 0;
    for (std::size_t i : state.card_order) {
        const RequestInfo& info = state.service.requests()[i];
        remaining = std::max(remaining, remaining_height(state, card_of(state, info), info));
    }
    return remaining;
}

// A finished card gives its room back smoothly, so that the results below do not jump.
void draw_collapsing(State& state, const Card& card, float remaining) {
    Ui& ui = state.ui;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = (card.height + ImGui::GetStyle().ItemSpacing.y) * remaining;
    const float body = std::max(1.0f, std::min(height, card.height));
    const Rect rect{at, {at.x + ui.width(), at.y + body}};
    ui.fill(rect, with_alpha(ui.theme().card, remaining), ui.em(0.5f));
    ImGui::Dummy({rect.width(), std::max(1.0f, height - ImGui::GetStyle().ItemSpacing.y)});
}

void draw_entry(State& state, const RequestInfo& info) {
    Card& card = card_of(state, info);
    const float remaining = remaining_height(state, card, info);
    if (remaining < 1) return draw_collapsing(state, card, remaining);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool is_visible = ImGui::IsRectVisible(at, {at.x + state.ui.width(), at.y + card.height});
    if (card.height > 0 && !is_visible) {
        ImGui::Dummy({state.ui.width(), card.height});
        return;
    }
    ImGui::PushID(static_cast<int>(info.id.value));
    draw_card(state, card, info);
    ImGui::PopID();
}

// Each card goes below the shortest column.
void draw_cards(State& state, std::size_t shown) {
    Ui& ui = state.ui;
    const float gap = ui.spacing();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const auto fitting = static_cast<std::size_t>((ui.width() + gap) / (ui.em(kCardWidth) + gap));
    const std::size_t columns = std::clamp<std::size_t>(fitting, 1, kMostColumns);
    const auto count = static_cast<float>(columns);
    const float width = (ui.width() - gap * (count - 1)) / count;
    std::array<float, kMostColumns> bottoms;
    bottoms.fill(at.y);
    for (std::size_t i = 0; i < shown; ++i) {
        float* bottom = std::min_element(bottoms.data(), bottoms.data() + columns);
        const auto column = static_cast<float>(bottom - bottoms.data());
        ImGui::SetCursorScreenPos({at.x + column * (width + gap), *bottom});
        ui.begin_region(width);
        draw_entry(state, state.service.requests()[state.card_order[i]]);
        ui.end_region();
        *bottom = ImGui::GetCursorScreenPos().y;
    }
    const float end = *std::max_element(bottoms.data(), bottoms.data() + columns);
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({1, std::max(1.0f, end - at.y - ImGui::GetStyle().ItemSpacing.y)});
}

struct Tally {
    int running = 0;
    int waiting = 0;
    int trouble = 0;
    int held = 0;  ///< of those that wait: for a person
    double held_credits = 0;
};

Tally count_requests(const State& state) {
    Tally tally;
    for (std::size_t i : state.card_order) {
        const RequestInfo& info = state.service.requests()[i];
        if (info.waiting == WaitReason::Check) {
            ++tally.running;
        } else if (needs_attention(info)) {
            ++tally.trouble;
        } else if (info.waiting != WaitReason::None || info.state == JobState::Queued) {
            ++tally.waiting;
        } else if (!is_final(info.state)) {
            ++tally.running;
        }
        if (info.waiting != WaitReason::Resume) continue;
        ++tally.held;
        tally.held_credits += info.estimated_credits;
    }
    return tally;
}

void draw_count(Ui& ui, const char* format, int count, const ImVec4& ink) {
    if (count == 0) return;
    const Line words(format, count);
    ui.flow(ui.text_width(words));
    ImGui::AlignTextToFramePadding();
    ui.text(words, blend(ink, ui.theme().text, 0.25f));
}

void draw_queue_header(State& state) {
    Ui& ui = state.ui;
    const Tally tally = count_requests(state);
    ui.heading(text::kQueue);
    draw_count(ui, text::kCountTroubleFormat, tally.trouble, ui.theme().warn);
    draw_count(ui, text::kCountRunningFormat, tally.running, ui.theme().accent);
    draw_count(ui, text::kCountWaitingFormat, tally.waiting, ui.theme().dim);
    if (tally.held < 2) return;
    const Line label(text::kResumeAllFormat, tally.held, credits_text(tally.held_credits).c_str());
    const Control resume{.name = "resume.all", .label = label.c_str(), .tip = text::kResumeAllTip};
    ui.flow(ui.button_width(resume));
    ui.align_right(ui.button_width(resume));
    if (ui.button(resume)) state.service.resume_all();
}

void draw_cards_and_header(State& state) {
    Ui& ui = state.ui;
    const float remaining = remaining_queue(state);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (remaining < 1) {
        const float height = state.queue_header_height * remaining - ImGui::GetStyle().ItemSpacing.y;
        ImGui::Dummy({1, std::max(1.0f, height)});
    } else {
        ui.gap(0.2f);
        draw_queue_header(state);
        state.queue_header_height = ImGui::GetCursorScreenPos().y - at.y;
    }
    const std::size_t count = state.card_order.size();
    const std::size_t shown = state.is_queue_expanded ? count : std::min(count, kShortQueue);
    draw_cards(state, shown);
    if (count <= kShortQueue) return;
    const Line all(text::kShowAllFormat, static_cast<int>(count));
    const char* label = state.is_queue_expanded ? text::kShowFewer : all.c_str();
    if (ui.button({.name = "queue.all", .label = label, .tip = text::kShowAllTip, .kind = ButtonKind::Quiet}))
        state.is_queue_expanded = !state.is_queue_expanded;
}

}  // namespace

void draw_queue(State& state) {
    sync_cards(state);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (!state.card_order.empty()) draw_cards_and_header(state);
    const float used = ImGui::GetCursorScreenPos().y - at.y;
    if (!is_aiming(state)) {
        const float part = std::min(1.0f, kSettle * ImGui::GetIO().DeltaTime);
        state.queue_height -= (state.queue_height - used) * part;
    }
    if (state.queue_height < used + 1) state.queue_height = used;
    ImGui::SetCursorScreenPos({at.x, at.y + state.queue_height});
}

}  // namespace kontexture::panel
