#include "net/client.h"

#include "net/client_impl.h"
#include "net/messages.h"
#include "net/redaction.h"
#include "net/text.h"

#include <exception>

#include <unistd.h>

namespace kontexture::net {
namespace {

Error invalid(std::string message) {
    Error error;
    error.code = ErrorCode::InvalidArgument;
    error.message = std::move(message);
    return error;
}

HttpFailure refused(Error error) {
    return {std::move(error), false};
}

Result<Url> configured_url(const std::string& text) {
    auto url = parse_url(text);
    if (url && !url->https() && !is_loopback_host(url->host))
        return invalid(
            "The address \"" + url->text() +
            "\" would send the key unencrypted. Use https://; plain http is only for this machine.");
    return url;
}

// A whole reply in memory, up to a limit.
class ReplyCollector : public ReplySink {
public:
    explicit ReplyCollector(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    bool on_head(int status, const std::vector<Header>& headers) override {
        reply.status = status;
        reply.headers = headers;
        return true;
    }
    bool on_body(std::string_view bytes) override {
        too_large = bytes.size() > max_bytes_ - reply.body.size();
        if (!too_large) reply.body.append(bytes);
        return !too_large;
    }

    HttpReply reply;
    bool too_large = false;

private:
    const std::size_t max_bytes_;
};

void blank_reply(HttpReply& reply, const Secret& key, Ending ending) {
    blank(reply.body, key.reveal(), ending);
    for (Header& header : reply.headers) {
        blank(header.name, key.reveal());
        blank(header.value, key.reveal());
    }
}

HttpFailure broken(Error error, bool may_have_been_sent, HttpReply reply, const Secret& key) {
    blank(error.message, key.reveal());
    blank(error.detail, key.reveal());
    HttpFailure failure{std::move(error), may_have_been_sent};
    if (reply.body.empty()) return failure;
    blank_reply(reply, key, Ending::Cut);
    failure.partial = std::move(reply);
    return failure;
}

HttpResult cleaned(HttpResult result) {
    if (auto* failure = std::get_if<HttpFailure>(&result)) clean(failure->error);
    return result;
}

FetchResult cleaned(FetchResult result) {
    if (auto* failure = std::get_if<FetchFailure>(&result)) clean(failure->error);
    return result;
}

Error cleaned(Error error) {
    clean(error);
    return error;
}

}  // namespace

Client::Impl::Impl(ClientOptions client_options, Url base, Url upload, Secret key)
    : options_(std::move(client_options)),
      base_(std::move(base)),
      upload_(std::move(upload)),
      resolver_(options_.lookup) {
    set_key(std::move(key));
}

void Client::Impl::set_key(Secret key) {
    // Keys come from files and forms, with a line end or a space around them.
    Secret clean(trimmed(key.reveal()));
    const std::lock_guard lock(key_mutex_);
    key_ = std::move(clean);
}

Secret Client::Impl::key() const {
    const std::lock_guard lock(key_mutex_);
    return key_;
}

std::variant<std::vector<Header>, HttpFailure> Client::Impl::api_headers(const HttpRequest& request,
                                                                         const Url& url, const Body& body,
                                                                         const Secret& key) const {
    std::vector<Header> headers = {{"Host", url.authority()},
                                   {"User-Agent", options_.user_agent},
                                   {"Accept", "application/json, */*;q=0.5"},
                                   {"Accept-Encoding", "identity"}};
    if (!key.empty()) headers.push_back({"Authorization", "Bearer " + std::string(key.reveal())});
    if (body.size() > 0) {
        const std::string& type = body.content_type().empty() ? request.content_type : body.content_type();
        if (!type.empty()) headers.push_back({"Content-Type", type});
    }
    if (!is_header_value(key.reveal())) {
        Error error;
        error.code = ErrorCode::Unauthorized;
        error.message = "The API key contains a line end or a control character. Copy it again.";
        return refused(std::move(error));
    }
    for (const Header& header : headers)
        if (!is_header_value(header.value))
            return refused(invalid("The value of " + header.name + " contains a control character."));
    for (const Part& part : request.parts)
        if (!is_header_value(part.content_type))
            return refused(invalid("The type of \"" + part.name + "\" contains a control character."));
    return headers;
}

HttpResult Client::Impl::send(const HttpRequest& request, std::chrono::milliseconds deadline,
                              Cancellation& cancellation) {
    const auto url = parse_url(request.url);
    if (!url) return refused(url.error());
    if (!same_origin(*url, base_) && !same_origin(*url, upload_))
        return refused(forbidden_error(*url, "the key goes to the configured base and upload URL only"));
    const bool post = request.method == "POST";
    if (!post && request.method != "GET")
        return refused(invalid("The method \"" + excerpt(request.method, 20) + "\" is not GET or POST."));
    const Secret key = this->key();
    const Body body = !post ? Body() : request.parts.empty() ? Body(request.body) : Body(request.parts);
    auto headers = api_headers(request, *url, body, key);
    if (auto* failure = std::get_if<HttpFailure>(&headers)) return std::move(*failure);

    Exchange exchange;
    exchange.url = *url;
    exchange.method = request.method;
    exchange.headers = std::get<std::vector<Header>>(std::move(headers));
    exchange.body = &body;
    ReplyCollector collector(options_.max_reply_bytes);
    Call call(options_, resolver_, watchdog_, deadline, cancellation);
    if (auto trouble = call.perform(exchange, collector))
        return broken(std::move(trouble->error), trouble->may_have_been_sent, std::move(collector.reply),
                      key);
    if (collector.too_large) {
        Error error;
        error.code = ErrorCode::Protocol;
        error.http_status = collector.reply.status;
        error.message = url->host + " sent more than " + std::to_string(options_.max_reply_bytes) +
                        " bytes as an answer. Check the base URL.";
        return broken(std::move(error), true, std::move(collector.reply), key);
    }
    blank_reply(collector.reply, key, Ending::Whole);
    return std::move(collector.reply);
}

Result<std::unique_ptr<Client>> Client::create(ClientOptions options, Secret key) {
    try {
        if (options.upload_url.empty()) options.upload_url = options.base_url;
        if (options.user_agent.empty()) options.user_agent = "Kontexture";
        auto base = configured_url(options.base_url);
        if (!base) return base.error();
        auto upload = configured_url(options.upload_url);
        if (!upload) return upload.error();
        if (!is_header_value(options.user_agent))
            return invalid("The user agent contains a control character.");
        if (!options.ca_file.empty() && access(options.ca_file.c_str(), R_OK) != 0)
            return cleaned(
                invalid("The CA file \"" + options.ca_file + "\" cannot be read. Correct ca_file."));
        auto impl =
            std::make_unique<Impl>(std::move(options), *std::move(base), *std::move(upload), std::move(key));
        return std::unique_ptr<Client>(new Client(std::move(impl)));
    } catch (const std::exception& failure) {
        Error error;
        error.code = ErrorCode::Network;
        error.message = "The HTTP client could not be started: out of threads or memory.";
        error.detail = failure.what();
        return error;
    }
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Client::~Client() = default;

bool Client::has_key() const {
    return !impl_->key().empty();
}

void Client::set_key(Secret key) {
    impl_->set_key(std::move(key));
}

HttpResult Client::send(const HttpRequest& request, std::chrono::milliseconds deadline,
                        Cancellation& cancellation) {
    try {
        return cleaned(impl_->send(request, deadline, cancellation));
    } catch (const std::exception& failure) {
        Error error;
        error.code = ErrorCode::Network;
        error.message = "The call failed inside this program: out of memory?";
        error.detail = failure.what();
        return HttpFailure{std::move(error), true};
    }
}

FetchResult Client::fetch(const std::string& url, const std::string& path, std::chrono::milliseconds deadline,
                          Cancellation& cancellation, std::atomic<std::uint64_t>* received,
                          std::atomic<std::uint64_t>* total) {
    try {
        return cleaned(impl_->fetch(url, {path, received, total}, deadline, cancellation));
    } catch (const std::exception& failure) {
        FetchFailure result;
        result.error.code = ErrorCode::Network;
        result.error.message = "The download failed inside this program: out of memory?";
        result.error.detail = failure.what();
        return result;
    }
}

}  // namespace kontexture::net
