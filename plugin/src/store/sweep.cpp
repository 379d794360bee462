#include "store/sweep.h"

#include "store/session_lock.h"
#include "store/store_impl.h"

#include <charconv>
#include <filesystem>
#include <unordered_set>

#include <sys/stat.h>

namespace kontexture::store {

namespace {

std::int64_t modified_at(const std::string& path) {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return 0;
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
    if (auto made = make_folder(aside); !made) return made;
    return rename_file(path, aside + "/" + blob);
}

}  // namespace

void sweep_sessions(const std::string& folder, std::int64_t own) {
    std::error_code ignored;
    const std::filesystem::path temporary(folder + "/tmp");
    for (const std::string& name : list_folder(temporary.string())) {
        std::int64_t session = 0;
        std::from_chars(name.data(), name.data() + name.size(), session);
        if (session != own && !FileLock::is_held(session_lock_path(folder, session))) {
            std::filesystem::remove_all(temporary / name, ignored);
        }
    }
    for (const std::int64_t session : list_sessions(folder)) {
        const std::string path = session_lock_path(folder, session);
        if (session != own && !FileLock::is_held(path)) std::filesystem::remove(path, ignored);
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

    const std::filesystem::path blobs(folder + "/blobs");
    for (const std::string& first : list_folder(blobs.string())) {
        const std::filesystem::path subfolder = blobs / first;
        if (first.starts_with("incoming-")) {
            std::error_code ignored;
            std::filesystem::remove(subfolder, ignored);
            continue;
        }
        for (const std::string& rest : list_folder(subfolder.string())) {
            BlobId blob = first;
            blob += rest;
            const std::string path = (subfolder / rest).string();
            if (!Blobs::is_id(blob) || referenced->contains(blob) || modified_at(path) < *oldest) continue;
            if (auto moved = move_aside(folder, path, blob); !moved) return moved;
        }
    }
    return database.run("update sessions set closed_at = ? where closed_at is null and id <> ?",
                        to_number(wall_clock_now()), own);
}

}  // namespace kontexture::store
