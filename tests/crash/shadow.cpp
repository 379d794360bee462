#include "shadow.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crash {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSector = 512;

[[noreturn]] void give_up(const std::string& what) {
    std::perror(("crash: " + what).c_str());
    std::abort();
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    if (file.peek() != std::ifstream::traits_type::eof()) bytes << file.rdbuf();
    return std::move(bytes).str();
}

void write_file(const std::string& path, const std::string& bytes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) give_up(path);
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t written = ::write(file, bytes.data() + at, bytes.size() - at);
        if (written <= 0) give_up(path);
        at += static_cast<std::size_t>(written);
    }
    ::close(file);
}

/// A process may be killed from outside at any moment: the old or the new, never half of it.
void replace_file(const std::string& path, const std::string& bytes) {
    write_file(path + ".new", bytes);
    if (::rename((path + ".new").c_str(), path.c_str()) != 0) give_up(path);
}

bool is_rebuilt(const std::string& name) {
    return name.ends_with("-shm");
}

bool flip(std::mt19937_64& random) {
    return (random() & 1U) != 0;
}

/// Some sectors of what was written since the last fsync, and some length that the file had or passed.
std::string mix(const std::string& durable, const std::string& live, std::mt19937_64& random) {
    std::string mixed = durable;
    std::size_t size = flip(random) ? live.size() : durable.size();
    if (live.size() > durable.size() && flip(random))
        size = durable.size() + random() % (live.size() - durable.size() + 1);
    mixed.resize(size);
    for (std::size_t at = 0; at < std::min(size, live.size()); at += kSector) {
        if (flip(random)) continue;
        const std::size_t end = std::min({at + kSector, size, live.size()});
        std::copy(live.begin() + static_cast<std::ptrdiff_t>(at),
                  live.begin() + static_cast<std::ptrdiff_t>(end),
                  mixed.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return mixed;
}

}  // namespace

const char* name_of(Call call) {
    switch (call) {
        case Call::None: return "none";
        case Call::Open: return "open";
        case Call::Write: return "write";
        case Call::Truncate: return "truncate";
        case Call::Sync: return "fsync";
        case Call::SyncFolder: return "fsync of a folder";
        case Call::Rename: return "rename";
        case Call::Link: return "link";
        case Call::Unlink: return "unlink";
        case Call::MakeFolder: return "mkdir";
        case Call::RemoveFolder: return "rmdir";
        case Call::Send: return "send";
        case Call::Receive: return "receive";
    }
    return "";
}

Shadow::Shadow(std::string root, std::string place) : root_(std::move(root)), place_(std::move(place)) {
    for (const char* part : {"", "/map", "/files", "/folders"})
        if (::mkdir((place_ + part).c_str(), 0700) != 0 && errno != EEXIST) give_up(place_ + part);
    lock_ = ::open((place_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) give_up(place_ + "/lock");
    const int file = ::open((place_ + "/page").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ::ftruncate(file, sizeof(Page)) != 0) give_up(place_ + "/page");
    void* memory = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (memory == MAP_FAILED) give_up(place_ + "/page");
    page_ = static_cast<Page*>(memory);
}

void Shadow::lock() {
    while (::flock(lock_, LOCK_EX) != 0)
        if (errno != EINTR) give_up("lock");
}

void Shadow::unlock() {
    ::flock(lock_, LOCK_UN);
}

std::string Shadow::key_of(ino_t inode) {
    const std::string link = place_ + "/map/" + std::to_string(inode);
    char text[64];
    const ssize_t length = ::readlink(link.c_str(), text, sizeof text);
    if (length > 0) return {text, static_cast<std::size_t>(length)};
    const std::string key = std::to_string(inode) + '-' + std::to_string(page_->next_key.fetch_add(1));
    if (::symlink(key.c_str(), link.c_str()) != 0) give_up(link);
    return key;
}

void Shadow::forget(ino_t inode) {
    ::unlink((place_ + "/map/" + std::to_string(inode)).c_str());
}

void Shadow::file_synced(const std::string& path, ino_t inode) {
    replace_file(place_ + "/files/" + key_of(inode), read_file(path));
}

void Shadow::folder_synced(const std::string& path, ino_t inode) {
    std::string lines;
    for (const auto& entry : fs::directory_iterator(path)) {
        struct stat status = {};
        if (::lstat(entry.path().c_str(), &status) != 0) give_up(entry.path());
        lines += S_ISDIR(status.st_mode) ? "d " : "f ";
        lines += key_of(status.st_ino) + ' ' + entry.path().filename().string() + '\n';
    }
    replace_file(place_ + "/folders/" + key_of(inode), lines);
}

void Shadow::settle() {
    for (const char* part : {"/map", "/files", "/folders"}) {
        fs::remove_all(place_ + part);
        fs::create_directory(place_ + part);
    }
    struct stat status = {};
    if (::stat(root_.c_str(), &status) != 0) give_up(root_);
    folder_synced(root_, status.st_ino);
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
        if (::lstat(entry.path().c_str(), &status) != 0) give_up(entry.path());
        S_ISDIR(status.st_mode) ? folder_synced(entry.path(), status.st_ino)
                                : file_synced(entry.path(), status.st_ino);
    }
}

Shadow::Folders Shadow::durable_folders() const {
    Folders folders;
    for (const auto& file : fs::directory_iterator(place_ + "/folders")) {
        if (file.path().extension() == ".new") continue;
        Names& names = folders[file.path().filename().string()];
        std::istringstream lines(read_file(file.path()));
        std::string kind, key, name;
        while (lines >> kind >> key && std::getline(lines.ignore(1), name))
            if (!is_rebuilt(name)) names[name] = {kind == "d", key};
    }
    return folders;
}

std::string Shadow::inode_key(const std::string& path) {
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0) give_up(path);
    return key_of(status.st_ino);
}

/// `paths`: where each file is, by key.
Shadow::Folders Shadow::live_folders(std::map<std::string, std::string>& paths) {
    Folders folders;
    const auto read = [&](const fs::path& folder) {
        Names& names = folders[inode_key(folder)];
        for (const auto& entry : fs::directory_iterator(folder)) {
            const std::string name = entry.path().filename().string();
            if (is_rebuilt(name)) continue;
            const bool is_folder = entry.is_directory();
            const std::string key = inode_key(entry.path());
            names[name] = {is_folder, key};
            if (!is_folder) paths[key] = entry.path();
        }
    };
    read(root_);
    for (const auto& entry : fs::recursive_directory_iterator(root_))
        if (entry.is_directory()) read(entry.path());
    return folders;
}

std::string Shadow::durable_content(const std::string& key) const {
    return read_file(place_ + "/files/" + key);
}

void Shadow::build(const Folders& folders, const std::string& key, const std::string& to,
                   const std::map<std::string, std::string>& contents) const {
    fs::create_directory(to);
    fs::permissions(to, fs::perms::owner_all);
    const auto names = folders.find(key);
    if (names == folders.end()) return;
    for (const auto& [name, entry] : names->second) {
        const std::string path = to + '/' + name;
        if (entry.is_folder) {
            build(folders, entry.key, path, contents);
        } else {
            const auto content = contents.find(entry.key);
            write_file(path, content == contents.end() ? durable_content(entry.key) : content->second);
        }
    }
}

void Shadow::cut(bool torn, std::mt19937_64& random) {
    Folders folders = durable_folders();
    const std::string root_key = inode_key(root_);
    std::map<std::string, std::string> contents;
    if (torn) {
        std::map<std::string, std::string> paths;
        const Folders live = live_folders(paths);
        for (const auto& [key, path] : paths)
            contents[key] = mix(durable_content(key), read_file(path), random);
        // All names of one inode change together: a rename is atomic, also across a cut.
        std::map<std::string, bool> is_new;
        const auto takes_new = [&](const std::string& key) {
            return is_new.try_emplace(key, flip(random)).first->second;
        };
        for (const auto& [key, names] : live) {
            Names& old = folders[key];
            Names mixed;
            for (const auto& [name, entry] : names)
                if (takes_new(entry.key)) mixed[name] = entry;
            for (const auto& [name, entry] : old)
                // One whose name went to another file keeps it until that one has it.
                if (!takes_new(entry.key) || names.contains(name)) mixed.try_emplace(name, entry);
            old = std::move(mixed);
        }
    }
    const std::string after = root_ + ".after";
    build(folders, root_key, after, contents);
    fs::remove_all(root_);
    fs::rename(after, root_);
    settle();
}

}  // namespace crash
