#pragma once

#include <kontexture/types.h>

#include <atomic>
#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace kontexture::store {

class Database;

/// The rows of one query, one after the other. Lifetime: shorter than the Database's, and only one at a time
/// for the same SQL text. Columns count from zero.
class Rows {
public:
    Rows(Rows&& other) noexcept;
    Rows& operator=(Rows&&) = delete;
    ~Rows();

    /// False at the end and after an error; finish() tells which.
    bool next();
    Result<void> finish() const;

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;  ///< never infinite
    std::string text(int column) const;
    std::vector<std::uint8_t> bytes(int column) const;

private:
    friend class Database;
    Rows(Database& database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}

    void bind_all(int) {}
    template <typename First, typename... Rest>
    void bind_all(int index, const First& first, const Rest&... rest) {
        bind(index, first);
        bind_all(index + 1, rest...);
    }
    template <typename T>
    void bind(int index, const std::optional<T>& value) {
        value ? bind(index, *value) : bind_null(index);
    }
    void bind(int index, std::integral auto value) { bind_integer(index, static_cast<std::int64_t>(value)); }
    void bind(int index, double value);
    void bind(int index, std::string_view text);
    void bind(int index, std::span<const std::uint8_t> bytes);
    void bind_integer(int index, std::int64_t value);
    void bind_null(int index);
    void note(int code);

    Database& database_;
    sqlite3_stmt* statement_;
    std::optional<Error> error_;
};

/// One connection to one SQLite file, in WAL mode and fsynced at every commit. Thread: one at a time.
/// Errors: DiskFull, Storage, StorageDamaged. Prepared statements are kept by their SQL text.
class Database {
public:
    /// The file must exist; an empty one is a new database. Nothing is written until set_up().
    static Result<std::unique_ptr<Database>> open(const std::string& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Switches to WAL and durable commits. Separate from open(), so that a newer database stays untouched.
    Result<void> set_up();
    /// False: damaged. Gives up after `limit` and says true then.
    Result<bool> looks_sound(bool thorough, std::chrono::milliseconds limit);
    /// How long a statement waits for other connections before it fails.
    void set_busy_timeout(std::chrono::milliseconds timeout) { patience_ = timeout; }
    /// Any thread. From now on, also in one that is under way, no statement waits for other connections, and
    /// one that takes many steps is given up. What writes a single job takes few.
    void hurry() { hurried_ = true; }

    /// Several statements without parameters.
    Result<void> execute(const char* sql);
    template <typename... Values>
    Rows query(std::string_view sql, const Values&... values) {
        Rows rows = prepare(sql);
        rows.bind_all(1, values...);
        return rows;
    }
    template <typename... Values>
    Result<void> run(std::string_view sql, const Values&... values) {
        Rows rows = query(sql, values...);
        while (rows.next()) {
        }
        return rows.finish();
    }
    /// Rows changed by the last run().
    std::int64_t changes() const;

    /// A file beside the database: it was found damaged while in use, and must be checked when next opened.
    static std::string suspect_path(const std::string& path) { return path + "-suspect"; }

private:
    friend class Rows;
    Database(sqlite3* connection, std::string path) : connection_(connection), path_(std::move(path)) {}
    Rows prepare(std::string_view sql);
    Error describe(int code) const;
    /// SQLite asks it now and then in a long statement; other than zero gives up.
    static int give_up(void* database);
    /// SQLite asks it before each further attempt; zero gives up.
    static int wait_while_busy(void* database, int attempts);

    sqlite3* connection_;
    std::string path_;
    std::chrono::milliseconds patience_ = std::chrono::seconds(5);
    std::chrono::steady_clock::time_point busy_since_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    std::atomic<bool> hurried_{false};
    std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

/// Runs `work` (which returns some Result) in one transaction that has the write lock from the start; an
/// error undoes everything.
template <typename Work>
auto transact(Database& database, Work&& work) -> decltype(work()) {
    if (auto begun = database.run("begin immediate"); !begun) return begun.error();
    auto result = work();
    if (result) {
        if (auto committed = database.run("commit"); !committed) result = committed.error();
    }
    if (!result) {
        // Fails when SQLite has rolled back by itself; then there is nothing left to undo.
        [[maybe_unused]] const auto undone = database.run("rollback");
    }
    return result;
}

}  // namespace kontexture::store
