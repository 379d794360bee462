#pragma once

#include "engine/messages.h"
#include "store/file_system.h"

#include <functional>
#include <mutex>

namespace kontexture::store {

/// One moment that all processes of this machine share through a file: when the next poll may leave. Thread:
/// any.
class PollGate {
public:
    /// `steady_clock` is one that all processes share.
    PollGate(std::string path, std::function<engine::Duration()> steady_clock)
        : path_(std::move(path)), steady_clock_(std::move(steady_clock)) {}

    /// Takes the next free moment and returns how long that is away. Zero when the file cannot be used.
    engine::Duration take_turn(engine::Duration gap);

private:
    std::string path_;
    std::function<engine::Duration()> steady_clock_;
    std::mutex mutex_;  ///< a file lock counts per descriptor, not per thread
    FileDescriptor file_;
};

}  // namespace kontexture::store
