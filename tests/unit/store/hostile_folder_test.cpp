#include "fixture.h"

#include "store/database.h"
#include "store/poll_gate.h"
#include "store/sweep.h"

#include <algorithm>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace store_test;
namespace fs = std::filesystem;

// A data folder that somebody else has filled, or that has files of the user's own in it.
namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

void make_pipe(const std::string& path) {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
}

void execute(const TempFolder& temp, const char* sql) {
    const auto database = Database::open(temp.path() + "/kontexture.db");
    REQUIRE(database);
    REQUIRE((*database)->execute(sql));
}

/// Opened, or refused with an error that names `path`; never something else.
void check_refused(const TempFolder& temp, const std::string& path) {
    const auto store = try_open(temp.path());
    REQUIRE(!store);
    CAPTURE(store.error().message);
    CHECK(store.error().code == ErrorCode::Storage);
    CHECK(contains(store.error().message, path));
    CHECK(contains(store.error().message, "data folder"));
}

constexpr const char* kEndless =
    "with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n";

}  // namespace

TEST_CASE("opening a folder removes nothing that is not of the store's own making") {
    const TempFolder temp;
    { open_store(temp.path()); }
    execute(temp, "update sessions set closed_at = null");
    const std::string arriving = temp.path() + "/arriving";
    const std::vector<std::string> kept = {
        temp.path() + "/tmp/build/notes.txt",
        temp.path() + "/tmp/1/notes.txt",
        arriving + "/notes.txt",
        arriving + "/build/notes.txt",
        arriving + "/1x/1.part",
        arriving + "/01/1.part",
        arriving + "/-1/1.part",
        arriving + "/0/1.part",
        arriving + "/7/notes.txt",
        arriving + "/7/1.part/1.part",
        arriving + "/7/x1.part",
        temp.path() + "/sessions/x.lock",
        temp.path() + "/sessions/0.lock",
        temp.path() + "/sessions/01.lock",
        temp.path() + "/sessions/-3.lock",
        temp.path() + "/blobs/incoming-notes",
        temp.path() + "/blobs/incoming-1-1-1",
        temp.path() + "/blobs/incoming-1-2/notes.txt",
        temp.path() + "/blobs/a/" + std::string(63, 'b'),
    };
    for (const std::string& path : kept) {
        fs::create_directories(fs::path(path).parent_path());
        write_text(path, "mine");
    }
    fs::create_directory(arriving + "/8");
    write_text(arriving + "/8/1.part", "half");
    fs::create_directory(temp.path() + "/blobs/incoming-1-3");
    { open_store(temp.path()); }
    for (const std::string& path : kept) {
        CAPTURE(path);
        CHECK(fs::exists(path));
    }
    CHECK(fs::exists(temp.path() + "/blobs/incoming-1-3"));
    CHECK_FALSE(fs::exists(arriving + "/8"));
    // A file of the user's keeps the folder it was put into, but not the downloads beside it.
    auto store = open_store(temp.path());
    const std::string own = store->temporary_folder();
    write_text(own + "/notes.txt", "mine");
    write_text(own + "/3.part", "half");
    store.reset();
    CHECK(fs::exists(own + "/notes.txt"));
    CHECK_FALSE(fs::exists(own + "/3.part"));
}

TEST_CASE("sweeping follows no links") {
    const TempFolder temp;
    { open_store(temp.path()); }
    execute(temp, "update sessions set closed_at = null");
    const std::string outside = temp.path("outside");
    fs::create_directory(outside);
    write_text(outside + "/1.part", "mine");
    const std::string rest(62, 'b');
    write_text(outside + "/" + rest, "mine");
    SECTION("in place of parts of the folder") {
        fs::create_symlink(outside, temp.path() + "/arriving/7");
        fs::create_symlink(outside, temp.path() + "/blobs/bb");
        fs::create_symlink(outside + "/1.part", temp.path() + "/sessions/7.lock");
        fs::create_directory(temp.path() + "/arriving/8");
        fs::create_symlink(outside + "/1.part", temp.path() + "/arriving/8/2.part");
        open_store(temp.path());
        CHECK(fs::is_symlink(temp.path() + "/arriving/7"));
    }
    SECTION("in place of a whole part") {
        for (const char* part : {"/arriving", "/blobs", "/sessions"}) {
            const std::string path = temp.path() + part;
            fs::remove_all(path);
            fs::create_symlink(outside, path);
            check_refused(temp, path);
            fs::remove(path);
            fs::create_directory(path);
        }
    }
    CHECK(read_text(outside + "/1.part") == "mine");
    CHECK(read_text(outside + "/" + rest) == "mine");
    // Of its own, the session's folder is taken into use only when it is one.
    fs::create_symlink(outside, temp.path() + "/link");
    remove_temporary(temp.path() + "/link");
    CHECK(read_text(outside + "/1.part") == "mine");
}

TEST_CASE(
    "a link, a second name or a pipe in place of a file of the store's is refused, and nothing is written") {
    for (const std::string name :
         {"opening.lock", "kontexture.db", "kontexture.db-wal", "kontexture.db-journal", "kontexture.db-shm",
          "kontexture.db-suspect", "sessions/1.lock"}) {
        for (const std::string kind : {"link", "dangling link", "second name", "pipe"}) {
            CAPTURE(name, kind);
            const TempFolder temp;
            fs::create_directories(temp.path() + "/sessions");
            const std::string path = temp.path() + "/" + name;
            const std::string outside = temp.path("outside");
            if (kind != "dangling link") write_text(outside, "mine, for long enough");
            ::chmod(outside.c_str(), 0644);
            if (kind == "second name") {
                fs::create_hard_link(outside, path);
            } else if (kind == "pipe") {
                make_pipe(path);
            } else {
                fs::create_symlink(outside, path);
            }
            if (name == "sessions/1.lock") {
                // Numbers that were used are passed over; what is there is never written.
                [[maybe_unused]] const auto store = try_open(temp.path());
            } else {
                check_refused(temp, path);
            }
            CHECK(fs::exists(outside) == (kind != "dangling link"));
            if (kind == "dangling link") continue;
            CHECK(read_text(outside) == "mine, for long enough");
            CHECK((fs::status(outside).permissions() & fs::perms::all) == fs::perms(0644));
        }
    }
}

TEST_CASE("a gate that is no file of the store's lets polls pass, and is not written") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const std::string gate = temp.path() + "/polls.gate";
    const std::string outside = temp.path("outside");
    write_text(outside, "12345678 and more");
    SECTION("a link") {
        fs::create_symlink(outside, gate);
    }
    SECTION("a second name") {
        fs::create_hard_link(outside, gate);
    }
    SECTION("a pipe") {
        make_pipe(gate);
    }
    CHECK(store->take_poll_turn(100ms) == 0ms);
    CHECK(store->take_poll_turn(100ms) == 0ms);
    CHECK(read_text(outside) == "12345678 and more");
}

TEST_CASE("a gate that somebody holds for ever does not hold the polls") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    CHECK(store->take_poll_turn(100ms) == 0ms);
    CHECK(store->take_poll_turn(100ms) > 0ms);
    const std::string gate = temp.path() + "/polls.gate";
    const int held = ::open(gate.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(::flock(held, LOCK_EX) == 0);
    // Should the poll hang, this frees it after all.
    std::atomic<bool> passed = false;
    std::thread watch([&] {
        for (int i = 0; i < 1000 && !passed; ++i) std::this_thread::sleep_for(10ms);
        ::flock(held, LOCK_UN);
    });
    const auto start = std::chrono::steady_clock::now();
    CHECK(store->take_poll_turn(100ms) == 0ms);
    CHECK(std::chrono::steady_clock::now() - start < 5s);
    passed = true;
    watch.join();
    ::close(held);
    CHECK(store->take_poll_turn(100ms) > 0ms);
}

TEST_CASE("a folder that others may change is refused, with what to do") {
    const TempFolder temp;
    fs::create_directory(temp.path());
    const auto refuses = [&](mode_t mode) {
        ::chmod(temp.path().c_str(), mode);
        const auto store = try_open(temp.path());
        if (!store) CHECK(contains(store.error().message, temp.path()));
        return !store;
    };
    CHECK_FALSE(refuses(0755));
    CHECK_FALSE(refuses(0775));
    CHECK(refuses(0777));
    CHECK_FALSE(refuses(01777));
    // Only the super-user can give a folder away.
    if (::geteuid() != 0) return;
    REQUIRE(::chown(temp.path().c_str(), 0, 4321) == 0);
    CHECK(refuses(0775));
    CHECK_FALSE(refuses(0755));
    REQUIRE(::chown(temp.path().c_str(), 4321, 0) == 0);
    CHECK(refuses(0700));
    REQUIRE(::chown(temp.path().c_str(), 0, 0) == 0);
}

TEST_CASE("a folder that is reached by a link is used like any other") {
    const TempFolder temp;
    fs::create_directory(temp.path("real"));
    fs::create_directory_symlink(temp.path("real"), temp.path("link"));
    { open_store(temp.path("link")); }
    { open_store(temp.path("link") + "/below"); }
    CHECK(fs::exists(temp.path("real") + "/kontexture.db"));
    CHECK(fs::exists(temp.path("real") + "/below/kontexture.db"));
}

TEST_CASE("a picture's file that is a link or a pipe is an error, at once") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const auto blob = store->blobs().put(bytes_of("picture"));
    REQUIRE(blob);
    const std::string path = store->blobs().path(*blob);
    fs::rename(path, temp.path("outside"));
    SECTION("link") {
        fs::create_symlink(temp.path("outside"), path);
    }
    SECTION("pipe") {
        make_pipe(path);
    }
    const auto read = store->blobs().read(*blob);
    REQUIRE(!read);
    CHECK(read.error().code == ErrorCode::Storage);
    const std::string download = store->temporary_folder() + "/1.part";
    fs::create_symlink(temp.path("outside"), download);
    CHECK(!store->blobs().adopt(download));
    CHECK(read_text(temp.path("outside")) == "picture");
}

TEST_CASE("a database with triggers or views is refused and stays as it is") {
    const TempFolder temp;
    {
        auto store = open_store(temp.path());
        queue(*store, 1);
    }
    SECTION("a trigger") {
        execute(temp, "create trigger t after update on sessions begin select 1; end");
    }
    SECTION("a view") {
        execute(temp, "alter table favourites rename to old; create view favourites as select 1 as job_id");
    }
    std::string warning;
    const auto store = try_open(temp.path(), &warning);
    REQUIRE(!store);
    CHECK(store.error().code == ErrorCode::Storage);
    CHECK(contains(store.error().message, "triggers or views"));
    CHECK(warning.empty());
    CHECK(fs::exists(temp.path() + "/kontexture.db"));
}

TEST_CASE("no trigger is ever run") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = queue(*store, 1);
    execute(temp, "create trigger t after insert on favourites begin delete from favourites; end");
    REQUIRE(store->set_favourite(id, true));
    CHECK(entry(*store, id).favourite);
}

TEST_CASE("who is in a hurry does not wait for a statement without an end, and still writes") {
    const TempFolder temp;
    { open_store(temp.path()); }
    const auto opened = Database::open(temp.path() + "/kontexture.db");
    REQUIRE(opened);
    Database& database = **opened;
    std::thread hurrying([&] {
        std::this_thread::sleep_for(50ms);
        database.hurry();
    });
    const auto done = database.run(kEndless);
    hurrying.join();
    CHECK(!done);
    CHECK(database.run("update sessions set closed_at = 1"));
    CHECK(!database.run(kEndless));
}
