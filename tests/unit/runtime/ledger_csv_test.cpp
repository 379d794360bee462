#include "runtime/ledger_csv.h"

#include "catch.h"

#include <clocale>
#include <cstdlib>
#include <filesystem>

using namespace kontexture;
namespace fs = std::filesystem;

namespace {

/// A locale with a decimal comma, made in `folder` where the system has none. False: it cannot be had here.
bool set_comma_locale(const std::string& folder) {
    for (const char* name : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "fr_FR"})
        if (std::setlocale(LC_NUMERIC, name)) return true;
    const std::string make = "localedef -i de_DE -f UTF-8 '" + folder + "/de_DE.UTF-8' >/dev/null 2>&1";
    if (std::system(make.c_str()) != 0) return false;
    ::setenv("LOCPATH", folder.c_str(), 1);
    return std::setlocale(LC_NUMERIC, "de_DE.UTF-8") != nullptr;
}

}  // namespace

TEST_CASE("the table of payments is the same in every locale") {
    Ledger ledger;
    LedgerEntry entry;
    entry.request.value = 16777217;
    entry.credits = 7.5;
    entry.at = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
    entry.model = "model-a";
    entry.prompt = "=\"moss\", wet";
    entry.task_id = "task-1";
    ledger.entries = {entry};
    const std::string expected =
        "time,request,kind,credits,model,task,prompt\r\n"
        "2023-11-14T22:13:20Z,16777217,spent,7.5,\"model-a\",\"task-1\",\"'=\"\"moss\"\", wet\"\r\n";
    CHECK(runtime::ledger_csv(ledger) == expected);

    std::string folder = (fs::temp_directory_path() / "kontexture-locale-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    if (set_comma_locale(folder)) {
        char text[16];
        std::snprintf(text, sizeof text, "%g", 7.5);
        CHECK(text == std::string("7,5"));
        CHECK(runtime::ledger_csv(ledger) == expected);
    }
    std::setlocale(LC_NUMERIC, "C");
    ::unsetenv("LOCPATH");
    fs::remove_all(folder);
}
