#pragma once

#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "callbacks.h"
#include "faults.h"
#include "local_service/local_service.h"
#include "painter.h"
#include "task_store.h"

namespace local_service {

/// What an endpoint wants to say: always HTTP 200 with the envelope unless `status` says otherwise.
struct Reply {
    nlohmann::json body;
    int status = 200;
};

Reply envelope(int code, const std::string& message, nlohmann::json data = nullptr);

class LocalService::Impl {
public:
    explicit Impl(Options options);
    ~Impl();
    bool start(std::string* error);

    int port() const { return port_; }
    const Options& options() const { return options_; }
    FaultBox& faults() { return faults_; }
    Record record() const;

private:
    using Request = httplib::Request;
    using Response = httplib::Response;

    void route();
    bool authorized(const Request& request) const;
    static std::string given_key(const Request& request);

    /// Answers as the fault says and returns true, or returns false for faults that shape the true answer.
    bool misbehave(const FaultMet& met, const Request& request, Response& response);
    void send(const Reply& reply, const std::optional<FaultMet>& met, const Request& request,
              Response& response);
    void send_slowly(Response& response, std::string bytes, const std::string& type);
    void send_raw(const Request& request, int status, const std::string& body);
    void drop(const Request& request) const;
    /// Waits until the service stops or the client has left.
    void hang(const Request& request);
    /// False when the service stopped meanwhile.
    bool wait_for(std::chrono::milliseconds time);

    void handle_generate(const Request& request, Response& response);
    std::optional<Reply> check_generate(const nlohmann::json& body) const;
    Task make_task(const nlohmann::json& body, std::string raw_body, std::vector<BoundFault> faults);
    Reply accept(Task task, bool* stored);
    bool within_window();
    std::optional<FaultMet> generate_fault(const std::string& prompt, std::vector<BoundFault>& bound);

    void handle_record(const Request& request, Response& response);
    Reply record_reply(Task& task, const std::optional<FaultMet>& met);
    bool finished(const Task& task) const;

    void handle_credits(const Request& request, Response& response);
    void handle_download_url(const Request& request, Response& response);

    template <class Receive>
    void handle_upload(const Request& request, Response& response, Receive receive);
    Reply store_upload(const std::string& folder, const std::string& name, const std::string& bytes);
    void handle_result(const Request& request, Response& response);
    void handle_uploaded(const Request& request, Response& response);
    bool misserve(const FaultMet& met, const Request& request, Response& response, std::string& bytes,
                  const std::string& type);
    std::optional<std::string> read_url(const std::string& url, std::string* error) const;
    std::string random_hex(int digits);

    void paint_tasks();
    void paint_task(Task task);
    static const FaultMet* callback_fault(const Task& task);
    static bool calls_back_early(const Task& task);
    std::string other_task(const std::string& id);
    Callback callback_of(const Task& task, bool success);
    void report_end(const Task& task);
    void report_early(const std::string& id, bool before_answer);

    void settle(const std::string& id, TaskState state, int code, const std::string& message,
                const std::string& result_name);

    Options options_;
    TaskStore store_;
    FaultBox faults_;
    CallbackSender callbacks_;
    httplib::Server server_;
    int port_ = 0;
    std::thread listener_;
    std::atomic<bool> listening_{false};
    std::vector<std::thread> painters_;
    std::atomic<bool> stopping_{false};

    mutable std::mutex mutex_;  ///< guards everything below
    std::condition_variable changed_;
    std::map<std::string, Task> tasks_;
    std::deque<std::string> to_paint_;
    std::deque<std::chrono::steady_clock::time_point> submits_;
    std::set<std::string> limited_prompts_;
    std::mt19937_64 random_;
    std::uint64_t next_sequence_ = 1;
    double credits_ = 0;
    Record counts_;
};

std::int64_t now_ms();
std::string iso_time(std::int64_t ms);

}  // namespace local_service
