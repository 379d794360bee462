#include "local_service/local_service.h"

#include <algorithm>
#include <ctime>

#include "connections.h"
#include "service_impl.h"

namespace local_service {

using nlohmann::json;

namespace {

constexpr int kServerThreads = 64;

std::uint64_t start_seed(const Options& options) {
    if (options.seed != 0) return options.seed;
    const auto ticks = std::chrono::system_clock::now().time_since_epoch().count();
    return static_cast<std::uint64_t>(ticks) ^ (std::uint64_t{std::random_device{}()} << 32);
}

}  // namespace

std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string iso_time(std::int64_t ms) {
    const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

Reply envelope(int code, const std::string& message, json data) {
    return {{{"code", code}, {"msg", message}, {"data", std::move(data)}}, 200};
}

LocalService::Impl::Impl(Options options)
    : options_(std::move(options)),
      faults_(start_seed(options_)),
      callbacks_(options_.callback_key, options_.callbacks_anywhere, options_.callback_retry),
      random_(start_seed(options_)) {}

bool LocalService::Impl::start(std::string* error) {
    if (!store_.open(options_.data_dir, error)) return false;
    credits_ = options_.credits;
    for (Task& task : store_.load()) {
        next_sequence_ = std::max(next_sequence_, task.sequence + 1);
        if (task.state != TaskState::Failed && task.state != TaskState::Refused) credits_ -= task.cost;
        if (task.state == TaskState::Pending) to_paint_.push_back(task.id);
        std::string id = task.id;
        tasks_.emplace(std::move(id), std::move(task));
    }
    // A fixed seed must not deal the same ids again after a restart.
    random_.discard(next_sequence_ * 64);

    server_.set_tcp_nodelay(true);
    server_.set_read_timeout(20);
    server_.set_write_timeout(20);
    server_.set_keep_alive_timeout(5);
    server_.set_payload_max_length(std::size_t{128} * 1024 * 1024);
    server_.new_task_queue = [] { return new httplib::ThreadPool(kServerThreads); };
    // The library's own choice would let two services share one port.
    server_.set_socket_options([](socket_t socket) {
        const int yes = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, reinterpret_cast<const char*>(&yes), sizeof yes);
    });
    route();
    if (options_.port == 0) {
        port_ = server_.bind_to_any_port("127.0.0.1");
    } else {
        port_ = server_.bind_to_port("127.0.0.1", options_.port) ? options_.port : -1;
    }
    for (const auto& [id, task] : tasks_)
        if (task.state != TaskState::Pending && task.ready_ms() > now_ms()) report_end(task);
    if (port_ <= 0) {
        if (error) *error = "cannot listen on 127.0.0.1:" + std::to_string(options_.port);
        return false;
    }
    listening_ = true;
    listener_ = std::thread([this] {
        server_.listen_after_bind();
        listening_ = false;
    });
    while (listening_ && !server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const unsigned painters = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
    for (unsigned i = 0; i < painters; ++i) painters_.emplace_back([this] { paint_tasks(); });
    return true;
}

LocalService::Impl::~Impl() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    callbacks_.stop();
    if (listener_.joinable()) {
        server_.stop();
        // Again and again, because a connection may have been accepted just now.
        while (listening_) {
            shut_connections(port_);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        listener_.join();
    }
    for (std::thread& painter : painters_) painter.join();
}

void LocalService::Impl::route() {
    const auto to = [this](void (Impl::*handler)(const Request&, Response&)) {
        return [this, handler](const Request& request, Response& response) {
            (this->*handler)(request, response);
        };
    };
    const std::string kontext = "/api/v1/flux/kontext/";
    server_.Post(kontext + "generate", to(&Impl::handle_generate));
    server_.Get(kontext + "record-info", to(&Impl::handle_record));
    server_.Get("/api/v1/chat/credit", to(&Impl::handle_credits));
    server_.Post("/api/v1/common/download-url", to(&Impl::handle_download_url));
    for (const char* kind : {"stream", "base64", "url"})
        server_.Post(std::string("/api/file-") + kind + "-upload", to(&Impl::handle_uploaded));
    server_.Get(R"(/h/([0-9A-Za-z_.-]+))", to(&Impl::handle_result));
    server_.Get(R"(/f/(.+))", to(&Impl::handle_result));
    server_.set_error_handler([](const Request&, Response& response) {
        if (!response.body.empty() || response.status < 400) return;
        response.set_content(envelope(response.status, "No such endpoint").body.dump(), "application/json");
    });
}

std::string LocalService::Impl::given_key(const Request& request) {
    const std::string header = request.get_header_value("Authorization");
    const std::string scheme = "Bearer ";
    return header.rfind(scheme, 0) == 0 ? header.substr(scheme.size()) : std::string();
}

bool LocalService::Impl::authorized(const Request& request) const {
    return !options_.key.empty() && given_key(request) == options_.key;
}

bool LocalService::Impl::wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [this] { return stopping_.load(); });
}

void LocalService::Impl::hang(const Request& request) {
    const int socket = find_connection(port_, request.remote_port);
    while (wait_for(std::chrono::milliseconds(50)) && !peer_is_gone(socket)) {
    }
    shut(socket);
}

void LocalService::Impl::drop(const Request& request) const {
    shut(find_connection(port_, request.remote_port));
}

void LocalService::Impl::send_raw(const Request& request, int status, const std::string& body) {
    const int socket = find_connection(port_, request.remote_port);
    send_all(socket, "HTTP/1.1 " + std::to_string(status) + " OK\r\nConnection: close\r\nContent-Length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + body);
    shut(socket);
}

void LocalService::Impl::send_slowly(Response& response, std::string bytes, const std::string& type) {
    constexpr std::size_t kPieces = 40;
    const std::size_t piece = std::max<std::size_t>(1, bytes.size() / kPieces);
    const std::size_t size = bytes.size();
    response.set_content_provider(
        size, type, [this, piece, bytes = std::move(bytes)](std::size_t at, std::size_t length, auto& sink) {
            if (!wait_for(std::chrono::milliseconds(50))) return false;
            return sink.write(bytes.data() + at, std::min(piece, length));
        });
}

void LocalService::Impl::send(const Reply& reply, const std::optional<FaultMet>& met, const Request& request,
                              Response& response) {
    const std::string text = reply.body.dump(-1, ' ', false, json::error_handler_t::replace);
    if (met && met->fault == Fault::DropAfterAccept) return drop(request);
    if (met && met->fault == Fault::NoContentType) return send_raw(request, reply.status, text);
    response.status = reply.status;
    if (met && met->fault == Fault::SlowBody) return send_slowly(response, text, "application/json");
    response.set_content(text, "application/json");
}

bool LocalService::Impl::misbehave(const FaultMet& met, const Request& request, Response& response) {
    const auto say = [&](int status, int code, const std::string& message) {
        Reply reply = envelope(code, message);
        reply.status = status;
        send(reply, std::nullopt, request, response);
        return true;
    };
    const int code = met.code != 0 ? met.code : 500;
    const std::string message = "The service answered with error " + std::to_string(code);
    switch (met.fault) {
        case Fault::ErrorInside200: return say(200, code, message);
        case Fault::HttpError: return say(code, code, message);
        case Fault::RateLimitInside200: return say(200, 429, "Too many requests, try again later");
        case Fault::RateLimitHttp:
            response.set_header("Retry-After", "1");
            return say(429, 429, "Too many requests, try again later");
        case Fault::DropBeforeAccept: drop(request); return true;
        case Fault::Hang: hang(request); return true;
        case Fault::EmptyBody: response.status = 200; return true;
        case Fault::Html403:
            response.status = 403;
            response.set_content(
                "<!DOCTYPE html><html><head><title>Access denied</title></head>"
                "<body><h1>Sorry, you have been blocked</h1><p>error code: 1010</p></body></html>",
                "text/html; charset=UTF-8");
            return true;
        case Fault::ChineseMessage:
            return say(200, met.code != 0 ? met.code : 422,
                       "\xE5\x8F\x82\xE6\x95\xB0\xE4\xB8\x8D\xE8\x83\xBD\xE4\xB8\xBA\xE7\xA9\xBA");
        case Fault::KeyInMessage:
            return say(200, code, "Internal error for key " + given_key(request) + ", please retry");
        default: return false;
    }
}

Record LocalService::Impl::record() const {
    std::lock_guard lock(mutex_);
    Record record = counts_;
    record.callbacks = callbacks_.answers();
    for (const auto& [id, task] : tasks_) {
        Record::Task entry;
        entry.id = id;
        entry.prompt = task.prompt;
        entry.body = task.body;
        entry.finished = finished(task);
        entry.failed = task.state == TaskState::Failed || task.state == TaskState::Refused;
        if (task.state == TaskState::Painted)
            entry.result_file = store_.result_path(task.result_name).string();
        record.tasks.push_back(std::move(entry));
    }
    std::sort(record.tasks.begin(), record.tasks.end(), [this](const auto& a, const auto& b) {
        return tasks_.at(a.id).sequence < tasks_.at(b.id).sequence;
    });
    return record;
}

LocalService::LocalService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LocalService::~LocalService() = default;

std::unique_ptr<LocalService> LocalService::start(Options options, std::string* error) {
    auto impl = std::make_unique<Impl>(std::move(options));
    if (!impl->start(error)) return nullptr;
    return std::unique_ptr<LocalService>(new LocalService(std::move(impl)));
}

int LocalService::port() const {
    return impl_->port();
}
std::string LocalService::base_url() const {
    return "http://127.0.0.1:" + std::to_string(port());
}
const std::string& LocalService::key() const {
    return impl_->options().key;
}
Record LocalService::record() const {
    return impl_->record();
}

void LocalService::inject(Endpoint endpoint, Fault fault, int count, int code) {
    impl_->faults().inject(endpoint, fault, count, code);
}

void LocalService::set_rate(Endpoint endpoint, Fault fault, double probability, int code) {
    impl_->faults().set_rate(endpoint, fault, probability, code);
}

void LocalService::clear_faults() {
    impl_->faults().clear();
}

}  // namespace local_service
