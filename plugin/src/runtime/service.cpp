#include "runtime/service_impl.h"

#include <algorithm>

// The public face: how a Service is made and ended, and what its functions do before anything moves to
// another thread.
namespace kontexture {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kIdsPerBlock = std::uint64_t{1} << 24;
constexpr int kRememberedDurations = 64;
/// A dead process's jobs are waited for at most 15 seconds.
constexpr auto kBetweenTakeOvers = 12s;
/// What the destructor takes at most for bringing things to an end, and of that for paid calls to be
/// answered.
constexpr auto kClosingTime = 200ms;
constexpr std::chrono::milliseconds kAnswerGrace = 100ms;

void strip_slashes(std::string& url) {
    while (!url.empty() && url.back() == '/') url.pop_back();
}

/// What a request is shown as: pixels are large, and have done their work once they are on their way.
std::shared_ptr<const TextureRequest> shown(TextureRequest& request) {
    if (request.input.kind() != InputImage::Kind::Pixels)
        return std::make_shared<const TextureRequest>(request);
    InputImage pixels = std::exchange(request.input, InputImage::from_pixels({}));
    auto copy = std::make_shared<const TextureRequest>(request);
    request.input = std::move(pixels);
    return copy;
}

std::string no_key_message(const Capabilities& capabilities) {
    const std::string source =
        capabilities.key_page.empty() ? "" : " Get one at " + capabilities.key_page + ".";
    return "There is no API key, so nothing was sent." + source +
           " Give it as ServiceConfig::api_key or with set_api_key().";
}

Result<void> check_prices(const std::vector<Price>& prices, const Capabilities& capabilities) {
    for (const Price& price : prices) {
        std::string models;
        bool known = false;
        for (const Capabilities::Model& model : capabilities.models) {
            known = known || model.id == price.model;
            models += (models.empty() ? "" : ", ") + model.id;
        }
        if (!known)
            return Error{
                ErrorCode::InvalidArgument,
                0,
                0,
                "ServiceConfig::prices names \"" + price.model + "\". The models are: " + models + ".",
                {}};
        if (!(price.credits >= 0 && price.credits <= 1e6))
            return Error{
                ErrorCode::InvalidArgument,
                0,
                0,
                "ServiceConfig::prices: the price of " + price.model + " must be from 0 to 1000000 credits.",
                {}};
    }
    return {};
}

/// The service's language, and where the service may call back.
Result<void> set_up_service(const ServiceConfig& config, runtime::Workers::Parts& parts) {
    parts.provider = providers::make_kie_flux_kontext(config.base_url, config.upload_url, config.prices);
    if (auto fit = check_prices(config.prices, parts.provider->capabilities()); !fit) return fit.error();
    if (!config.callback) return {};
    const providers::Provider& provider = *parts.provider;
    auto callbacks = net::CallbackListener::open(
        *config.callback, [&provider](std::string_view body) { return provider.read_callback(body); });
    if (!callbacks) return callbacks.error();
    parts.callbacks = std::move(*callbacks);
    return {};
}

bool needs_upload(const TextureRequest& request) {
    return request.input && request.input.kind() != InputImage::Kind::Url;
}

}  // namespace

Result<std::unique_ptr<Service>> Service::create(ServiceConfig config, Host& host) {
    if (config.data_dir.empty())
        return Error{ErrorCode::InvalidArgument,
                     0,
                     0,
                     "ServiceConfig::data_dir is empty. Give a folder for the library.",
                     {}};
    if (config.base_url.empty())
        return Error{ErrorCode::InvalidArgument,
                     0,
                     0,
                     "ServiceConfig::base_url is empty. Give the API's address, such as https://api.kie.ai.",
                     {}};
    strip_slashes(config.base_url);
    strip_slashes(config.upload_url);
    if (config.upload_url.empty()) config.upload_url = providers::kie_upload_url(config.base_url);
    if (config.service_id.empty()) config.service_id = config.base_url;

    Impl::Parts parts;
    net::ClientOptions options;
    options.base_url = config.base_url;
    options.upload_url = config.upload_url;
    options.user_agent = config.user_agent.empty() ? "Kontexture/" KONTEXTURE_VERSION : config.user_agent;
    options.ca_file = config.ca_file;
    options.force_ipv4 = config.force_ipv4;
    options.max_file_bytes = config.max_file_bytes;
    auto client = net::Client::create(std::move(options), config.api_key);
    if (!client) return client.error();
    parts.workers.client = std::move(*client);

    if (auto ready = set_up_service(config, parts.workers); !ready) return ready.error();
    auto store = store::Store::open({config.data_dir, config.service_id, config.collect_outstanding, {}},
                                    &parts.warning);
    if (!store) return store.error();
    parts.id_block = (*store)->id_block();
    if (config.collect_outstanding) {
        auto outstanding = (*store)->take_over_jobs();
        if (!outstanding) return outstanding.error();
        parts.outstanding = std::move(*outstanding);
    }
    parts.durations = (*store)->durations(kRememberedDurations);
    parts.spends = (*store)->spends(
        std::chrono::time_point_cast<engine::Duration>(std::chrono::system_clock::now()) - engine::kDay);
    if (parts.workers.callbacks) {
        auto secret = (*store)->callback_secret();
        if (!secret) return secret.error();
        parts.callback_secret = std::move(*secret);
    }
    parts.workers.store = std::move(*store);
    parts.workers.limits.max_pixels = config.max_pixels;
    parts.workers.mipmaps = config.mipmaps;
    parts.config = std::move(config);
    try {
        return std::unique_ptr<Service>(new Service(std::make_unique<Impl>(std::move(parts), host)));
    } catch (const std::exception& refused) {
        return Error{ErrorCode::Storage, 0, 0,
                     "The system refused memory or threads for the service. Close something and try again.",
                     refused.what()};
    }
}

namespace {

engine::EngineConfig engine_config(const ServiceConfig& config, bool reads_balance, std::uint64_t seed) {
    engine::EngineConfig result;
    result.max_credits = config.max_credits;
    result.max_credits_per_day = config.max_credits_per_day;
    result.reads_balance = reads_balance;
    if (config.collect_outstanding) result.take_over_every = kBetweenTakeOvers;
    result.expected_duration = config.expected_duration;
    result.seed = seed;
    return result;
}

runtime::Workers::Parts with_clock(runtime::Workers::Parts parts, const runtime::Clock& clock) {
    parts.now = [&clock] { return clock.now(); };
    return parts;
}

}  // namespace

Service::Impl::Impl(Parts parts, Host& host)
    : host_(host),
      id_block_(parts.id_block),
      has_key_(!parts.config.api_key.empty()),
      handoff_(host),
      workers_(with_clock(std::move(parts.workers), clock_), news_),
      library_impl_(workers_, handoff_),
      library_(library_impl_),
      conductor_(engine_config(parts.config, capabilities().credits_query, parts.id_block), clock_, workers_,
                 news_) {
    workers_.set_answer([this](engine::Event event) { conductor_.tell(std::move(event)); },
                        [this](runtime::Restored left) { conductor_.restore(std::move(left)); });
    account_.limit = parts.config.max_credits;
    account_.limit_per_day = parts.config.max_credits_per_day;
    account_.key_present = has_key_;
    if (!parts.warning.empty()) host_.log(LogLevel::Warning, parts.warning);
    runtime::Restored left = runtime::restored(std::move(parts.outstanding), capabilities());
    left.event.durations = std::move(parts.durations);
    left.event.spends = std::move(parts.spends);
    conductor_.restore(std::move(left));
    workers_.start_callbacks(parts.callback_secret);
}

/// In this order, so that what is known is written down and nothing new is paid for: no further submits;
/// those on their way to the disk are taken back; paid calls get a moment for their answer, then all calls
/// are cut; the answers are dealt with; what follows from them is written. Callbacks first: one that is
/// refused is sent again, one that is accepted now would be lost.
Service::Impl::~Impl() {
    const auto until = std::chrono::steady_clock::now() + kClosingTime;
    const auto left = [until] {
        const auto rest = until - std::chrono::steady_clock::now();
        return std::max(0ms, std::chrono::duration_cast<std::chrono::milliseconds>(rest));
    };
    workers_.stop_callbacks();
    conductor_.close(left());
    workers_.wait_for_disk(left());
    conductor_.catch_up(left());
    workers_.end_calls(std::min(left(), kAnswerGrace));
    conductor_.stop();
    workers_.wait_for_disk(left());
    workers_.stop();
    library_impl_.clear();
    for (const RequestInfo& each : infos_) handoff_.retire(each.texture);
    for (const auto& [id, slot] : slots_) handoff_.retire(slot.pending);
}

std::optional<RequestId> Service::Impl::next_id() {
    const std::uint64_t counter = last_id_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (counter >= kIdsPerBlock) return std::nullopt;
    return RequestId{id_block_ + counter};
}

Result<void> Service::Impl::check(const TextureRequest& request) const {
    if (!has_key_) return Error{ErrorCode::Unauthorized, 0, 0, no_key_message(capabilities()), {}};
    return workers_.provider().validate(request);
}

Result<RequestId> Service::Impl::submit(TextureRequest request) {
    if (request.model.empty() && !capabilities().models.empty())
        request.model = capabilities().models.front().id;
    if (auto valid = check(request); !valid) return valid.error();
    const auto id = next_id();
    if (!id)
        return Error{ErrorCode::Conflict,
                     0,
                     0,
                     "This Service object has used up its request ids. Create a new one.",
                     {}};

    auto data = std::make_shared<runtime::JobData>();
    data->shown = shown(request);
    data->created_at = clock_.now();
    if (request.input.kind() == InputImage::Kind::Url) data->input_url = request.input.text();
    data->row.id = *id;
    data->row.credits = estimate(request);
    data->row.created_at = data->created_at;
    data->row.request = std::move(request);
    const TextureRequest& accepted = data->row.request;
    engine::Submit event{*id,
                         accepted.model,
                         data->row.credits,
                         needs_upload(accepted),
                         accepted.reuse == Reuse::IfIdentical,
                         accepted.priority};
    conductor_.tell(std::move(event), std::move(data));
    return *id;
}

RequestId Service::Impl::load(ImageId image) {
    const auto id = next_id();
    if (!image || !id) return {};
    auto data = std::make_shared<runtime::JobData>();
    data->row.id = *id;
    data->created_at = clock_.now();
    data->from_library = true;
    data->shown = std::make_shared<const TextureRequest>();
    conductor_.tell(engine::LoadImage{*id, image}, std::move(data));
    return *id;
}

void Service::Impl::release(RequestId id) {
    if (!id || released_.contains(id.value)) return;
    const auto slot = slots_.find(id.value);
    if (slot != slots_.end()) {
        RequestInfo& released = infos_[slot->second.index];
        handoff_.retire(std::exchange(released.texture, {}));
        handoff_.retire(std::exchange(slot->second.pending, {}));
        slots_.erase(slot);
        removed_any_ = true;
    }
    released_.insert(id.value);
    conductor_.tell(engine::Forget{id});
}

double Service::Impl::estimate(const TextureRequest& request) const {
    for (const Capabilities::Model& model : capabilities().models)
        if (model.id == request.model || request.model.empty()) return model.credits;
    return 0;
}

void Service::Impl::refresh_account() {
    if (!has_key_ || checking_credits_ || !capabilities().credits_query) return;
    checking_credits_ = true;
    workers_.check_credits();
}

void Service::Impl::set_key(Secret key) {
    has_key_ = !key.empty();
    account_.key_present = has_key_;
    account_.credits.reset();
    account_.error = {};
    workers_.set_key(std::move(key));
}

void Service::Impl::set_max_credits(std::optional<double> limit) {
    account_.limit = limit;
    conductor_.tell(engine::SetCreditLimit{limit});
}

void Service::Impl::set_max_credits_per_day(std::optional<double> limit) {
    account_.limit_per_day = limit;
    conductor_.tell(engine::SetCreditLimit{limit, true});
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Service::~Service() {
    impl_->assert_owner();
}

Result<RequestId> Service::submit(TextureRequest request) {
    return impl_->submit(std::move(request));
}
Result<void> Service::check(const TextureRequest& request) const {
    return impl_->check(request);
}
void Service::cancel(RequestId id) {
    impl_->tell(engine::Cancel{id});
}
void Service::retry(RequestId id) {
    impl_->tell(engine::Retry{id});
}
void Service::resolve(RequestId id, Resolution resolution) {
    impl_->tell(engine::Resolve{id, resolution});
}
void Service::resume(RequestId id) {
    // None would mean all.
    if (id) impl_->tell(engine::Resume{id});
}
void Service::resume_all() {
    impl_->tell(engine::Resume{});
}

RequestId Service::load(ImageId image) {
    return impl_->assert_owner(), impl_->load(image);
}
void Service::release(RequestId id) {
    impl_->assert_owner(), impl_->release(id);
}
std::span<const Event> Service::pump(PumpBudget budget) {
    return impl_->assert_owner(), impl_->pump(budget);
}
std::span<const Event> Service::events() const {
    return impl_->assert_owner(), impl_->events();
}
const RequestInfo* Service::find(RequestId id) const {
    return impl_->assert_owner(), impl_->find(id);
}
std::span<const RequestInfo> Service::requests() const {
    return impl_->assert_owner(), impl_->requests();
}
const Capabilities& Service::capabilities() const {
    return impl_->capabilities();
}
double Service::estimate(const TextureRequest& request) const {
    return impl_->estimate(request);
}
const Account& Service::account() const {
    return impl_->assert_owner(), impl_->account();
}
void Service::refresh_account() {
    impl_->assert_owner(), impl_->refresh_account();
}
void Service::set_api_key(Secret key) {
    impl_->assert_owner(), impl_->set_key(std::move(key));
}
void Service::set_max_credits(std::optional<double> limit) {
    impl_->assert_owner(), impl_->set_max_credits(limit);
}
void Service::set_max_credits_per_day(std::optional<double> limit) {
    impl_->assert_owner(), impl_->set_max_credits_per_day(limit);
}
Library& Service::library() {
    return impl_->assert_owner(), impl_->library();
}
Host& Service::host() {
    return impl_->assert_owner(), impl_->host();
}

}  // namespace kontexture
