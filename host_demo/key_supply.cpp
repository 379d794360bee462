#include "key_supply.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace key_supply {

using kontexture::Error;
using kontexture::ErrorCode;
using kontexture::Result;
using kontexture::Secret;

namespace {

constexpr const char* kVariable = "KIE_API_KEY";
constexpr const char* kFileVariable = "KIE_API_KEY_FILE";
constexpr std::size_t kMaxKeyBytes = 4096;

void wipe(char* bytes, std::size_t count) {
    // Volatile, so that the compiler keeps writes to memory that nobody reads again.
    volatile char* wiped = bytes;
    for (std::size_t i = 0; i < count; ++i) wiped[i] = 0;
}

/// A file's descriptor, and what was read from it.
struct KeyFile {
    explicit KeyFile(const std::string& path)
        // Not blocking: opening a pipe would wait for its other end.
        : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
    ~KeyFile() {
        wipe(bytes.data(), bytes.size());
        if (descriptor >= 0) close(descriptor);
    }
    KeyFile(const KeyFile&) = delete;
    KeyFile& operator=(const KeyFile&) = delete;

    int descriptor;
    std::array<char, kMaxKeyBytes + 1> bytes = {};
    std::size_t size = 0;
};

Error refused(const std::string& path, const std::string& why) {
    return {.code = ErrorCode::InvalidArgument, .message = "The key file \"" + path + "\" " + why};
}

Error unreadable(const std::string& path) {
    return refused(path, std::string("cannot be read: ") + std::strerror(errno) +
                             ". Correct the path, or give yourself the right to read it.");
}

/// Of the open file, so that it cannot be another one by the time it is read.
Result<void> check_rights(const std::string& path, int descriptor) {
    struct stat status = {};
    if (fstat(descriptor, &status) != 0) return unreadable(path);
    if (!S_ISREG(status.st_mode))
        return refused(path, "is no regular file. Put the key into a file of its own.");
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return refused(path,
                       "belongs to another user, who could read and change it. Make a file of your own.");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return refused(path, "can be used by others. Run: chmod 600 \"" + path +
                                 "\" (and if others may have read it, make a new key).");
    return {};
}

Result<void> read_all(const std::string& path, KeyFile& file) {
    while (file.size < file.bytes.size()) {
        const ssize_t count =
            read(file.descriptor, file.bytes.data() + file.size, file.bytes.size() - file.size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return unreadable(path);
        if (count == 0) return {};
        file.size += static_cast<std::size_t>(count);
    }
    return refused(path, "is larger than " + std::to_string(kMaxKeyBytes) +
                             " bytes, which is no key. Put the key alone into it.");
}

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    return first == text.npos ? std::string_view()
                              : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

Secret take_variable(const char* name) {
    char* const value = std::getenv(name);
    if (!value) return {};
    Secret key(without_blanks(value));
    // /proc shows the environment as it lies in memory, whatever is unset.
    wipe(value, std::strlen(value));
    unsetenv(name);
    return key;
}

void seal_process() {
    const rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
    // The limit does not hold for cores that are piped to a program.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

Result<Secret> read_key_file(const std::string& path) {
    KeyFile file(path);
    if (file.descriptor < 0) return unreadable(path);
    if (auto allowed = check_rights(path, file.descriptor); !allowed) return allowed.error();
    if (auto read = read_all(path, file); !read) return read.error();
    const std::string_view text = without_blanks({file.bytes.data(), file.size});
    if (text.empty()) return refused(path, "is empty. Put the key into it.");
    const bool is_one_word =
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (!is_one_word)
        return refused(path,
                       "holds more than a key, which is one line without blanks. Put the key alone into it.");
    return Secret(text);
}

Result<Supply> find_key(const std::string& key_file, bool with_secret_store) {
    Supply supply{.key = take_variable(kVariable), .note = {}};
    const char* const named = std::getenv(kFileVariable);
    std::string path = key_file;
    if (path.empty() && supply.key.empty() && named) path = named;
    if (!path.empty()) {
        auto key = read_key_file(path);
        if (!key) return key.error();
        supply.key = std::move(*key);
    }
    if (supply.key.empty() && with_secret_store) return ask_secret_store();
    return supply;
}

}  // namespace key_supply
