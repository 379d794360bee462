#include "engine/engine.h"

#include <algorithm>

// One picture for identical requests: with Reuse::IfIdentical a job follows one that is under way instead of
// paying as well.
namespace kontexture::engine {

/// From now on this job may bring the picture of its fingerprint.
void Engine::start_running(Job& job) {
    if (job.running || job.fingerprint.empty()) return;
    job.running = true;
    running_.insert({job.fingerprint, job.id});
}

/// Its picture is stored, or will not come: followers take it, fail with it, or go on by themselves. One
/// whose task may still bring a picture stays findable.
void Engine::stop_running(Job& job, const std::optional<Error>& error) {
    if (!job.running) return;
    if (!error || !job.task_open) {
        job.running = false;
        running_.erase({job.fingerprint, job.id});
    }
    for (RequestId id : std::exchange(job.followers, {})) {
        Job* follower = find(id, Step::Following);
        if (!follower) continue;
        if (error) {
            fail(*follower, *error);
        } else {
            look_for_identical(*follower);
        }
    }
}

bool Engine::follow(Job& job) {
    if (!job.reuse_identical || job.fingerprint.empty()) return false;
    const auto first = running_.lower_bound({job.fingerprint, RequestId{}});
    if (first == running_.end() || first->first != job.fingerprint) return false;
    move(job, Step::Following);
    job.waiting = WaitReason::Identical;
    Job& leader = *find(first->second);
    leader.followers.push_back(job.id);
    if (leader.step == Step::Failed) handle(Retry{leader.id});
    return true;
}

void Engine::look_for_identical(Job& job) {
    move(job, Step::WritingIntent);
    actions_.push_back(FindIdentical{job.id});
}

}  // namespace kontexture::engine
