#include "providers/kie_replies.h"

#include "providers/json_read.h"
#include "providers/kie_codes.h"

// Every answer is one envelope, and errors usually come with HTTP 200:
//
//   envelope = { "code": number, "msg": text, "data": value }     uploads add "success": bool
//   generate:     data = { "taskId": text }
//   record-info:  data = { "successFlag": 0 … 3, "response": { "resultImageUrl", "originImageUrl" },
//                          "errorCode": 400 | 500 | 501 | null, "errorMessage": text, … }
//   file upload:  data = { "downloadUrl": text, … }
//   credits:      data = number
//
// A number may come as a string, an object as a string of JSON, anything as null.
namespace kontexture::providers::kie {
namespace {

constexpr std::size_t kMaxTaskId = 512;
constexpr std::size_t kMaxAddress = 8192;

struct Envelope {
    Json root;                ///< an object, or null: not JSON, or not an object
    std::optional<int> code;  ///< only the service's own answers have one
    Json data;                ///< null when absent
    std::string text;

    bool readable() const { return root.is_object(); }
};

bool is_success(int http_status) {
    return http_status >= 200 && http_status < 300;
}

Envelope read_envelope(const net::HttpReply& reply) {
    Envelope envelope;
    envelope.root = parse_json(reply.body);
    // A message in a legacy Chinese encoding must not hide the task id beside it.
    if (envelope.root.is_discarded() && !is_utf8(reply.body))
        envelope.root = parse_json(repair_utf8(reply.body));
    if (!envelope.root.is_object()) {
        envelope.root = nullptr;
        return envelope;
    }
    envelope.code = read_int(member(envelope.root, "code"));
    envelope.data = unwrapped(member(envelope.root, "data"));
    for (const char* name : {"msg", "message"})
        if (envelope.text.empty()) envelope.text = read_string(member(envelope.root, name));
    return envelope;
}

/// The envelope's code, unless it claims success, or hides a rate limit, under an HTTP status that says
/// otherwise.
int effective_status(const Envelope& envelope, int http_status) {
    if (!envelope.code) return http_status;
    const bool success = *envelope.code < 400;
    if (success && !is_success(http_status)) return http_status;
    if (http_status == 429 && *envelope.code >= 500) return http_status;
    return *envelope.code;
}

/// Delay in whole seconds; a date cannot be read without a clock.
std::optional<engine::Duration> retry_after(const net::HttpReply& reply) {
    constexpr long kMost = 600;
    const std::optional<std::string_view> header = reply.header("Retry-After");
    if (!header) return std::nullopt;
    const std::string_view digits = trimmed(*header);
    if (digits.empty()) return std::nullopt;
    long seconds = 0;
    for (char digit : digits) {
        if (digit < '0' || digit > '9') return std::nullopt;
        seconds = std::min(kMost, seconds * 10 + (digit - '0'));
    }
    return std::chrono::seconds(seconds);
}

/// Fills in what every error of a reply has.
Error completed(Error error, Call call, std::optional<int> code, const net::HttpReply& reply) {
    error.http_status = reply.status;
    error.provider_code = code.value_or(0);
    error.detail = describe_reply(call, reply.status, reply.body);
    return error;
}

Error explain(Call call, const Envelope& envelope, const net::HttpReply& reply, const Capabilities& service) {
    // JSON without a code may be the service's, except for what only a gate in front of it says.
    const bool gate = reply.status < 400 || reply.status == 403 || reply.status == 407;
    const bool own = envelope.code || (envelope.readable() && !gate);
    Error error = own ? explain_code(call, effective_status(envelope, reply.status), envelope.text, service)
                      : explain_foreign(call, reply.status, reply.body, service);
    return completed(std::move(error), call, envelope.code, reply);
}

Error nonsense(Call call, std::string message, const Envelope& envelope, const net::HttpReply& reply) {
    Error error;
    error.code = ErrorCode::Protocol;
    error.message = std::move(message);
    return completed(std::move(error), call, envelope.code, reply);
}

bool is_task_id(std::string_view text) {
    return !is_blank(text) && text.size() <= kMaxTaskId;
}

/// The id out of an answer that was cut off or damaged behind it: a task that is known exists, and polling it
/// costs nothing.
std::string salvaged_task_id(std::string_view body) {
    constexpr std::string_view kKey = "\"taskId\"";
    constexpr std::string_view kIdCharacters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    const std::size_t key = body.find(kKey);
    if (key == std::string_view::npos) return {};
    std::string_view rest = trimmed(body.substr(key + kKey.size()));
    if (rest.empty() || rest.front() != ':') return {};
    rest = trimmed(rest.substr(1));
    if (rest.empty() || rest.front() != '"') return {};
    rest.remove_prefix(1);
    const std::size_t end = rest.find_first_not_of(kIdCharacters);
    if (end == std::string_view::npos || rest[end] != '"') return {};
    const std::string_view id = rest.substr(0, end);
    return is_task_id(id) ? std::string(id) : std::string();
}

std::string task_id(const Envelope& envelope, const net::HttpReply& reply) {
    if (!envelope.readable()) return salvaged_task_id(reply.body);
    for (const Json* place : {&envelope.data, &envelope.root})
        for (const char* name : {"taskId", "task_id"}) {
            const Json* value = member(*place, name);
            const bool whole = value && value->is_number_integer();
            std::string id = whole ? value->dump() : read_string(value);
            if (is_task_id(id)) return id;
        }
    return {};
}

/// Numbers that a gateway gives when it lost the server behind it, which may be at work all the same.
bool is_gateway_status(int status) {
    return (status >= 502 && status <= 504) || (status >= 520 && status <= 530);
}

/// Only for answers without a task id: is it certain that none was started?
bool is_refusal(const Envelope& envelope, int http_status) {
    if (http_status == 429) return true;
    if (envelope.code) {
        if (is_gateway_status(*envelope.code)) return false;
        if (is_gateway_status(http_status) && *envelope.code >= 500) return false;
        return *envelope.code >= 400;
    }
    switch (http_status) {
        // A gate in front of the service judges the request before it passes it on, and these are its
        // refusals. Not among them: 408, 409, 425 and 499, which can also end a request that was passed on,
        // and 302 and 303, which may follow one that was done.
        case 301:
        case 307:
        case 308:
        case 400:
        case 401:
        case 402:
        case 403:
        case 404:
        case 405:
        case 407:
        case 411:
        case 413:
        case 414:
        case 415:
        case 422:
        case 431: return true;
        default: return false;
    }
}

engine::NotAccepted::Again again_after(const Error& error, const Envelope& envelope) {
    using Again = engine::NotAccepted::Again;
    if (error.code == ErrorCode::RateLimited) return Again::NextWindow;
    if (error.code == ErrorCode::Maintenance) return Again::Later;
    if (error.code == ErrorCode::ServiceError && envelope.code == 500) return Again::Once;
    return Again::Never;
}

std::string address(const Json& from, const char* name) {
    std::string text = read_string(member(from, name));
    return text.size() <= kMaxAddress && is_web_address(text) ? text : std::string();
}

std::string picture_address(const Json& record) {
    const Json response = unwrapped(member(record, "response"));
    const Json info = unwrapped(member(record, "info"));
    std::string bare = address(record, "response");
    if (!bare.empty()) return bare;
    // The original is on another host and gone after 10 minutes.
    for (const char* name : {"resultImageUrl", "originImageUrl"})
        for (const Json* place : {&response, &info, &record}) {
            std::string found = address(*place, name);
            if (!found.empty()) return found;
        }
    return {};
}

engine::PollReply read_record(const Envelope& envelope, const net::HttpReply& reply,
                              const Capabilities& service) {
    const Json& record = envelope.data;
    const Json* flag_value = member(record, "successFlag");
    const std::optional<int> flag = read_int(flag_value);
    const std::string found = picture_address(record);
    if (flag == 2 || flag == 3) {
        const std::optional<int> code = read_int(member(record, "errorCode"));
        Error error =
            explain_code(Call::Task, code.value_or(0), read_string(member(record, "errorMessage")), service);
        return engine::TaskFailed{completed(std::move(error), Call::Task, code, reply)};
    }
    // 4 is said to mean "done, but the callback failed". A record of the callback's shape has no flag.
    const bool finished = flag == 1 || flag == 4;
    if (!found.empty() && (finished || !flag_value)) return engine::TaskDone{found};
    if (finished)
        return engine::PollTrouble{nonsense(Call::Poll,
                                            "The service says that the picture is finished but does not say "
                                            "where it is. It is asked again.",
                                            envelope, reply),
                                   retry_after(reply)};
    return engine::TaskRunning{};
}

bool is_nothing(const Json& data) {
    return data.is_null() || (data.is_object() && data.empty()) ||
           (data.is_string() && read_string(&data).empty());
}

bool is_permanent(const Error& error) {
    switch (error.code) {
        case ErrorCode::RateLimited:
        case ErrorCode::Maintenance:
        case ErrorCode::ServiceError:
        case ErrorCode::ServiceTimeout: return false;
        case ErrorCode::Protocol: return error.http_status >= 300;
        default: return true;
    }
}

engine::CallTrouble trouble(Error error, const net::HttpReply& reply) {
    const bool permanent = is_permanent(error);
    return {std::move(error), permanent, retry_after(reply)};
}

}  // namespace

engine::SubmitReply read_submit(const net::HttpReply& reply, const Capabilities& service) {
    const Envelope envelope = read_envelope(reply);
    // Whatever else the answer says: a known task is polled, which is free, and its record tells the truth.
    std::string id = task_id(envelope, reply);
    if (!id.empty()) return engine::Accepted{std::move(id)};
    if (!is_refusal(envelope, reply.status))
        return engine::OutcomeLost{
            completed(explain_lost(reply.status, service), Call::Submit, envelope.code, reply)};
    engine::NotAccepted refused;
    refused.error = explain(Call::Submit, envelope, reply, service);
    refused.again = again_after(refused.error, envelope);
    refused.retry_after = retry_after(reply);
    return refused;
}

engine::PollReply read_poll(const net::HttpReply& reply, const Capabilities& service) {
    const Envelope envelope = read_envelope(reply);
    const Json& data = envelope.data;
    const int status = effective_status(envelope, reply.status);
    if (data.is_object() && member(data, "successFlag")) return read_record(envelope, reply, service);

    const bool no_record = is_nothing(data);
    const bool says_missing =
        status == 404 || status == 422 ||
        (status == 200 && no_record && (envelope.code || envelope.root.contains("data")));
    if (envelope.readable() && says_missing) {
        Error error = status == 200 ? explain_code(Call::Poll, 404, {}, service)
                                    : explain_code(Call::Poll, status, envelope.text, service);
        return engine::TaskMissing{completed(std::move(error), Call::Poll, envelope.code, reply)};
    }
    if (status == 200 && data.is_object() && !no_record) return read_record(envelope, reply, service);
    if (status == 200 && envelope.readable())
        return engine::PollTrouble{
            nonsense(Call::Poll, "The service's answer about the task cannot be read. It is asked again.",
                     envelope, reply),
            retry_after(reply)};

    Error error = explain(Call::Poll, envelope, reply, service);
    // The verdict on the task, given as an error of the call.
    if (envelope.code && (error.code == ErrorCode::Moderated || error.code == ErrorCode::GenerationFailed))
        return engine::TaskFailed{std::move(error)};
    return engine::PollTrouble{std::move(error), retry_after(reply)};
}

UploadReply read_upload(const net::HttpReply& reply, const Capabilities& service) {
    const Envelope envelope = read_envelope(reply);
    const Json* success = member(envelope.root, "success");
    const bool accepted =
        is_success(reply.status) && envelope.readable() && envelope.code.value_or(200) == 200;
    if (!accepted || (!envelope.code && !success))
        return trouble(explain(Call::Upload, envelope, reply, service), reply);
    const auto* claim = success ? success->get_ptr<const bool*>() : nullptr;
    if (claim && !*claim) {
        Error error = explain_code(Call::Upload, 500, envelope.text, service);
        return trouble(completed(std::move(error), Call::Upload, envelope.code, reply), reply);
    }
    for (const char* name : {"downloadUrl", "fileUrl"}) {
        std::string found = address(envelope.data, name);
        if (!found.empty()) return UploadedInput{std::move(found)};
    }
    return trouble(
        nonsense(Call::Upload,
                 "The service took the picture to edit but did not say where it is. Try again in a minute.",
                 envelope, reply),
        reply);
}

CreditsReply read_credits(const net::HttpReply& reply, const Capabilities& service) {
    const Envelope envelope = read_envelope(reply);
    const std::optional<double> credits = read_number(member(envelope.root, "data"));
    const bool accepted = is_success(reply.status) && effective_status(envelope, reply.status) == 200;
    if (accepted && credits) return *credits;
    if (accepted && envelope.code)
        return trouble(
            nonsense(Call::Credits, "The service did not say how many credits are left. Try again later.",
                     envelope, reply),
            reply);
    return trouble(explain(Call::Credits, envelope, reply, service), reply);
}

}  // namespace kontexture::providers::kie
