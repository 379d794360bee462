#pragma once

#include "engine/messages.h"
#include "net/http.h"

#include <kontexture/config.h>

#include <memory>
#include <variant>

// The language of one service: requests out, replies in. Pure functions over bytes; no socket, no clock, no
// key.
namespace kontexture::providers {

struct UploadedInput {
    std::string url;
};
using UploadReply = std::variant<UploadedInput, engine::CallTrouble>;
using CreditsReply = std::variant<double, engine::CallTrouble>;

/// Thread: any; stateless after construction.
class Provider {
public:
    virtual ~Provider() = default;

    virtual const Capabilities& capabilities() const = 0;
    /// Checks every field against the capabilities. The error names the field, the value and what is allowed.
    virtual Result<void> validate(const TextureRequest& request) const = 0;

    /// The paid call. `input_url` is set for an edit. `callback_url` empty: none.
    virtual net::HttpRequest submit(const TextureRequest& request, const std::string& input_url,
                                    const std::string& callback_url) const = 0;
    /// Parses whatever came back, in whatever state it is. Never OutcomeLost for a reply that says what
    /// happened.
    virtual engine::SubmitReply read_submit(const net::HttpReply& reply) const = 0;

    virtual net::HttpRequest poll(const std::string& task_id) const = 0;
    virtual engine::PollReply read_poll(const net::HttpReply& reply) const = 0;

    /// `file_name` is unique and has the extension that fits `mime_type`.
    virtual net::HttpRequest upload(std::shared_ptr<const std::vector<std::uint8_t>> data,
                                    const std::string& file_name, const std::string& mime_type) const = 0;
    virtual UploadReply read_upload(const net::HttpReply& reply) const = 0;

    virtual net::HttpRequest credits() const = 0;
    virtual CreditsReply read_credits(const net::HttpReply& reply) const = 0;

    /// The task that a callback's body names; nothing when it names none.
    virtual std::optional<std::string> read_callback(std::string_view body) const = 0;
};

/// Where that service takes uploads: the vendor's own host for the vendor's API, else the API's.
std::string kie_upload_url(const std::string& base_url);

/// kie.ai Flux Kontext, and every host that speaks the same protocol. The URLs have no trailing slash.
/// `prices` replace those of its own table; of models that it does not have they are ignored.
std::unique_ptr<Provider> make_kie_flux_kontext(std::string base_url, std::string upload_url,
                                                const std::vector<Price>& prices = {});

}  // namespace kontexture::providers
