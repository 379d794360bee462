#pragma once

#include "store/store.h"

#include "catch.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

// What the store's tests share: a folder that vanishes, and rows to put into it.
namespace store_test {

using namespace kontexture;
using namespace kontexture::store;
using namespace std::chrono_literals;
using namespace std::string_literals;

class TempFolder {
public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "kontexture-store-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string path(const std::string& name = "data") const { return path_ + "/" + name; }

private:
    std::string path_;
};

/// What the stores of the tests take for the machine's steady clock, in milliseconds.
inline std::atomic<std::int64_t> steady{1'000'000};
/// And for the time of day, as at() counts.
inline std::atomic<std::int64_t> wall{0};

/// Counted from a day in the past: a submit in the future would not be believed.
constexpr engine::TimePoint at(std::int64_t milliseconds) {
    return engine::TimePoint(engine::Duration(1'700'000'000'000 + milliseconds));
}

inline Result<std::unique_ptr<Store>> try_open(const std::string& folder, std::string* warning = nullptr,
                                               const std::string& service = "https://service.test",
                                               bool take_over = true) {
    return Store::open({.folder = folder,
                        .service_id = service,
                        .take_over = take_over,
                        .steady_clock = [] { return engine::Duration(steady); },
                        .wall_clock = [] { return at(wall); }},
                       warning);
}

inline std::unique_ptr<Store> open_store(const std::string& folder,
                                         const std::string& service = "https://service.test") {
    auto opened = try_open(folder, nullptr, service);
    if (!opened) INFO(opened.error().message + " | " + opened.error().detail);
    REQUIRE(opened);
    return std::move(*opened);
}

inline JobRow job(const Store& store, std::uint64_t number, const std::string& prompt = "mossy stone wall") {
    JobRow row;
    row.id.value = store.id_block() + number;
    row.request.prompt = prompt;
    row.request.model = "model-a";
    row.credits = 5;
    row.fingerprint = "fp-" + std::to_string(number);
    row.created_at = at(static_cast<std::int64_t>(number) * 1000);
    return row;
}

inline std::vector<std::uint8_t> bytes_of(const std::string& text) {
    return {text.begin(), text.end()};
}

inline RequestId queue(Store& store, std::uint64_t number, const std::string& prompt = "mossy stone wall") {
    const JobRow row = job(store, number, prompt);
    REQUIRE(store.write_intent(row, false));
    return row.id;
}

inline Result<std::optional<engine::Duration>> write_submitting(Store& store, RequestId id,
                                                                engine::TimePoint now, int count) {
    return store.write_submitting({.id = id, .count = count, .window = 10s, .credits = 5}, now);
}

inline RequestId submit(Store& store, std::uint64_t number) {
    const RequestId id = queue(store, number);
    const auto wait = write_submitting(store, id, at(static_cast<std::int64_t>(number) * 1000 + 10), 1000);
    REQUIRE(wait);
    REQUIRE(!*wait);
    return id;
}

inline RequestId generate(Store& store, std::uint64_t number) {
    const RequestId id = submit(store, number);
    REQUIRE(store.write_task(id, "task-" + std::to_string(number)));
    return id;
}

inline ImageRow picture(Store& store, const std::string& content) {
    const auto blob = store.blobs().put(bytes_of(content));
    REQUIRE(blob);
    ImageRow row;
    row.blob = *blob;
    row.extension = "png";
    row.width = 64;
    row.height = 32;
    row.bytes = content.size();
    return row;
}

inline ImageId finish(Store& store, RequestId id, const std::string& content, engine::TimePoint now) {
    const auto image = store.write_result(id, picture(store, content), now);
    REQUIRE(image);
    return *image;
}

inline std::vector<LibraryEntry> all(Store& store) {
    const LibraryPage page = store.search({.pictures_only = false, .limit = 100000});
    REQUIRE(page.error.code == ErrorCode::None);
    return page.entries;
}

inline LibraryEntry entry(Store& store, RequestId id) {
    for (LibraryEntry& found : all(store)) {
        if (found.id == id) return found;
    }
    FAIL("no such job");
    return {};
}

inline std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_text(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

}  // namespace store_test
