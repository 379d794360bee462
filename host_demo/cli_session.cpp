#include "cli_session.h"

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "cli_advice.h"
#include "cli_callback.h"
#include "cli_interrupt.h"
#include "cli_requests.h"
#include "key_supply.h"

namespace command_line {

using namespace std::chrono_literals;
using kontexture::Error;
using kontexture::ErrorCode;
using kontexture::Event;
using kontexture::LibraryPage;
using kontexture::LibraryQuery;
using kontexture::Result;
using kontexture::Service;

namespace {

constexpr auto kPause = 15ms;
constexpr std::uint32_t kPageSize = 200;
constexpr const char* kNoKey =
    "There is no key. Set KIE_API_KEY in the environment to the service's key, or name a file that holds "
    "it with --key-file, or give --local for procedural pictures without a service, at no cost. Nothing "
    "was sent.";

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string first_of(std::string option, const char* variable) {
    return option.empty() ? environment(variable) : std::move(option);
}

std::string default_data_dir() {
    if (const std::string data = environment("XDG_DATA_HOME"); !data.empty()) return data + "/kontexture";
    if (const std::string home = environment("HOME"); !home.empty()) return home + "/.local/share/kontexture";
    return "kontexture-data";
}

/// As a shell reads it back.
std::string quoted(const std::string& text) {
    constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%=";
    if (!text.empty() && text.find_first_not_of(kPlain) == text.npos) return text;
    std::string result = "'";
    for (const char letter : text) result += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return result + '\'';
}

std::string resume_command(const Options& options, bool local) {
    std::string text = "kontexture resume";
    if (local) text += " --local";
    if (!options.base_url.empty()) text += " --base-url " + quoted(options.base_url);
    if (!local && !options.key_file.empty()) text += " --key-file " + quoted(options.key_file);
    if (!options.data_dir.empty()) text += " --data-dir " + quoted(options.data_dir);
    if (!options.callback_url.empty()) text += " --callback-url " + quoted(options.callback_url);
    if (!options.callback_listen.empty()) text += " --callback-listen " + quoted(options.callback_listen);
    return text;
}

/// Without a key these show the same.
bool needs_key(Command command) {
    return command != Command::List && command != Command::Spend;
}

}  // namespace

Result<Place> find_place(const Options& options) {
    if (options.local &&
        !(options.base_url.empty() && options.upload_url.empty() && options.key_file.empty()))
        return invalid(
            "--local brings its own address and key. Leave out --base-url, --upload-url and --key-file, or "
            "--local.");
    Place place;
    place.local = options.local;
    kontexture::ServiceConfig& config = place.config;
    config.mipmaps = false;
    config.max_credits_per_day = options.max_credits_per_day;
    for (const auto& [model, credits] : options.prices) config.prices.push_back({model, credits});
    config.data_dir = first_of(options.data_dir, "KONTEXTURE_DATA_DIR");
    if (config.data_dir.empty()) config.data_dir = default_data_dir();
    if (!options.local) {
        auto supply = key_supply::find_key(options.key_file, needs_key(options.command));
        if (!supply) return supply.error();
        config.api_key = std::move(supply->key);
        const std::string base_url = first_of(options.base_url, "KONTEXTURE_BASE_URL");
        if (!base_url.empty()) config.base_url = base_url;
        config.upload_url = first_of(options.upload_url, "KONTEXTURE_UPLOAD_URL");
        if (config.api_key.empty()) {
            // Without a key only local runs can have left something behind.
            const bool collects = options.command == Command::Resume || options.command == Command::Resolve;
            if (collects && base_url.empty()) {
                place.local = true;
            } else if (needs_key(options.command)) {
                return invalid(supply->note + (supply->note.empty() ? "" : " ") + kNoKey);
            }
        }
    }
    auto callback = find_callback(options);
    if (!callback) return callback.error();
    config.callback = std::move(*callback);
    place.resume_command = resume_command(options, place.local);
    return place;
}

void HeadlessHost::log(kontexture::LogLevel level, std::string_view text) {
    // What concerns a request is told with the request.
    if (level == kontexture::LogLevel::Warning && !text.starts_with("request "))
        warnings_.push_back(in_options(std::string(text)));
}

Result<std::unique_ptr<Session>> Session::open(Place place) {
    auto session = std::make_unique<Session>();
    kontexture::ServiceConfig config = place.config;
    if (place.local) {
        // Before the local service makes it for everyone to read.
        if (auto made = make_folder(config.data_dir, Access::Owner); !made) return made.error();
        std::string problem;
        local_service::Options local;
        local.data_dir = config.data_dir + "/local_service";
        if (config.callback) local.callback_key = config.callback->hmac_key.reveal();
        session->local_ = local_service::LocalService::start(std::move(local), &problem);
        if (!session->local_)
            return Error{.code = ErrorCode::Network,
                         .message = "The local service could not start: " + problem + "."};
        config.api_key = session->local_->key();
        config.base_url = session->local_->base_url();
        config.upload_url.clear();
        config.service_id = kLocalId;
    }
    if (config.service_id.empty()) config.service_id = config.base_url;
    place.config.service_id = config.service_id;
    session->place_ = std::move(place);
    auto service = Service::create(std::move(config), session->host_);
    if (!service) {
        Error error = service.error();
        error.message = in_options(std::move(error.message));
        return error;
    }
    session->service_ = std::move(*service);
    return session;
}

std::span<const Event> Session::pump() {
    const std::span<const Event> events = service_->pump({.time = 5ms, .bytes = std::size_t{256} << 20});
    if (events.empty()) std::this_thread::sleep_for(kPause);
    return events;
}

bool Session::wait_until_restored() {
    // Commands are answered in order, and this one comes after what create() told.
    service_->set_max_credits(place_.config.max_credits);
    while (!is_interrupted())
        for (const Event& event : pump())
            if (event.kind == Event::Kind::Account) return true;
    return false;
}

Result<void> Session::check_day(double credits) const {
    const std::optional<double>& limit = place_.config.max_credits_per_day;
    const double spent = service_->account().spent_last_day;
    if (!limit || credits <= 0 || spent + credits <= *limit + 1e-9) return {};
    char text[320];
    std::snprintf(text, sizeof text,
                  "This needs about %g credits, but of --max-credits-per-day %g already %g were spent in the "
                  "last 24 hours. Nothing was sent; raise --max-credits-per-day, or wait.",
                  credits, *limit, spent);
    return Error{.code = ErrorCode::SpendLimit, .message = text};
}

Result<void> Session::read_library(
    const std::string& search,
    const std::function<void(std::span<const kontexture::LibraryEntry>)>& on_page) {
    LibraryQuery query{.search = search, .pictures_only = false, .limit = kPageSize};
    for (std::uint64_t total = 1; query.offset < total; query.offset += kPageSize) {
        service_->library().search(query);
        const LibraryPage* page = nullptr;
        do {
            if (is_interrupted()) return Error{.code = ErrorCode::Interrupted, .message = "Interrupted."};
            pump();
            page = &service_->library().page();
        } while (page->loading || page->query != query);
        if (page->error.code != ErrorCode::None) return page->error;
        total = page->total;
        on_page(page->entries);
    }
    return {};
}

}  // namespace command_line
