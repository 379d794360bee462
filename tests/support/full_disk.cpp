#include "full_disk.h"

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

std::string watched;
std::atomic<bool> is_watching{false};
std::atomic<long> writes_seen{0};
std::atomic<long> writes_failed{0};
std::atomic<long> limit{LONG_MAX};

bool is_below(const char* path) {
    return std::strncmp(path, watched.c_str(), watched.size()) == 0 && path[watched.size()] == '/';
}

bool is_below(int file) {
    char path[PATH_MAX] = {};
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    return ::readlink(link.c_str(), path, sizeof path - 1) > 0 && is_below(path);
}

/// True when this write must fail; errno is then set.
template <typename Where>
bool fails(Where where) {
    if (!is_watching || !is_below(where)) return false;
    if (++writes_seen < limit) return false;
    ++writes_failed;
    errno = ENOSPC;
    return true;
}

/// What is watched needs no real disk, which would take its time.
int sync_file(int file, long call) {
    if (fails(file)) return -1;
    return is_watching && is_below(file) ? 0 : static_cast<int>(::syscall(call, file));
}

bool makes_file(const char* path, int flags) {
    return (flags & O_CREAT) != 0 && ::access(path, F_OK) != 0;
}

int open_file(const char* path, int flags, mode_t mode) {
    if (is_watching && makes_file(path, flags) && fails(path)) return -1;
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

}  // namespace

namespace kontexture::testing {

FullDisk::FullDisk(const std::string& folder) {
    char resolved[PATH_MAX] = {};
    watched = ::realpath(folder.c_str(), resolved) ? resolved : folder;
    fill_at(LONG_MAX);
    is_watching = true;
}

FullDisk::~FullDisk() {
    is_watching = false;
}

void FullDisk::fill_at(long number) {
    writes_seen = 0;
    writes_failed = 0;
    limit = number;
}

void FullDisk::empty() {
    limit = LONG_MAX;
}

long FullDisk::writes() const {
    return writes_seen;
}

long FullDisk::failures() const {
    return writes_failed;
}

}  // namespace kontexture::testing

// Room is asked for by these calls; the system's own error comes through unchanged.
extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
    return fails(file) ? -1 : ::syscall(SYS_write, file, bytes, size);
}
ssize_t writev(int file, const iovec* pieces, int count) {
    return fails(file) ? -1 : ::syscall(SYS_writev, file, pieces, count);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
    return fails(file) ? -1 : ::syscall(SYS_pwrite64, file, bytes, size, offset);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
    return fails(file) ? -1 : ::syscall(SYS_pwrite64, file, bytes, size, offset);
}
int fsync(int file) {
    return sync_file(file, SYS_fsync);
}
int fdatasync(int file) {
    return sync_file(file, SYS_fdatasync);
}
int ftruncate(int file, off_t size) noexcept {
    return size > 0 && fails(file) ? -1 : static_cast<int>(::syscall(SYS_ftruncate, file, size));
}
int ftruncate64(int file, off64_t size) noexcept {
    return size > 0 && fails(file) ? -1 : static_cast<int>(::syscall(SYS_ftruncate, file, size));
}
int rename(const char* from, const char* to) noexcept {
    return fails(to) ? -1 : static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int mkdir(const char* path, mode_t mode) noexcept {
    const bool is_new = is_watching && ::access(path, F_OK) != 0;
    return is_new && fails(path) ? -1 : static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}
int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = static_cast<mode_t>((flags & O_CREAT) != 0 ? va_arg(arguments, int) : 0);
    va_end(arguments);
    return open_file(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = static_cast<mode_t>((flags & O_CREAT) != 0 ? va_arg(arguments, int) : 0);
    va_end(arguments);
    return open_file(path, flags | O_LARGEFILE, mode);
}
}
