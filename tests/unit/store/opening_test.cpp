#include "fixture.h"

#include "store/database.h"

#include <sys/stat.h>
#include <unistd.h>

using namespace store_test;

namespace {

std::string database(const TempFolder& temp) {
    return temp.path() + "/kontexture.db";
}

mode_t permissions(const std::string& path) {
    struct stat status = {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// A store with one finished job, closed again. Returns the picture's path.
std::string make_library(const TempFolder& temp) {
    auto store = open_store(temp.path());
    const ImageId image = finish(*store, generate(*store, 1), "picture", at(9000));
    return store->blobs().path(store->image(image)->blob);
}

/// As a killed process leaves its session.
void reopen_session(const TempFolder& temp) {
    const auto opened = Database::open(database(temp));
    REQUIRE(opened);
    REQUIRE((*opened)->run("update sessions set closed_at = null"));
}

}  // namespace

TEST_CASE("everything the store makes belongs to its owner alone") {
    const TempFolder temp;
    const mode_t before = ::umask(0);
    SECTION("with a careless umask") {}
    SECTION("with a umask that takes too much") {
        ::umask(0277);
    }
    {
        auto store = open_store(temp.path("a/b"));
        write_text(store->temporary_folder() + "/download", "adopted");
        ::chmod((store->temporary_folder() + "/download").c_str(), 0644);
        REQUIRE(store->blobs().adopt(store->temporary_folder() + "/download"));
        finish(*store, generate(*store, 1), "picture", at(9000));
        int files = 0;
        for (const auto& item : std::filesystem::recursive_directory_iterator(temp.path("a"))) {
            CAPTURE(item.path().string());
            CHECK(permissions(item.path().string()) == (item.is_directory() ? 0700 : 0600));
            files += item.is_regular_file();
        }
        CHECK(permissions(temp.path("a")) == 0700);
        // Database, -wal, -shm, two locks, two blobs.
        CHECK(files == 7);
    }
    ::umask(before);
}

TEST_CASE("a folder that exists keeps its permissions, an old database loses others' access") {
    const TempFolder temp;
    std::filesystem::create_directory(temp.path());
    ::chmod(temp.path().c_str(), 0755);
    make_library(temp);
    CHECK(permissions(temp.path()) == 0755);
    ::chmod(database(temp).c_str(), 0644);
    auto store = open_store(temp.path());
    CHECK(permissions(database(temp)) == 0600);
}

TEST_CASE("the database is durable, checked and ours") {
    const TempFolder temp;
    make_library(temp);
    const auto opened = Database::open(database(temp));
    REQUIRE(opened);
    REQUIRE((*opened)->set_up());
    const auto pragma = [&](const char* sql) {
        Rows rows = (*opened)->query(sql);
        REQUIRE(rows.next());
        return rows.text(0);
    };
    CHECK(pragma("pragma journal_mode") == "wal");
    CHECK(pragma("pragma synchronous") == "2");
    CHECK(pragma("pragma foreign_keys") == "1");
    CHECK(pragma("pragma trusted_schema") == "0");
    CHECK(pragma("pragma user_version") == "2");
    CHECK(pragma("pragma application_id") != "0");
    CHECK(pragma("pragma integrity_check") == "ok");
}

TEST_CASE("a damaged database is set aside, and the pictures stay") {
    const TempFolder temp;
    const std::string blob = make_library(temp);
    const auto before = std::filesystem::file_size(database(temp));
    std::string damaged;
    SECTION("no database at all") {
        damaged = "this is no database, but a text that is long enough";
    }
    SECTION("a header, and then rubbish") {
        damaged = read_text(database(temp)).substr(0, 100) + std::string(before - 100, 'x');
    }
    SECTION("cut short") {
        damaged = read_text(database(temp)).substr(0, before / 3);
    }
    SECTION("somebody else's") {
        damaged = read_text(database(temp));
        damaged.replace(68, 4, "abcd");
    }
    write_text(database(temp), damaged);
    write_text(database(temp) + "-wal", "the log of it");

    std::string warning;
    auto store = try_open(temp.path(), &warning);
    REQUIRE(store);
    CHECK(contains(warning, database(temp) + ".damaged-1"));
    CHECK(contains(warning, "pictures"));
    CHECK(std::filesystem::file_size(database(temp) + ".damaged-1") == damaged.size());
    CHECK(std::filesystem::exists(blob));
    CHECK(all(**store).empty());
    CHECK((*store)->id_block() == std::uint64_t{2} << 24);
    queue(**store, 1);

    store->reset();
    write_text(database(temp), "damaged again");
    store = try_open(temp.path(), &warning);
    REQUIRE(store);
    CHECK(contains(warning, ".damaged-2"));
    CHECK(std::filesystem::exists(database(temp) + ".damaged-1"));
    store->reset();

    // A later sweep, in the new database, leaves the old one's pictures alone.
    reopen_session(temp);
    open_store(temp.path());
    CHECK(std::filesystem::exists(blob));
}

TEST_CASE("a damaged database that another process uses is not pulled away from under it") {
    const TempFolder temp;
    auto living = open_store(temp.path());
    // Replaced, not overwritten: the living one goes on with its own file.
    std::filesystem::remove(database(temp));
    std::filesystem::remove(database(temp) + "-wal");
    write_text(database(temp), "this is no database");
    std::string warning;
    const auto second = try_open(temp.path(), &warning);
    REQUIRE(!second);
    CHECK(second.error().code == ErrorCode::StorageDamaged);
    CHECK(warning.empty());
    CHECK(read_text(database(temp)) == "this is no database");
}

TEST_CASE("damage that shows later is looked for at the next start") {
    const TempFolder temp;
    {
        auto store = open_store(temp.path());
        for (std::uint64_t i = 1; i <= 300; ++i) queue(*store, i, std::string(300, 'p'));
    }
    std::string text = read_text(database(temp));
    // Pages of prompts in the middle; the header and the schema stay whole.
    for (std::size_t i = text.size() / 2; i < text.size() * 3 / 4; ++i) text[i] = 'x';
    write_text(database(temp), text);
    {
        auto opened = try_open(temp.path());
        if (opened) {
            const LibraryPage page = (*opened)->search({.pictures_only = false, .limit = 1000});
            CHECK(page.error.code == ErrorCode::StorageDamaged);
            CHECK(std::filesystem::exists(Database::suspect_path(database(temp))));
        }
    }
    std::string warning;
    auto store = try_open(temp.path(), &warning);
    REQUIRE(store);
    CHECK(contains(warning, ".damaged-1"));
    CHECK_FALSE(std::filesystem::exists(Database::suspect_path(database(temp))));
}

TEST_CASE("a suspicion that proves wrong costs nothing but the check") {
    const TempFolder temp;
    make_library(temp);
    write_text(Database::suspect_path(database(temp)), "");
    std::string warning;
    auto store = try_open(temp.path(), &warning);
    REQUIRE(store);
    CHECK(warning.empty());
    CHECK_FALSE(std::filesystem::exists(Database::suspect_path(database(temp))));
    CHECK((*store)->search({.search = "moss"}).total == 1);
}

TEST_CASE("a newer database is refused and stays as it is") {
    const TempFolder temp;
    make_library(temp);
    {
        const auto opened = Database::open(database(temp));
        REQUIRE(opened);
        // Stays in the log, because this connection does not tidy up when it closes.
        REQUIRE((*opened)->execute("pragma user_version = 99"));
    }
    const std::string before = read_text(database(temp));
    const std::string log_before = read_text(database(temp) + "-wal");
    REQUIRE_FALSE(log_before.empty());
    std::string warning;
    const auto store = try_open(temp.path(), &warning);
    REQUIRE(!store);
    CHECK(store.error().code == ErrorCode::StorageNewer);
    CHECK(contains(store.error().message, database(temp)));
    CHECK(warning.empty());
    CHECK(read_text(database(temp)) == before);
    CHECK(read_text(database(temp) + "-wal") == log_before);
}

TEST_CASE("a folder that cannot be used is an error that names it") {
    const TempFolder temp;
    SECTION("below a file") {
        write_text(temp.path("file"), "");
        const auto store = try_open(temp.path("file") + "/data");
        REQUIRE(!store);
        CHECK(store.error().code == ErrorCode::Storage);
        CHECK(contains(store.error().message, temp.path("file")));
        CHECK(contains(store.error().message, "Choose another"));
    }
    SECTION("it is a file") {
        write_text(temp.path(), "");
        const auto store = try_open(temp.path());
        REQUIRE(!store);
        CHECK(store.error().code == ErrorCode::Storage);
        CHECK(contains(store.error().message, temp.path()));
    }
    SECTION("read-only") {
        make_library(temp);
        ::chmod(temp.path().c_str(), 0500);
        ::chmod((temp.path() + "/opening.lock").c_str(), 0400);
        // The super-user writes anyway.
        if (::geteuid() != 0) {
            const auto store = try_open(temp.path());
            REQUIRE(!store);
            CHECK(store.error().code == ErrorCode::Storage);
            CHECK(contains(store.error().message, temp.path()));
        }
        ::chmod(temp.path().c_str(), 0700);
    }
}

TEST_CASE("what a killed session left is swept, when nobody else lives") {
    const TempFolder temp;
    const std::string kept = make_library(temp);
    std::string orphan;
    std::string input;
    {
        auto store = open_store(temp.path());
        orphan = store->blobs().path(*store->blobs().put(bytes_of("orphan")));
        JobRow row = job(*store, 1);
        row.input_blob = *store->blobs().put(bytes_of("input"));
        REQUIRE(store->write_intent(row, false));
        input = store->blobs().path(row.input_blob);
    }
    write_text(temp.path() + "/blobs/incoming-1-1", "half");
    std::filesystem::create_directory(temp.path() + "/arriving/1");
    write_text(temp.path() + "/arriving/1/7.part", "half");

    // After a clean end nothing is looked for but temporary folders.
    open_store(temp.path());
    CHECK(std::filesystem::exists(orphan));
    CHECK_FALSE(std::filesystem::exists(temp.path() + "/arriving/1"));

    auto living = open_store(temp.path());
    reopen_session(temp);
    write_text(living->temporary_folder() + "/7.part", "half");
    open_store(temp.path());
    CHECK(std::filesystem::exists(orphan));
    CHECK(std::filesystem::exists(temp.path() + "/blobs/incoming-1-1"));
    CHECK(std::filesystem::exists(living->temporary_folder() + "/7.part"));

    living.reset();
    reopen_session(temp);
    auto store = open_store(temp.path());
    CHECK_FALSE(std::filesystem::exists(orphan));
    CHECK_FALSE(std::filesystem::exists(temp.path() + "/blobs/incoming-1-1"));
    CHECK(read_text(temp.path() + "/unreferenced/" + sha256_hex(bytes_of("orphan"))) == "orphan");
    CHECK(std::filesystem::exists(kept));
    CHECK(std::filesystem::exists(input));

    int locks = 0;
    for ([[maybe_unused]] const auto& item : std::filesystem::directory_iterator(temp.path() + "/sessions")) {
        ++locks;
    }
    CHECK(locks == 1);
}

TEST_CASE("a relative folder stays the same after the program has moved") {
    const TempFolder temp;
    const auto before = std::filesystem::current_path();
    std::filesystem::create_directory(temp.path("here"));
    std::filesystem::create_directory(temp.path("there"));
    std::filesystem::current_path(temp.path("here"));
    auto store = open_store("data");
    std::filesystem::current_path(temp.path("there"));
    REQUIRE(store->blobs().put(bytes_of("x")));
    CHECK(std::filesystem::exists(temp.path("here") + "/data/kontexture.db"));
    CHECK_FALSE(std::filesystem::exists(temp.path("there") + "/data"));
    store.reset();
    std::filesystem::current_path(before);
}

TEST_CASE("a database of the first version is brought up to date, with what it knew of money") {
    const TempFolder temp;
    {
        auto store = open_store(temp.path());
        generate(*store, 1);
        submit(*store, 2);
    }
    {
        const auto database = Database::open(temp.path() + "/kontexture.db");
        REQUIRE(database);
        REQUIRE((*database)->execute(
            "drop table ledger; drop table submits; drop table secrets;"
            "alter table jobs drop column balance_before; alter table jobs drop column hinted_task;"
            "create table submits (service_id text not null, at integer not null) strict;"
            "create table spend (job_id integer not null references jobs(id), task_id text not null, "
            "credits real not null, at integer not null, primary key (job_id, task_id)) strict, without "
            "rowid;"
            "insert into spend select id, task_id, credits, submitted_at from jobs where task_id <> '';"
            "pragma user_version = 1"));
    }
    auto store = open_store(temp.path());
    const Ledger ledger = store->ledger(10);
    REQUIRE(ledger.entries.size() == 2);
    CHECK(ledger.entries[0].kind == LedgerEntry::Kind::Unknown);
    CHECK(ledger.entries[1].kind == LedgerEntry::Kind::Spent);
    CHECK(ledger.entries[1].task_id == "task-1");
    CHECK(ledger.total == 10);
    CHECK(store->take_over_jobs()->size() == 2);
}
