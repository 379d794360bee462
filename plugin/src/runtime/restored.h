#pragma once

#include "runtime/job_data.h"

namespace kontexture::runtime {

/// What an ended process left, for the engine and for the executors.
struct Restored {
    engine::Restore event;
    std::vector<JobPtr> jobs;
};
Restored restored(std::vector<store::JobRow> rows);

}  // namespace kontexture::runtime
