#include "fixture.h"
#include "full_disk.h"
#include "key_sweep.h"
#include "scripted_server.h"

#include <climits>
#include <cstdlib>

#include <sys/stat.h>

using namespace kontexture;
using namespace kontexture::testing;

// What a hostile server and a hostile machine can do to a whole run of the module.
namespace {

namespace fs = std::filesystem;

constexpr const char* kKey = "a-key/that+must\"not-be-found";

std::string data_folder(const Bench& bench) {
    return bench.folder.path() + "/data";
}

bool is_shown_well(const std::string& text) {
    constexpr std::size_t kLongest = 4096;
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    return text.size() < kLongest;
}

/// Files come and go while they are looked at. Those that others than the owner could open.
std::vector<std::string> open_to_others(const std::string& folder) {
    std::vector<std::string> found;
    std::error_code ignored;
    for (fs::recursive_directory_iterator at(folder, ignored), end; at != end; at.increment(ignored)) {
        struct stat status = {};
        if (::stat(at->path().c_str(), &status) == 0 && (status.st_mode & 077) != 0)
            found.push_back(at->path().string());
    }
    return found;
}

/// The bytes of a JSON string that is hostile in every way: ends of lines, escapes for terminals, marks that
/// turn text round, broken UTF-8, the key in several spellings, and length.
std::string hostile_text() {
    std::string text =
        "\\u0000\\r\\n\\u001b[31m\\u202e\xff\xfe\xc3( key a-key/that+must\\\"not-be-found, "
        "a-key\\/that\\u002bmust\\u0022not-be-found; ";
    while (text.size() < (1 << 20)) text += "no end ";
    return text;
}

/// Puts the hostile text into the answer of the call whose path begins so; the others are answered well.
class HostileServer {
public:
    explicit HostileServer(std::string path, int status)
        : path_(std::move(path)), status_(status), server_([this](test::Connection& connection) {
              const std::string request = connection.read_request();
              connection.send(
                  test::reply(status_of(request), answer(request), "Content-Type: application/json\r\n"));
          }) {}
    std::string origin() const { return server_.origin(); }

private:
    bool is_chosen(const std::string& request) const {
        return request.substr(0, request.find('\r')).find(path_) != std::string::npos;
    }
    int status_of(const std::string& request) const { return is_chosen(request) ? status_ : 200; }
    std::string answer(const std::string& request) const {
        if (is_chosen(request))
            return R"({"code":)" + std::to_string(status_ == 200 ? 400 : status_) + R"(,"msg":")" +
                   hostile_text() +
                   R"(","data":{"taskId":null,"successFlag":3,"errorCode":400,"errorMessage":")" +
                   hostile_text() + R"(","fileName":"../../../name"}})";
        if (request.find("/upload") != std::string::npos || request.find("stream") != std::string::npos)
            return R"({"success":true,"code":200,"data":{"downloadUrl":"http://127.0.0.1:9/../../name.png"}})";
        if (request.starts_with("POST")) return R"({"code":200,"data":{"taskId":"../../task"}})";
        return R"({"code":200,"data":100})";
    }

    std::string path_;
    int status_;
    test::ScriptedServer server_;
};

/// One request on a disk that is full from the `number`-th write on, and again when there is room: `later` in
/// the next run, otherwise in this one. False when there were fewer writes.
bool meets_full_disk(Bench& bench, FullDisk& disk, long number, bool later) {
    const std::uint64_t posts = bench.server->record().generate_posts;
    bench.open();
    disk.fill_at(number);
    const RequestId id = bench.submit({.prompt = "wall " + std::to_string(number)});
    const auto settled = [&] { return bench.service->find(id) && is_settled(bench.info(id).state); };
    CHECK(bench.pump_until([&] { return settled() || disk.failures() > 0; }));
    const bool struck = disk.failures() > 0;
    bench.pump_until(settled, 1s);
    if (later) bench.close();
    disk.empty();
    if (later) bench.open();
    bench.service->library().search({.pictures_only = false});
    const auto pictures = [&] {
        const auto& entries = bench.service->library().page().entries;
        return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(),
                                                      [](const LibraryEntry& e) { return bool(e.image); }));
    };
    // The answer to a POST that could not be written down before the end of the run is an unknown outcome.
    const auto is_unknown = [&] {
        return later && bench.service->find(id) && bench.info(id).state == JobState::OutcomeUnknown;
    };
    static std::size_t discarded = 0;
    INFO("write " << number << ", room comes back " << (later ? "in the next run" : "at once"));
    CHECK(bench.pump_until(
        [&] { return is_unknown() || pictures() + discarded == bench.server->record().tasks.size(); }, 60s));
    if (is_unknown()) ++discarded;
    CHECK(bench.server->record().generate_posts - posts <= 1);
    bench.close();
    return struck;
}

}  // namespace

TEST_CASE("on a disk that is full at any write nothing is paid twice and nothing paid is lost") {
    Bench bench;
    bench.open();
    bench.close();
    FullDisk disk(data_folder(bench));
    REQUIRE(!meets_full_disk(bench, disk, LONG_MAX, false));
    const long writes = disk.writes();
    CHECK(writes > 20);
    // All of them take minutes: KONTEXTURE_EVERY_WRITE=1.
    const long step = std::getenv("KONTEXTURE_EVERY_WRITE") ? 1 : std::max(1L, writes / 8);
    for (const bool later : {false, true})
        for (long number = later ? 1 : 2; number <= writes; number += step)
            meets_full_disk(bench, disk, number, later);
}

TEST_CASE("a server's words are shown clean and short, without the key, and name no file") {
    struct Case {
        const char* path;
        int status;
    };
    for (const Case each : {Case{"/generate", 200}, Case{"/generate", 422}, Case{"record-info", 200},
                            Case{"record-info", 500}, Case{"upload", 401}, Case{"credit", 500}}) {
        INFO(each.path << " " << each.status);
        Bench bench;
        const HostileServer server(each.path, each.status);
        ServiceConfig config = bench.config();
        config.base_url = server.origin();
        config.api_key = Secret(kKey);
        bench.open(std::move(config));
        const std::vector<std::uint8_t> pixels(8 * 8 * 4, 128);
        const RequestId id =
            bench.submit({.prompt = "moss", .input = InputImage::from_pixels({pixels, 8, 8})});
        bench.service->refresh_account();
        const auto has_words = [&] {
            return bench.info(id).error.code != ErrorCode::None ||
                   bench.service->account().error.code != ErrorCode::None;
        };
        CHECK(bench.pump_until([&] { return bench.service->find(id) && has_words(); }, 60s));
        for (const Error& error : {bench.info(id).error, bench.service->account().error}) {
            CHECK(is_shown_well(error.message));
            CHECK(is_shown_well(error.detail));
            CHECK(test::find_key(error.message + error.detail, kKey).empty());
        }
        for (const std::string& line : bench.host.lines) {
            CHECK(is_shown_well(line));
            CHECK(test::find_key(line, kKey).empty());
        }
        bench.close();
        test::Sweep sweep;
        test::sweep(data_folder(bench), kKey, sweep);
        CHECK(sweep.files > 0);
        CHECK(sweep.found.empty());
        for (const auto& entry : fs::directory_iterator(bench.folder.path()))
            CHECK((entry.path().filename() == "data" || entry.path().filename() == "server"));
        for (const auto& entry : fs::recursive_directory_iterator(data_folder(bench)))
            CHECK(entry.path().filename().string().find("name") == std::string::npos);
    }
}

TEST_CASE("text that is not UTF-8, and names with separators, go nowhere") {
    Bench bench;
    bench.open();
    for (const char* prompt : {"\xff", "moss \xc3(", "\xed\xa0\x80", "moss\xf0\x9f"}) {
        const auto refused = bench.service->submit({.prompt = prompt});
        REQUIRE(!refused);
        CHECK(refused.error().code == ErrorCode::InvalidArgument);
        CHECK(is_shown_well(refused.error().message));
    }
    const RequestId id = bench.submit({.prompt = "../../moss/\\..", .label = "../../label\n"});
    REQUIRE(bench.reaches(id, JobState::Ready));
    bench.close();
    for (const auto& entry : fs::recursive_directory_iterator(bench.folder.path()))
        CHECK(entry.path().filename().string().find("label") == std::string::npos);
    CHECK(bench.server->record().generate_posts == 1);
}

TEST_CASE("every file of a run belongs to its owner alone, whatever the umask, at every moment") {
    const mode_t before = ::umask(0);
    Bench bench([](local_service::Options& options) { options.paint_divisor = 4; });
    bench.server->inject(local_service::Endpoint::Result, local_service::Fault::SlowBody, 1);
    bench.open();
    const std::string folder = data_folder(bench);
    const std::vector<std::uint8_t> pixels(8 * 8 * 4, 128);
    const RequestId id = bench.submit({.prompt = "moss", .input = InputImage::from_pixels({pixels, 8, 8})});
    bool was_downloading = false;
    const auto is_ready = [&] {
        CHECK(open_to_others(folder).empty());
        std::error_code ignored;
        for (fs::recursive_directory_iterator at(folder + "/arriving", ignored), end; at != end;
             at.increment(ignored))
            was_downloading = was_downloading || at->is_regular_file(ignored);
        return bench.info(id).state == JobState::Ready;
    };
    CHECK(bench.pump_until([&] { return bench.service->find(id) && is_ready(); }));
    CHECK(was_downloading);
    bench.service->library().thumbnail(bench.info(id).image);
    const std::string target = bench.folder.path() + "/saved/wall.png";
    bench.service->library().save(bench.info(id).image, target);
    CHECK(bench.pump_until([&] { return fs::exists(target); }));
    CHECK(open_to_others(folder).empty());
    bench.close();
    CHECK(open_to_others(folder).empty());
    ::umask(before);
}
