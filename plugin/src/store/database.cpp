#include "store/database.h"

#include "store/file_system.h"

#include <sqlite3.h>

#include <algorithm>
#include <thread>

namespace kontexture::store {

namespace {

/// Short, because it is also what hurry() has to wait for.
constexpr std::chrono::milliseconds kBusyPause = std::chrono::milliseconds(2);
/// Of SQLite's machine, far more than it takes to write a job.
constexpr int kStepsBetweenLooks = 10000;

/// What a damaged row says beyond is kept where sums still work.
constexpr double kLargestReal = 1e12;

/// Only "no space left" has an SQLite code of its own; a quota shows in the file's last system error alone.
/// SQLite's own sqlite3_system_errno() is overwritten by the rollback.
int last_write_error(sqlite3* connection) {
    int error_number = 0;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_LAST_ERRNO, &error_number);
    sqlite3_file* journal = nullptr;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
    if (error_number == 0 && journal != nullptr && journal->pMethods != nullptr) {
        journal->pMethods->xFileControl(journal, SQLITE_FCNTL_LAST_ERRNO, &error_number);
    }
    return error_number;
}

}  // namespace

Rows::Rows(Rows&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      error_(std::move(other.error_)) {}

Rows::~Rows() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

void Rows::note(int code) {
    if (code != SQLITE_OK && !error_) error_ = database_.describe(code);
}

bool Rows::next() {
    if (error_ || statement_ == nullptr) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) note(code);
    return false;
}

Result<void> Rows::finish() const {
    if (error_) return *error_;
    return {};
}

bool Rows::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

double Rows::real(int column) const {
    return std::clamp(sqlite3_column_double(statement_, column), -kLargestReal, kLargestReal);
}

std::string Rows::text(int column) const {
    const unsigned char* text = sqlite3_column_text(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
}

std::vector<std::uint8_t> Rows::bytes(int column) const {
    const auto* first = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return first == nullptr ? std::vector<std::uint8_t>() : std::vector<std::uint8_t>(first, first + size);
}

void Rows::bind_integer(int index, std::int64_t value) {
    if (!error_) note(sqlite3_bind_int64(statement_, index, value));
}

void Rows::bind(int index, double value) {
    if (!error_) note(sqlite3_bind_double(statement_, index, value));
}

void Rows::bind(int index, std::string_view text) {
    if (error_) return;
    // A null pointer would bind NULL instead of an empty text.
    const char* data = text.data() == nullptr ? "" : text.data();
    note(sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Rows::bind(int index, std::span<const std::uint8_t> bytes) {
    if (error_) return;
    note(bytes.empty()
             ? sqlite3_bind_zeroblob(statement_, index, 0)
             : sqlite3_bind_blob64(statement_, index, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
}

void Rows::bind_null(int index) {
    if (!error_) note(sqlite3_bind_null(statement_, index));
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
    sqlite3* connection = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<Database> database(new Database(connection, path));
    if (code != SQLITE_OK) return database->describe(code);
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // The schema has none of either: what a made-up file has of them is never run.
    sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_busy_handler(connection, wait_while_busy, database.get());
    sqlite3_progress_handler(connection, kStepsBetweenLooks, give_up, database.get());
    if (auto set = database->execute("pragma trusted_schema = off; pragma cell_size_check = on;"
                                     "pragma foreign_keys = on; pragma temp_store = memory");
        !set) {
        return set.error();
    }
    return database;
}

Database::~Database() {
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(connection_);
}

Result<void> Database::set_up() {
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    return execute(
        "pragma journal_mode = wal; pragma synchronous = full;"
        "pragma journal_size_limit = 4194304");
}

Result<bool> Database::looks_sound(bool thorough, std::chrono::milliseconds limit) {
    deadline_ = std::chrono::steady_clock::now() + limit;
    std::string verdict = "ok";
    Result<void> finished;
    bool interrupted = false;
    {
        Rows rows = query(thorough ? "pragma integrity_check(1)" : "pragma quick_check(1)");
        if (rows.next()) verdict = rows.text(0);
        finished = rows.finish();
        interrupted = !finished && (sqlite3_errcode(connection_) & 0xff) == SQLITE_INTERRUPT;
    }
    deadline_.reset();
    if (interrupted) return true;
    if (!finished) return finished.error();
    return verdict == "ok";
}

int Database::give_up(void* database) {
    const Database& self = *static_cast<Database*>(database);
    return self.hurried_ || (self.deadline_ && std::chrono::steady_clock::now() > *self.deadline_);
}

int Database::wait_while_busy(void* database, int attempts) {
    Database& self = *static_cast<Database*>(database);
    const auto now = std::chrono::steady_clock::now();
    if (attempts == 0) self.busy_since_ = now;
    if (self.hurried_ || now - self.busy_since_ >= self.patience_) return 0;
    std::this_thread::sleep_for(kBusyPause);
    return 1;
}

Result<void> Database::execute(const char* sql) {
    const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return describe(code);
    return {};
}

std::int64_t Database::changes() const {
    return sqlite3_changes(connection_);
}

Rows Database::prepare(std::string_view sql) {
    std::string key(sql);
    auto found = statements_.find(key);
    if (found != statements_.end()) return Rows(*this, found->second);
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(connection_, key.c_str(), static_cast<int>(key.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    Rows rows(*this, statement);
    rows.note(code);
    if (code == SQLITE_OK) statements_.emplace(std::move(key), statement);
    return rows;
}

Error Database::describe(int code) const {
    const int primary = code & 0xff;
    int error_number = 0;
    if (connection_ != nullptr && primary == SQLITE_IOERR) error_number = last_write_error(connection_);
    if (connection_ != nullptr && primary == SQLITE_CANTOPEN)
        error_number = sqlite3_system_errno(connection_);
    Error error;
    // The shared index beside the log keeps no system error; what stops it from growing is a lack of room.
    const bool is_full = primary == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE ||
                         (primary == SQLITE_IOERR && means_full(error_number));
    if (is_full) {
        error = disk_full_error(path_);
    } else if (primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT) {
        error.code = ErrorCode::StorageDamaged;
        error.message =
            "The database " + path_ +
            " is damaged. Close every program that uses it and start again: it is then kept aside "
            "and a new one is begun.";
        [[maybe_unused]] const auto marked = open_or_create_file(suspect_path(path_));
    } else if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
        error.code = ErrorCode::Storage;
        error.message = "Another program holds the database " + path_ +
                        " for too long. Wait for it or close it, then try again.";
    } else if (primary == SQLITE_READONLY || primary == SQLITE_CANTOPEN || primary == SQLITE_PERM ||
               primary == SQLITE_AUTH) {
        error.code = ErrorCode::Storage;
        error.message = "The database " + path_ +
                        " cannot be written. Change the folder's permissions, or choose another data folder.";
    } else {
        error.code = ErrorCode::Storage;
        error.message = "The database " + path_ +
                        " could not be read or written. Check the disk, then start the program again.";
    }
    error.detail = "SQLite " + std::to_string(code) + ": " +
                   (connection_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection_)) +
                   ", errno " + std::to_string(error_number);
    return error;
}

}  // namespace kontexture::store
