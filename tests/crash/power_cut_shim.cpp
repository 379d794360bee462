// Preloaded into the program: counts the calls that change files below a folder, or that send and receive,
// lets the process die at a chosen one, and notes what is durable (Shadow). Real fsyncs are left out.
//   KONTEXTURE_CRASH_ROOT    the folder
//   KONTEXTURE_CRASH_SHADOW  the Shadow's place
#include "shadow.h"

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

using crash::Call;
using crash::Moment;
using crash::Page;
using crash::Shadow;

/// The hooks are called by the shim's own work, too.
thread_local bool t_inside = false;

/// While it lives, the hooks of this thread do nothing but the real thing.
class Inside {
public:
    Inside() { t_inside = true; }
    ~Inside() { t_inside = false; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
};

Shadow* find_shadow() {
    const Inside inside;
    const char* root = std::getenv("KONTEXTURE_CRASH_ROOT");
    const char* place = std::getenv("KONTEXTURE_CRASH_SHADOW");
    return root && place ? new Shadow(root, place) : nullptr;
}

Shadow* shadow() {
    // Never destroyed: the program may write until its very end.
    static Shadow* const shadow = find_shadow();
    return shadow;
}

std::mutex& mutex() {
    static auto* const mutex = new std::mutex;
    return *mutex;
}

template <typename Function>
Function real(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}
#define REAL(name) static const auto real_##name = real<decltype(&::name)>(#name)

bool is_below(const std::string& path) {
    const std::string& root = shadow()->root();
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

std::string descriptor_path(int file) {
    char text[4096];
    const ssize_t length = ::readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), text, sizeof text);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

std::string whole_path(int folder, const char* path) {
    if (path[0] == '/') return path;
    if (folder != AT_FDCWD) return descriptor_path(folder) + '/' + path;
    char current[4096];
    return std::string(::getcwd(current, sizeof current) ? current : "") + '/' + path;
}

[[noreturn]] void die(Call call) {
    Page& page = shadow()->page();
    if (!page.is_off.exchange(true)) page.last_call = call;
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
}

/// Counts a call; true when the process dies in or after it.
bool dies_after(Call call) {
    Page& page = shadow()->page();
    if (page.is_off) die(call);
    const std::uint64_t number = page.calls.fetch_add(1) + 1;
    if (number != page.die_at) return false;
    if (page.moment == Moment::Before) die(call);
    return true;
}

/// One call that changes something: `act` does it, `note` tells the shadow when it went well.
template <typename Act, typename Note>
auto change(Call call, Act act, Note note) {
    const std::lock_guard guard(mutex());
    shadow()->lock();
    const bool dies = dies_after(call);
    const auto result = act(dies && shadow()->page().moment == Moment::Half);
    const int error_number = errno;
    if (result >= 0) note();
    if (dies) die(call);
    shadow()->unlock();
    errno = error_number;
    return result;
}

void nothing() {}

bool is_ours(int file) {
    if (t_inside || !shadow()) return false;
    const Inside inside;
    return is_below(descriptor_path(file));
}

bool is_ours(int folder, const char* path) {
    if (t_inside || !shadow() || !path) return false;
    const Inside inside;
    return is_below(whole_path(folder, path));
}

template <typename Open>
int hook_open(int folder, const char* path, int flags, Open open) {
    if ((flags & O_CREAT) == 0 || !is_ours(folder, path)) return open();
    const Inside inside;
    return change(
        Call::Open, [&](bool) { return open(); }, nothing);
}

/// `write` takes how many bytes are to be written.
template <typename Write>
ssize_t hook_write(int file, std::size_t size, Write write) {
    if (!is_ours(file)) return write(size);
    const Inside inside;
    return change(
        Call::Write, [&](bool half) { return write(half ? size / 2 : size); }, nothing);
}

template <typename Truncate>
int hook_truncate(int file, Truncate truncate) {
    if (!is_ours(file)) return truncate();
    const Inside inside;
    return change(
        Call::Truncate, [&](bool) { return truncate(); }, nothing);
}

template <typename Sync>
int hook_sync(int file, Sync sync) {
    if (!is_ours(file)) return sync();
    const Inside inside;
    struct stat status = {};
    if (::fstat(file, &status) != 0) return -1;
    const bool is_folder = S_ISDIR(status.st_mode);
    const auto note = [&] {
        if (shadow()->page().is_deaf) return;
        if (is_folder) return shadow()->folder_synced(descriptor_path(file), status.st_ino);
        // Deleted and still open: its number says nothing any more.
        if (status.st_nlink == 0) return;
        shadow()->file_synced("/proc/self/fd/" + std::to_string(file), status.st_ino);
    };
    return change(
        is_folder ? Call::SyncFolder : Call::Sync, [](bool) { return 0; }, note);
}

/// What `path` names may lose its last name. `act` makes it so.
template <typename Act>
int hook_removal(Call call, int folder, const char* path, Act act) {
    struct stat status = {};
    const bool is_there = ::fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
    const bool is_last = is_there && (S_ISDIR(status.st_mode) || status.st_nlink == 1);
    return change(
        call, [&](bool) { return act(); },
        [&] {
            if (is_last) shadow()->forget(status.st_ino);
        });
}

template <typename Rename>
int hook_rename(int from_folder, const char* from, int to_folder, const char* to, Rename rename) {
    if (!is_ours(from_folder, from) && !is_ours(to_folder, to)) return rename();
    const Inside inside;
    return hook_removal(Call::Rename, to_folder, to, rename);
}

template <typename Act>
int hook_names(Call call, int folder, const char* path, Act act) {
    if (!is_ours(folder, path)) return act();
    const Inside inside;
    return hook_removal(call, folder, path, act);
}

template <typename Act>
int hook_new_name(Call call, int folder, const char* path, Act act) {
    if (!is_ours(folder, path)) return act();
    const Inside inside;
    return change(
        call, [&](bool) { return act(); }, nothing);
}

/// Talking changes nothing here, and may take long: only the moments before and after it count.
template <typename Act>
ssize_t hook_talk(Call call, Act act) {
    if (t_inside || !shadow()) return act();
    const Inside inside;
    const bool dies = dies_after(call);
    const ssize_t result = act();
    const int error_number = errno;
    if (dies || shadow()->page().is_off) die(call);
    errno = error_number;
    return result;
}

mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

extern "C" {

#define HOOK_OPEN(name)                                                                          \
    int name(const char* path, int flags, ...) {                                                 \
        REAL(name);                                                                              \
        va_list arguments;                                                                       \
        va_start(arguments, flags);                                                              \
        const mode_t mode = mode_of(flags, arguments);                                           \
        va_end(arguments);                                                                       \
        return hook_open(AT_FDCWD, path, flags, [&] { return real_##name(path, flags, mode); }); \
    }
HOOK_OPEN(open)
HOOK_OPEN(open64)

#define HOOK_OPENAT(name)                                                                              \
    int name(int folder, const char* path, int flags, ...) {                                           \
        REAL(name);                                                                                    \
        va_list arguments;                                                                             \
        va_start(arguments, flags);                                                                    \
        const mode_t mode = mode_of(flags, arguments);                                                 \
        va_end(arguments);                                                                             \
        return hook_open(folder, path, flags, [&] { return real_##name(folder, path, flags, mode); }); \
    }
HOOK_OPENAT(openat)
HOOK_OPENAT(openat64)

int creat(const char* path, mode_t mode) {
    REAL(creat);
    return hook_open(AT_FDCWD, path, O_CREAT, [&] { return real_creat(path, mode); });
}

ssize_t write(int file, const void* bytes, size_t size) {
    REAL(write);
    return hook_write(file, size, [&](size_t count) { return real_write(file, bytes, count); });
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
    REAL(pwrite);
    return hook_write(file, size, [&](size_t count) { return real_pwrite(file, bytes, count, at); });
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
    REAL(pwrite64);
    return hook_write(file, size, [&](size_t count) { return real_pwrite64(file, bytes, count, at); });
}

ssize_t writev(int file, const iovec* pieces, int count) {
    REAL(writev);
    return hook_write(file, 0, [&](size_t) { return real_writev(file, pieces, count); });
}

ssize_t pwritev(int file, const iovec* pieces, int count, off_t at) {
    REAL(pwritev);
    return hook_write(file, 0, [&](size_t) { return real_pwritev(file, pieces, count, at); });
}

int ftruncate(int file, off_t size) noexcept {
    REAL(ftruncate);
    return hook_truncate(file, [&] { return real_ftruncate(file, size); });
}

int ftruncate64(int file, off64_t size) noexcept {
    REAL(ftruncate64);
    return hook_truncate(file, [&] { return real_ftruncate64(file, size); });
}

int fsync(int file) {
    REAL(fsync);
    return hook_sync(file, [&] { return real_fsync(file); });
}

int fdatasync(int file) {
    REAL(fdatasync);
    return hook_sync(file, [&] { return real_fdatasync(file); });
}

int rename(const char* from, const char* to) noexcept {
    REAL(rename);
    return hook_rename(AT_FDCWD, from, AT_FDCWD, to, [&] { return real_rename(from, to); });
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
    REAL(renameat);
    return hook_rename(from_folder, from, to_folder, to,
                       [&] { return real_renameat(from_folder, from, to_folder, to); });
}

int link(const char* from, const char* to) noexcept {
    REAL(link);
    return hook_new_name(Call::Link, AT_FDCWD, to, [&] { return real_link(from, to); });
}

int unlink(const char* path) noexcept {
    REAL(unlink);
    return hook_names(Call::Unlink, AT_FDCWD, path, [&] { return real_unlink(path); });
}

int unlinkat(int folder, const char* path, int flags) noexcept {
    REAL(unlinkat);
    const Call call = (flags & AT_REMOVEDIR) != 0 ? Call::RemoveFolder : Call::Unlink;
    return hook_names(call, folder, path, [&] { return real_unlinkat(folder, path, flags); });
}

int remove(const char* path) noexcept {
    REAL(remove);
    return hook_names(Call::Unlink, AT_FDCWD, path, [&] { return real_remove(path); });
}

int rmdir(const char* path) noexcept {
    REAL(rmdir);
    return hook_names(Call::RemoveFolder, AT_FDCWD, path, [&] { return real_rmdir(path); });
}

int mkdir(const char* path, mode_t mode) noexcept {
    REAL(mkdir);
    return hook_new_name(Call::MakeFolder, AT_FDCWD, path, [&] { return real_mkdir(path, mode); });
}

ssize_t send(int socket, const void* bytes, size_t size, int flags) {
    REAL(send);
    return hook_talk(Call::Send, [&] { return real_send(socket, bytes, size, flags); });
}

ssize_t recv(int socket, void* bytes, size_t size, int flags) {
    REAL(recv);
    return hook_talk(Call::Receive, [&] { return real_recv(socket, bytes, size, flags); });
}

}  // extern "C"
