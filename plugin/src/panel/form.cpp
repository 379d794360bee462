#include "panel/state.h"
#include "panel/strings.h"

#include <algorithm>

namespace kontexture::panel {
namespace {

constexpr double kNoticeSeconds = 8;

const IntRange& tolerance_range(const Capabilities& capabilities, bool is_edit) {
    return is_edit ? capabilities.safety_tolerance_edit : capabilities.safety_tolerance_new;
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

void set_prompt(State& state, std::string_view prompt) {
    state.form.prompt.assign(prompt);
    state.form.request.prompt = state.form.prompt.raw();
    state.form.needs_wrap = true;
    state.form.is_prompt_replaced = true;
}

void set_mode(State& state, bool is_edit) {
    Form& form = state.form;
    if (form.is_edit == is_edit) return;
    form.is_edit = is_edit;
    std::swap(form.set_aside, form.request.input);
    form.submit_error.clear();
    std::optional<int>& tolerance = form.request.safety_tolerance;
    const IntRange& range = tolerance_range(state.service.capabilities(), is_edit);
    if (tolerance) tolerance = std::clamp(*tolerance, range.min, range.max);
}

void set_input(State& state, InputImage input) {
    set_mode(state, static_cast<bool>(input));
    state.form.request.input = std::move(input);
    state.form.source.clear();
    state.form.source_error.clear();
}

void set_request(State& state, const TextureRequest& request) {
    set_input(state, request.input);
    state.form.request = request;
    state.form.submit_error.clear();
    set_prompt(state, request.prompt);
}

std::optional<Line> blocked_reason(const State& state) {
    const Form& form = state.form;
    const Capabilities& capabilities = state.service.capabilities();
    const Account& account = state.service.account();
    if (!account.key_present) return Line("%s", text::kBlockedKey);
    if (form.is_edit && !form.request.input) return Line("%s", text::kBlockedInput);
    if (is_blank(form.request.prompt)) return Line("%s", text::kBlockedPrompt);
    if (capabilities.max_prompt_bytes > 0 && form.request.prompt.size() > capabilities.max_prompt_bytes)
        return Line("%s", text::kBlockedTooLong);
    // What is reused is free; only the library knows whether it has it.
    if (form.request.reuse == Reuse::IfIdentical) return std::nullopt;
    switch (passed_limit(state, state.service.estimate(form.request) * form.count)) {
        case Limit::None: break;
        case Limit::Session:
            return Line(text::kBlockedLimitFormat, credits_text(account.spent + account.reserved).c_str(),
                        credits_text(*account.limit).c_str());
        case Limit::Day:
            return Line(text::kBlockedDayFormat,
                        credits_text(account.spent_last_day + account.reserved).c_str(),
                        credits_text(*account.limit_per_day).c_str());
    }
    return std::nullopt;
}

Limit passed_limit(const State& state, double credits) {
    // Sums of prices like 0.1 are not exact.
    constexpr double kRounding = 1e-9;
    const Account& account = state.service.account();
    const double wanted = account.reserved + credits - kRounding;
    if (account.limit && account.spent + wanted > *account.limit) return Limit::Session;
    if (account.limit_per_day && account.spent_last_day + wanted > *account.limit_per_day) return Limit::Day;
    return Limit::None;
}

int wanted_pictures(const Form& form) {
    return form.request.reuse == Reuse::IfIdentical ? 1 : form.count;
}

void generate(State& state) {
    if (blocked_reason(state)) return;
    state.form.submit_error.clear();
    for (int i = wanted_pictures(state.form); i > 0; --i) {
        Result<RequestId> id = state.service.submit(state.form.request);
        if (!id) {
            state.form.submit_error = id.error().message;
            return;
        }
        own(state, *id);
    }
}

void make_another(State& state, const RequestInfo& info) {
    TextureRequest request = info.request;
    request.reuse = Reuse::Never;
    Result<RequestId> id = state.service.submit(std::move(request));
    if (id)
        own(state, *id);
    else
        show_notice(state, Tone::Bad, id.error().message);
}

void show_notice(State& state, Tone tone, std::string_view text) {
    state.notice.assign(text);
    state.notice_tone = tone;
    state.notice_until = state.ui.now() + kNoticeSeconds;
}

void copy_address(State& state, const std::string& address) {
    ImGui::SetClipboardText(address.c_str());
    show_notice(state, Tone::Good, Line(text::kCopiedFormat, address.c_str()));
}

const char* model_name(const Capabilities& capabilities, std::string_view id) {
    for (const Capabilities::Model& model : capabilities.models)
        if (model.id == id || id.empty()) return model.name.c_str();
    return "";
}

}  // namespace kontexture::panel
