#include "callbacks.h"

#include <httplib.h>

#include <algorithm>
#include <utility>

#include "service_impl.h"
#include "signature.h"

namespace local_service {

using nlohmann::json;

namespace {

constexpr int kTimeoutSeconds = 5;
constexpr std::int64_t kOldMs = 3'600'000;
constexpr std::size_t kHugeBytes = 1'000'000;
constexpr std::chrono::milliseconds kLate{3000};

/// "http://host:port" and the rest.
std::pair<std::string, std::string> split_url(const std::string& url) {
    const std::size_t host = url.find("://");
    const std::size_t path = host == std::string::npos ? host : url.find('/', host + 3);
    if (path == std::string::npos) return {url, "/"};
    return {url.substr(0, path), url.substr(path)};
}

bool is_on_this_machine(const std::string& origin) {
    std::string host = origin.substr(origin.find("://") + 3);
    if (host.rfind("[::1]", 0) == 0) return host.size() == 5 || host[5] == ':';
    host = host.substr(0, host.find(':'));
    return host == "localhost" ||
           (host.rfind("127.", 0) == 0 && host.find_first_not_of("0123456789.") == std::string::npos);
}

std::string body_of(const Task& task, const std::string& id, const std::string& url, bool success) {
    const int code = success ? 200 : task.error_code;
    const std::string message = success ? "BFL image generated successfully." : task.error_message;
    json body{{"code", code},
              {"msg", message},
              {"data", {{"taskId", id}, {"info", {{"originImageUrl", url}, {"resultImageUrl", url}}}}}};
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

CallbackSender::CallbackSender(std::string key, bool anywhere, std::chrono::milliseconds retry_pause)
    : key_(std::move(key)), anywhere_(anywhere), retry_pause_(retry_pause), thread_([this] { run(); }) {}

CallbackSender::~CallbackSender() {
    stop();
}

void CallbackSender::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (httplib::Client* client : under_way_) client->stop();
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void CallbackSender::schedule(Callback callback, std::chrono::milliseconds delay) {
    {
        const std::lock_guard lock(mutex_);
        due_.emplace(Clock::now() + std::max(delay, std::chrono::milliseconds(0)), std::move(callback));
    }
    changed_.notify_all();
}

std::vector<int> CallbackSender::answers() const {
    const std::lock_guard lock(mutex_);
    return answers_;
}

void CallbackSender::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (due_.empty()) {
            changed_.wait(lock);
        } else if (due_.begin()->first > Clock::now()) {
            const auto until = due_.begin()->first;
            changed_.wait_until(lock, until);
        } else {
            const Callback callback = std::move(due_.extract(due_.begin()).mapped());
            lock.unlock();
            send(callback);
            lock.lock();
        }
    }
}

void CallbackSender::send(const Callback& callback) {
    if (!anywhere_ && !is_on_this_machine(split_url(callback.url).first)) return;
    const int status = post(callback);
    {
        const std::lock_guard lock(mutex_);
        answers_.push_back(status);
    }
    if (status == 200 || callback.tries_left <= 1) return;
    Callback again = callback;
    --again.tries_left;
    schedule(std::move(again), retry_pause_);
}

int CallbackSender::post(const Callback& callback) {
    const auto [origin, path] = split_url(callback.url);
    httplib::Client client(origin);
    client.set_connection_timeout(kTimeoutSeconds);
    client.set_read_timeout(kTimeoutSeconds);
    client.set_write_timeout(kTimeoutSeconds);
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return 0;
        under_way_.insert(&client);
    }
    httplib::Headers headers;
    if (!key_.empty() && callback.seal != Seal::None) {
        const std::int64_t age = callback.seal == Seal::Old ? kOldMs : 0;
        const std::string time = std::to_string((now_ms() - age) / 1000);
        const std::string key = callback.seal == Seal::Wrong ? "not " + key_ : key_;
        headers.emplace("X-Webhook-Timestamp", time);
        headers.emplace("X-Webhook-Signature", signature_of(key, callback.task_id + "." + time));
    }
    const auto result = client.Post(path, headers, callback.body, "application/json");
    const std::lock_guard lock(mutex_);
    under_way_.erase(&client);
    return result ? result->status : 0;
}

const FaultMet* LocalService::Impl::callback_fault(const Task& task) {
    for (const BoundFault& bound : task.faults)
        if (bound.endpoint == Endpoint::Callback) return &bound.met;
    return nullptr;
}

bool LocalService::Impl::calls_back_early(const Task& task) {
    const FaultMet* met = callback_fault(task);
    return met && (met->fault == Fault::CallbackEarly || met->fault == Fault::CallbackBeforeAnswer);
}

std::string LocalService::Impl::other_task(const std::string& id) {
    for (const auto& [other, task] : tasks_)
        if (other != id) return other;
    return random_hex(32);
}

Callback LocalService::Impl::callback_of(const Task& task, bool success) {
    const FaultMet* met = callback_fault(task);
    const auto is = [met](Fault fault) { return met && met->fault == fault; };
    const std::string url =
        success ? "http://127.0.0.1:" + std::to_string(port_) + "/h/" + task.result_name : std::string();
    Callback callback;
    callback.url = task.callback_url;
    callback.task_id = is(Fault::CallbackOtherTask) ? other_task(task.id) : task.id;
    callback.body = body_of(task, callback.task_id, url, success);
    if (is(Fault::CallbackHuge)) callback.body += std::string(kHugeBytes, ' ');
    if (is(Fault::CallbackWrongSignature)) callback.seal = Seal::Wrong;
    if (is(Fault::CallbackOldTime)) callback.seal = Seal::Old;
    if (is(Fault::CallbackUnsigned)) callback.seal = Seal::None;
    return callback;
}

/// The caller holds the mutex.
void LocalService::Impl::report_end(const Task& task) {
    if (task.callback_url.empty() || calls_back_early(task)) return;
    const FaultMet* met = callback_fault(task);
    if (met && met->fault == Fault::CallbackNever) return;
    std::chrono::milliseconds delay(task.ready_ms() - now_ms());
    if (met && met->fault == Fault::CallbackLate)
        delay = std::max(delay, std::chrono::milliseconds(0)) + kLate;
    Callback callback = callback_of(task, task.state == TaskState::Painted);
    if (met && met->fault == Fault::CallbackTwice) callbacks_.schedule(callback, delay);
    callbacks_.schedule(std::move(callback), delay);
}

void LocalService::Impl::report_early(const std::string& id, bool before_answer) {
    Callback callback;
    {
        const std::lock_guard lock(mutex_);
        const Task& task = tasks_.at(id);
        const Fault due = before_answer ? Fault::CallbackBeforeAnswer : Fault::CallbackEarly;
        const FaultMet* met = callback_fault(task);
        if (task.callback_url.empty() || !met || met->fault != due) return;
        callback = callback_of(task, true);
    }
    if (before_answer) return callbacks_.send(callback);
    callbacks_.schedule(std::move(callback), std::chrono::milliseconds(0));
}

}  // namespace local_service
