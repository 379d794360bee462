#pragma once

#include <kontexture/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the store needs of a POSIX file system. Everything made here belongs to its owner alone, whatever the
// umask says. Thread: any.
namespace kontexture::store {

/// The Error for a failed call: `what` reads on from "cannot be ", as in "written".
Error file_error(std::string_view what, const std::string& path, int error_number);
/// True for the numbers that mean "no space left" (also by quota or by the process's own limit).
bool means_full(int error_number);
Error disk_full_error(const std::string& path);

/// Owns an open file; -1 is none.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int number) : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~FileDescriptor();

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_ = -1;
};

/// Makes the folder and its missing parents (0700), and waits until they are on the disk. One that exists
/// keeps its permissions: it may be the user's own.
Result<void> make_folder(const std::string& path);
/// The same for one that only this program has a use for: it must be this user's, and no link to another.
Result<void> make_own_folder(const std::string& path);
/// Refuses a folder in which other users could put or replace files: another user's, one that anybody may
/// write (a sticky one apart), or one that a group may write which is not this user's own.
Result<void> check_private(const std::string& folder);

/// What this program has made: a regular file of this user's with one name. Everything else (a link, a pipe,
/// another user's file) could lead a write elsewhere or block for ever, and is refused.
bool is_own_file(const std::string& path);
/// A real folder of this user's.
bool is_own_folder(const std::string& path);
/// No error when there is none; links are not followed.
Result<void> check_own_file(const std::string& path);
/// Makes a file (0600) that must not exist yet.
Result<FileDescriptor> create_file(const std::string& path);
/// Opens an own file for reading and writing, made (0600) when missing.
Result<FileDescriptor> open_or_create_file(const std::string& path);
/// Opens an own file that exists. `writable`: also for writing, and others lose their access to it.
Result<FileDescriptor> open_own_file(const std::string& path, bool writable);
/// Takes an own file's permissions for everyone but the owner away; nothing happens when there is none.
Result<void> restrict_to_owner(const std::string& path);

Result<void> write_all(const FileDescriptor& file, std::span<const std::uint8_t> bytes,
                       const std::string& path);
/// Waits until the content is on the disk.
Result<void> sync_file(const FileDescriptor& file, const std::string& path);
/// Waits until the folder's entries (new names, renames) are on the disk.
Result<void> sync_folder(const std::string& path);
/// The same for the entry of a file or folder in the folder it is in. One that may not be read cannot be
/// waited for; that is no error.
Result<void> sync_parent(const std::string& path);
/// Replaces `to` in one step. The folders are not synced.
Result<void> rename_file(const std::string& from, const std::string& to);

bool file_exists(const std::string& path);
/// Zero when there is none.
std::uint64_t file_size(const std::string& path);
/// What an ordinary user may still write there; the largest number when it cannot be told.
std::uint64_t free_bytes(const std::string& path);
/// The names in a folder, without "." and ".."; empty when it cannot be read.
std::vector<std::string> list_folder(const std::string& path);

}  // namespace kontexture::store
