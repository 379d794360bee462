#include "store/sweep.h"

#include "store/session_lock.h"
#include "store/store_impl.h"

#include <unordered_set>

#include <sys/stat.h>
#include <unistd.h>

namespace kontexture::store {

namespace {

std::int64_t modified_at(const std::string& path) {
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0) return 0;
    const auto time =
        std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

bool other_session_lives(const std::string& folder, std::int64_t own) {
    for (const std::int64_t session : list_sessions(folder)) {
        if (session != own && FileLock::is_held(session_lock_path(folder, session))) return true;
    }
    return false;
}

Result<bool> was_killed(Database& database, std::int64_t own) {
    Rows rows = database.query("select 1 from sessions where closed_at is null and id <> ?", own);
    const bool killed = rows.next();
    if (auto finished = rows.finish(); !finished) return finished.error();
    return killed;
}

Result<std::unordered_set<std::string>> referenced_blobs(Database& database) {
    std::unordered_set<std::string> blobs;
    Rows rows = database.query("select blob from images union select input_blob from jobs");
    while (rows.next()) blobs.insert(rows.text(0));
    if (auto finished = rows.finish(); !finished) return finished.error();
    return blobs;
}

Result<std::int64_t> database_age(Database& database) {
    Rows rows = database.query("select min(started_at) from sessions");
    const std::int64_t started_at = rows.next() ? rows.integer(0) : 0;
    if (auto finished = rows.finish(); !finished) return finished.error();
    return started_at;
}

Result<void> move_aside(const std::string& folder, const std::string& path, const std::string& blob) {
    const std::string aside = folder + "/unreferenced";
    if (auto made = make_own_folder(aside); !made) return made;
    return rename_file(path, aside + "/" + blob);
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "7.part", as downloads are called.
bool is_download(std::string_view name) {
    constexpr std::string_view kSuffix = ".part";
    return name.ends_with(kSuffix) && is_number(name.substr(0, name.size() - kSuffix.size()));
}

/// "incoming-<process>-<number>", as Blobs calls what it has not finished.
bool is_incoming(std::string_view name) {
    constexpr std::string_view kPrefix = "incoming-";
    if (!name.starts_with(kPrefix)) return false;
    name.remove_prefix(kPrefix.size());
    const std::size_t dash = name.find('-');
    return dash != std::string_view::npos && is_number(name.substr(0, dash)) &&
           is_number(name.substr(dash + 1));
}

void remove_own_file(const std::string& path) {
    if (is_own_file(path)) ::unlink(path.c_str());
}

}  // namespace

void remove_temporary(const std::string& path) {
    if (!is_own_folder(path)) return;
    for (const std::string& name : list_folder(path)) {
        if (is_download(name)) remove_own_file(path + "/" + name);
    }
    ::rmdir(path.c_str());
}

void sweep_sessions(const std::string& folder, std::int64_t own) {
    for (const std::string& name : list_folder(temporary_path(folder))) {
        const auto session = parse_session(name);
        if (session && *session != own && !FileLock::is_held(session_lock_path(folder, *session))) {
            remove_temporary(temporary_path(folder, *session));
        }
    }
    for (const std::int64_t session : list_sessions(folder)) {
        const std::string path = session_lock_path(folder, session);
        if (session != own && !FileLock::is_held(path)) remove_own_file(path);
    }
}

Result<void> sweep_blobs(Database& database, const std::string& folder, std::int64_t own) {
    if (other_session_lives(folder, own)) return {};
    const auto killed = was_killed(database, own);
    if (!killed) return killed.error();
    if (!*killed) return {};
    const auto referenced = referenced_blobs(database);
    if (!referenced) return referenced.error();
    const auto oldest = database_age(database);
    if (!oldest) return oldest.error();

    const std::string blobs = folder + "/blobs";
    for (const std::string& first : list_folder(blobs)) {
        const std::string subfolder = blobs + "/" + first;
        if (is_incoming(first)) remove_own_file(subfolder);
        if (first.size() != 2 || !is_own_folder(subfolder)) continue;
        for (const std::string& rest : list_folder(subfolder)) {
            BlobId blob = first;
            blob += rest;
            const std::string path = subfolder + "/" + rest;
            if (!Blobs::is_id(blob) || referenced->contains(blob) || !is_own_file(path)) continue;
            if (modified_at(path) < *oldest) continue;
            if (auto moved = move_aside(folder, path, blob); !moved) return moved;
        }
    }
    return database.run("update sessions set closed_at = ? where closed_at is null and id <> ?",
                        to_number(wall_clock_now()), own);
}

}  // namespace kontexture::store
