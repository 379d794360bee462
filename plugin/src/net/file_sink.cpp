#include "net/file_sink.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kontexture::net {

FileSink::~FileSink() {
    if (file_ >= 0) close(file_);
    if (made_) unlink(path_.c_str());
}

Error FileSink::failure(int number, const char* what) const {
    const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    Error error;
    error.code = full ? ErrorCode::DiskFull : ErrorCode::Storage;
    error.message =
        full ? "The disk is full: \"" + path_ + "\" could not be written. Free some space and retry."
             : "The file \"" + path_ + "\" could not be written. Check the folder and its rights.";
    error.detail = std::string(what) + ": " + std::generic_category().message(number);
    return error;
}

Result<void> FileSink::open() {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file_ < 0) return failure(errno, "open");
    made_ = true;
    // The file may have been there, with other rights.
    if (fchmod(file_, 0600) != 0) return failure(errno, "fchmod");
    return {};
}

Result<void> FileSink::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return failure(written < 0 ? errno : EIO, "write");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> FileSink::commit() {
    if (fsync(file_) != 0) return failure(errno, "fsync");
    const int file = std::exchange(file_, -1);
    if (close(file) != 0 && errno != EINTR) return failure(errno, "close");
    made_ = false;
    return {};
}

}  // namespace kontexture::net
