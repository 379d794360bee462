#include "store/poll_gate.h"

#include <algorithm>

#include <sys/file.h>
#include <unistd.h>

namespace kontexture::store {

namespace {

// More than that is what an earlier start of the machine left: the steady clock begins anew.
constexpr engine::Duration kFurthest = std::chrono::minutes(1);

}  // namespace

engine::Duration PollGate::take_turn(engine::Duration gap) {
    const std::lock_guard lock(mutex_);
    if (!file_) {
        auto opened = open_or_create_file(path_);
        if (!opened) return {};
        file_ = std::move(*opened);
    }
    // Held for two small reads and writes of a cached page, so waiting for it is no wait.
    if (::flock(file_.number(), LOCK_EX) != 0) return {};
    const std::int64_t now = steady_clock_().count();
    std::int64_t next = 0;
    if (::pread(file_.number(), &next, sizeof next, 0) != sizeof next) next = 0;
    if (next > now + kFurthest.count()) next = 0;
    const std::int64_t turn = std::max(now, next);
    const std::int64_t after = turn + gap.count();
    const bool written = ::pwrite(file_.number(), &after, sizeof after, 0) == sizeof after;
    ::flock(file_.number(), LOCK_UN);
    return engine::Duration(written ? turn - now : 0);
}

}  // namespace kontexture::store
