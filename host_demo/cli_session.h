#pragma once

#include <kontexture/kontexture.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli_options.h"
#include "local_service/local_service.h"

namespace command_line {

/// Which service, and where the data is. `local`: start the one inside this program.
struct Place {
    bool local = false;
    kontexture::ServiceConfig config;
    std::string resume_command;  ///< what collects from this very place
};

/// The service that --local starts.
inline constexpr const char* kLocalId = "local";

/// From the options and the environment. InvalidArgument when the command needs a service and none is named.
kontexture::Result<Place> find_place(const Options& options);

/// A host without a window: textures are only counted, and warnings kept for the report.
class HeadlessHost : public kontexture::Host {
public:
    kontexture::TextureHandle create_texture(const kontexture::TextureDesc&) override {
        return {++last_texture_};
    }
    bool write_rows(kontexture::TextureHandle, std::uint32_t, std::uint32_t,
                    const kontexture::ImageView&) override {
        return true;
    }
    void destroy_texture(kontexture::TextureHandle) override {}
    void log(kontexture::LogLevel level, std::string_view text) override;

    std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }

private:
    std::uint64_t last_texture_ = 0;
    std::vector<std::string> warnings_;
};

/// The module at work, with the local service beside it if that is wanted.
class Session {
public:
    static kontexture::Result<std::unique_ptr<Session>> open(Place place);

    kontexture::Service& service() { return *service_; }
    HeadlessHost& host() { return host_; }
    const Place& place() const { return place_; }

    /// Pumps until the service has told everything that earlier runs left to this one, and what was spent.
    /// False: interrupted.
    bool wait_until_restored();
    /// Whether so many credits more stay within the limit of a day, as far as this process knows. After
    /// wait_until_restored().
    kontexture::Result<void> check_day(double credits) const;
    /// Reads the library page by page. Interrupted when a person has no patience.
    kontexture::Result<void> read_library(
        const std::string& search,
        const std::function<void(std::span<const kontexture::LibraryEntry>)>& on_page);

    /// Pumps, then waits a moment if there was nothing.
    std::span<const kontexture::Event> pump();

private:
    Place place_;
    // In this order: the service uses both until it is gone.
    std::unique_ptr<local_service::LocalService> local_;
    HeadlessHost host_;
    std::unique_ptr<kontexture::Service> service_;
};

}  // namespace command_line
