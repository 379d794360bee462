#include "providers/kie_codes.h"

#include "providers/wire_text.h"

#include <algorithm>
#include <array>

namespace kontexture::providers::kie {
namespace {

constexpr std::size_t kMaxQuoted = 300;
constexpr const char* kTaskGoesOn = "The task goes on, and its state is asked again.";

struct Signs {
    bool tolerance = false;
    bool moderated = false;
    bool credits = false;
    bool unfetched = false;
    bool parameter = false;
};

template <std::size_t N>
bool contains_any(const std::string& text, const std::array<std::string_view, N>& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

/// The service writes English or Chinese, whatever language was asked in.
Signs read_signs(std::string_view text) {
    constexpr std::array<std::string_view, 9> kModerated = {
        "flagged", "content polic", "violat", "sensitive", "prohibited", "nsfw", "moderat", "敏感", "违规"};
    constexpr std::array<std::string_view, 5> kCredits = {"insufficient", "credit", "quota", "余额不足",
                                                          "积分不足"};
    constexpr std::array<std::string_view, 8> kParameter = {"parameter",    "out of range", "range of",
                                                            "not be empty", "is required",  "not supported",
                                                            "不能为空",     "参数"};
    const std::string lower = lower_case(text);
    Signs signs;
    signs.tolerance = lower.find("tolerance") != std::string::npos;
    signs.moderated = contains_any(lower, kModerated);
    signs.credits = contains_any(lower, kCredits);
    signs.unfetched =
        lower.find("image") != std::string::npos &&
        (lower.find("fetch") != std::string::npos || lower.find("download") != std::string::npos);
    signs.parameter = contains_any(lower, kParameter);
    return signs;
}

/// For numbers that stand for several things: what the text says, else `otherwise`.
ErrorCode by_text(const Signs& signs, ErrorCode otherwise) {
    if (signs.tolerance) return ErrorCode::Rejected;
    if (signs.moderated) return ErrorCode::Moderated;
    if (signs.unfetched) return ErrorCode::InputUnfetched;
    if (signs.credits) return ErrorCode::InsufficientCredits;
    if (signs.parameter) return ErrorCode::Rejected;
    return otherwise;
}

ErrorCode classify(Call call, int code, const Signs& signs) {
    const bool about_picture = call == Call::Submit || call == Call::Task;
    // Of what a question about a task can be told in words, only the verdict on its content is about the
    // task.
    if (call == Call::Poll && signs.moderated && (code == 400 || code == 500)) return ErrorCode::Moderated;
    if (call == Call::Poll && code == 500) return ErrorCode::ServiceError;
    switch (code) {
        case 400:
            // The content policy's number for prompts; elsewhere a malformed call.
            return by_text(signs, about_picture ? ErrorCode::Moderated : ErrorCode::Rejected);
        case 401:
        case 403: return ErrorCode::Unauthorized;
        case 402: return ErrorCode::InsufficientCredits;
        case 404: return ErrorCode::NotFound;
        case 408: return ErrorCode::ServiceTimeout;
        case 422:
            if (call == Call::Poll) return ErrorCode::NotFound;
            return by_text(signs, ErrorCode::Rejected);
        case 429: return ErrorCode::RateLimited;
        case 433: return ErrorCode::KeyLimit;
        case 451: return signs.moderated ? ErrorCode::Moderated : ErrorCode::InputUnfetched;
        case 455: return ErrorCode::Maintenance;
        case 500: return by_text(signs, ErrorCode::ServiceError);
        case 501: return signs.moderated ? ErrorCode::Moderated : ErrorCode::GenerationFailed;
        case 505: return ErrorCode::FeatureDisabled;
        default: break;
    }
    if (call == Call::Task) return by_text(signs, ErrorCode::GenerationFailed);
    if (code >= 400 && code < 500) return by_text(signs, ErrorCode::Rejected);
    return by_text(signs, code >= 500 ? ErrorCode::ServiceError : ErrorCode::Protocol);
}

std::string at(const std::string& page) {
    return page.empty() ? "" : " at " + page;
}

std::string number(int code) {
    return std::to_string(code);
}

std::string rejected_advice(Call call, int code, const Signs& signs, const Capabilities& service) {
    if (signs.tolerance)
        return "The safety tolerance is out of range: a new picture takes " +
               number(service.safety_tolerance_new.min) + " to " + number(service.safety_tolerance_new.max) +
               ", an edit " + number(service.safety_tolerance_edit.min) + " to " +
               number(service.safety_tolerance_edit.max) + ". Change it and send the request again.";
    if (call == Call::Upload)
        return "The service did not take the picture to edit (" + number(code) +
               "). Use a PNG or JPEG of at most 10 MB and send the request again.";
    if (call == Call::Submit || call == Call::Task)
        return "The service refused a setting of the request (" + number(code) +
               "). Change what it names and send the request again.";
    return "The service refused the call (" + number(code) + "). Check the base URL, then try again.";
}

std::string not_found_advice(Call call, const Capabilities& service) {
    if (call == Call::Poll || call == Call::Task)
        return "The service does not know this task. Look for the picture in the account's log" +
               at(service.task_log_page) + ".";
    return "The service does not know this call (404). Check that the base URL is the API's address.";
}

std::string service_error_advice(Call call, int code) {
    const std::string status = " (" + number(code) + "). ";
    if (call == Call::Task)
        return "The service failed while it made this picture" + status + "Send the request again.";
    if (call == Call::Upload)
        return "The service failed to take the picture to edit" + status + "Try again in a minute.";
    if (call == Call::Credits)
        return "The service failed" + status + "Ask for the balance again in a minute.";
    return "The service failed" + status + "Wait a minute and send the request again.";
}

std::string rate_limit_advice(Call call) {
    switch (call) {
        case Call::Submit:
            return "Too many requests in a short time. This one was not started; it is sent again after a "
                   "pause.";
        case Call::Poll:
        case Call::Task:
            return "The service is asked too often. The task goes on, and its state is asked again after a "
                   "pause.";
        case Call::Upload:
        case Call::Credits: return "The service is asked too often. Wait half a minute, then try again.";
    }
    return {};
}

std::string advice(ErrorCode error, Call call, int code, const Signs& signs, const Capabilities& service) {
    switch (error) {
        case ErrorCode::Unauthorized:
            if (code == 403)
                return "The service does not allow this API key here (403). Check the key and its list "
                       "of allowed addresses" +
                       at(service.key_page) + ".";
            return "The service does not accept the API key (401). Check the key, or make a new one" +
                   at(service.key_page) + ".";
        case ErrorCode::InsufficientCredits:
            return "The account has too few credits. Buy some" + at(service.top_up_page) +
                   (call == Call::Submit || call == Call::Task ? ", then send the request again."
                                                               : ", then try again.");
        case ErrorCode::KeyLimit:
            return "The API key has used up its own hourly, daily or total limit (433). Raise the limit" +
                   at(service.key_page) + ", use another key, or wait until the limit starts anew.";
        case ErrorCode::RateLimited: return rate_limit_advice(call);
        case ErrorCode::Rejected: return rejected_advice(call, code, signs, service);
        case ErrorCode::Moderated:
            return "The service's content policy refused the prompt or the picture. Change the words or the "
                   "picture and send the request again.";
        case ErrorCode::InputUnfetched:
            return "The service could not read the picture to edit. Its address must be open to everyone; a "
                   "local file is uploaded instead.";
        case ErrorCode::NotFound: return not_found_advice(call, service);
        case ErrorCode::Maintenance:
            return "The service is closed for maintenance (455). Nothing needs to be changed; try again "
                   "later.";
        case ErrorCode::FeatureDisabled:
            return "The service has switched this feature off (505). Try another model.";
        case ErrorCode::GenerationFailed:
            return "The service could not make this picture. Send the request again, or change the prompt.";
        case ErrorCode::ServiceTimeout:
            return "The model gave the service no result in time (408). Send the request again later.";
        case ErrorCode::ServiceError: return service_error_advice(call, code);
        default:
            return "The service gave an answer that makes no sense (code " + number(code) +
                   "). Check the base URL, and try again later.";
    }
}

/// While a task is under way nobody shall be told to send again what is already paid for.
std::string poll_advice(ErrorCode error, int code, const Capabilities& service) {
    switch (error) {
        case ErrorCode::Unauthorized:
        case ErrorCode::InsufficientCredits:
        case ErrorCode::KeyLimit: return advice(error, Call::Poll, code, {}, service) + ' ' + kTaskGoesOn;
        case ErrorCode::RateLimited: return rate_limit_advice(Call::Poll);
        case ErrorCode::NotFound: return not_found_advice(Call::Poll, service);
        case ErrorCode::Moderated:
        case ErrorCode::GenerationFailed: return advice(error, Call::Task, code, {}, service);
        case ErrorCode::Maintenance:
            return "The service is closed for maintenance (455). " + std::string(kTaskGoesOn);
        default:
            return "The service could not tell how the task stands (" + number(code) + "). " + kTaskGoesOn;
    }
}

bool looks_blocked(int http_status, std::string_view body) {
    if (http_status == 403 || http_status == 407) return true;
    // 1010 and its like are the content network's own numbers, sent as plain text.
    constexpr std::array<std::string_view, 3> kMarks = {"error code: 10", "just a moment",
                                                        "attention required"};
    return contains_any(lower_case(body.substr(0, 4096)), kMarks);
}

const char* name(Call call) {
    switch (call) {
        case Call::Submit: return "generate";
        case Call::Poll:
        case Call::Task: return "record-info";
        case Call::Upload: return "file upload";
        case Call::Credits: return "credits";
    }
    return "";
}

}  // namespace

Error explain_code(Call call, int code, std::string_view text, const Capabilities& service) {
    const Signs signs = read_signs(text);
    Error error;
    error.code = classify(call, code, signs);
    error.message = call == Call::Poll ? poll_advice(error.code, code, service)
                                       : advice(error.code, call, code, signs, service);
    const std::string quoted = clean_text(text, kMaxQuoted);
    if (!quoted.empty()) error.message += " The service says: \"" + quoted + "\"";
    return error;
}

Error explain_foreign(Call call, int http_status, std::string_view body, const Capabilities& service) {
    if (http_status == 401 || http_status == 413 || http_status == 429)
        return explain_code(call, http_status, {}, service);
    const std::string status = " (HTTP " + number(http_status) + ")";
    Error error;
    error.code = ErrorCode::Protocol;
    bool may_pass = false;
    if (looks_blocked(http_status, body)) {
        error.code = ErrorCode::Blocked;
        error.message =
            "Something in front of the service, such as a content network, a firewall or a proxy, refused "
            "the call" +
            status + ". Check the network, or set another user agent.";
    } else if (http_status >= 300 && http_status < 400) {
        error.message =
            "The service's address answers with a redirect" + status +
            ", which is not followed, because it would carry the key elsewhere. Set the base URL to the "
            "API's final address.";
    } else if (http_status == 404 || http_status == 405) {
        error.message = "There is no such API at this address" + status + ". Check the base URL.";
    } else if (http_status >= 500 || http_status == 408) {
        error.code = ErrorCode::ServiceError;
        error.message = "The service, or something in front of it, failed" + status + ".";
        may_pass = true;
    } else if (trimmed(body).empty()) {
        error.message = "The service sent an empty answer" + status + ".";
        may_pass = true;
    } else {
        error.message = "The answer is not the service's" + status +
                        ". Check the base URL and whether a sign-in page or a proxy is in the way.";
    }
    if (call == Call::Poll)
        error.message += std::string(" ") + kTaskGoesOn;
    else if (may_pass)
        error.message += " Try again in a minute.";
    return error;
}

Error explain_lost(int http_status, const Capabilities& service) {
    Error error;
    error.code = ErrorCode::OutcomeUnknown;
    error.message = "The answer to the paid call cannot be used (HTTP " + number(http_status) +
                    "), so it is not known whether a picture was started. Look into the account's log" +
                    at(service.task_log_page) + " before sending the request again.";
    return error;
}

std::string describe_reply(Call call, int http_status, std::string_view body) {
    constexpr std::size_t kMaxBytes = 300;
    const std::string beginning = clean_text(body.substr(0, kMaxBytes), kMaxBytes);
    return std::string(name(call)) + ": HTTP " + number(http_status) + ", " +
           number(static_cast<int>(body.size())) + " bytes: " + (beginning.empty() ? "(nothing)" : beginning);
}

}  // namespace kontexture::providers::kie
