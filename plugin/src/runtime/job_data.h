#pragma once

#include "image/image.h"
#include "net/cancellation.h"
#include "store/store.h"

#include <atomic>
#include <memory>

namespace kontexture::runtime {

/// Everything of a job that the engine does not need to know. One action that touches it runs at a time, and
/// its answer passes through the conductor before the next begins, so the plain members need no lock.
struct JobData {
    store::JobRow row;
    std::shared_ptr<const TextureRequest> shown;  ///< what RequestInfo tells: without pixels
    engine::TimePoint created_at = {};
    bool from_library = false;

    // Input
    std::vector<std::uint8_t> input_file;  ///< between LoadInput and WriteIntent
    std::string input_url;                 ///< where the service finds it

    // Result
    std::string temporary_path;  ///< between Fetch and StoreResult
    store::ImageRow image;
    image::Pixels pixels;  ///< between Decode and Deliver

    /// Of the call under way; replaced for each. Set by the conductor, used by a lane.
    std::shared_ptr<net::Cancellation> call;
    std::atomic<std::uint64_t> bytes_received{0};
    std::atomic<std::uint64_t> bytes_total{0};
};
using JobPtr = std::shared_ptr<JobData>;

}  // namespace kontexture::runtime
