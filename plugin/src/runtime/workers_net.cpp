#include "runtime/workers.h"

#include <algorithm>
#include <condition_variable>

// Actions on the network lanes.
namespace kontexture::runtime {

using namespace std::chrono_literals;

namespace {

/// A paid call is given long: giving it up means not knowing whether it was charged.
constexpr auto kPostDeadline = 120s;
constexpr auto kPollDeadline = 20s;
constexpr auto kUploadDeadline = 5min;
constexpr auto kFetchDeadline = 10min;

Error outcome_unknown(const Error& cause) {
    return {ErrorCode::OutcomeUnknown, 0, 0,
            "The answer to this request was lost, so it is not known whether the service took and charged "
            "it. Look at "
            "the service's task log, then send it again or discard it.",
            cause.message + " " + cause.detail};
}

engine::SubmitReply reply_of(const net::HttpFailure& failure) {
    using engine::NotAccepted;
    if (failure.may_have_been_sent) return engine::OutcomeLost{outcome_unknown(failure.error)};
    const bool will_pass = failure.error.code == ErrorCode::Network ||
                           failure.error.code == ErrorCode::Timeout ||
                           failure.error.code == ErrorCode::Interrupted;
    return NotAccepted{
        failure.error, will_pass ? NotAccepted::Again::NoConnection : NotAccepted::Again::Never, {}};
}

engine::CallTrouble trouble_of(const net::HttpFailure& failure) {
    const ErrorCode code = failure.error.code;
    const bool permanent =
        code == ErrorCode::Tls || code == ErrorCode::ForbiddenAddress || code == ErrorCode::InvalidArgument;
    return {failure.error, permanent, {}};
}

/// Returns early when the call is cancelled.
void sleep(engine::Duration time, net::Cancellation& call) {
    if (time <= engine::Duration::zero()) return;
    std::mutex mutex;
    std::condition_variable wake;
    call.set_hook([&] {
        const std::lock_guard lock(mutex);
        wake.notify_all();
    });
    {
        std::unique_lock lock(mutex);
        wake.wait_for(lock, time, [&] { return call.cancelled(); });
    }
    call.set_hook(nullptr);
}

}  // namespace

std::shared_ptr<net::Cancellation> Workers::begin_call(const JobPtr& job) {
    auto call = std::make_shared<net::Cancellation>();
    if (job) job->call = call;
    const std::lock_guard lock(calls_mutex_);
    if (cut_) call->cancel();
    calls_.push_back(call);
    return call;
}

void Workers::end_call(const std::shared_ptr<net::Cancellation>& call) {
    const std::lock_guard lock(calls_mutex_);
    std::erase(calls_, call);
}

engine::SubmitReply Workers::post(const JobPtr& job, net::Cancellation& call) {
    std::string callback_url;
    if (callbacks_) {
        // Before the call: the service may report before it answers.
        callbacks_->expect(job->row.id);
        callback_url = callbacks_->url_of(job->row.id);
    }
    const net::HttpRequest request = provider_->submit(job->row.request, job->input_url, callback_url);
    const net::HttpResult result = client_->send(request, kPostDeadline, call);
    if (const auto* reply = std::get_if<net::HttpReply>(&result)) return provider_->read_submit(*reply);
    const auto& failure = std::get<net::HttpFailure>(result);
    if (failure.partial) {
        // A reply that broke off can still have said which task was started.
        engine::SubmitReply read = provider_->read_submit(*failure.partial);
        if (std::holds_alternative<engine::Accepted>(read)) return read;
    }
    return reply_of(failure);
}

void Workers::run(const engine::Post& action, const JobPtr& job) {
    const auto work = [this, id = action.id, job, call = begin_call(nullptr)] {
        engine::SubmitReply reply = post(job, *call);
        end_call(call);
        answer_(engine::Submitted{id, std::move(reply)});
    };
    start(posts_, work, [id = action.id](const Error& error) {
        return engine::Submitted{id, engine::OutcomeLost{outcome_unknown(error)}};
    });
}

void Workers::start_callbacks(std::span<const std::uint8_t> secret) {
    if (!callbacks_) return;
    callbacks_->start(secret, {[this](RequestId id, std::string task_id) {
                                   answer_(engine::CalledBack{id, std::move(task_id)});
                               },
                               [this](std::string why) {
                                   news_.push(LogNews{LogLevel::Warning, std::move(why)});
                               }});
}

void Workers::stop_callbacks() {
    if (callbacks_) callbacks_->stop();
}

void Workers::expect_callbacks(const std::vector<RequestId>& jobs) {
    if (!callbacks_) return;
    for (const RequestId id : jobs) callbacks_->expect(id);
}

void Workers::forget_callbacks(RequestId id) {
    if (callbacks_) callbacks_->forget(id);
}

void Workers::run(const engine::Poll& action, const JobPtr&) {
    const auto work = [this, action, call = begin_call(nullptr)] {
        sleep(store_->take_poll_turn(action.gap), *call);
        const net::HttpResult result = client_->send(provider_->poll(action.task_id), kPollDeadline, *call);
        end_call(call);
        if (const auto* reply = std::get_if<net::HttpReply>(&result))
            return answer_(engine::Polled{action.id, provider_->read_poll(*reply)});
        answer_(engine::Polled{action.id, engine::PollTrouble{std::get<net::HttpFailure>(result).error, {}}});
    };
    start(polls_, work, [id = action.id](Error error) {
        return engine::Polled{id, engine::PollTrouble{std::move(error), {}}};
    });
}

providers::UploadReply Workers::upload(RequestId id, const JobData& job, net::Cancellation& call) {
    auto file = blobs_.read(job.row.input_blob);
    if (!file) return engine::CallTrouble{file.error(), true, {}};
    // The blob's name makes the file name unique: the service overwrites, and caches, equal names.
    const std::string name = std::to_string(id.value) + "-" + job.row.input_blob.substr(0, 16) + "." +
                             image::extension(image::sniff(*file));
    auto data = std::make_shared<const std::vector<std::uint8_t>>(std::move(*file));
    const net::HttpResult result = client_->send(
        provider_->upload(std::move(data), name, job.row.input_mime_type), kUploadDeadline, call);
    if (const auto* reply = std::get_if<net::HttpReply>(&result)) return provider_->read_upload(*reply);
    return trouble_of(std::get<net::HttpFailure>(result));
}

void Workers::run(const engine::UploadInput& action, const JobPtr& job) {
    const auto work = [this, id = action.id, job, call = begin_call(job)] {
        const providers::UploadReply reply = upload(id, *job, *call);
        end_call(call);
        if (const auto* uploaded = std::get_if<providers::UploadedInput>(&reply)) {
            job->input_url = uploaded->url;
            return answer_(engine::InputUploaded{id, std::nullopt});
        }
        answer_(engine::InputUploaded{id, std::get<engine::CallTrouble>(reply)});
    };
    start(transfers_, work, [id = action.id](Error error) {
        return engine::InputUploaded{id, engine::CallTrouble{std::move(error), false, {}}};
    });
}

void Workers::run(const engine::Fetch& action, const JobPtr& job) {
    const auto work = [this, action, job, call = begin_call(job)] {
        job->bytes_received = job->bytes_total = 0;
        job->temporary_path = temporary_folder_ + "/" + std::to_string(action.id.value) + ".part";
        const net::FetchResult result = client_->fetch(action.url, job->temporary_path, kFetchDeadline, *call,
                                                       &job->bytes_received, &job->bytes_total);
        end_call(call);
        engine::Fetched fetched{action.id, std::nullopt};
        if (const auto* failure = std::get_if<net::FetchFailure>(&result))
            fetched.trouble = engine::CallTrouble{failure->error, failure->permanent, failure->retry_after};
        answer_(fetched);
    };
    start(transfers_, work, [id = action.id](Error error) {
        return engine::Fetched{id, engine::CallTrouble{std::move(error), false, {}}};
    });
}

void Workers::run(const engine::ReadBalance&) {
    // A balance belongs to a key; asking without one would only look like a refused key.
    if (!client_->has_key()) return answer_(engine::BalanceRead{});
    check_credits();
}

void Workers::check_credits() {
    const auto work = [this, call = begin_call(nullptr)] {
        const net::HttpResult result = client_->send(provider_->credits(), kPollDeadline, *call);
        end_call(call);
        const auto* reply = std::get_if<net::HttpReply>(&result);
        if (!reply) return tell_balance({std::nullopt, std::get<net::HttpFailure>(result).error});
        const providers::CreditsReply credits = provider_->read_credits(*reply);
        if (const auto* balance = std::get_if<double>(&credits)) return tell_balance({*balance, {}});
        tell_balance({std::nullopt, std::get<engine::CallTrouble>(credits).error});
    };
    start(polls_, work, [this](Error error) {
        news_.push(CreditsNews{std::nullopt, std::move(error)});
        return engine::BalanceRead{};
    });
}

void Workers::tell_balance(CreditsNews news) {
    answer_(engine::BalanceRead{news.credits});
    news_.push(std::move(news));
}

void Workers::end_calls(std::chrono::milliseconds grace) {
    posts_.wait_idle(grace);
    std::vector<std::shared_ptr<net::Cancellation>> calls;
    {
        const std::lock_guard lock(calls_mutex_);
        cut_ = true;
        calls = calls_;
    }
    for (const auto& call : calls) call->cancel();
    for (Lane* lane : {&posts_, &polls_, &transfers_}) lane->stop();
    for (Lane* lane : {&posts_, &polls_, &transfers_}) lane->join();
}

void Workers::stop() {
    store_->hurry();
    for (Lane* lane : {&posts_, &polls_, &transfers_, &images_, &disk_}) lane->stop();
    for (Lane* lane : {&posts_, &polls_, &transfers_, &images_, &disk_}) lane->join();
}

}  // namespace kontexture::runtime
