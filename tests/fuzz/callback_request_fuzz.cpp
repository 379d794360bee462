#include "net/callback_request.h"
#include "net/callback_signature.h"
#include "providers/provider.h"

#include "fuzz.h"

// Input: a byte for the size of the pieces in which a callback's bytes come (zero: all at once), then the
// bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kontexture;
    static const std::unique_ptr<providers::Provider> provider =
        providers::make_kie_flux_kontext("https://api.example.com", "https://upload.example.com");
    fuzz::Reader reader(data, size);
    const std::size_t piece = reader.byte();
    net::CallbackReader whole;
    whole.take(reader.rest());
    net::CallbackReader read;
    while (!reader.at_end()) read.take(reader.text(piece == 0 ? size : piece));

    using State = net::CallbackReader::State;
    const net::CallbackRequest& request = read.request();
    fuzz::require(read.state() == whole.state() && read.refusal() == whole.refusal() &&
                      request.body == whole.request().body && request.target == whole.request().target,
                  "a request does not depend on how it was cut");
    fuzz::require((read.state() == State::Refused) == (read.refusal() >= 400), "a refusal has its status");
    fuzz::require(request.body.size() <= net::CallbackReader::kMaxBodyBytes, "a body is bounded");
    fuzz::require(request.target.find_first_of(" \r\n\t") == std::string::npos, "a target is one word");
    if (read.head_read())
        if (const auto id = net::callback_id(request.target, "/hook")) {
            const std::string address = "/hook/" + std::to_string(id->value);
            fuzz::require(request.target.starts_with("/hook/") && id->value != 0, "an id is below its path");
            fuzz::require(request.target.substr(0, request.target.find('?')) == address,
                          "an id has one spelling");
        }
    if (read.state() != State::Complete) return 0;
    const std::string task = provider->read_callback(request.body).value_or("");
    fuzz::require(task.size() <= 512, "a task id is one");
    const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
    fuzz::require(net::check_signature(task, request.timestamp, request.signature, "a key", now) !=
                      net::SignatureCheck::Valid,
                  "nobody guesses a signature");
    return 0;
}
