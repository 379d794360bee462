#pragma once

#include "providers/provider.h"

// The four answers, read. Each takes any bytes with any status.
namespace kontexture::providers::kie {

engine::SubmitReply read_submit(const net::HttpReply& reply, const Capabilities& service);
engine::PollReply read_poll(const net::HttpReply& reply, const Capabilities& service);
UploadReply read_upload(const net::HttpReply& reply, const Capabilities& service);
CreditsReply read_credits(const net::HttpReply& reply, const Capabilities& service);

}  // namespace kontexture::providers::kie
