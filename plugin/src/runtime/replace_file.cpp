#include "runtime/replace_file.h"

#include "store/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <filesystem>

namespace kontexture::runtime {
namespace {

namespace fs = std::filesystem;

Error cannot_write(const std::string& path, const char* safe, const std::string& detail) {
    return {ErrorCode::Storage, 0, 0,
            "Cannot write " + path + ". Check that the folder may be written to and has room. " + safe,
            detail};
}

}  // namespace

Error replace_file(const std::string& path, std::span<const std::uint8_t> bytes, const char* safe) {
    static std::atomic<unsigned> serial{0};
    std::error_code failure;
    const fs::path folder = fs::path(path).parent_path();
    if (!folder.empty()) fs::create_directories(folder, failure);
    const std::string temporary =
        path + "." + std::to_string(getpid()) + "-" + std::to_string(++serial) + ".part";
    struct stat replaced = {};
    const bool is_new = ::stat(path.c_str(), &replaced) != 0 || !S_ISREG(replaced.st_mode);
    const mode_t rights = is_new ? 0666 : replaced.st_mode & 0777;
    const store::FileDescriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, rights));
    // The umask is for new files. A file system without rights keeps none.
    if (file && !is_new) ::fchmod(file.number(), rights);
    if (!file)
        return cannot_write(path, safe, fs::path(temporary).string() + ": error " + std::to_string(errno));
    auto done = store::write_all(file, bytes, temporary);
    if (done) done = store::sync_file(file, temporary);
    if (done) done = store::rename_file(temporary, path);
    if (done) done = store::sync_parent(path);
    // It may have been made for this file.
    if (done && !folder.empty()) done = store::sync_parent(folder.string());
    if (done) return {};
    fs::remove(temporary, failure);
    return cannot_write(path, safe, done.error().message + " " + done.error().detail);
}

}  // namespace kontexture::runtime
