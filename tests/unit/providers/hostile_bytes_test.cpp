#include "kie_fixture.h"
#include "providers/wire_text.h"

#include <random>

using namespace kontexture;
using namespace kontexture::providers;
using Again = engine::NotAccepted::Again;

namespace {

const std::string kSeeds[] = {
    R"({"code":200,"msg":"success","data":{"taskId":"task12345"}})",
    R"({"code":500,"msg":"security tolerance level is out of range","data":null})",
    R"({"code":"429","message":"\u8bf7\u6c42","data":{}})",
    R"({"code":200,"msg":"success","data":{"taskId":"t","paramJson":"{\"prompt\":\"x\"}","completeTime":null,)"
    R"("response":{"originImageUrl":"https://e.example/o.jpg","resultImageUrl":"https://e.example/r.jpg"},)"
    R"("successFlag":1,"errorCode":null,"errorMessage":""}})",
    R"({"code":200,"data":{"successFlag":"3","errorCode":"400","errorMessage":"flagged","response":"{\"a\":[1]}"}})",
    R"({"success":true,"code":200,"msg":"ok","data":{"downloadUrl":"https://t.example/x.png","fileSize":154832}})",
    R"({"code":200,"msg":"success","data":812.5})",
    "<!DOCTYPE html><html><title>Just a moment...</title>error code: 1010</html>",
    "",
};
constexpr int kStatuses[] = {0,   200, 201, 301, 302, 400, 401, 403, 404, 408,
                             413, 422, 429, 455, 500, 502, 503, 504, 999, -1};

class Mutator {
public:
    explicit Mutator(std::uint32_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_()) % limit; }

    std::string body() {
        if (below(8) == 0) return noise(below(400));
        std::string text = kSeeds[below(std::size(kSeeds))];
        for (std::size_t edits = below(5); edits > 0 && !text.empty(); --edits) mutate(text);
        return text;
    }

private:
    std::string noise(std::size_t size) {
        std::string bytes(size, '\0');
        for (char& byte : bytes) byte = static_cast<char>(below(256));
        return bytes;
    }

    void mutate(std::string& text) {
        static const std::string kTokens[] = {"null",
                                              "\"\"",
                                              "{}",
                                              "[]",
                                              "-1",
                                              "1e999",
                                              "1e18",
                                              "true",
                                              "{",
                                              "}",
                                              "[[[[[[[[[[[[[[[[[[[[[[",
                                              "\\u0000",
                                              "\\ud800",
                                              "\xFF",
                                              "18446744073709551615"};
        const std::size_t at = below(text.size());
        switch (below(5)) {
            case 0: text.resize(at); break;
            case 1: text[at] = static_cast<char>(below(256)); break;
            case 2: text.erase(at, below(8) + 1); break;
            case 3: text.insert(at, kTokens[below(std::size(kTokens))]); break;
            default:
                text.erase(at, below(8) + 1);
                text.insert(at, kTokens[below(std::size(kTokens))]);
                break;
        }
    }

    std::mt19937 random_;
};

void check_error(const Error& error) {
    CHECK(error.code != ErrorCode::None);
    CHECK_FALSE(error.message.empty());
    CHECK(is_utf8(error.message));
    CHECK(is_utf8(error.detail));
    CHECK_FALSE(has_control_characters(error.message, false));
    CHECK_FALSE(has_control_characters(error.detail, false));
    CHECK(error.message.size() < 2000);
    CHECK(error.detail.size() < 2000);
}

bool is_envelope(const std::string& body) {
    return body.find('{') != std::string::npos;
}

void check_submit(const Provider& provider, const net::HttpReply& reply) {
    const engine::SubmitReply read = provider.read_submit(reply);
    if (const auto* accepted = std::get_if<engine::Accepted>(&read)) {
        CHECK_FALSE(is_blank(accepted->task_id));
        CHECK(is_utf8(accepted->task_id));
        CHECK(contains(reply.body, "ask"));
    }
    if (const auto* lost = std::get_if<engine::OutcomeLost>(&read)) {
        check_error(lost->error);
        CHECK(lost->error.code == ErrorCode::OutcomeUnknown);
    }
    if (const auto* refused = std::get_if<engine::NotAccepted>(&read)) {
        check_error(refused->error);
        CHECK(refused->again != Again::NoConnection);
        // A second POST needs a 429 or the service's own envelope with an error code.
        if (reply.status != 429 && (!is_envelope(reply.body) || !contains(reply.body, "code")))
            CHECK(refused->again == Again::Never);
    }
}

void check_all(const Provider& provider, const net::HttpReply& reply) {
    check_submit(provider, reply);
    const engine::PollReply polled = provider.read_poll(reply);
    if (const auto* done = std::get_if<engine::TaskDone>(&polled)) CHECK(is_web_address(done->url));
    if (const auto* failed = std::get_if<engine::TaskFailed>(&polled)) check_error(failed->error);
    if (const auto* missing = std::get_if<engine::TaskMissing>(&polled)) check_error(missing->error);
    if (const auto* trouble = std::get_if<engine::PollTrouble>(&polled)) check_error(trouble->error);
    const UploadReply uploaded = provider.read_upload(reply);
    if (const auto* input = std::get_if<UploadedInput>(&uploaded)) CHECK(is_web_address(input->url));
    if (const auto* trouble = std::get_if<engine::CallTrouble>(&uploaded)) check_error(trouble->error);
    const CreditsReply credits = provider.read_credits(reply);
    if (const auto* trouble = std::get_if<engine::CallTrouble>(&credits)) check_error(trouble->error);
}

}  // namespace

TEST_CASE("every prefix of every reply is survived") {
    const auto provider = kie();
    for (const std::string& seed : kSeeds)
        for (std::size_t size = 0; size <= seed.size(); ++size)
            for (int status : {200, 403, 500}) {
                CAPTURE(seed, size, status);
                check_all(*provider, http(status, seed.substr(0, size)));
            }
}

TEST_CASE("a reply that was cut off never leads to a second POST") {
    const auto provider = kie();
    for (const std::string& seed : kSeeds)
        for (std::size_t size = 0; size < seed.size(); ++size)
            for (int status : kStatuses) {
                if (status == 429) continue;
                CAPTURE(seed, size, status);
                const auto read = provider->read_submit(http(status, seed.substr(0, size)));
                if (const auto* refused = std::get_if<engine::NotAccepted>(&read))
                    CHECK(refused->again == Again::Never);
            }
}

TEST_CASE("mutated replies are survived") {
    const auto provider = kie();
    for (std::uint32_t seed = 1; seed <= 6000; ++seed) {
        Mutator mutator(seed);
        const int status = kStatuses[mutator.below(std::size(kStatuses))];
        net::HttpReply reply = http(status, mutator.body());
        if (mutator.below(3) == 0) reply.headers = {{"Retry-After", mutator.body()}};
        CAPTURE(seed, reply.status, reply.body);
        check_all(*provider, reply);
    }
}

TEST_CASE("deep and long replies are survived") {
    const auto provider = kie();
    std::string nested;
    for (int i = 0; i < 100'000; ++i) nested += R"({"data":)";
    check_all(*provider, http(200, nested));
    check_all(*provider, http(200, std::string(500'000, '[')));
    check_all(*provider, http(200, std::string(200'000, '[') + std::string(200'000, ']')));
    check_all(*provider, http(200, R"({"code":200,"data":)" + std::string(200'000, '[') +
                                       std::string(200'000, ']') + "}"));
    check_all(*provider,
              http(200, R"({"code":200,"data":{"response":")" + std::string(500'000, '[') + R"("}})"));
}
