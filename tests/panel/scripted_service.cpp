#include "scripted_service.h"

#include <algorithm>

namespace kontexture {
namespace {

test::Script* g_next_script = nullptr;

}  // namespace

class Library::Impl {
public:
    explicit Impl(test::Script& s) : script(s) {}
    test::Script& script;
};

class Service::Impl {
public:
    Impl(test::Script& s, Host& h) : script(s), host(h), library_impl(s) {}

    test::Script& script;
    Host& host;
    Library::Impl library_impl;
    std::unique_ptr<Library> library;
};

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
    impl_->library.reset(new Library(impl_->library_impl));
}

Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::create(ServiceConfig, Host& host) {
    return std::unique_ptr<Service>(new Service(std::make_unique<Impl>(*g_next_script, host)));
}

Result<RequestId> Service::submit(TextureRequest request) {
    test::Script& script = impl_->script;
    if (script.submit_error) return *script.submit_error;
    script.submitted.push_back(request);
    RequestInfo info;
    info.id = {script.next_id++};
    info.request = std::move(request);
    info.created_at = std::chrono::system_clock::now();
    info.estimated_credits = estimate(info.request);
    script.requests.push_back(info);
    return info.id;
}

void Service::cancel(RequestId id) {
    impl_->script.cancelled.push_back(id);
}
void Service::retry(RequestId id) {
    impl_->script.retried.push_back(id);
}
void Service::resolve(RequestId id, Resolution resolution) {
    impl_->script.resolved.push_back({id, resolution});
}
void Service::resume(RequestId id) {
    impl_->script.resumed.push_back(id);
}
void Service::resume_all() {
    ++impl_->script.resumed_all;
}

RequestId Service::load(ImageId image) {
    test::Script& script = impl_->script;
    script.loaded.push_back(image);
    RequestInfo info;
    info.id = {script.next_id++};
    info.state = JobState::Decoding;
    info.image = image;
    info.from_library = true;
    script.requests.push_back(info);
    if (script.is_load_immediate) script.finish(info.id, image);
    return info.id;
}

void Service::release(RequestId id) {
    impl_->script.released.push_back(id);
    std::erase_if(impl_->script.requests, [id](const RequestInfo& info) { return info.id == id; });
}

std::span<const Event> Service::pump(PumpBudget) {
    return impl_->script.events;
}
std::span<const Event> Service::events() const {
    return impl_->script.events;
}
const RequestInfo* Service::find(RequestId id) const {
    return impl_->script.find(id);
}
std::span<const RequestInfo> Service::requests() const {
    return impl_->script.requests;
}
const Capabilities& Service::capabilities() const {
    return impl_->script.capabilities;
}

double Service::estimate(const TextureRequest& request) const {
    for (const Capabilities::Model& model : capabilities().models)
        if (request.model.empty() || model.id == request.model) return model.credits;
    return 0;
}

const Account& Service::account() const {
    return impl_->script.account;
}
void Service::refresh_account() {
    ++impl_->script.account_refreshes;
}
void Service::set_api_key(Secret key) {
    impl_->script.account.key_present = !key.empty();
    impl_->script.account.error = {};
    if (impl_->script.on_key) impl_->script.on_key(key);
}
void Service::set_max_credits(std::optional<double> limit) {
    impl_->script.account.limit = limit;
}
void Service::set_max_credits_per_day(std::optional<double> limit) {
    impl_->script.account.limit_per_day = limit;
}
Library& Service::library() {
    return *impl_->library;
}
Host& Service::host() {
    return impl_->host;
}

void Library::search(LibraryQuery query) {
    impl_.script.searches.push_back(query);
    impl_.script.page.query = std::move(query);
}

const LibraryPage& Library::page() const {
    return impl_.script.page;
}

TextureHandle Library::thumbnail(ImageId image) {
    ++impl_.script.thumbnails_asked[image];
    const auto found = impl_.script.thumbnails.find(image);
    return found == impl_.script.thumbnails.end() ? TextureHandle{} : found->second;
}

const InputPreview& Library::preview(const InputImage& input) {
    impl_.script.previewed = input;
    return impl_.script.preview;
}

void Library::save(ImageId image, std::string path) {
    impl_.script.saved.emplace_back(image, std::move(path));
}

void Library::set_favourite(RequestId id, bool favourite) {
    impl_.script.favourites.emplace_back(id, favourite);
}

void Library::load_ledger() {
    ++impl_.script.ledger_reads;
}

const Ledger& Library::ledger() const {
    return impl_.script.ledger;
}

void Library::save_ledger(std::string path) {
    impl_.script.saved_ledgers.push_back(std::move(path));
}

namespace test {

Script::Script() {
    capabilities.service_name = "kie.ai Flux Kontext";
    capabilities.models = {{"flux-kontext-pro", "Kontext Pro", 5}, {"flux-kontext-max", "Kontext Max", 10}};
    capabilities.aspect_ratios = {AspectRatio::Wide21x9, AspectRatio::Wide16x9, AspectRatio::Wide4x3,
                                  AspectRatio::Square,   AspectRatio::Tall3x4,  AspectRatio::Tall9x16};
    capabilities.output_formats = {OutputFormat::Png, OutputFormat::Jpeg};
    capabilities.safety_tolerance_new = {0, 6, 2};
    capabilities.safety_tolerance_edit = {0, 2, 2};
    capabilities.usd_per_credit = 0.005;
    capabilities.max_prompt_bytes = 5000;
    capabilities.edit = true;
    capabilities.prompt_upsampling = true;
    capabilities.translation = true;
    capabilities.watermark = true;
    capabilities.upload_cn = true;
    capabilities.credits_query = true;
    capabilities.key_page = "https://service.example/key";
    capabilities.top_up_page = "https://service.example/pricing";
    capabilities.task_log_page = "https://service.example/logs";
    account.key_present = true;
    account.credits = 812.5;
}

RequestInfo* Script::find(RequestId id) {
    for (RequestInfo& info : requests)
        if (info.id == id) return &info;
    return nullptr;
}

RequestInfo& Script::add(JobState state, std::string prompt) {
    RequestInfo info;
    info.id = {next_id++};
    info.state = state;
    info.request.prompt = std::move(prompt);
    info.created_at = std::chrono::system_clock::now();
    info.estimated_credits = 5;
    requests.push_back(std::move(info));
    return requests.back();
}

RequestInfo& Script::add_unknown(std::string prompt, std::chrono::seconds ago) {
    RequestInfo& info = add(JobState::OutcomeUnknown, std::move(prompt));
    info.submitted_at = std::chrono::system_clock::now() - ago;
    info.error = {.code = ErrorCode::OutcomeUnknown,
                  .message = "The connection broke after the request was sent."};
    return info;
}

void Script::add_payment(LedgerEntry::Kind kind, std::string prompt, double credits) {
    LedgerEntry entry;
    entry.request = {next_id++};
    entry.kind = kind;
    entry.credits = credits;
    entry.at = std::chrono::system_clock::now() - std::chrono::minutes(7 * ledger.entries.size());
    entry.model = "flux-kontext-pro";
    entry.prompt = std::move(prompt);
    if (kind == LedgerEntry::Kind::Spent) entry.task_id = "task";
    ledger.total += credits;
    ledger.last_day += credits;
    ledger.entries.push_back(std::move(entry));
}

LibraryEntry& Script::add_picture(std::uint64_t id, std::string prompt, std::uint32_t width,
                                  std::uint32_t height) {
    LibraryEntry entry;
    entry.id = {id};
    entry.image = {id};
    entry.request.prompt = std::move(prompt);
    entry.width = width;
    entry.height = height;
    entry.estimated_credits = 5;
    entry.created_at = std::chrono::system_clock::now() - std::chrono::minutes(3);
    entry.finished_at = entry.created_at + std::chrono::seconds(14);
    page.entries.insert(page.entries.begin(), std::move(entry));
    page.total = page.entries.size();
    return page.entries.front();
}

void Script::finish(RequestId id, ImageId image) {
    RequestInfo* info = find(id);
    if (!info) return;
    info->state = JobState::Ready;
    info->image = image;
    info->texture = {image.value + 1};
    info->width = 1024;
    info->height = 1024;
    info->finished_at = std::chrono::system_clock::now();
}

std::unique_ptr<Service> make_service(Script& script, Host& host) {
    g_next_script = &script;
    return std::move(*Service::create({}, host));
}

}  // namespace test
}  // namespace kontexture
