#pragma once

#include "providers/provider.h"

// What the service says, read. Each takes any bytes, replies with any status.
namespace kontexture::providers::kie {

engine::SubmitReply read_submit(const net::HttpReply& reply, const Capabilities& service);
engine::PollReply read_poll(const net::HttpReply& reply, const Capabilities& service);
UploadReply read_upload(const net::HttpReply& reply, const Capabilities& service);
CreditsReply read_credits(const net::HttpReply& reply, const Capabilities& service);
std::optional<std::string> read_callback(std::string_view body);

}  // namespace kontexture::providers::kie
