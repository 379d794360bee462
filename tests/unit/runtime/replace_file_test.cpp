#include "runtime/replace_file.h"

#include "catch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

using namespace kontexture;
namespace fs = std::filesystem;

TEST_CASE("a file that is replaced keeps its rights, and a new one gets the usual ones") {
    std::string folder = (fs::temp_directory_path() / "kontexture-replace-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    const mode_t before = ::umask(022);
    const std::string path = folder + "/wall.png";
    const std::vector<std::uint8_t> bytes = {1, 2, 3};
    const auto rights = [&] { return fs::status(path).permissions() & fs::perms::mask; };
    CHECK(runtime::replace_file(path, bytes, "").code == ErrorCode::None);
    CHECK(rights() == fs::perms(0644));
    for (const unsigned mode : {0600U, 0640U, 0666U}) {
        ::chmod(path.c_str(), mode);
        CHECK(runtime::replace_file(path, bytes, "").code == ErrorCode::None);
        CHECK(rights() == fs::perms(mode));
    }
    CHECK(fs::file_size(path) == 3);
    CHECK(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) == 1);
    const Error error = runtime::replace_file(path + "/x.png", bytes, "Nothing is lost.");
    CHECK(error.code == ErrorCode::Storage);
    CHECK(error.message.ends_with(". Nothing is lost."));
    ::umask(before);
    fs::remove_all(folder);
}
