#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "child.h"

namespace crash {

/// What the service wrote down about a task it accepted.
struct Task {
    std::string id;
    std::string job;          ///< the first word of its prompt
    bool is_painted = false;  ///< otherwise it failed
    std::string result_file;
};

/// The first word of a prompt: it names the job.
std::string job_of(const std::string& prompt);

/// The local service as a process of its own, and its record as it stands on the disk.
class ServiceProcess {
public:
    /// `program` is this program itself; see serve().
    ServiceProcess(const std::string& program, const std::string& folder);

    const std::string& base_url() const { return base_url_; }
    /// The tasks whose jobs begin with `prefix`; waits until none of them is still being painted.
    std::vector<Task> settled_tasks(const std::string& prefix);

private:
    /// False: some are not settled.
    bool read_tasks();

    std::string folder_;
    Child child_;
    std::string base_url_;
    std::set<std::string> known_;
    std::vector<Task> settled_;
    std::set<std::string> pending_jobs_;
};

/// What the process runs: the local service, small pictures, no limits, and now and then a fault. Prints its
/// address; never returns.
int serve(const std::string& folder);

}  // namespace crash
