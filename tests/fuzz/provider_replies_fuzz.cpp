#include "providers/provider.h"
#include "providers/wire_text.h"

#include "fuzz.h"

#include <charconv>
#include <cmath>

// Input: a line with the HTTP status, a line with the value of Retry-After (empty: none), the body.
namespace {

using namespace kontexture;
using namespace kontexture::providers;

constexpr std::size_t kLongestText = 4096;

void check_text(const std::string& text) {
    fuzz::require(is_utf8(text) && !has_control_characters(text, false), "an error's text can be shown");
    fuzz::require(text.size() < kLongestText, "an error's text is short");
}

void check_error(const Error& error) {
    fuzz::require(error.code != ErrorCode::None && !error.message.empty(), "an error says what it is");
    check_text(error.message);
    check_text(error.detail);
}

void check_trouble(const engine::CallTrouble& trouble) {
    check_error(trouble.error);
}

void check_submit(const engine::SubmitReply& reply) {
    if (const auto* accepted = std::get_if<engine::Accepted>(&reply))
        fuzz::require(!accepted->task_id.empty() && accepted->task_id.size() <= 512, "a task id is one");
    if (const auto* refused = std::get_if<engine::NotAccepted>(&reply)) {
        check_error(refused->error);
        if (refused->retry_after)
            fuzz::require(
                refused->retry_after->count() >= 0 && *refused->retry_after <= std::chrono::hours(1),
                "a wait is bounded");
    }
    if (const auto* lost = std::get_if<engine::OutcomeLost>(&reply)) check_error(lost->error);
}

void check_poll(const engine::PollReply& reply) {
    if (const auto* done = std::get_if<engine::TaskDone>(&reply))
        fuzz::require(is_web_address(done->url), "a picture's address is one");
    if (const auto* failed = std::get_if<engine::TaskFailed>(&reply)) check_error(failed->error);
    if (const auto* missing = std::get_if<engine::TaskMissing>(&reply)) check_error(missing->error);
    if (const auto* trouble = std::get_if<engine::PollTrouble>(&reply)) check_error(trouble->error);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::unique_ptr<Provider> provider =
        make_kie_flux_kontext("https://api.example.com", "https://upload.example.com");
    fuzz::Reader reader(data, size);
    net::HttpReply reply;
    const std::string_view status = reader.line();
    std::from_chars(status.data(), status.data() + status.size(), reply.status);
    if (const std::string_view wait = reader.line(); !wait.empty())
        reply.headers.push_back({"Retry-After", std::string(wait)});
    reply.body = reader.rest();

    check_submit(provider->read_submit(reply));
    check_poll(provider->read_poll(reply));
    const UploadReply uploaded = provider->read_upload(reply);
    if (const auto* input = std::get_if<UploadedInput>(&uploaded))
        fuzz::require(is_web_address(input->url), "an input's address is one");
    else
        check_trouble(std::get<engine::CallTrouble>(uploaded));
    const CreditsReply credits = provider->read_credits(reply);
    if (const auto* trouble = std::get_if<engine::CallTrouble>(&credits))
        check_trouble(*trouble);
    else
        fuzz::require(std::isfinite(std::get<double>(credits)), "a balance is a number");
    return 0;
}
