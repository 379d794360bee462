#include "store_folder.h"

#include "engine/engine.h"

#include "fuzz.h"

#include <cmath>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace fuzz {
namespace {

namespace fs = std::filesystem;
using namespace kontexture;
using namespace std::chrono_literals;

constexpr const char* kService = "https://api.example.com";
constexpr engine::TimePoint kThen = engine::TimePoint(1'700'000'000'000ms);

template <typename T>
T must(Result<T> result) {
    if (!result)
        std::fprintf(stderr, "%s (%s)\n", result.error().message.c_str(), result.error().detail.c_str());
    require(static_cast<bool>(result), "the folder can be filled");
    return std::move(*result);
}
void must(const Result<void>& result) {
    require(static_cast<bool>(result), "the folder can be filled");
}

store::ImageRow picture(store::Store& store, std::string_view content) {
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
    store::ImageRow row;
    row.blob = must(store.blobs().put(bytes));
    row.extension = "png";
    row.width = 64;
    row.height = 32;
    row.bytes = content.size();
    return row;
}

/// Two jobs for each state that is stored, an edit among them.
void fill(store::Store& store) {
    store.take_poll_turn(100ms);
    const std::string input = must(store.blobs().put({}));
    ImageId parent;
    for (std::uint64_t number = 1; number <= 12; ++number) {
        store::JobRow row;
        row.id.value = store.id_block() + number;
        row.request.prompt = "mossy wall " + std::to_string(number);
        row.request.label = "wall";
        row.request.model = "flux-kontext-pro";
        row.request.safety_tolerance = 2;
        row.credits = 5;
        row.fingerprint = "print-" + std::to_string(number / 2);
        row.created_at = kThen + number * 1s;
        row.balance_before = 100;
        if (number % 4 == 0) row.parent = parent;
        if (number % 5 == 0) row.request.input = InputImage::from_url("https://files.example.com/a.png");
        if (number == 6) {
            row.input_blob = input;
            row.input_mime_type = "image/png";
        }
        must(store.write_intent(row, false));
        if (number <= 2) continue;
        must(store.write_submitting({.id = row.id, .count = 1000, .window = 10s}, row.created_at + 1s));
        if (number <= 4) continue;
        if (number <= 6) {
            const Error error{.code = ErrorCode::OutcomeUnknown, .message = "lost", .detail = "reset"};
            must(store.write_state(row.id, JobState::OutcomeUnknown, false, error, row.created_at + 2s));
            continue;
        }
        must(store.write_task(row.id, "task-" + std::to_string(number)));
        if (number <= 8) continue;
        const auto image =
            must(store.write_result(row.id, picture(store, row.request.prompt), row.created_at + 9s));
        const std::uint8_t thumbnail[] = {1, 2, 3};
        must(store.write_thumbnail(image, thumbnail));
        if (number == 10) must(store.set_favourite(row.id, true));
        parent = image;
    }
}

std::vector<std::uint8_t> read_bytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void check(const Error& error) {
    require(error.code != ErrorCode::None && !error.message.empty(), "an error says what it is");
}

template <typename T>
void check(const Result<T>& result) {
    if (!result) check(result.error());
}

void read_library(store::Store& store) {
    for (const char* text : {"", "moss", "wall 1", "\"", "\xe8\x8b\x94"}) {
        const LibraryPage page = store.search({.search = text, .pictures_only = false});
        if (page.error.code != ErrorCode::None) check(page.error);
        for (const LibraryEntry& entry : page.entries) {
            require(std::isfinite(entry.estimated_credits) && entry.estimated_credits >= 0,
                    "a price is a number");
            // Reckoned with in nanoseconds, as a host would.
            [[maybe_unused]] const auto age = entry.finished_at - entry.created_at;
            if (text[0] != '\0' || !entry.image) continue;
            const auto image = store.image(entry.image);
            check(image);
            if (image) check(store.blobs().read(image->blob));
            check(store.thumbnail(entry.image));
        }
    }
}

/// The engine takes the rows as they are.
void resume(store::Store& store, const std::vector<store::JobRow>& rows) {
    engine::Restore restore;
    restore.durations = store.durations(20);
    for (const engine::PastDuration& past : restore.durations)
        require(past.duration >= 0ms && past.duration <= std::chrono::years(1000),
                "a duration can be reckoned with");
    restore.spends = store.spends(kThen - 1h);
    for (const engine::PastSpend& past : restore.spends)
        require(std::isfinite(past.credits), "what was spent is a number");
    for (const store::JobRow& row : rows) {
        require(std::isfinite(row.spent_since) && std::isfinite(row.balance_before.value_or(0)),
                "a balance is a number");
        restore.jobs.push_back({.id = row.id,
                                .model = row.request.model,
                                .credits = row.credits,
                                .needs_upload = !row.input_blob.empty(),
                                .reuse_identical = row.request.reuse == Reuse::IfIdentical,
                                .priority = row.request.priority,
                                .state = row.state,
                                .task_id = row.task_id,
                                .submitted_at = row.submitted_at,
                                .cancelled = row.cancelled,
                                .fingerprint = row.fingerprint,
                                .error = row.error,
                                .balance_before = row.balance_before,
                                .spent_since = row.spent_since});
    }
    engine::Engine engine({});
    const engine::TimePoint now = kThen + 1h;
    [[maybe_unused]] const auto first = engine.on(restore, now);
    [[maybe_unused]] const auto all = engine.on(engine::Resume{}, now);
    for (int wake = 0; wake < 20 && engine.next_wake(); ++wake)
        [[maybe_unused]] const auto next = engine.on(engine::Tick{}, std::max(now, *engine.next_wake()));
}

void write(store::Store& store, const store::JobRow& row) {
    check(store.find_identical(row.id, kThen + 2h));
    check(store.write_submitting({.id = row.id, .count = 18, .window = 10s}, kThen + 2h));
    check(store.write_task(row.id, "task-new"));
    check(store.write_state(row.id, JobState::Failed, false, row.error, kThen + 2h));
    check(store.set_favourite(row.id, true));
}

}  // namespace

StoreFolder::StoreFolder() {
    const fs::path memory = "/dev/shm";
    const fs::path base = ::access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
    std::string name = (base / "kontexture-fuzz-XXXXXX").string();
    require(::mkdtemp(name.data()) != nullptr, "a folder can be made");
    path_ = name;
    {
        auto store = must(store::Store::open({.folder = path_, .service_id = kService}));
        fill(*store);
    }
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path_))
        if (entry.is_regular_file())
            files_[fs::relative(entry.path(), path_).string()] = read_bytes(entry.path());
}

StoreFolder::~StoreFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void StoreFolder::restore() const {
    for (const fs::directory_entry& entry : fs::directory_iterator(path_)) fs::remove_all(entry.path());
    for (const auto& [name, bytes] : files_) {
        const fs::path path = fs::path(path_) / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
}

bool StoreFolder::use() const {
    std::string warning;
    auto opened = store::Store::open({.folder = path_, .service_id = kService}, &warning);
    if (!opened) {
        check(opened.error());
        return false;
    }
    store::Store& store = **opened;
    read_library(store);
    const engine::Duration turn = store.take_poll_turn(100ms);
    require(turn >= 0ms && turn <= 2min, "a turn comes soon");
    const auto rows = store.take_over_jobs();
    check(rows);
    if (!rows) return true;
    resume(store, *rows);
    for (const store::JobRow& row : *rows) write(store, row);
    store::JobRow next;
    next.id.value = store.id_block() + 1;
    next.request.prompt = "slate";
    next.fingerprint = "print-5";
    next.created_at = kThen + 3h;
    check(store.write_intent(next, true));
    read_library(store);
    return true;
}

}  // namespace fuzz
