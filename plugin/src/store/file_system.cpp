#include "store/file_system.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace kontexture::store {

namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;

bool is_own(const struct stat& status) {
    return S_ISREG(status.st_mode) && status.st_uid == ::geteuid() && status.st_nlink == 1;
}

Error not_own_error(const std::string& path, const char* what) {
    Error error;
    error.code = ErrorCode::Storage;
    error.message = path + " is not " + what +
                    " of your own, but a link or something else that could lead elsewhere. Move it away, or "
                    "choose another data folder.";
    return error;
}

constexpr const char* kPlainFile = "a plain file";
constexpr const char* kPlainFolder = "a plain folder";

/// Not blocking: opening a pipe would wait for its other end.
Result<FileDescriptor> open_owned(const std::string& path, int flags) {
    FileDescriptor file(
        ::open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, kFileMode));
    if (!file && errno == ELOOP) return not_own_error(path, kPlainFile);
    const bool writes = (flags & O_ACCMODE) == O_RDWR;
    if (!file) return file_error((flags & O_CREAT) != 0 ? "made" : "read", path, errno);
    struct stat status = {};
    if (::fstat(file.number(), &status) != 0) return file_error("read", path, errno);
    if (!is_own(status)) return not_own_error(path, kPlainFile);
    if (writes && ::fchmod(file.number(), kFileMode) != 0) return file_error("made private", path, errno);
    return file;
}

}  // namespace

bool means_full(int error_number) {
    return error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
}

Error disk_full_error(const std::string& path) {
    Error error;
    error.code = ErrorCode::DiskFull;
    error.message = "The disk that holds " + path + " is full. Free some space and try again.";
    return error;
}

Error file_error(std::string_view what, const std::string& path, int error_number) {
    if (means_full(error_number)) return disk_full_error(path);
    const std::string reason = std::generic_category().message(error_number);
    Error error;
    error.code = ErrorCode::Storage;
    error.message = path + " cannot be " + std::string(what) + " (" + reason + "). ";
    error.message += error_number == ENOTDIR || error_number == ENAMETOOLONG || error_number == ENOENT
                         ? "Choose another data folder."
                         : "Change its permissions, or choose another data folder.";
    error.detail = "errno " + std::to_string(error_number);
    return error;
}

FileDescriptor::~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
}

Result<void> make_folder(const std::string& path) {
    int error_number = ::mkdir(path.c_str(), kFolderMode) == 0 ? 0 : errno;
    if (error_number == ENOENT) {
        const std::string parent = std::filesystem::path(path).parent_path().string();
        if (parent.empty() || parent == path) return file_error("made", path, ENOENT);
        if (auto made = make_folder(parent); !made) return made;
        error_number = ::mkdir(path.c_str(), kFolderMode) == 0 ? 0 : errno;
    }
    if (error_number == 0) {
        if (::chmod(path.c_str(), kFolderMode) != 0) return file_error("made", path, errno);
        return sync_parent(path);
    }
    struct stat status = {};
    if (error_number == EEXIST && ::stat(path.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) return {};
        return file_error("used as a folder", path, ENOTDIR);
    }
    return file_error("made", path, error_number);
}

Result<void> make_own_folder(const std::string& path) {
    if (auto made = make_folder(path); !made) return made;
    if (!is_own_folder(path)) return not_own_error(path, kPlainFolder);
    return {};
}

Result<void> check_private(const std::string& folder) {
    struct stat status = {};
    if (::stat(folder.c_str(), &status) != 0) return file_error("read", folder, errno);
    Error error;
    error.code = ErrorCode::Storage;
    if (status.st_uid != ::geteuid()) {
        error.message = "The data folder " + folder +
                        " belongs to another user. Choose one of your own, or run the program as that user.";
        return error;
    }
    const bool for_anybody = (status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0;
    const bool for_a_group = (status.st_mode & S_IWGRP) != 0 && status.st_gid != ::getegid();
    if (!for_anybody && !for_a_group) return {};
    error.message =
        "Other users may write into the data folder " + folder +
        ", and so replace what is kept there. Run: chmod go-w on it, or choose another data folder.";
    return error;
}

bool is_own_file(const std::string& path) {
    struct stat status = {};
    return ::lstat(path.c_str(), &status) == 0 && is_own(status);
}

bool is_own_folder(const std::string& path) {
    struct stat status = {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid();
}

Result<void> check_own_file(const std::string& path) {
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0)
        return errno == ENOENT ? Result<void>() : file_error("read", path, errno);
    if (!is_own(status)) return not_own_error(path, kPlainFile);
    return {};
}

Result<FileDescriptor> create_file(const std::string& path) {
    return open_owned(path, O_RDWR | O_CREAT | O_EXCL);
}

Result<FileDescriptor> open_or_create_file(const std::string& path) {
    return open_owned(path, O_RDWR | O_CREAT);
}

Result<FileDescriptor> open_own_file(const std::string& path, bool writable) {
    return open_owned(path, writable ? O_RDWR : O_RDONLY);
}

Result<void> restrict_to_owner(const std::string& path) {
    if (auto checked = check_own_file(path); !checked) return checked;
    // Not by a descriptor: closing one would free the locks that SQLite holds on the file.
    if (::chmod(path.c_str(), kFileMode) != 0 && errno != ENOENT) {
        return file_error("made private", path, errno);
    }
    return {};
}

Result<void> write_all(const FileDescriptor& file, std::span<const std::uint8_t> bytes,
                       const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return file_error("written", path, errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> sync_file(const FileDescriptor& file, const std::string& path) {
    if (::fsync(file.number()) != 0) return file_error("written", path, errno);
    return {};
}

Result<void> sync_folder(const std::string& path) {
    const FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return file_error("read", path, errno);
    // Some file systems have nothing to sync in a folder and say EINVAL.
    if (::fsync(folder.number()) != 0 && errno != EINVAL) return file_error("written", path, errno);
    return {};
}

Result<void> sync_parent(const std::string& path) {
    std::string parent = std::filesystem::path(path).parent_path().string();
    if (parent.empty()) parent = ".";
    if (::access(parent.c_str(), R_OK) != 0) return {};
    return sync_folder(parent);
}

Result<void> rename_file(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return file_error("moved to " + to, from, errno);
    return {};
}

bool file_exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

std::uint64_t file_size(const std::string& path) {
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::uint64_t free_bytes(const std::string& path) {
    struct statvfs status = {};
    if (::statvfs(path.c_str(), &status) != 0) return std::numeric_limits<std::uint64_t>::max();
    return static_cast<std::uint64_t>(status.f_bavail) * static_cast<std::uint64_t>(status.f_frsize);
}

std::vector<std::string> list_folder(const std::string& path) {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
        names.push_back(entry->path().filename().string());
    }
    return names;
}

}  // namespace kontexture::store
