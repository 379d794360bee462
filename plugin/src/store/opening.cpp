#include "store/schema.h"
#include "store/store_impl.h"
#include "store/sweep.h"

#include <algorithm>
#include <filesystem>

#include <openssl/rand.h>

// Opening and closing. Everything here happens under the folder's opening lock, so that two processes never
// create, set aside or sweep at the same time, and no session is born while another looks who is alive.
namespace kontexture::store {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kOpeningPatience = std::chrono::seconds(10);
constexpr milliseconds kQuickCheckTime = std::chrono::seconds(1);
constexpr milliseconds kThoroughCheckTime = std::chrono::seconds(60);
// The destructor of Service has 250 ms in all.
constexpr milliseconds kClosingPatience = milliseconds(50);
// RequestId = session * 2^24 + counter must fit into 53 bits.
constexpr int kCounterBits = 24;
constexpr std::int64_t kSessionLimit = std::int64_t{1} << (53 - kCounterBits);

Error newer_error(const std::string& path) {
    Error error;
    error.code = ErrorCode::StorageNewer;
    error.message = "The database " + path +
                    " was written by a newer version. Use that version, or choose another data folder.";
    return error;
}

Error tampered_error(const std::string& path) {
    Error error;
    error.code = ErrorCode::Storage;
    error.message =
        "The database " + path +
        " has triggers or views, which this program never makes: somebody else has changed it. Nothing in "
        "it was used. Drop them, move the file away, or choose another data folder.";
    return error;
}

Error damaged_error(const std::string& path) {
    Error error;
    error.code = ErrorCode::StorageDamaged;
    error.message = "The database " + path + " is damaged, and another program is using it. Close every " +
                    "program that uses this data folder and start again.";
    return error;
}

/// Opens the file, checks that it is sound and ours, and brings it up to date.
Result<std::unique_ptr<Database>> open_database(const std::string& path, bool others_live) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal", "-suspect"}) {
        if (auto checked = check_own_file(path + suffix); !checked) return checked.error();
    }
    if (!file_exists(path)) {
        auto made = create_file(path);
        if (!made) return made.error();
    }
    const std::string suspect_path = Database::suspect_path(path);
    const bool suspect = file_exists(suspect_path);
    // The last connection removes the log when it closes, so a log that is there was left by a killed
    // process.
    const bool unclean = !others_live && file_size(path + "-wal") > 0;

    auto database = Database::open(path);
    if (!database) return database.error();
    const auto state = inspect_schema(**database);
    if (!state) return state.error();
    if (*state == SchemaState::Newer) return newer_error(path);
    if (*state == SchemaState::Tampered) return tampered_error(path);
    if (*state == SchemaState::Foreign) return damaged_error(path);
    if (suspect || unclean) {
        const auto sound = (*database)->looks_sound(suspect, suspect ? kThoroughCheckTime : kQuickCheckTime);
        if (!sound) return sound.error();
        if (!*sound) return damaged_error(path);
    }
    for (const char* suffix : {"", "-wal", "-shm"}) {
        if (auto restricted = restrict_to_owner(path + suffix); !restricted) return restricted.error();
    }
    if (auto set = (*database)->set_up(); !set) return set.error();
    if (*state != SchemaState::Current) {
        if (auto migrated = migrate(**database); !migrated) return migrated.error();
    }
    if (suspect) {
        // The check does not look into the search index.
        auto rebuilt = (*database)->run("insert into prompts (prompts) values ('rebuild')");
        if (!rebuilt) return rebuilt.error();
        std::error_code ignored;
        std::filesystem::remove(suspect_path, ignored);
    }
    return database;
}

/// Keeps the damaged files under names that still belong together, and returns the main one.
Result<std::string> set_aside(const std::string& path, const std::string& folder) {
    std::string aside;
    for (int number = 1; aside.empty() || file_exists(aside); ++number) {
        aside = path + ".damaged-" + std::to_string(number);
    }
    for (const char* suffix : {"-wal", "-shm", ""}) {
        if (!file_exists(path + suffix)) continue;
        if (auto renamed = rename_file(path + suffix, aside + suffix); !renamed) return renamed.error();
    }
    std::error_code ignored;
    std::filesystem::remove(Database::suspect_path(path), ignored);
    if (auto synced = sync_folder(folder); !synced) return synced.error();
    return aside;
}

Result<std::unique_ptr<Database>> open_or_replace(const std::string& folder, bool others_live,
                                                  std::string* warning) {
    const std::string path = database_path(folder);
    auto database = open_database(path, others_live);
    if (database || database.error().code != ErrorCode::StorageDamaged) return database;
    if (others_live) return damaged_error(path);
    const auto aside = set_aside(path, folder);
    if (!aside) return aside.error();
    if (warning != nullptr) {
        *warning = "The database of earlier pictures and requests was damaged. It is kept as " + *aside +
                   ", and a new one was begun; the pictures themselves are still in " + folder + "/blobs.";
    }
    return open_database(path, others_live);
}

/// A number that no session had before, not even one in a database that was set aside: the lock file of the
/// newest session is never swept, so it remembers.
Result<std::int64_t> begin_session(Database& database, std::int64_t highest_lock) {
    return transact(database, [&]() -> Result<std::int64_t> {
        Rows rows = database.query("select coalesce(max(id), 0) from sessions");
        const std::int64_t highest = rows.next() ? rows.integer(0) : 0;
        if (auto finished = rows.finish(); !finished) return finished.error();
        const std::int64_t last = std::max(highest, highest_lock);
        if (last >= kSessionLimit - 1) {
            Error error;
            error.code = ErrorCode::Storage;
            error.message = "The data folder has no request numbers left. Choose a new data folder.";
            return error;
        }
        const std::int64_t session = last + 1;
        auto inserted = database.run("insert into sessions (id, started_at) values (?, ?)", session,
                                     to_number(wall_clock_now()));
        if (!inserted) return inserted.error();
        return session;
    });
}

}  // namespace

engine::TimePoint wall_clock_now() {
    return std::chrono::time_point_cast<engine::Duration>(std::chrono::system_clock::now());
}

std::string database_path(const std::string& folder) {
    return folder + "/kontexture.db";
}

std::string temporary_path(const std::string& folder) {
    // Not "tmp": the folder may be the user's own and have one.
    return folder + "/arriving";
}

std::string temporary_path(const std::string& folder, std::int64_t session) {
    return temporary_path(folder) + "/" + std::to_string(session);
}

Result<std::unique_ptr<Store>> Store::open(StoreOptions options, std::string* warning) {
    std::error_code ignored;
    const auto absolute = std::filesystem::absolute(options.folder, ignored);
    if (!absolute.empty()) options.folder = absolute.lexically_normal().string();
    while (options.folder.size() > 1 && options.folder.back() == '/') options.folder.pop_back();
    auto impl = std::make_unique<Impl>(std::move(options));
    const std::string& folder = impl->options.folder;
    if (auto made = make_folder(folder); !made) return made.error();
    if (auto checked = check_private(folder); !checked) return checked.error();
    for (const std::string& part : {folder + "/blobs", folder + "/sessions", temporary_path(folder)}) {
        if (auto made = make_own_folder(part); !made) return made.error();
    }
    const auto opening = FileLock::acquire(folder + "/opening.lock", kOpeningPatience);
    if (!opening) return opening.error();

    std::int64_t highest_lock = 0;
    bool others_live = false;
    for (const std::int64_t session : list_sessions(folder)) {
        highest_lock = std::max(highest_lock, session);
        others_live = others_live || FileLock::is_held(session_lock_path(folder, session));
    }
    auto database = open_or_replace(folder, others_live, warning);
    if (!database) return database.error();
    impl->database = std::move(*database);
    // Also when it was there: a process may have died between making it and waiting for it.
    for (const auto& synced : {sync_folder(folder), sync_parent(folder)}) {
        if (!synced) return synced.error();
    }

    const auto session = begin_session(*impl->database, highest_lock);
    if (!session) return session.error();
    impl->session = *session;
    auto lock = FileLock::acquire(session_lock_path(folder, *session), milliseconds(0));
    if (!lock) return lock.error();
    impl->session_lock = std::move(*lock);
    // No session had this number before, so what is there is nobody's.
    remove_temporary(temporary_path(folder, *session));
    if (auto made = make_own_folder(temporary_path(folder, *session)); !made) return made.error();

    sweep_sessions(folder, *session);
    if (auto swept = sweep_blobs(*impl->database, folder, *session); !swept) return swept.error();
    return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() {
    Database& database = *impl_->database;
    database.set_busy_timeout(kClosingPatience);
    // When this fails the next run merely looks more closely.
    [[maybe_unused]] const auto closed = database.run("update sessions set closed_at = ? where id = ?",
                                                      to_number(wall_clock_now()), impl_->session);
    remove_temporary(temporary_path(impl_->options.folder, impl_->session));
}

std::uint64_t Store::id_block() const {
    return static_cast<std::uint64_t>(impl_->session) << kCounterBits;
}

void Store::hurry() {
    impl_->database->hurry();
}

Blobs& Store::blobs() {
    return impl_->blobs;
}

Result<std::vector<std::uint8_t>> Store::callback_secret() {
    Database& database = *impl_->database;
    std::vector<std::uint8_t> fresh(32);
    if (RAND_bytes(fresh.data(), static_cast<int>(fresh.size())) != 1) {
        Error error;
        error.code = ErrorCode::Storage;
        error.message = "The system gave no random numbers for the addresses of callbacks. Try again.";
        return error;
    }
    auto made = database.run("insert or ignore into secrets (name, value) values ('callbacks', ?)",
                             std::span<const std::uint8_t>(fresh));
    if (!made) return made.error();
    Rows rows = database.query("select value from secrets where name = 'callbacks'");
    if (rows.next()) fresh = rows.bytes(0);
    if (auto finished = rows.finish(); !finished) return finished.error();
    return fresh;
}

engine::Duration Store::take_poll_turn(engine::Duration gap) {
    return impl_->poll_gate->take_turn(gap);
}

std::string Store::temporary_folder() const {
    return temporary_path(impl_->options.folder, impl_->session);
}

}  // namespace kontexture::store
