#pragma once

#include "engine/messages.h"

#include <vector>

namespace kontexture::engine {

/// When to ask next whether a job is done, for one model. The times a job takes are taken as log-normal,
/// learned from the last jobs and a prior; the plan minimises expected waiting (finish until noticed) plus a
/// fixed price for each poll, by dynamic programming over a grid.
class PollPlan {
public:
    explicit PollPlan(Duration expected);

    /// A finished job took this long.
    void learn(Duration duration);
    /// How long after the submit to poll, for a job not done `elapsed` after it. Always later than `elapsed`.
    Duration next(Duration elapsed) const;
    Duration median() const { return median_; }

private:
    void plan();

    double prior_mu_;
    std::vector<double> log_seconds_;  ///< ring of the last samples
    std::size_t oldest_ = 0;
    Duration median_ = {};
    double step_seconds_ = 0;
    std::vector<int> next_;  ///< grid point -> grid point of the next poll
};

}  // namespace kontexture::engine
