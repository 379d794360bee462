#include "fixture.h"

#include <sys/stat.h>

using namespace store_test;

TEST_CASE("sha256_hex knows the standard's examples") {
    CHECK(sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex(bytes_of("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a blob is stored under its hash, once, and read back") {
    const TempFolder temp;
    Blobs blobs(temp.path("blobs"));
    const auto content = bytes_of("abc");
    const auto first = blobs.put(content);
    REQUIRE(first);
    CHECK(*first == sha256_hex(content));
    CHECK(blobs.path(*first) == temp.path("blobs") + "/ba/" + first->substr(2));
    const auto second = blobs.put(content);
    REQUIRE(second);
    CHECK(*second == *first);
    const auto read = blobs.read(*first);
    REQUIRE(read);
    CHECK(*read == content);

    int files = 0;
    for (const auto& item : std::filesystem::recursive_directory_iterator(temp.path("blobs"))) {
        files += item.is_regular_file();
    }
    CHECK(files == 1);
}

TEST_CASE("an empty blob is a blob") {
    const TempFolder temp;
    Blobs blobs(temp.path("blobs"));
    const auto blob = blobs.put({});
    REQUIRE(blob);
    const auto read = blobs.read(*blob);
    REQUIRE(read);
    CHECK(read->empty());
}

TEST_CASE("a finished file is adopted") {
    const TempFolder temp;
    Blobs blobs(temp.path("blobs"));
    // Longer than one read, so that the hash is put together from pieces.
    const std::string content(300'000, 'x');
    const std::string source = temp.path("download");
    write_text(source, content);
    ::chmod(source.c_str(), 0644);
    const auto blob = blobs.adopt(source);
    REQUIRE(blob);
    CHECK(*blob == sha256_hex(bytes_of(content)));
    CHECK_FALSE(std::filesystem::exists(source));
    CHECK(read_text(blobs.path(*blob)) == content);

    write_text(source, content);
    const auto again = blobs.adopt(source);
    REQUIRE(again);
    CHECK(*again == *blob);
    CHECK_FALSE(std::filesystem::exists(source));

    const auto missing = blobs.adopt(temp.path("nothing"));
    REQUIRE(!missing);
    CHECK(missing.error().code == ErrorCode::Storage);
}

TEST_CASE("a missing blob, and a name that is none") {
    const TempFolder temp;
    Blobs blobs(temp.path("blobs"));
    CHECK(blobs.read(std::string(64, 'a')).error().code == ErrorCode::NotFound);
    CHECK(blobs.read("../../etc/passwd").error().code == ErrorCode::NotFound);
    CHECK(blobs.read("").error().code == ErrorCode::NotFound);
    CHECK_FALSE(Blobs::is_id(std::string(64, 'A')));
    CHECK_FALSE(Blobs::is_id(std::string(63, 'a')));
}

TEST_CASE("a damaged blob is set aside, and mended by storing it again") {
    const TempFolder temp;
    Blobs blobs(temp.path("blobs"));
    const auto content = bytes_of("a picture");
    const auto blob = blobs.put(content);
    REQUIRE(blob);
    const std::string path = blobs.path(*blob);

    SECTION("changed") {
        write_text(path, "a pictur3");
    }
    SECTION("cut short") {
        write_text(path, "a pict");
    }
    SECTION("longer") {
        write_text(path, "a picture and more");
    }
    SECTION("empty") {
        write_text(path, "");
    }
    const std::string damaged = read_text(path);
    const auto read = blobs.read(*blob);
    REQUIRE(!read);
    CHECK(read.error().code == ErrorCode::StorageDamaged);
    CHECK(read.error().message.find(path + ".damaged") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(read_text(path + ".damaged") == damaged);
    CHECK(blobs.read(*blob).error().code == ErrorCode::NotFound);

    REQUIRE(blobs.put(content));
    CHECK(blobs.read(*blob));
}

TEST_CASE("storing over a damaged blob mends it unread") {
    const TempFolder temp;
    Blobs blobs(temp.path("blobs"));
    const auto blob = blobs.put(bytes_of("a picture"));
    REQUIRE(blob);
    write_text(blobs.path(*blob), "rubbish");
    REQUIRE(blobs.put(bytes_of("a picture")));
    CHECK(blobs.read(*blob));
}

TEST_CASE("a folder that cannot be made says so") {
    const TempFolder temp;
    write_text(temp.path("file"), "");
    Blobs blobs(temp.path("file") + "/blobs");
    const auto blob = blobs.put(bytes_of("x"));
    REQUIRE(!blob);
    CHECK(blob.error().code == ErrorCode::Storage);
    CHECK(blob.error().message.find(temp.path("file")) != std::string::npos);
}
