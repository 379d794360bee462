#include "panel/probe.h"
#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>
#include <cmath>

namespace kontexture::panel {
namespace {

using Clock = std::chrono::system_clock;

std::chrono::milliseconds since(Clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - time);
}

const char* state_words(const RequestInfo& info) {
    switch (info.state) {
        case JobState::Queued: return text::kQueued;
        case JobState::Preparing: return text::kPreparing;
        case JobState::Submitting: return text::kSubmitting;
        case JobState::Generating: return text::kGenerating;
        case JobState::Downloading: return text::kDownloading;
        case JobState::Decoding: return text::kDecoding;
        case JobState::Delivering: return text::kDelivering;
        case JobState::Ready: return info.reused ? text::kReused : text::kReady;
        case JobState::Failed: return text::kFailed;
        case JobState::Cancelled: return text::kCancelled;
        case JobState::OutcomeUnknown: return text::kUnknown;
    }
    return "";
}

Line waiting_line(const RequestInfo& info) {
    const bool has_time = info.waits_until > Clock::now();
    const Line left = duration_text(has_time ? -since(info.waits_until) + std::chrono::milliseconds(499)
                                             : std::chrono::milliseconds(0));
    switch (info.waiting) {
        case WaitReason::None: return Line("%s", state_words(info));
        case WaitReason::Turn: return Line("%s", text::kWaitTurn);
        case WaitReason::RateLimit:
            return has_time ? Line(text::kWaitRateFormat, left.c_str()) : Line("%s", text::kWaitRate);
        case WaitReason::Resume: return Line("%s", text::kWaitResume);
        case WaitReason::Retry:
            return has_time ? Line(text::kWaitRetryFormat, left.c_str()) : Line("%s", text::kWaitRetry);
        case WaitReason::Identical: return Line("%s", text::kWaitIdentical);
        case WaitReason::Check: return Line("%s", text::kWaitCheck);
    }
    return Line("%s", "");
}

Line generating_line(const RequestInfo& info) {
    const auto elapsed = since(info.submitted_at);
    const Line spent = duration_text(elapsed);
    if (info.typical_duration.count() <= 0)
        return Line(text::kElapsedFormat, text::kGenerating, spent.c_str());
    const char* format =
        elapsed > info.typical_duration ? text::kElapsedLongFormat : text::kElapsedTypicalFormat;
    return Line(format, text::kGenerating, spent.c_str(), duration_text(info.typical_duration).c_str());
}

Line download_line(const RequestInfo& info) {
    const Line got = bytes_text(info.bytes_received);
    if (info.bytes_total == 0) return Line(text::kBytesFormat, text::kDownloading, got.c_str());
    return Line(text::kBytesOfFormat, text::kDownloading, got.c_str(), bytes_text(info.bytes_total).c_str());
}

Line state_line(const RequestInfo& info) {
    if (info.waiting != WaitReason::None) return waiting_line(info);
    if (info.cancel_requested && !is_final(info.state)) return Line("%s", text::kCancelPending);
    if (info.state == JobState::Generating && info.submitted_at != Clock::time_point{})
        return generating_line(info);
    if (info.state == JobState::Downloading && info.bytes_received > 0) return download_line(info);
    return Line("%s", state_words(info));
}

bool is_moving(const RequestInfo& info) {
    return !is_final(info.state) && info.state != JobState::Queued &&
           info.state != JobState::OutcomeUnknown && info.waiting == WaitReason::None;
}

// Only what is known: bytes, rows, or time against the usual time. Past the usual time the bar says nothing
// more.
std::optional<float> known_fraction(const RequestInfo& info) {
    if (info.state == JobState::Downloading && info.bytes_total > 0)
        return static_cast<float>(info.bytes_received) / static_cast<float>(info.bytes_total);
    if (info.state == JobState::Delivering) return info.delivered;
    if (info.state != JobState::Generating || info.typical_duration.count() <= 0) return std::nullopt;
    const float part = static_cast<float>(since(info.submitted_at).count()) /
                       static_cast<float>(info.typical_duration.count());
    return part < 1 ? std::optional<float>(part) : std::nullopt;
}

bool is_being_checked(const RequestInfo& info) {
    return info.state == JobState::OutcomeUnknown && info.waiting == WaitReason::Check;
}

Tone tone_of(const RequestInfo& info) {
    if (is_being_checked(info)) return Tone::Accent;
    if (info.state == JobState::Failed) return Tone::Bad;
    if (info.state == JobState::OutcomeUnknown || info.waiting == WaitReason::Retry) return Tone::Warn;
    return Tone::Neutral;
}

Icon icon_of(const RequestInfo& info) {
    switch (tone_of(info)) {
        case Tone::Bad:
        case Tone::Warn: return Icon::Warning;
        case Tone::Neutral:
        case Tone::Accent:
        case Tone::Good: break;
    }
    if (info.state == JobState::Ready) return Icon::Check;
    return info.waiting == WaitReason::None ? Icon::Picture : Icon::Clock;
}

void draw_picture(State& state, const RequestInfo& info, const Rect& rect) {
    Ui& ui = state.ui;
    ui.fill(rect, ui.theme().field, ui.theme().rounding);
    const ImageId input = info.request.input.library_image();
    if (input && !is_final(info.state)) {
        const LibraryEntry* entry = find_entry(state, input);
        return draw_thumbnail(state, input, entry ? entry->width : 1, entry ? entry->height : 1, rect);
    }
    const Tone tone = info.state == JobState::Ready ? Tone::Good : tone_of(info);
    ui.icon_at(icon_of(info), rect.center(), ui.em(1.1f), ui.theme().of(tone));
}

void draw_corner(State& state, const RequestInfo& info, ImVec2 at) {
    Ui& ui = state.ui;
    const std::uint64_t key = info.id.value;
    ImGui::SetCursorScreenPos(at);
    const bool is_reused = info.state == JobState::Ready && info.reused;
    if (info.state == JobState::Failed || is_reused) {
        if (ui.icon_button(
                {.name = "dismiss", .tip = text::kDismissCardTip, .key = key, .icon = Icon::Close}))
            dismiss(state, info.id);
        return;
    }
    if (is_final(info.state) || info.state == JobState::OutcomeUnknown || info.cancel_requested) return;
    const bool is_paid = info.submitted_at != Clock::time_point{} || info.state == JobState::Submitting;
    const char* tip = is_paid ? text::kCancelPaidTip : text::kCancelFreeTip;
    if (ui.icon_button({.name = "cancel", .tip = tip, .key = key, .icon = Icon::Close}))
        state.service.cancel(info.id);
}

// The one address that helps with this error, or nothing.
const std::string* helpful_page(const Capabilities& capabilities, ErrorCode code, const char** label) {
    const std::string* page = nullptr;
    if (code == ErrorCode::Unauthorized || code == ErrorCode::KeyLimit) {
        *label = text::kKeyPage;
        page = &capabilities.key_page;
    } else if (code == ErrorCode::InsufficientCredits) {
        *label = text::kTopUpPage;
        page = &capabilities.top_up_page;
    } else if (code == ErrorCode::OutcomeUnknown) {
        *label = text::kTaskLogPage;
        page = &capabilities.task_log_page;
    }
    return page && !page->empty() ? page : nullptr;
}

bool is_prompt_at_fault(ErrorCode code) {
    return code == ErrorCode::Moderated || code == ErrorCode::Rejected ||
           code == ErrorCode::InvalidArgument || code == ErrorCode::InputUnreadable ||
           code == ErrorCode::InputUnfetched;
}

void draw_page_button(State& state, const RequestInfo& info, ErrorCode code) {
    Ui& ui = state.ui;
    const char* label = "";
    const std::string* page = helpful_page(state.service.capabilities(), code, &label);
    if (!page) return;
    const Control control{
        .name = "page", .label = label, .tip = page->c_str(), .key = info.id.value, .icon = Icon::Link};
    ui.flow(ui.button_width(control));
    if (ui.button(control)) copy_address(state, *page);
}

// What a person may pay by pressing it.
Line retry_line(const RequestInfo& info) {
    if (info.from_library || info.estimated_credits <= 0) return Line("%s", text::kRetry);
    const Line price = credits_text(info.estimated_credits);
    return Line(info.task_id.empty() ? text::kRetryPaidFormat : text::kRetryMaybeFormat, price.c_str());
}

// The message has the numbers.
void draw_raise_limit(State& state, const RequestInfo& info) {
    if (info.error.code != ErrorCode::SpendLimit) return;
    Ui& ui = state.ui;
    const Control raise{
        .name = "raise_limit", .label = text::kRaiseLimit, .tip = text::kRaiseLimitTip, .key = info.id.value};
    if (ui.button(raise)) {
        const Limit passed = passed_limit(state, info.estimated_credits);
        open_spending(state, passed == Limit::None ? Limit::Session : passed);
    }
    ui.flow(ui.button_width({.label = retry_line(info).c_str(), .icon = Icon::Refresh}));
}

void draw_failure(State& state, const RequestInfo& info) {
    Ui& ui = state.ui;
    ui.wrapped(info.error.message, blend(ui.theme().bad, ui.theme().text, 0.6f));
    const std::uint64_t key = info.id.value;
    if (is_prompt_at_fault(info.error.code)) {
        if (ui.button({.name = "edit_prompt",
                       .label = text::kEditPrompt,
                       .tip = text::kEditPromptTip,
                       .key = key})) {
            set_request(state, info.request);
            state.form.wants_focus = true;
            dismiss(state, info.id);
        }
    } else {
        const Line label = retry_line(info);
        draw_raise_limit(state, info);
        if (ui.button({.name = "retry",
                       .label = label.c_str(),
                       .tip = text::kRetryTip,
                       .key = key,
                       .icon = Icon::Refresh}))
            state.service.retry(info.id);
    }
    draw_page_button(state, info, info.error.code);
}

void draw_send_again(State& state, Card& card, const RequestInfo& info) {
    Ui& ui = state.ui;
    const std::uint64_t key = info.id.value;
    ui.message(Tone::Warn, text::kSendAgainAsk);
    const Line label(text::kSendAgainYesFormat, credits_text(info.estimated_credits).c_str());
    const Control yes{
        .name = "send_again.yes", .label = label.c_str(), .tip = text::kSendAgainTip, .key = key};
    const Control no{
        .name = "send_again.no", .label = text::kSendAgainNo, .tip = text::kSendAgainNoTip, .key = key};
    if (ui.button(yes)) {
        state.service.resolve(info.id, Resolution::SendAgain);
        card.asks_again = false;
    }
    ui.flow(ui.button_width(no));
    if (ui.button(no)) card.asks_again = false;
}

/// How the account's balance moved across the paid call, and what that means.
struct BalanceNews {
    const char* name;  ///< for a Probe
    Tone tone = Tone::Neutral;
    Line words;
};

BalanceNews balance_news(const RequestInfo& info) {
    constexpr double kRounding = 1e-6;
    constexpr auto kAskedFor = std::chrono::seconds(30);
    if (!info.balance_change && since(info.submitted_at) < kAskedFor)
        return {"balance.asked", Tone::Neutral, Line("%s", text::kBalanceAsked)};
    if (!info.balance_change) return {"balance.not_known", Tone::Neutral, Line("%s", text::kBalanceUnknown)};
    const double change = *info.balance_change;
    const double price = info.estimated_credits;
    if (std::abs(change) < kRounding) return {"balance.same", Tone::Good, Line("%s", text::kBalanceSame)};
    if (price > 0 && change <= -price + kRounding)
        return {"balance.fell", Tone::Warn, Line(text::kBalanceFellFormat, credits_text(-change).c_str())};
    return {"balance.moved", Tone::Neutral,
            Line(text::kBalanceMovedFormat, change, credits_text(price).c_str())};
}

void draw_balance(State& state, const RequestInfo& info) {
    // What an earlier run learned is in the message.
    const bool is_told = info.restored && !info.balance_change;
    if (!state.service.capabilities().credits_query || is_told) return;
    const BalanceNews news = balance_news(info);
    state.ui.message(news.tone, news.words);
    state.ui.tip(news.name, info.id.value, info.error.message);
    probe_item(news.name, info.id.value);
}

void draw_choices(State& state, Card& card, const RequestInfo& info) {
    Ui& ui = state.ui;
    const std::uint64_t key = info.id.value;
    const Control wait{.name = "wait", .label = text::kWait, .tip = text::kWaitTip, .key = key};
    const Control again{
        .name = "send_again", .label = text::kSendAgain, .tip = text::kSendAgainTip, .key = key};
    const Control discard{.name = "discard", .label = text::kDiscard, .tip = text::kDiscardTip, .key = key};
    if (ui.button(wait)) {
        state.service.resolve(info.id, Resolution::Wait);
        card.is_waiting = true;
    }
    ui.flow(ui.button_width(again));
    if (ui.button(again)) card.asks_again = true;
    ui.flow(ui.button_width(discard));
    if (ui.button(discard)) state.service.resolve(info.id, Resolution::Discard);
}

void draw_unknown(State& state, Card& card, const RequestInfo& info) {
    Ui& ui = state.ui;
    const bool is_checked = is_being_checked(info);
    const bool has_time = info.submitted_at != Clock::time_point{};
    if (has_time)
        ui.wrapped(Line(text::kUnknownFormat, clock_text(info.submitted_at).c_str(),
                        duration_text(since(info.submitted_at)).c_str(),
                        credits_text(info.estimated_credits).c_str()),
                   ui.theme().text);
    // Once known, the message says the same as the balance's own line.
    if (has_time && (info.balance_change || is_checked))
        ui.tip("unknown", info.id.value, info.error.message);
    else if (!info.error.message.empty())
        ui.wrapped(info.error.message, ui.theme().dim);
    if (is_checked) {
        ui.wrapped(text::kCheckHint, ui.theme().dim);
        return ui.progress(std::nullopt, Tone::Accent);
    }
    draw_balance(state, info);
    if (card.asks_again) return draw_send_again(state, card, info);
    draw_choices(state, card, info);
    draw_page_button(state, info, ErrorCode::OutcomeUnknown);
    if (card.is_waiting) ui.message(Tone::Neutral, text::kUnknownSince);
}

void draw_reused(State& state, const RequestInfo& info) {
    Ui& ui = state.ui;
    const RequestId id = info.id;
    const std::uint64_t key = id.value;
    if (ui.button({.name = "use_it", .label = text::kUseIt, .tip = text::kUseItTip, .key = key})) {
        apply(state, info.image);
        dismiss(state, id);
    }
    // The pixels that were edited are not at hand any more.
    if (info.request.input.kind() == InputImage::Kind::Pixels) return;
    const Line label(text::kMakeAnotherFormat, credits_text(info.estimated_credits).c_str());
    const Control another{
        .name = "make_another", .label = label.c_str(), .tip = text::kMakeAnotherTip, .key = key};
    ui.flow(ui.button_width(another));
    if (!ui.button(another)) return;
    make_another(state, info);
    dismiss(state, id);
}

void draw_body(State& state, Card& card, const RequestInfo& info, float left) {
    Ui& ui = state.ui;
    if (info.state == JobState::Failed) return draw_failure(state, info);
    if (info.state == JobState::OutcomeUnknown) return draw_unknown(state, card, info);
    if (info.state == JobState::Ready && info.reused) return draw_reused(state, info);
    if (info.waiting == WaitReason::Retry && !info.error.message.empty())
        ui.wrapped(info.error.message, ui.theme().dim);
    if (info.waiting == WaitReason::Resume) {
        const Line label(text::kResumeFormat, credits_text(info.estimated_credits).c_str());
        const Control resume{
            .name = "resume", .label = label.c_str(), .tip = text::kResumeTip, .key = info.id.value};
        ImGui::SetCursorScreenPos({left, ImGui::GetCursorScreenPos().y});
        if (ui.button(resume)) state.service.resume(info.id);
    }
    if (is_moving(info)) ui.progress(known_fraction(info), Tone::Accent);
}

}  // namespace

void draw_card(State& state, Card& card, const RequestInfo& info) {
    Ui& ui = state.ui;
    ui.begin_card(tone_of(info));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float right = at.x + ui.width();
    const float line_height = ImGui::GetTextLineHeight();
    const float side = 2 * line_height + ui.em(0.25f);
    const float left = at.x + side + ui.em(0.7f);
    draw_picture(state, info, {at, {at.x + side, at.y + side}});
    draw_corner(state, info, {right - ui.frame_height(), at.y - ui.em(0.2f)});
    ImGui::SetCursorScreenPos({left, at.y});
    const float title_width = right - left - ui.frame_height() - ui.em(0.3f);
    const std::string& title = info.request.label.empty() ? info.request.prompt : info.request.label;
    ui.line(title, ui.theme().text, title_width);
    ImGui::SetCursorScreenPos({left, at.y + line_height + ui.em(0.25f)});
    const Tone tone = tone_of(info);
    const ImVec4 ink =
        tone == Tone::Neutral ? ui.theme().dim : blend(ui.theme().of(tone), ui.theme().text, 0.4f);
    ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + right - left);
    ui.text(state_line(info), ink);
    ImGui::PopTextWrapPos();
    draw_body(state, card, info, left);
    card.height = ui.end_card().height();
}

}  // namespace kontexture::panel
