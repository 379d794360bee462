#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <random>
#include <string>

#include <sys/types.h>

namespace crash {

/// The calls at which a process may be made to die.
enum class Call : std::uint8_t {
    None,
    Open,
    Write,
    Truncate,
    Sync,
    SyncFolder,
    Rename,
    Link,
    Unlink,
    MakeFolder,
    RemoveFolder,
    Send,
    Receive,
};
constexpr int kCalls = 13;
const char* name_of(Call call);

enum class Moment : std::uint8_t { Before, Half, After };

/// Shared memory of the harness and every process that runs under the shim.
struct Page {
    std::atomic<std::uint64_t> calls;   ///< so far, of all processes
    std::atomic<std::uint64_t> die_at;  ///< the process that makes this call dies; zero: none does
    std::atomic<Moment> moment;
    std::atomic<bool> is_off;     ///< the power is gone: nothing more may reach the disk
    std::atomic<Call> last_call;  ///< at which it happened
    std::atomic<bool> is_deaf;    ///< fsync does nothing, to see that the harness can fail
    std::atomic<std::uint64_t> next_key;
};

/// What a power cut would leave of the folder `root`: the content that files had at their last fsync, under
/// the names that their folders had at theirs. Kept in the folder `place`:
///     map/INODE    a symbolic link that says the key of a live inode (numbers are used again, keys are not)
///     files/KEY    a file's durable content; none: never synced, and empty after a cut
///     folders/KEY  a folder's durable entries: lines of ("f" | "d") " " key " " name
///     page         the Page
///     lock         held over every change
/// Errors end the process: this is a test. Thread: one at a time; processes share it by the lock.
class Shadow {
public:
    /// Makes `place` when missing.
    Shadow(std::string root, std::string place);
    Shadow(const Shadow&) = delete;
    Shadow& operator=(const Shadow&) = delete;

    Page& page() { return *page_; }
    const std::string& root() const { return root_; }
    void lock();
    void unlock();

    void file_synced(const std::string& path, ino_t inode);
    void folder_synced(const std::string& path, ino_t inode);
    /// The inode has lost its last name; its number may come back as another file's.
    void forget(ino_t inode);

    /// Whatever is there counts as durable.
    void settle();
    /// Puts in place what is left. `torn`: of what was not synced, some names and some sectors made it.
    void cut(bool torn, std::mt19937_64& random);

private:
    struct Entry {
        bool is_folder = false;
        std::string key;
    };
    using Names = std::map<std::string, Entry>;
    using Folders = std::map<std::string, Names>;  ///< by key

    std::string key_of(ino_t inode);
    std::string inode_key(const std::string& path);
    Folders durable_folders() const;
    Folders live_folders(std::map<std::string, std::string>& paths);
    std::string durable_content(const std::string& key) const;
    void build(const Folders& folders, const std::string& key, const std::string& to,
               const std::map<std::string, std::string>& contents) const;

    std::string root_;
    std::string place_;
    int lock_ = -1;
    Page* page_ = nullptr;
};

}  // namespace crash
