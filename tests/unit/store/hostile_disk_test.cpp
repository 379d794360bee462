#include "fixture.h"
#include "full_disk.h"

using namespace store_test;
using kontexture::testing::FullDisk;

// A disk that becomes full at every single write of a job's life, one after the other.
namespace {

enum class Step { None, Opened, Queued, Submitting, Task, Picture, Thumbnail, Marked };

/// What was reported durable, and the first error.
struct Life {
    Step reached = Step::None;
    RequestId id;
    ImageId image;
    Error error;
    std::unique_ptr<Store> store;

    template <typename Value>
    bool note(const Result<Value>& result, Step step) {
        if (!result) error = result.error();
        if (result) reached = step;
        return static_cast<bool>(result);
    }
};

constexpr int kPictureBytes = 20'000;

Result<ImageId> store_picture(Store& store, RequestId id) {
    const std::string path = store.temporary_folder() + "/download";
    std::ofstream(path, std::ios::binary) << std::string(kPictureBytes, 'p');
    const auto blob = store.blobs().adopt(path);
    if (!blob) return blob.error();
    return store.write_result(id, {{}, *blob, "png", 64, 32, kPictureBytes}, at(9000));
}

void live_on(Life& life) {
    Store& store = *life.store;
    if (life.reached == Step::Opened) {
        JobRow row = job(store, 1);
        const auto input = store.blobs().put(bytes_of("the input"));
        if (!life.note(input, Step::Opened)) return;
        row.input_blob = *input;
        row.input_mime_type = "image/png";
        if (!life.note(store.write_intent(row, false), Step::Queued)) return;
        life.id = row.id;
    }
    if (life.reached == Step::Queued &&
        !life.note(write_submitting(store, life.id, at(10), 1000), Step::Submitting))
        return;
    if (life.reached == Step::Submitting && !life.note(store.write_task(life.id, "task-1"), Step::Task))
        return;
    if (life.reached == Step::Task) {
        const auto image = store_picture(store, life.id);
        if (!life.note(image, Step::Picture)) return;
        life.image = *image;
    }
    if (life.reached == Step::Picture &&
        !life.note(store.write_thumbnail(life.image, bytes_of("small")), Step::Thumbnail))
        return;
    if (life.reached == Step::Thumbnail) life.note(store.set_favourite(life.id, true), Step::Marked);
}

Life live(const std::string& folder) {
    Life life;
    auto opened = try_open(folder);
    if (!life.note(opened, Step::Opened)) return life;
    life.store = std::move(*opened);
    live_on(life);
    return life;
}

/// What was reported durable is there.
void check_kept(Store& store, const Life& life) {
    if (life.reached < Step::Queued) return;
    const LibraryEntry found = entry(store, life.id);
    if (life.reached == Step::Queued)
        CHECK((found.state == JobState::Queued || found.state == JobState::Submitting));
    if (life.reached >= Step::Task) CHECK(found.task_id == "task-1");
    if (life.reached < Step::Picture) return;
    CHECK(found.image == life.image);
    const auto row = store.image(life.image);
    REQUIRE(row);
    const auto bytes = store.blobs().read(row->blob);
    REQUIRE(bytes);
    CHECK(bytes->size() == kPictureBytes);
    if (life.reached == Step::Marked) CHECK(found.favourite);
}

/// Returns how many writes the job's life has.
long fill_at_each_write(bool reopen) {
    long number = 0;
    for (bool struck = true; struck;) {
        const TempFolder temp;
        FullDisk disk(temp.path(""));
        disk.fill_at(++number);
        Life life = live(temp.path());
        CAPTURE(number, static_cast<int>(life.reached), life.error.message, life.error.detail);
        struck = disk.failures() > 0;
        // SQLite does not tell why it could not make one of its files; a larger one it does.
        const bool may_be_vague = life.reached == Step::None && life.error.code == ErrorCode::Storage;
        if (life.reached != Step::Marked && !may_be_vague) CHECK(life.error.code == ErrorCode::DiskFull);
        if (!struck) CHECK(life.reached == Step::Marked);

        if (reopen) life.store.reset();
        disk.empty();
        if (!life.store) {
            std::string warning;
            auto opened = try_open(temp.path(), &warning);
            REQUIRE(opened);
            CHECK(warning.empty());
            life.store = std::move(*opened);
            REQUIRE(life.store->take_over_jobs());
            life.reached = std::max(life.reached, Step::Opened);
        }
        check_kept(*life.store, life);
        life.error = {};
        live_on(life);
        INFO(life.error.message << " | " << life.error.detail);
        CHECK(life.reached == Step::Marked);
        check_kept(*life.store, life);
    }
    return number;
}

}  // namespace

TEST_CASE("a disk that is full at any write loses nothing, and the store goes on when there is room") {
    // Far fewer would mean that they are not seen.
    CHECK(fill_at_each_write(false) > 40);
}

TEST_CASE("a disk that is full at any write loses nothing, and the next run goes on when there is room") {
    CHECK(fill_at_each_write(true) > 40);
}

TEST_CASE("opening a library on a full disk never sets it aside") {
    for (long number = 1;; ++number) {
        const TempFolder temp;
        const std::string folder = temp.path();
        REQUIRE(live(folder).reached == Step::Marked);
        FullDisk disk(folder);
        disk.fill_at(number);
        std::string warning;
        { const auto opened = try_open(folder, &warning); }
        CAPTURE(number, warning);
        CHECK(warning.empty());
        const bool struck = disk.failures() > 0;
        disk.empty();
        const auto store = open_store(folder);
        CHECK(all(*store).size() == 1);
        if (!struck) break;
    }
}
