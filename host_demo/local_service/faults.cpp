#include "faults.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace local_service {

namespace {

struct Row {
    Fault fault;
    std::string_view name;
    Endpoint endpoint;
    bool passes;
};

constexpr std::array kFaults{
    Row{Fault::ErrorInside200, "ErrorInside200", Endpoint::Generate, false},
    Row{Fault::HttpError, "HttpError", Endpoint::Generate, false},
    Row{Fault::RateLimitInside200, "RateLimitInside200", Endpoint::Generate, true},
    Row{Fault::RateLimitHttp, "RateLimitHttp", Endpoint::Generate, true},
    Row{Fault::DropAfterAccept, "DropAfterAccept", Endpoint::Generate, false},
    Row{Fault::DropBeforeAccept, "DropBeforeAccept", Endpoint::Generate, false},
    Row{Fault::Hang, "Hang", Endpoint::Generate, false},
    Row{Fault::EmptyBody, "EmptyBody", Endpoint::Generate, false},
    Row{Fault::Html403, "Html403", Endpoint::Generate, false},
    Row{Fault::NoContentType, "NoContentType", Endpoint::Generate, false},
    Row{Fault::ChineseMessage, "ChineseMessage", Endpoint::Generate, false},
    Row{Fault::RecordMissing, "RecordMissing", Endpoint::RecordInfo, true},
    Row{Fault::RecordNull, "RecordNull", Endpoint::RecordInfo, true},
    Row{Fault::UnknownFlag, "UnknownFlag", Endpoint::RecordInfo, true},
    Row{Fault::FlagAsString, "FlagAsString", Endpoint::RecordInfo, false},
    Row{Fault::ResponseAsString, "ResponseAsString", Endpoint::RecordInfo, false},
    Row{Fault::SuccessWithoutUrl, "SuccessWithoutUrl", Endpoint::RecordInfo, true},
    Row{Fault::TaskFails, "TaskFails", Endpoint::RecordInfo, false},
    Row{Fault::TaskRefused, "TaskRefused", Endpoint::RecordInfo, false},
    Row{Fault::UrlExpired, "UrlExpired", Endpoint::Result, false},
    Row{Fault::UrlForbidden, "UrlForbidden", Endpoint::Result, false},
    Row{Fault::Redirect, "Redirect", Endpoint::Result, false},
    Row{Fault::RedirectElsewhere, "RedirectElsewhere", Endpoint::Result, false},
    Row{Fault::TruncatedImage, "TruncatedImage", Endpoint::Result, false},
    Row{Fault::DamagedImage, "DamagedImage", Endpoint::Result, false},
    Row{Fault::SlowBody, "SlowBody", Endpoint::Result, false},
    Row{Fault::KeyInMessage, "KeyInMessage", Endpoint::Generate, false},
    Row{Fault::CallbackBeforeAnswer, "CallbackBeforeAnswer", Endpoint::Callback, false},
    Row{Fault::CallbackEarly, "CallbackEarly", Endpoint::Callback, false},
    Row{Fault::CallbackLate, "CallbackLate", Endpoint::Callback, false},
    Row{Fault::CallbackTwice, "CallbackTwice", Endpoint::Callback, false},
    Row{Fault::CallbackNever, "CallbackNever", Endpoint::Callback, false},
    Row{Fault::CallbackWrongSignature, "CallbackWrongSignature", Endpoint::Callback, false},
    Row{Fault::CallbackOldTime, "CallbackOldTime", Endpoint::Callback, false},
    Row{Fault::CallbackUnsigned, "CallbackUnsigned", Endpoint::Callback, false},
    Row{Fault::CallbackOtherTask, "CallbackOtherTask", Endpoint::Callback, false},
    Row{Fault::CallbackHuge, "CallbackHuge", Endpoint::Callback, false},
};

constexpr std::array<std::pair<Endpoint, std::string_view>, 6> kEndpoints{{
    {Endpoint::Generate, "Generate"},
    {Endpoint::RecordInfo, "RecordInfo"},
    {Endpoint::Upload, "Upload"},
    {Endpoint::Credits, "Credits"},
    {Endpoint::Result, "Result"},
    {Endpoint::Callback, "Callback"},
}};

const Row& row_of(Fault fault) {
    return *std::find_if(kFaults.begin(), kFaults.end(), [&](const Row& r) { return r.fault == fault; });
}

std::optional<BoundFault> read_marker(std::string_view text) {
    BoundFault bound;
    std::optional<Endpoint> endpoint;
    if (auto dot = text.find('.'); dot != std::string_view::npos) {
        endpoint = endpoint_named(text.substr(0, dot));
        if (!endpoint) return std::nullopt;
        text.remove_prefix(dot + 1);
    }
    if (auto colon = text.find(':'); colon != std::string_view::npos) {
        std::string_view number = text.substr(colon + 1);
        std::from_chars(number.data(), number.data() + number.size(), bound.met.code);
        text = text.substr(0, colon);
    }
    auto fault = fault_named(text);
    if (!fault) return std::nullopt;
    bound.met.fault = *fault;
    bound.endpoint = endpoint.value_or(natural_endpoint(*fault));
    return bound;
}

}  // namespace

std::string_view fault_name(Fault fault) {
    return row_of(fault).name;
}

std::optional<Fault> fault_named(std::string_view name) {
    for (const Row& row : kFaults)
        if (row.name == name) return row.fault;
    return std::nullopt;
}

std::optional<Endpoint> endpoint_named(std::string_view name) {
    for (const auto& [endpoint, known] : kEndpoints)
        if (known == name) return endpoint;
    return std::nullopt;
}

std::string_view endpoint_name(Endpoint endpoint) {
    for (const auto& [known, name] : kEndpoints)
        if (known == endpoint) return name;
    return {};
}

Endpoint natural_endpoint(Fault fault) {
    return row_of(fault).endpoint;
}

bool passes(Fault fault) {
    return row_of(fault).passes;
}

std::vector<BoundFault> cut_faults(std::string& prompt) {
    constexpr std::string_view kOpen = "{fault:";
    std::vector<BoundFault> found;
    for (std::size_t at = prompt.find(kOpen); at != std::string::npos; at = prompt.find(kOpen, at)) {
        const std::size_t end = prompt.find('}', at);
        if (end == std::string::npos) break;
        const std::string_view inner =
            std::string_view(prompt).substr(at + kOpen.size(), end - at - kOpen.size());
        if (auto bound = read_marker(inner)) found.push_back(*bound);
        prompt.erase(at, end + 1 - at);
    }
    while (!prompt.empty() && prompt.back() == ' ') prompt.pop_back();
    return found;
}

void FaultBox::inject(Endpoint endpoint, Fault fault, int count, int code) {
    std::lock_guard lock(mutex_);
    injected_[endpoint].push_back({{fault, code}, count});
}

void FaultBox::set_rate(Endpoint endpoint, Fault fault, double probability, int code) {
    std::lock_guard lock(mutex_);
    if (probability <= 0) {
        rated_[endpoint].erase(fault);
    } else {
        rated_[endpoint][fault] = {{fault, code}, probability};
    }
}

void FaultBox::clear() {
    std::lock_guard lock(mutex_);
    injected_.clear();
    rated_.clear();
}

std::optional<FaultMet> FaultBox::take(Endpoint endpoint) {
    std::lock_guard lock(mutex_);
    auto& waiting = injected_[endpoint];
    while (!waiting.empty() && waiting.front().left <= 0) waiting.erase(waiting.begin());
    if (!waiting.empty()) {
        --waiting.front().left;
        return waiting.front().met;
    }
    for (const auto& [fault, rated] : rated_[endpoint])
        if (std::uniform_real_distribution<double>(0, 1)(random_) < rated.probability) return rated.met;
    return std::nullopt;
}

}  // namespace local_service
