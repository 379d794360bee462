#include "net/client_impl.h"
#include "net/file_sink.h"
#include "net/messages.h"
#include "net/retry_after.h"
#include "net/text.h"

#include <algorithm>
#include <charconv>

// Result files: no credentials, no trust in the address, nothing kept that is not whole.
namespace kontexture::net {
namespace {

constexpr int kMostRedirects = 3;
constexpr std::size_t kErrorPageBytes = 4096;

FetchFailure failure(ErrorCode code, std::string message, std::string detail, int status, bool permanent) {
    FetchFailure result;
    result.error.code = code;
    result.error.http_status = status;
    result.error.message = std::move(message);
    result.error.detail = std::move(detail);
    result.permanent = permanent;
    return result;
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::optional<std::uint64_t> content_length(const HttpReply& reply) {
    const auto text = reply.header("Content-Length");
    if (!text) return std::nullopt;
    const std::string_view digits = trimmed(*text);
    std::uint64_t length = 0;
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (status != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return length;
}

bool is_encoded(const HttpReply& reply) {
    const auto encoding = reply.header("Content-Encoding");
    return encoding && !encoding->empty() && !equal_ignoring_case(*encoding, "identity");
}

bool looks_like_a_page(const HttpReply& reply) {
    return contains_ignoring_case(reply.header("Content-Type").value_or(""), "text/html") ||
           contains_ignoring_case(reply.body, "<html") || reply.body.starts_with("error code:");
}

FetchFailure status_failure(const Url& url, const HttpReply& reply) {
    const int status = reply.status;
    const std::string answered = url.host + " answered " + std::to_string(status);
    const std::string detail = excerpt(reply.body);
    if (status == 403 && looks_like_a_page(reply))
        return failure(ErrorCode::ResultExpired,
                       answered +
                           " with a web page: the picture's address has expired, or a content network "
                           "blocks this program. Open the address in a browser to see which.",
                       detail, status, true);
    if (status == 403 || status == 404 || status == 410)
        return failure(ErrorCode::ResultExpired,
                       answered + ": the picture's address no longer works. Ask the service for a new one.",
                       detail, status, true);
    FetchFailure result = failure(ErrorCode::Protocol, answered + ", which is no picture. Try again later.",
                                  detail, status, false);
    if (status == 429) {
        result.error.code = ErrorCode::RateLimited;
        result.error.message = answered + ": too many downloads at once. It is tried again later.";
    } else if (status >= 500) {
        result.error.code = ErrorCode::ServiceError;
        result.error.message = answered + ": the file server is in trouble. It is tried again later.";
    }
    result.retry_after = retry_after(reply, std::chrono::system_clock::now());
    return result;
}

FetchFailure too_large(const Url& url, std::size_t max_bytes) {
    return failure(ErrorCode::ImageTooLarge,
                   "The file from " + url.host + " is larger than the limit of " + std::to_string(max_bytes) +
                       " bytes. Raise the limit if that is intended.",
                   "", 200, true);
}

}  // namespace

// Writes the body of a 200 to the file; keeps the beginning of anything else for the error.
class Client::Impl::FetchSink : public ReplySink {
public:
    FetchSink(const Url& url, const Fetch& fetch, std::size_t max_bytes)
        : url_(url), fetch_(fetch), max_bytes_(max_bytes), file_(fetch.path) {}

    bool on_head(int status, const std::vector<Header>& headers) override {
        reply.status = status;
        reply.headers = headers;
        if (status != 200) return !is_redirect(status);
        length_ = is_encoded(reply) ? std::nullopt : content_length(reply);
        if (length_.value_or(0) > max_bytes_) return stop(too_large(url_, max_bytes_));
        if (const auto opened = file_.open(); !opened) return stop({opened.error(), false, std::nullopt});
        if (fetch_.total) fetch_.total->store(length_.value_or(0));
        return true;
    }

    bool on_body(std::string_view bytes) override {
        if (reply.status != 200) {
            reply.body.append(bytes.substr(0, kErrorPageBytes - reply.body.size()));
            return reply.body.size() < kErrorPageBytes;
        }
        bytes_ += bytes.size();
        if (bytes_ > max_bytes_) return stop(too_large(url_, max_bytes_));
        if (const auto written = file_.write(bytes); !written)
            return stop({written.error(), false, std::nullopt});
        if (fetch_.received) fetch_.received->store(bytes_);
        return true;
    }

    /// After a reply of 200 that was not stopped.
    FetchResult finish() {
        if (length_ && *length_ != bytes_)
            return failure(ErrorCode::Network,
                           "The file from " + url_.host + " arrived incomplete. Try again.",
                           std::to_string(bytes_) + " of " + std::to_string(*length_) + " bytes", 200, false);
        if (const auto kept = file_.commit(); !kept) return FetchFailure{kept.error(), false, std::nullopt};
        return FetchedFile{bytes_};
    }

    HttpReply reply;
    std::optional<FetchFailure> stopped;

private:
    bool stop(FetchFailure why) {
        stopped = std::move(why);
        return false;
    }

    const Url& url_;
    const Fetch& fetch_;
    const std::size_t max_bytes_;
    FileSink file_;
    std::optional<std::uint64_t> length_;
    std::uint64_t bytes_ = 0;
};

std::optional<FetchFailure> Client::Impl::check_target(const Url& url) const {
    if (url.https()) return std::nullopt;
    if (is_loopback_host(url.host) && is_loopback_host(base_.host)) return std::nullopt;
    return FetchFailure{forbidden_error(url, "result files are fetched over https only"), true, std::nullopt};
}

// Why these addresses may not be used. A server on the local network may hand out files there, but nothing
// beyond may point into it.
std::optional<std::string> Client::Impl::judge(Call& call, const std::vector<Address>& addresses) const {
    std::optional<std::vector<AddressKind>> base_kinds;
    for (const Address& address : addresses) {
        const AddressKind kind = classify(address);
        if (kind == AddressKind::Public) continue;
        if (kind != AddressKind::Reserved) {
            if (!base_kinds) base_kinds = call.kinds_of(base_.host);
            if (std::find(base_kinds->begin(), base_kinds->end(), kind) != base_kinds->end()) continue;
        }
        return "it leads to this machine, the local network or a reserved address";
    }
    return std::nullopt;
}

FetchResult Client::Impl::fetch(const std::string& url_text, const Fetch& fetch,
                                std::chrono::milliseconds deadline, Cancellation& cancellation) {
    auto url = parse_url(url_text);
    if (!url) {
        Error error = url.error();
        error.code = ErrorCode::ForbiddenAddress;
        return FetchFailure{std::move(error), true, std::nullopt};
    }
    Call call(options_, resolver_, watchdog_, deadline, cancellation);
    for (int redirects = 0;; ++redirects) {
        if (auto refused = check_target(*url)) return *std::move(refused);
        Exchange exchange;
        exchange.url = *url;
        exchange.method = "GET";
        exchange.headers = {{"Host", url->authority()},
                            {"User-Agent", options_.user_agent},
                            {"Accept", "image/*, */*;q=0.5"},
                            {"Accept-Encoding", "identity"}};
        FetchSink sink(*url, fetch, options_.max_file_bytes);
        const auto trouble = call.perform(
            exchange, sink, [&](const std::vector<Address>& addresses) { return judge(call, addresses); });
        if (trouble) return FetchFailure{trouble->error, trouble->permanent, std::nullopt};
        if (sink.stopped) return *std::move(sink.stopped);
        if (sink.reply.status == 200) return sink.finish();
        const auto location = sink.reply.header("Location");
        if (!is_redirect(sink.reply.status) || !location) return status_failure(*url, sink.reply);
        if (redirects == kMostRedirects)
            return failure(ErrorCode::Protocol,
                           url->host + " redirects again and again. Ask the service for a new address.",
                           excerpt(*location), sink.reply.status, false);
        auto next = resolve_reference(*url, trimmed(*location));
        if (!next || (url->https() && !next->https())) {
            Error error = next
                              ? forbidden_error(*next, "an encrypted address redirects to an unencrypted one")
                              : next.error();
            error.code = ErrorCode::ForbiddenAddress;
            return FetchFailure{std::move(error), true, std::nullopt};
        }
        url = std::move(next);
    }
}

}  // namespace kontexture::net
