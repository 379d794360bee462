#include "store/session_lock.h"

#include <cerrno>
#include <charconv>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

namespace kontexture::store {

namespace {

constexpr std::string_view kSuffix = ".lock";

}  // namespace

Result<FileLock> FileLock::acquire(const std::string& path, std::chrono::milliseconds timeout) {
    Result<FileDescriptor> file = open_or_create_file(path);
    if (!file) return file.error();
    const auto give_up = std::chrono::steady_clock::now() + timeout;
    while (::flock(file->number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return file_error("locked", path, errno);
        if (std::chrono::steady_clock::now() >= give_up) {
            Error error;
            error.code = ErrorCode::Storage;
            error.message = "Another program has been busy with " + path +
                            " for too long. Wait for it or close it, then try again.";
            return error;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return FileLock(std::move(*file));
}

bool FileLock::is_held(const std::string& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) return errno != ENOENT;
    // Shared, so that two who ask at the same time do not take each other for the owner.
    return ::flock(file.number(), LOCK_SH | LOCK_NB) != 0;
}

std::optional<std::int64_t> parse_session(std::string_view text) {
    std::int64_t session = 0;
    std::from_chars(text.data(), text.data() + text.size(), session);
    if (session <= 0 || std::to_string(session) != text) return std::nullopt;
    return session;
}

std::string session_lock_path(const std::string& folder, std::int64_t session) {
    return folder + "/sessions/" + std::to_string(session) + std::string(kSuffix);
}

std::vector<std::int64_t> list_sessions(const std::string& folder) {
    std::vector<std::int64_t> sessions;
    for (const std::string& name : list_folder(folder + "/sessions")) {
        if (!name.ends_with(kSuffix)) continue;
        const auto session = parse_session(std::string_view(name).substr(0, name.size() - kSuffix.size()));
        if (session) sessions.push_back(*session);
    }
    return sessions;
}

}  // namespace kontexture::store
