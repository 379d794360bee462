#pragma once

#include "store/database.h"
#include "store/poll_gate.h"
#include "store/session_lock.h"
#include "store/store.h"

#include <algorithm>

namespace kontexture::store {

engine::TimePoint wall_clock_now();

/// What the parts of Store share. The database is closed before the session's lock is freed.
class Store::Impl {
public:
    explicit Impl(StoreOptions store_options)
        : options(std::move(store_options)), blobs(options.folder + "/blobs") {
        if (!options.steady_clock) options.steady_clock = steady_now;
        if (!options.wall_clock) options.wall_clock = wall_clock_now;
        poll_gate = std::make_unique<PollGate>(options.folder + "/polls.gate", options.steady_clock);
    }

    StoreOptions options;
    std::int64_t session = 0;
    FileLock session_lock;
    std::unique_ptr<Database> database;
    Blobs blobs;
    std::unique_ptr<PollGate> poll_gate;

private:
    static engine::Duration steady_now() {
        return std::chrono::duration_cast<engine::Duration>(
            std::chrono::steady_clock::now().time_since_epoch());
    }
};

constexpr std::int64_t to_number(engine::TimePoint time) {
    return time.time_since_epoch().count();
}
/// Milliseconds as stored. A damaged number becomes a time that can be reckoned with, in nanoseconds, too:
/// not before 1970 and not after 2200. Only zero, which means never, stays zero.
constexpr engine::TimePoint to_time(std::int64_t number) {
    constexpr std::int64_t kLatest = 7'258'118'400'000;
    return engine::TimePoint(
        engine::Duration(number == 0 ? 0 : std::clamp<std::int64_t>(number, 1, kLatest)));
}

/// "kontexture.db" below the data folder.
std::string database_path(const std::string& folder);
/// Below the data folder: where the sessions' temporary folders are, and that of one.
std::string temporary_path(const std::string& folder);
std::string temporary_path(const std::string& folder, std::int64_t session);

}  // namespace kontexture::store
