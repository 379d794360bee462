#pragma once

#include "store/file_system.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kontexture::store {

/// An exclusive lock on a file. The system frees it when the object or the process dies, however that
/// happens. It counts per object, also inside one process.
class FileLock {
public:
    FileLock() = default;
    /// Waits up to `timeout`; Storage when somebody else still holds it then. The file is made when missing,
    /// and never removed by this class.
    static Result<FileLock> acquire(const std::string& path, std::chrono::milliseconds timeout);
    /// Whether somebody holds it now. When in doubt: yes. A missing file is not held.
    static bool is_held(const std::string& path);

private:
    explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}
    FileDescriptor file_;
};

/// A session's number exactly as a name of ours spells it; nothing for every other text.
std::optional<std::int64_t> parse_session(std::string_view text);
/// Where a session keeps its lock, below the data folder. Numbers are never used twice, so a free lock means
/// a dead session for good.
std::string session_lock_path(const std::string& folder, std::int64_t session);
/// The sessions that have a lock file, dead or alive.
std::vector<std::int64_t> list_sessions(const std::string& folder);

}  // namespace kontexture::store
