#include "store/poll_gate.h"

#include <algorithm>
#include <thread>

#include <sys/file.h>
#include <unistd.h>

namespace kontexture::store {

namespace {

// More than that is what an earlier start of the machine left: the steady clock begins anew.
constexpr engine::Duration kFurthest = std::chrono::minutes(1);
// Held for two small reads and writes of a cached page. Who holds it longer was stopped, and polls go on
// without it.
constexpr int kTries = 20;
constexpr std::chrono::milliseconds kPause = std::chrono::milliseconds(1);

bool lock_soon(int file) {
    for (int i = 0; i < kTries; ++i) {
        if (::flock(file, LOCK_EX | LOCK_NB) == 0) return true;
        std::this_thread::sleep_for(kPause);
    }
    return false;
}

}  // namespace

engine::Duration PollGate::take_turn(engine::Duration gap) {
    const std::lock_guard lock(mutex_);
    if (!file_) {
        auto opened = open_or_create_file(path_);
        if (!opened) return {};
        file_ = std::move(*opened);
    }
    if (!lock_soon(file_.number())) return {};
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
