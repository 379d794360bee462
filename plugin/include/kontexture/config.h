#pragma once

#include <kontexture/request.h>

#include <chrono>

namespace kontexture {

struct Price {
    std::string model;   ///< an id from Capabilities::models: "flux-kontext-pro", "flux-kontext-max"
    double credits = 0;  ///< of one picture; from 0 to a million
};

/// A small HTTP server for the service's callbacks. A callback is only a hint: the task's record is then read
/// from the service. It shortens waits, and finds the task of a request whose outcome was unknown.
struct CallbackConfig {
    /// Under which the service reaches this listener, "https://textures.example.org/kontexture"; what stands
    /// in front passes POST requests below this path on, the path unchanged. Each request's own address is
    /// this, "/", its id, "/" and a word that cannot be guessed. Two Services need a port and a public_url
    /// each.
    std::string public_url = {};
    std::string listen_address = "127.0.0.1";  ///< an IP address of this machine
    std::uint16_t port = 8377;                 ///< zero: any free one, for tests
    /// The key from the vendor's settings page; callbacks without a valid signature of the last 5 minutes are
    /// refused. Empty: not checked.
    Secret hmac_key = {};
};

struct ServiceConfig {
    /// Empty: everything but paid calls works.
    Secret api_key = {};
    /// Required; made when missing, readable by its owner only (one that exists keeps its rights). "~" is not
    /// expanded. Several Services and processes may share one: each request belongs to the one that submitted
    /// it, until that ends.
    std::string data_dir = {};
    /// https, or http to this machine.
    std::string base_url = "https://api.kie.ai";
    /// Empty: the vendor's upload host for the vendor's base_url, else base_url.
    std::string upload_url = {};
    /// Whose tasks these are; empty: base_url. Set it when the same service's address varies from run to run.
    std::string service_id = {};
    std::string user_agent = {};  ///< empty: the module's own. The vendor refuses calls that carry none
    std::string ca_file = {};     ///< PEM file of certificate authorities; empty: the system's
    /// Most estimated credits this object may spend; absent: no limit. Other objects and runs do not count.
    std::optional<double> max_credits = {};
    /// Most that everybody with this data folder and service_id may spend in any 24 hours; absent: no limit.
    std::optional<double> max_credits_per_day = {};
    /// Replaces prices of the service's own table. A model it does not have is an error of create().
    std::vector<Price> prices = {};
    /// Where the service reports finished tasks, besides being asked; absent: it is only asked.
    std::optional<CallbackConfig> callback = {};
    /// What a picture takes before this data folder has learned it from finished ones; sets the first polls.
    /// Lower it for a server that answers within a second.
    std::chrono::milliseconds expected_duration = std::chrono::seconds(12);
    /// Take over and finish (for free) what ended runs left behind, at the start and when another process
    /// ends.
    bool collect_outstanding = true;
    bool force_ipv4 = false;
    bool mipmaps = true;  ///< textures come with all mip levels, made on a worker
    std::size_t max_file_bytes = std::size_t{64} << 20;  ///< of a result's file
    std::uint64_t max_pixels = std::uint64_t{32} << 20;  ///< of a decoded picture
};

}  // namespace kontexture
