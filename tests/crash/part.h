#pragma once

#include <string>

#include "audit.h"

namespace crash {

struct PartOptions {
    std::string name;      ///< letters; begins the names of its jobs
    int deaths = 0;        ///< kills, or power cuts, to reach
    int processes = 1;     ///< at the same time on one data folder
    bool cuts = false;     ///< power cuts instead of kills
    bool is_deaf = false;  ///< fsync counts for nothing
};

/// World after world, until enough processes have died; each world is finished and audited. The folders of
/// worlds with problems stay.
Tally play(Tools& tools, const PartOptions& options);

}  // namespace crash
