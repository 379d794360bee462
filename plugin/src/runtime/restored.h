#pragma once

#include "runtime/job_data.h"

namespace kontexture::runtime {

/// What an ended process left, for the engine and for the executors.
struct Restored {
    engine::Restore event;
    std::vector<JobPtr> jobs;
};
/// What is not paid for yet costs what the service takes now.
Restored restored(std::vector<store::JobRow> rows, const Capabilities& capabilities);

}  // namespace kontexture::runtime
