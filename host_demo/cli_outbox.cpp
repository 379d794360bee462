#include "cli_outbox.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <vector>

// A file of the outbox; what comes after the last line break was being written when the run died, and does
// not count.
//   file    = *(want / done)
//   want    = "+" id " " service " " path LF
//   done    = "-" id LF
//   id      = decimal digits
//   service, path: bytes; "%", space and control characters as "%" and two hex digits
namespace command_line {

namespace fs = std::filesystem;
using kontexture::Error;
using kontexture::ErrorCode;
using kontexture::RequestId;
using kontexture::Result;

namespace {

constexpr const char* kExtension = ".wishes";
constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr int kMaxFiles = 10000;  ///< one a run that died; more would mean that something else is wrong

Error failure(const std::string& what, const std::string& path, int number) {
    return {.code = number == ENOSPC ? ErrorCode::DiskFull : ErrorCode::Storage,
            .message = path + " cannot be " + what + ": " + std::strerror(number) +
                       ". Make room or choose another --data-dir."};
}

std::string encoded(const std::string& text) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string result;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte > 0x20 && byte != '%' && byte != 0x7f) {
            result += letter;
            continue;
        }
        result += '%';
        result += kDigits[byte >> 4];
        result += kDigits[byte & 15];
    }
    return result;
}

std::string decoded(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        const char* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            result += static_cast<char>(byte);
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

void read_line(const std::string& line, std::map<std::uint64_t, Wish>& wishes) {
    if (line.size() < 2) return;
    std::istringstream words(line.substr(1));
    std::uint64_t id = 0;
    Wish wish;
    if (!(words >> id)) return;
    if (line[0] == '-') {
        wishes.erase(id);
    } else if (line[0] == '+' && words >> wish.service >> wish.path) {
        wishes[id] = {decoded(wish.path), decoded(wish.service), true};
    }
}

std::map<std::uint64_t, Wish> read_file(int file) {
    std::string text;
    char piece[4096];
    for (ssize_t got = 0; text.size() < kMaxBytes; text.append(piece, static_cast<std::size_t>(got))) {
        got = ::read(file, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            got = 0;
        else if (got <= 0)
            break;
    }
    std::map<std::uint64_t, Wish> wishes;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line) && !lines.eof()) read_line(line, wishes);
    return wishes;
}

/// Nobody but this user can have written it.
bool is_own(const struct stat& status) {
    return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/// "<process>-<number>.wishes".
bool is_wishes_name(const std::string& name) {
    constexpr const char* kDigits = "0123456789";
    const std::size_t dash = name.find_first_not_of(kDigits);
    if (dash == 0 || dash == name.npos || name[dash] != '-') return false;
    const std::size_t end = name.find_first_not_of(kDigits, dash + 1);
    return end != name.npos && end > dash + 1 && name.compare(end, name.npos, kExtension) == 0;
}

std::string want_line(std::uint64_t id, const Wish& wish) {
    return '+' + std::to_string(id) + ' ' + encoded(wish.service) + ' ' + encoded(wish.path) + '\n';
}

void sync_folder(const std::string& path) {
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
}

bool is_unlinked(int file) {
    struct stat status = {};
    return ::fstat(file, &status) != 0 || status.st_nlink == 0;
}

}  // namespace

Outbox::Outbox(const std::string& data_dir, std::string service)
    : folder_((fs::path(data_dir) / "outbox").string()), service_(std::move(service)) {}

Outbox::~Outbox() {
    if (file_ < 0) return;
    if (wishes_.empty()) ::unlink(path_.c_str());
    ::close(file_);
}

Result<void> Outbox::make_file() {
    if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return failure("made", folder_, errno);
    const std::string process = std::to_string(::getpid());
    for (int i = 0; i < kMaxFiles; ++i) {
        path_ = folder_ + '/' + process + '-' + std::to_string(i) + kExtension;
        file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
        if (file_ < 0 && errno == EEXIST) continue;
        if (file_ < 0) return failure("made", path_, errno);
        // A run that collects may have taken the new, still unlocked file for one of a dead run.
        if (::flock(file_, LOCK_EX) == 0 && !is_unlinked(file_)) {
            sync_folder(folder_);
            sync_folder(fs::path(folder_).parent_path().string());
            return {};
        }
        ::close(file_);
        file_ = -1;
    }
    return failure("filled any further", folder_, EEXIST);
}

Result<void> Outbox::append(const std::string& line, bool durable) {
    if (file_ < 0)
        if (auto made = make_file(); !made) return made;
    for (std::size_t at = 0; at < line.size();) {
        const ssize_t written = ::write(file_, line.data() + at, line.size() - at);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return failure("written", path_, errno);
        at += static_cast<std::size_t>(written);
    }
    if (durable && ::fsync(file_) != 0) return failure("written", path_, errno);
    return {};
}

Result<void> Outbox::want(RequestId id, const std::string& path) {
    Wish wish{path, service_};
    if (auto written = append(want_line(id.value, wish), true); !written) return written;
    wishes_[id.value] = std::move(wish);
    return {};
}

void Outbox::done(RequestId id) {
    if (wishes_.erase(id.value) == 0) return;
    // Should it be lost, the next run writes the same picture to the same place once more.
    [[maybe_unused]] const auto written = append('-' + std::to_string(id.value) + '\n', false);
}

Result<void> Outbox::take_over_file(const std::string& path) {
    // Not blocking: opening a pipe would wait for its other end.
    const int other = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status = {};
    if (other < 0 && errno == ENOENT) return {};
    if (other < 0 || ::fstat(other, &status) != 0 || !S_ISREG(status.st_mode) || !is_own(status) ||
        status.st_nlink > 1) {
        ignored_.push_back(path);
        if (other >= 0) ::close(other);
        return {};
    }
    Result<void> result;
    // A lock that is held means that the run lives; an unlinked file, that another run was faster.
    if (::flock(other, LOCK_EX | LOCK_NB) != 0) {
        has_neighbour_ = true;
    } else if (!is_unlinked(other)) {
        std::string lines;
        std::map<std::uint64_t, Wish> wishes = read_file(other);
        for (const auto& [id, wish] : wishes) lines += want_line(id, wish);
        if (!wishes.empty()) result = append(lines, true);
        if (result) {
            wishes_.merge(wishes);
            ::unlink(path.c_str());
        }
    }
    ::close(other);
    return result;
}

Result<void> Outbox::take_over() {
    has_neighbour_ = false;
    ignored_.clear();
    struct stat status = {};
    if (::lstat(folder_.c_str(), &status) != 0) return {};
    if (!S_ISDIR(status.st_mode) || !is_own(status)) {
        ignored_.push_back(folder_);
        return {};
    }
    std::vector<std::string> paths;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_, none))
        if (is_wishes_name(entry.path().filename().string()) && entry.path() != path_)
            paths.push_back(entry.path().string());
    for (const std::string& path : paths)
        if (auto taken = take_over_file(path); !taken) return taken;
    return {};
}

}  // namespace command_line
