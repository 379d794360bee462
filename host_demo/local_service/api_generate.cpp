// generate, record-info, credits, and the threads that paint what was accepted.
#include <algorithm>
#include <array>
#include <string_view>

#include "connections.h"
#include "picture_file.h"
#include "service_impl.h"

namespace local_service {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 6> kRatios{"21:9", "16:9", "4:3", "1:1", "3:4", "9:16"};
constexpr std::array<std::string_view, 2> kFormats{"jpeg", "png"};
constexpr std::array<std::string_view, 2> kModels{"flux-kontext-pro", "flux-kontext-max"};
constexpr std::chrono::seconds kWindow{10};

bool given(const json& body, const char* name) {
    return body.contains(name) && !body[name].is_null();
}

std::string text_of(const json& body, const char* name, const char* otherwise = "") {
    return given(body, name) && body[name].is_string() ? body[name].get<std::string>() : otherwise;
}

template <std::size_t N>
bool one_of(const json& body, const char* name, const std::array<std::string_view, N>& allowed) {
    if (!given(body, name)) return true;
    if (!body[name].is_string()) return false;
    const std::string value = body[name];
    return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

bool is_web_url(const std::string& url) {
    return url.rfind("http://", 0) == 0 || url.rfind("https://", 0) == 0;
}

std::uint64_t hash_text(std::string_view text) {
    std::uint64_t hash = 1469598103934665603ULL;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash;
}

const FaultMet* bound_to(const Task& task, Endpoint endpoint) {
    for (const BoundFault& bound : task.faults)
        if (bound.endpoint == endpoint) return &bound.met;
    return nullptr;
}

}  // namespace

std::optional<Reply> LocalService::Impl::check_generate(const json& body) const {
    const auto wrong = [](const std::string& message) { return envelope(422, message); };
    if (!body.is_object()) return wrong("The request body must be a JSON object");
    if (text_of(body, "prompt").empty()) return wrong("prompt is required");
    if (!one_of(body, "aspectRatio", kRatios)) return wrong("aspectRatio is not one of the allowed values");
    if (!one_of(body, "outputFormat", kFormats)) return wrong("outputFormat must be jpeg or png");
    if (!one_of(body, "model", kModels)) return wrong("model is not supported");
    for (const char* flag : {"enableTranslation", "promptUpsampling", "uploadCn"})
        if (given(body, flag) && !body[flag].is_boolean())
            return wrong(std::string(flag) + " must be a boolean");
    for (const char* text : {"inputImage", "callBackUrl", "watermark"})
        if (given(body, text) && !body[text].is_string())
            return wrong(std::string(text) + " must be a string");
    if (given(body, "callBackUrl") && !is_web_url(text_of(body, "callBackUrl")))
        return wrong("callBackUrl must be an http(s) URL");

    const std::string input = text_of(body, "inputImage");
    const bool edit = !input.empty();
    if (given(body, "safetyTolerance")) {
        const json& value = body["safetyTolerance"];
        if (!value.is_number_integer()) return wrong("safetyTolerance must be an integer");
        const auto tolerance = value.get<std::int64_t>();
        if (tolerance < 0 || tolerance > (edit ? 2 : 6))
            return envelope(500, std::string("The security tolerance level is out of range, it should be ") +
                                     (edit ? "0-2" : "0-6"));
    }
    if (edit && !is_web_url(input)) return wrong("parameter error: inputImage must be an http(s) URL");
    return std::nullopt;
}

bool LocalService::Impl::within_window() {
    std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    while (!submits_.empty() && now - submits_.front() >= kWindow) submits_.pop_front();
    if (submits_.size() >= static_cast<std::size_t>(std::max(0, options_.submits_per_window))) return false;
    submits_.push_back(now);
    return true;
}

std::optional<FaultMet> LocalService::Impl::generate_fault(const std::string& prompt,
                                                           std::vector<BoundFault>& bound) {
    std::optional<FaultMet> met = faults_.take(Endpoint::Generate);
    if (!met) {
        const auto own = std::find_if(bound.begin(), bound.end(),
                                      [](const BoundFault& b) { return b.endpoint == Endpoint::Generate; });
        if (own != bound.end()) {
            std::lock_guard lock(mutex_);
            if (!passes(own->met.fault) || limited_prompts_.insert(prompt).second) met = own->met;
        }
    }
    // A fault of a later answer, met here, goes with the task.
    if (met && natural_endpoint(met->fault) != Endpoint::Generate && met->fault != Fault::SlowBody) {
        bound.push_back({natural_endpoint(met->fault), *met});
        met.reset();
    }
    return met;
}

std::string LocalService::Impl::random_hex(int digits) {
    std::string text;
    for (int i = 0; i < digits; ++i) text += "0123456789abcdef"[random_() & 15U];
    return text;
}

Task LocalService::Impl::make_task(const json& body, std::string raw_body, std::vector<BoundFault> faults) {
    Task task;
    task.prompt = text_of(body, "prompt");
    if (options_.faults_in_prompt) cut_faults(task.prompt);
    task.body = std::move(raw_body);
    task.input_url = text_of(body, "inputImage");
    task.callback_url = text_of(body, "callBackUrl");
    task.aspect_ratio = text_of(body, "aspectRatio", task.input_url.empty() ? "16:9" : "");
    task.jpeg = text_of(body, "outputFormat", "jpeg") == "jpeg";
    task.cost = text_of(body, "model") == "flux-kontext-max" ? 10 : 5;
    task.faults = std::move(faults);
    task.accepted_ms = now_ms();
    return task;
}

Reply LocalService::Impl::accept(Task task, bool* stored) {
    std::lock_guard lock(mutex_);
    *stored = false;
    if (credits_ < task.cost) return envelope(402, "Insufficient credits, please top up");
    do task.id = random_hex(32);
    while (tasks_.count(task.id) != 0);
    task.sequence = next_sequence_++;
    task.seed = hash_text(task.prompt) ^ random_();
    const auto span = std::max<std::int64_t>(0, (options_.max_duration - options_.min_duration).count());
    task.duration_ms =
        options_.min_duration.count() + static_cast<std::int64_t>(random_() % std::uint64_t(span + 1));
    task.result_name =
        task.id + "_" + std::to_string(task.accepted_ms / 1000) + (task.jpeg ? ".jpg" : ".png");
    if (!store_.save(task)) return envelope(500, "The local service cannot write to its data folder");
    *stored = true;
    credits_ -= task.cost;
    const std::string id = task.id;
    to_paint_.push_back(id);
    tasks_.emplace(id, std::move(task));
    changed_.notify_all();
    return envelope(200, "success", {{"taskId", id}});
}

void LocalService::Impl::handle_generate(const Request& request, Response& response) {
    {
        std::lock_guard lock(mutex_);
        ++counts_.generate_posts;
    }
    const json body = json::parse(request.body, nullptr, false);
    std::string prompt = body.is_object() ? text_of(body, "prompt") : "";
    const std::string full_prompt = prompt;
    std::vector<BoundFault> bound;
    if (options_.faults_in_prompt) bound = cut_faults(prompt);
    const std::optional<FaultMet> met = generate_fault(full_prompt, bound);
    if (met && misbehave(*met, request, response)) return;
    if (!authorized(request)) {
        std::lock_guard lock(mutex_);
        ++counts_.unauthorized;
        return send(envelope(401, "You do not have access permissions"), met, request, response);
    }
    if (!within_window())
        return send(envelope(429, "Too many requests, try again later"), met, request, response);
    if (auto refusal = check_generate(body)) return send(*refusal, met, request, response);
    if (const auto callback = faults_.take(Endpoint::Callback))
        bound.push_back({Endpoint::Callback, *callback});
    Task task = make_task(body, request.body, bound);
    if (!task.input_url.empty()) {
        std::string problem;
        if (!read_url(task.input_url, &problem)) return send(envelope(422, problem), met, request, response);
    }
    bool stored = false;
    const Reply reply = accept(std::move(task), &stored);
    const std::string id = stored ? reply.body["data"]["taskId"].get<std::string>() : "";
    if (stored) report_early(id, true);
    send(reply, met, request, response);
    if (stored) report_early(id, false);
}

bool LocalService::Impl::finished(const Task& task) const {
    return task.state != TaskState::Pending && now_ms() >= task.ready_ms();
}

Reply LocalService::Impl::record_reply(Task& task, const std::optional<FaultMet>& met) {
    const auto is = [&](Fault fault) { return met && met->fault == fault; };
    if (is(Fault::RecordMissing)) return envelope(422, "recordInfo is null");
    if (is(Fault::RecordNull)) return envelope(200, "success");
    const bool done = finished(task);
    int flag = 0;
    if (done && task.state == TaskState::Painted) flag = 1;
    if (done && task.state == TaskState::Refused) flag = 2;
    if (done && task.state == TaskState::Failed) flag = 3;
    json data{{"taskId", task.id},       {"paramJson", task.body},
              {"completeTime", nullptr}, {"response", nullptr},
              {"successFlag", flag},     {"errorCode", nullptr},
              {"errorMessage", ""},      {"createTime", iso_time(task.accepted_ms)}};
    if (done) data["completeTime"] = iso_time(task.ready_ms());
    if (flag == 1) {
        const std::string url = "http://127.0.0.1:" + std::to_string(port_) + "/h/" + task.result_name;
        json result{{"originImageUrl", url}, {"resultImageUrl", url}};
        if (is(Fault::SuccessWithoutUrl)) result = {{"originImageUrl", nullptr}, {"resultImageUrl", ""}};
        data["response"] = is(Fault::ResponseAsString) ? json(result.dump()) : result;
    }
    if (flag > 1) {
        data["errorCode"] = task.error_code;
        data["errorMessage"] = task.error_message;
    }
    if (is(Fault::UnknownFlag)) data["successFlag"] = 7;
    if (is(Fault::FlagAsString)) data["successFlag"] = std::to_string(flag);
    return envelope(200, "success", data);
}

void LocalService::Impl::handle_record(const Request& request, Response& response) {
    std::optional<FaultMet> met = faults_.take(Endpoint::RecordInfo);
    const std::string id = request.get_param_value("taskId");
    {
        std::lock_guard lock(mutex_);
        ++counts_.polls;
        const auto found = tasks_.find(id);
        const FaultMet* bound =
            found == tasks_.end() ? nullptr : bound_to(found->second, Endpoint::RecordInfo);
        if (!met && bound) {
            // Only a success can lack its URL; the other faults that pass come first.
            const bool due = bound->fault != Fault::SuccessWithoutUrl || finished(found->second);
            if (!passes(bound->fault) || (due && found->second.passing_faults_left-- > 0)) met = *bound;
        }
    }
    if (met && misbehave(*met, request, response)) return;
    if (!authorized(request)) {
        std::lock_guard lock(mutex_);
        ++counts_.unauthorized;
        return send(envelope(401, "You do not have access permissions"), met, request, response);
    }
    if (met && (met->fault == Fault::TaskFails || met->fault == Fault::TaskRefused)) {
        const bool refused = met->fault == Fault::TaskRefused;
        const int code = met->code != 0 ? met->code : (refused ? 500 : 501);
        settle(id, refused ? TaskState::Refused : TaskState::Failed, code,
               refused ? "Task creation failed" : "Image generation task failed", "");
    }
    Reply reply = envelope(422, "recordInfo is null");
    {
        std::lock_guard lock(mutex_);
        if (const auto found = tasks_.find(id); found != tasks_.end())
            reply = record_reply(found->second, met);
    }
    send(reply, met, request, response);
}

void LocalService::Impl::handle_credits(const Request& request, Response& response) {
    const std::optional<FaultMet> met = faults_.take(Endpoint::Credits);
    if (met && misbehave(*met, request, response)) return;
    Reply reply;
    {
        std::lock_guard lock(mutex_);
        if (authorized(request)) {
            const auto whole = static_cast<std::int64_t>(credits_);
            reply = envelope(200, "success",
                             static_cast<double>(whole) == credits_ ? json(whole) : json(credits_));
        } else {
            ++counts_.unauthorized;
            reply = envelope(401, "You do not have access permissions");
        }
    }
    send(reply, met, request, response);
}

void LocalService::Impl::settle(const std::string& id, TaskState state, int code, const std::string& message,
                                const std::string& result_name) {
    std::lock_guard lock(mutex_);
    const auto found = tasks_.find(id);
    if (found == tasks_.end()) return;
    Task& task = found->second;
    const bool lost = task.state == TaskState::Failed || task.state == TaskState::Refused;
    if (lost || task.state == state) return;
    if (state != TaskState::Painted) credits_ += task.cost;
    task.state = state;
    task.error_code = code;
    task.error_message = message;
    if (!result_name.empty()) task.result_name = result_name;
    store_.save(task);
    report_end(task);
}

void LocalService::Impl::paint_tasks() {
    lower_thread_priority();
    while (true) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopping_ || !to_paint_.empty(); });
            if (stopping_) return;
            task = tasks_.at(to_paint_.front());
            to_paint_.pop_front();
        }
        paint_task(std::move(task));
    }
}

void LocalService::Impl::paint_task(Task task) {
    const FaultMet* fate = bound_to(task, Endpoint::RecordInfo);
    if (fate && fate->fault == Fault::TaskFails)
        return settle(task.id, TaskState::Failed, fate->code != 0 ? fate->code : 501,
                      fate->code == 400 ? "The prompt was flagged for content policies"
                                        : "Image generation task failed",
                      "");
    if (fate && fate->fault == Fault::TaskRefused)
        return settle(task.id, TaskState::Refused, fate->code != 0 ? fate->code : 500, "Task creation failed",
                      "");
    PaintOrder order;
    order.prompt = task.prompt;
    order.seed = task.seed;
    order.divisor = std::max(1, options_.paint_divisor);
    order.aspect_ratio = task.aspect_ratio;
    Picture input;
    if (!task.input_url.empty()) {
        std::string problem;
        const auto bytes = read_url(task.input_url, &problem);
        if (bytes) input = decode_picture(*bytes);
        if (input.pixels.empty())
            return settle(task.id, TaskState::Failed, 500,
                          problem.empty() ? "The input image could not be decoded" : problem, "");
        order.input = &input;
    }
    const Picture painted = paint(order, stopping_);
    if (stopping_) return;
    const std::string bytes = task.jpeg ? encode_jpeg(painted) : encode_png(painted, &stopping_);
    if (stopping_) return;
    if (bytes.empty() || !write_file_durably(store_.result_path(task.result_name), bytes))
        return settle(task.id, TaskState::Failed, 500, "The result could not be written", "");
    settle(task.id, TaskState::Painted, 0, "", task.result_name);
}

}  // namespace local_service
