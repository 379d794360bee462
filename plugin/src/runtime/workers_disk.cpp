#include "runtime/read_file.h"
#include "runtime/workers.h"

#include <filesystem>

// Actions on the disk lane: the journal and the library.
namespace kontexture::runtime {
namespace {

namespace fs = std::filesystem;

template <typename T>
std::optional<Error> error_of(const Result<T>& result) {
    if (result) return std::nullopt;
    return result.error();
}

/// Everything that decides how the picture will look, one field a line. Two requests with the same text are
/// the same request.
std::string fingerprint(const JobData& job) {
    const TextureRequest& r = job.row.request;
    std::string text =
        "1\n" + r.model + '\n' + to_string(r.aspect_ratio) + '\n' + to_string(r.output_format) + '\n';
    text += std::to_string(r.prompt_upsampling) + '\n';
    text += (r.enable_translation ? std::to_string(*r.enable_translation) : "") + '\n';
    text += (r.safety_tolerance ? std::to_string(*r.safety_tolerance) : "") + '\n';
    text +=
        std::to_string(r.watermark.size()) + ':' + r.watermark + '\n' + std::to_string(r.upload_cn) + '\n';
    text += (r.input.kind() == InputImage::Kind::Url ? "url " + r.input.text() : job.row.input_blob) + '\n';
    text += r.prompt;
    return store::sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

/// Makes the answer to an action of this kind that failed.
template <typename Answer>
auto failed(RequestId id) {
    return [id](Error error) {
        Answer answer{};
        answer.id = id;
        answer.error = std::move(error);
        return answer;
    };
}

}  // namespace

void Workers::run(const engine::LoadInput& action, const JobPtr& job) {
    const RequestId id = action.id;
    const auto on_failure = failed<engine::InputLoaded>(id);
    // Prepared before, and only the write after it failed.
    if (!job->input_file.empty() || !job->row.input_blob.empty())
        return answer_(engine::InputLoaded{id, std::nullopt});
    const InputImage& input = job->row.request.input;
    if (input.kind() == InputImage::Kind::Library) {
        const auto find = [this, job, id, on_failure] {
            const ImageId wanted = job->row.request.input.library_image();
            const auto row = store_->image(wanted);
            if (!row) return answer_(engine::InputLoaded{id, row.error()});
            job->row.parent = wanted;
            const auto read = [this, job, id, blob = row->blob] {
                const auto file = blobs_.read(blob);
                if (!file) return answer_(engine::InputLoaded{id, file.error()});
                prepare_input(job, *file, id);
            };
            start(images_, read, on_failure);
        };
        return start(disk_, find, on_failure);
    }
    const auto read = [this, job, id] {
        const InputImage& source = job->row.request.input;
        if (source.kind() != InputImage::Kind::File) return prepare_input(job, {}, id);
        const auto file = read_file(source.text(), kMaxInputBytes);
        if (!file) return answer_(engine::InputLoaded{id, file.error()});
        prepare_input(job, *file, id);
    };
    start(images_, read, on_failure);
}

void Workers::run(const engine::WriteIntent& action, const JobPtr& job) {
    const auto write = [this, action, job] {
        if (!job->input_file.empty()) {
            auto blob = blobs_.put(job->input_file);
            if (!blob) return answer_(engine::IntentWritten{action.id, {}, {}, blob.error()});
            job->row.input_blob = *blob;
            job->input_file = {};
        }
        job->row.fingerprint = fingerprint(*job);
        const auto identical = store_->write_intent(job->row, action.find_identical);
        news_.push(EntriesChangedNews{});
        answer_(engine::IntentWritten{action.id, identical ? *identical : ImageId{}, job->row.fingerprint,
                                      error_of(identical)});
    };
    start(disk_, write, failed<engine::IntentWritten>(action.id));
}

void Workers::run(const engine::FindIdentical& action, const JobPtr& job) {
    const auto find = [this, action, job] {
        const auto identical = store_->find_identical(action.id, now_());
        news_.push(EntriesChangedNews{});
        answer_(engine::IntentWritten{action.id, identical ? *identical : ImageId{}, job->row.fingerprint,
                                      error_of(identical)});
    };
    start(disk_, find, failed<engine::IntentWritten>(action.id));
}

void Workers::run(const engine::WriteSubmitting& action, const JobPtr&) {
    const auto write = [this, action] {
        const auto wait = store_->write_submitting(action, now_());
        engine::SubmittingWritten written{action.id, std::nullopt, error_of(wait)};
        if (wait && *wait) written.wait_until = now_() + **wait;
        answer_(written);
    };
    start(disk_, write, failed<engine::SubmittingWritten>(action.id));
}

void Workers::run(const engine::WriteTask& action, const JobPtr&) {
    const auto write = [this, action] {
        answer_(engine::TaskWritten{
            action.id, error_of(store_->write_task(action.id, action.task_id, action.unclaimed))});
    };
    start(disk_, write, failed<engine::TaskWritten>(action.id));
}

void Workers::run(const engine::WriteState& action, const JobPtr&) {
    const auto write = [this, action] {
        const auto written =
            store_->write_state(action.id, action.state, action.cancelled, action.error, now_());
        news_.push(EntriesChangedNews{});
        if (!written) news_.push(LogNews{LogLevel::Error, written.error().message});
        answer_(engine::StateWritten{action.id, action.state, error_of(written)});
    };
    start(disk_, write, failed<engine::StateWritten>(action.id));
}

void Workers::run(const engine::WriteHint& action, const JobPtr&) {
    const auto write = [this, action] {
        const auto written = store_->write_hint(action.id, action.task_id);
        if (!written) news_.push(LogNews{LogLevel::Warning, written.error().message});
    };
    start(disk_, write, [](const Error&) { return engine::Tick{}; });
}

void Workers::run(const engine::TakeOver&) {
    const auto look = [this] {
        auto rows = store_->take_over_jobs();
        if (!rows) news_.push(LogNews{LogLevel::Warning, rows.error().message});
        const bool any = rows && !rows->empty();
        answer_take_over_(any ? restored(std::move(*rows), provider_->capabilities()) : Restored{});
        if (any) news_.push(EntriesChangedNews{});
    };
    start(disk_, look, [](const Error&) { return engine::Restore{}; });
}

void Workers::run(const engine::StoreResult& action, const JobPtr& job) {
    const auto store = [this, action, job] {
        const Result<ImageId> stored = store_result(action.id, *job);
        std::error_code ignored;
        if (!stored) std::filesystem::remove(job->temporary_path, ignored);
        news_.push(EntriesChangedNews{});
        answer_(engine::ResultStored{action.id, stored ? *stored : ImageId{}, error_of(stored)});
    };
    start(disk_, store, failed<engine::ResultStored>(action.id));
}

/// Only a whole picture becomes a library picture: half a file would never be fetched again.
Result<ImageId> Workers::store_result(RequestId id, JobData& job) {
    auto file = read_file(job.temporary_path, kMaxResultBytes);
    if (!file)
        return Error{ErrorCode::Storage, 0, 0, "The downloaded file has vanished; it is fetched again.",
                     file.error().detail};
    const auto header = image::check_complete(*file, limits_);
    if (!header) return header.error();
    auto blob = blobs_.adopt(job.temporary_path);
    if (!blob) return blob.error();
    job.image = store::ImageRow{ImageId{},     *blob,          image::extension(header->format),
                                header->width, header->height, file->size()};
    const auto stored = store_->write_result(id, job.image, now_());
    if (stored) job.image.id = *stored;
    return stored;
}

void Workers::search(LibraryQuery query) {
    const auto read = [this, query] { news_.push(PageNews{store_->search(query)}); };
    start_reading(disk_, read,
                  [query](Error error) { return PageNews{{.query = query, .error = std::move(error)}}; });
}

void Workers::set_favourite(RequestId id, bool favourite) {
    const auto write = [this, id, favourite] {
        const auto done = store_->set_favourite(id, favourite);
        if (!done) news_.push(LogNews{LogLevel::Error, done.error().message});
        news_.push(EntriesChangedNews{});
    };
    start_reading(disk_, write, [](const Error& error) { return LogNews{LogLevel::Error, error.message}; });
}

}  // namespace kontexture::runtime
