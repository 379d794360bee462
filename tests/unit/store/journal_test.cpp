#include "fixture.h"

#include "store/database.h"

using namespace store_test;

namespace {

double spent(const TempFolder& temp) {
    const auto database = Database::open(temp.path() + "/kontexture.db");
    REQUIRE(database);
    Rows rows = (*database)->query("select coalesce(sum(credits), 0) from ledger where kind = 'spent'");
    REQUIRE(rows.next());
    return rows.real(0);
}

JobRow full_row(const Store& store) {
    JobRow row = job(store, 7, "prompt with \"quotes\", ünïcode, 苔 and\nlines");
    row.request.aspect_ratio = AspectRatio::Wide21x9;
    row.request.output_format = OutputFormat::Jpeg;
    row.request.prompt_upsampling = true;
    row.request.enable_translation = false;
    row.request.safety_tolerance = 0;
    row.request.watermark = "mark";
    row.request.upload_cn = true;
    row.request.label = "a label";
    row.request.priority = -3;
    row.request.reuse = Reuse::IfIdentical;
    row.request.input = InputImage::from_url("https://pictures.test/a.png?x=1");
    row.credits = 10.5;
    return row;
}

}  // namespace

TEST_CASE("every parameter survives a restart") {
    const TempFolder temp;
    JobRow written;
    {
        auto store = open_store(temp.path());
        written = full_row(*store);
        REQUIRE(store->write_intent(written, false));
    }
    auto store = open_store(temp.path());
    const auto jobs = store->take_over_jobs();
    REQUIRE(jobs);
    REQUIRE(jobs->size() == 1);
    const JobRow& row = jobs->front();
    const TextureRequest& request = row.request;
    CHECK(row.id == written.id);
    CHECK(row.state == JobState::Queued);
    CHECK(row.credits == 10.5);
    CHECK(row.fingerprint == "fp-7");
    CHECK(row.created_at == written.created_at);
    CHECK(row.submitted_at == engine::TimePoint());
    CHECK(row.task_id.empty());
    CHECK_FALSE(row.cancelled);
    CHECK_FALSE(row.parent);
    CHECK(request.prompt == written.request.prompt);
    CHECK(request.aspect_ratio == AspectRatio::Wide21x9);
    CHECK(request.output_format == OutputFormat::Jpeg);
    CHECK(request.model == "model-a");
    CHECK(request.prompt_upsampling);
    REQUIRE(request.enable_translation.has_value());
    CHECK_FALSE(*request.enable_translation);
    REQUIRE(request.safety_tolerance.has_value());
    CHECK(*request.safety_tolerance == 0);
    CHECK(request.watermark == "mark");
    CHECK(request.upload_cn);
    CHECK(request.label == "a label");
    CHECK(request.priority == -3);
    CHECK(request.reuse == Reuse::IfIdentical);
    CHECK(request.input.kind() == InputImage::Kind::Url);
    CHECK(request.input.text() == "https://pictures.test/a.png?x=1");
}

TEST_CASE("absent parameters stay absent") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = queue(*store, 1);
    const TextureRequest request = entry(*store, id).request;
    CHECK_FALSE(request.enable_translation.has_value());
    CHECK_FALSE(request.safety_tolerance.has_value());
    CHECK(request.input.kind() == InputImage::Kind::None);
    CHECK(request.aspect_ratio == AspectRatio::Automatic);
    CHECK(request.reuse == Reuse::Never);
}

TEST_CASE("bytes that no prompt should have do no harm") {
    const TempFolder temp;
    const std::string odd = "a\0b\xff\xfe'; drop table jobs; --"s;
    RequestId id;
    {
        auto store = open_store(temp.path());
        id = queue(*store, 1, odd);
    }
    auto store = open_store(temp.path());
    CHECK(entry(*store, id).request.prompt == odd);
}

TEST_CASE("a job's way to its picture") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = queue(*store, 1);
    CHECK(entry(*store, id).state == JobState::Queued);
    REQUIRE(write_submitting(*store, id, at(2000), 18));
    CHECK(entry(*store, id).state == JobState::Submitting);
    CHECK(spent(temp) == 0);
    REQUIRE(store->write_task(id, "task"));
    CHECK(entry(*store, id).state == JobState::Generating);
    CHECK(entry(*store, id).task_id == "task");
    REQUIRE(store->write_task(id, "task"));
    CHECK(spent(temp) == 5);
    const ImageId image = finish(*store, id, "picture", at(9000));

    const LibraryEntry found = entry(*store, id);
    CHECK(found.state == JobState::Ready);
    CHECK(found.image == image);
    CHECK(found.width == 64);
    CHECK(found.height == 32);
    CHECK(found.file_bytes == 7);
    CHECK(found.finished_at == at(9000));
    CHECK(found.estimated_credits == 5);
    CHECK(spent(temp) == 5);
}

TEST_CASE("a cancelled job's picture goes to the library") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = generate(*store, 1);
    REQUIRE(store->write_state(id, JobState::Cancelled, true, {}, at(3000)));
    const ImageId image = finish(*store, id, "picture", at(9000));
    CHECK(entry(*store, id).state == JobState::Cancelled);
    CHECK(entry(*store, id).image == image);
}

TEST_CASE("the mark of a cancelled submit outlives the task's arrival") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = submit(*store, 1);
    REQUIRE(store->write_state(id, JobState::Submitting, true, {}, at(3000)));
    REQUIRE(store->write_task(id, "task"));
    finish(*store, id, "picture", at(9000));
    CHECK(entry(*store, id).state == JobState::Cancelled);
}

TEST_CASE("what has its picture stays finished") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = generate(*store, 1);
    const ImageId image = finish(*store, id, "picture", at(9000));

    REQUIRE(store->write_state(id, JobState::Failed, false, Error{ErrorCode::NotFound}, at(9500)));
    REQUIRE(store->write_state(id, JobState::Queued, false, {}, at(9600)));
    LibraryEntry found = entry(*store, id);
    CHECK(found.state == JobState::Ready);
    CHECK(found.image == image);
    CHECK(found.task_id == "task-1");
    CHECK(found.finished_at == at(9000));
    CHECK(found.error.code == ErrorCode::None);

    REQUIRE(store->write_state(id, JobState::Cancelled, true, {}, at(9700)));
    REQUIRE(store->write_state(id, JobState::Generating, false, {}, at(9800)));
    found = entry(*store, id);
    CHECK(found.state == JobState::Cancelled);
    CHECK(found.image == image);
    CHECK(found.finished_at == at(9000));
}

TEST_CASE("a new attempt forgets the error of the one before") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = generate(*store, 1);
    REQUIRE(store->write_state(id, JobState::Failed, false, Error{ErrorCode::GenerationFailed}, at(5000)));
    REQUIRE(write_submitting(*store, id, at(6000), 18));
    CHECK(entry(*store, id).error.code == ErrorCode::None);
}

TEST_CASE("errors are stored whole, and replaced") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = submit(*store, 1);
    const Error error = {ErrorCode::Moderated, 200, 400, "Change the prompt.", "detail"};
    REQUIRE(store->write_state(id, JobState::Failed, false, error, at(5000)));
    LibraryEntry found = entry(*store, id);
    CHECK(found.state == JobState::Failed);
    CHECK(found.error.code == ErrorCode::Moderated);
    CHECK(found.error.http_status == 200);
    CHECK(found.error.provider_code == 400);
    CHECK(found.error.message == "Change the prompt.");
    CHECK(found.error.detail == "detail");
    CHECK(found.finished_at == at(5000));

    REQUIRE(store->write_state(id, JobState::Queued, false, {}, at(6000)));
    found = entry(*store, id);
    CHECK(found.error.code == ErrorCode::None);
    CHECK(found.finished_at == engine::TimePoint());
}

TEST_CASE("every error code and state is read back as it was") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = queue(*store, 1);
    for (int code = 0; code <= static_cast<int>(ErrorCode::Interrupted); ++code) {
        Error error;
        error.code = static_cast<ErrorCode>(code);
        REQUIRE(store->write_state(id, JobState::Failed, false, error, at(1)));
        CHECK(entry(*store, id).error.code == error.code);
    }
    for (int state = 0; state <= static_cast<int>(JobState::OutcomeUnknown); ++state) {
        REQUIRE(store->write_state(id, static_cast<JobState>(state), false, {}, at(1)));
        CHECK(entry(*store, id).state == static_cast<JobState>(state));
    }
}

TEST_CASE("writes to a job that is not there fail") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = {42};
    CHECK(write_submitting(*store, id, at(0), 18).error().code == ErrorCode::Conflict);
    CHECK(store->write_task(id, "task").error().code == ErrorCode::Storage);
    CHECK(store->write_state(id, JobState::Failed, false, {}, at(0)).error().code == ErrorCode::Storage);
    CHECK(store->write_result(id, picture(*store, "x"), at(0)).error().code == ErrorCode::Storage);
    CHECK(store->image({1}).error().code == ErrorCode::NotFound);
    const RequestId known = queue(*store, 1);
    CHECK(store->write_intent(job(*store, 1), false).error().code == ErrorCode::Storage);
    CHECK(all(*store).size() == 1);
    CHECK(entry(*store, known).state == JobState::Queued);
}

TEST_CASE("a refused submit leaves no trace in the window") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId id = queue(*store, 1);
    for (int i = 0; i < 5; ++i) CHECK_FALSE(write_submitting(*store, {42}, at(0), 1));
    const auto wait = write_submitting(*store, id, at(0), 1);
    REQUIRE(wait);
    CHECK_FALSE(*wait);
}

TEST_CASE("no second paid call for a task or a picture that is there") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId running = generate(*store, 1);
    CHECK(write_submitting(*store, running, at(5000), 18).error().code == ErrorCode::Conflict);
    CHECK(entry(*store, running).task_id == "task-1");
    finish(*store, running, "picture", at(6000));
    CHECK(write_submitting(*store, running, at(7000), 18).error().code == ErrorCode::Conflict);
    CHECK(entry(*store, running).state == JobState::Ready);

    const RequestId failed = generate(*store, 2);
    REQUIRE(
        store->write_state(failed, JobState::Failed, false, Error{ErrorCode::GenerationFailed}, at(8000)));
    REQUIRE(write_submitting(*store, failed, at(9000), 18));
    CHECK(entry(*store, failed).task_id.empty());
    REQUIRE(store->write_task(failed, "task-2b"));
    CHECK(spent(temp) == 15);

    // The engine's way to post a failed job anew goes through Queued.
    REQUIRE(store->write_state(failed, JobState::Failed, false, Error{ErrorCode::NotFound}, at(10000)));
    REQUIRE(store->write_state(failed, JobState::Queued, false, {}, at(11000)));
    CHECK(entry(*store, failed).task_id.empty());
    REQUIRE(write_submitting(*store, failed, at(12000), 18));
}

TEST_CASE("an identical request finds the earlier picture") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId first = generate(*store, 1);
    JobRow again = job(*store, 2);
    again.fingerprint = "fp-1";

    SECTION("not while there is none") {
        const auto found = store->write_intent(again, true);
        REQUIRE(found);
        CHECK_FALSE(*found);
        CHECK(entry(*store, again.id).state == JobState::Queued);
    }
    SECTION("once it is there") {
        const ImageId image = finish(*store, first, "picture", at(5000));
        const auto found = store->write_intent(again, true);
        REQUIRE(found);
        CHECK(*found == image);
        CHECK(entry(*store, again.id).state == JobState::Ready);
        CHECK(entry(*store, again.id).image == image);
        CHECK(entry(*store, again.id).estimated_credits == 0);
        CHECK(spent(temp) == 5);
        CHECK(write_submitting(*store, again.id, at(6000), 18).error().code == ErrorCode::Conflict);
    }
    SECTION("not when it is not asked for, nor without a fingerprint") {
        finish(*store, first, "picture", at(5000));
        CHECK_FALSE(*store->write_intent(again, false));
        JobRow bare = job(*store, 3);
        bare.fingerprint.clear();
        CHECK_FALSE(*store->write_intent(bare, true));
    }
    SECTION("not when its file is gone") {
        const ImageId image = finish(*store, first, "picture", at(5000));
        std::filesystem::remove(store->blobs().path(store->image(image)->blob));
        CHECK_FALSE(*store->write_intent(again, true));
    }
    SECTION("not from another service") {
        finish(*store, first, "picture", at(5000));
        auto other = open_store(temp.path(), "https://other.test");
        JobRow theirs = job(*other, 1);
        CHECK_FALSE(*other->write_intent(theirs, true));
    }
}

TEST_CASE("the picture that is edited is in the library") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const auto blob = store->blobs().put(bytes_of("input"));
    REQUIRE(blob);
    JobRow row = job(*store, 1);
    row.input_blob = *blob;
    row.input_mime_type = "image/jpeg";
    row.input_width = 300;
    row.input_height = 200;
    REQUIRE(store->write_intent(row, false));
    const LibraryEntry found = entry(*store, row.id);
    REQUIRE(found.parent);
    CHECK(found.request.input.kind() == InputImage::Kind::Library);
    CHECK(found.request.input.library_image() == found.parent);
    const auto image = store->image(found.parent);
    REQUIRE(image);
    CHECK(image->blob == *blob);
    CHECK(image->extension == "jpg");
    CHECK(image->width == 300);
    CHECK(image->height == 200);
    CHECK(image->bytes == 5);

    SECTION("the same input again is the same picture") {
        JobRow second = row;
        second.id = job(*store, 2).id;
        REQUIRE(store->write_intent(second, false));
        CHECK(entry(*store, second.id).parent == found.parent);
    }
    SECTION("a library picture is its own parent, even when it was made smaller for the upload") {
        JobRow second = job(*store, 2);
        second.request.input = InputImage::from_library(found.parent);
        second.parent = found.parent;
        second.input_blob = *store->blobs().put(bytes_of("smaller"));
        second.input_mime_type = "image/png";
        REQUIRE(store->write_intent(second, false));
        CHECK(entry(*store, second.id).parent == found.parent);
    }
    SECTION("a picture that is not there is an error that leaves no row") {
        JobRow second = job(*store, 2);
        second.parent = ImageId{999};
        const auto written = store->write_intent(second, false);
        REQUIRE(!written);
        CHECK(written.error().code == ErrorCode::InputUnreadable);
        CHECK(all(*store).size() == 1);
    }
    SECTION("a restart brings the input along") {
        store.reset();
        store = open_store(temp.path());
        const auto jobs = store->take_over_jobs();
        REQUIRE(jobs);
        REQUIRE(jobs->size() == 1);
        CHECK(jobs->front().input_blob == *blob);
        CHECK(jobs->front().input_mime_type == "image/jpeg");
        CHECK(jobs->front().input_width == 300);
        CHECK(jobs->front().parent == found.parent);
    }
}

TEST_CASE("the same bytes are one picture") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const ImageId first = finish(*store, generate(*store, 1), "same", at(5000));
    const ImageId second = finish(*store, generate(*store, 2), "same", at(6000));
    const ImageId third = finish(*store, generate(*store, 3), "other", at(7000));
    CHECK(first == second);
    CHECK(first != third);
}

TEST_CASE("durations of the last finished jobs") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    for (std::uint64_t i = 1; i <= 5; ++i) {
        const auto start = static_cast<std::int64_t>(i) * 1000 + 10;
        finish(*store, generate(*store, i), "picture " + std::to_string(i),
               at(start + 100 * static_cast<std::int64_t>(i)));
    }
    JobRow other = job(*store, 6);
    other.request.model = "model-b";
    REQUIRE(store->write_intent(other, false));
    REQUIRE(write_submitting(*store, other.id, at(7000), 100));
    REQUIRE(store->write_task(other.id, "task-6"));
    finish(*store, other.id, "picture b", at(7777));
    const RequestId outlived = generate(*store, 7);
    generate(*store, 8);

    auto durations = store->durations(3);
    REQUIRE(durations.size() == 4);
    CHECK(durations[0].model == "model-a");
    CHECK(durations[0].duration == 300ms);
    CHECK(durations[2].duration == 500ms);
    CHECK(durations[3].model == "model-b");
    CHECK(durations[3].duration == 777ms);

    store.reset();
    store = open_store(temp.path());
    REQUIRE(store->take_over_jobs());
    finish(*store, outlived, "late", at(900'000));
    CHECK(store->durations(100).size() == 6);
    store.reset();
    CHECK(open_store(temp.path(), "https://other.test")->durations(100).empty());
}

TEST_CASE("a task that a callback named must be nobody's, not even an earlier attempt's") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const RequestId other = generate(*store, 1);
    const RequestId id = generate(*store, 2);
    REQUIRE(store->write_state(id, JobState::Failed, false, Error{ErrorCode::GenerationFailed}, at(5000)));
    REQUIRE(store->write_state(id, JobState::Queued, false, {}, at(6000)));
    REQUIRE(write_submitting(*store, id, at(7000), 18));
    REQUIRE(store->write_state(id, JobState::OutcomeUnknown, false, {}, at(8000)));
    for (const char* taken : {"task-1", "task-2"}) {
        CAPTURE(taken);
        CHECK(store->write_task(id, taken, true).error().code == ErrorCode::Conflict);
    }
    CHECK(entry(*store, id).state == JobState::OutcomeUnknown);
    REQUIRE(store->write_task(id, "task-3", true));
    // Once more, should the answer to the first write have been lost.
    REQUIRE(store->write_task(id, "task-3", true));
    CHECK(store->ledger(10).entries.size() == 3);
    CHECK(entry(*store, other).task_id == "task-1");
}
