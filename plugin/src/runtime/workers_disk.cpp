#include "runtime/read_file.h"
#include "runtime/workers.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

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

}  // namespace

void Workers::run(const engine::LoadInput& action, const JobPtr& job) {
    const RequestId id = action.id;
    const InputImage& input = job->row.request.input;
    if (input.kind() == InputImage::Kind::Library) {
        disk_.post([this, job, id] {
            const ImageId wanted = job->row.request.input.library_image();
            const auto row = store_->image(wanted);
            if (!row) return answer_(engine::InputLoaded{id, row.error()});
            job->row.parent = wanted;
            images_.post([this, job, id, blob = row->blob] {
                const auto file = blobs_.read(blob);
                if (!file) return answer_(engine::InputLoaded{id, file.error()});
                prepare_input(job, *file, id);
            });
        });
        return;
    }
    images_.post([this, job, id] {
        const InputImage& source = job->row.request.input;
        if (source.kind() == InputImage::Kind::File) {
            const auto file = read_file(source.text(), kMaxInputBytes);
            if (!file) return answer_(engine::InputLoaded{id, file.error()});
            return prepare_input(job, *file, id);
        }
        prepare_input(job, {}, id);
    });
}

void Workers::run(const engine::WriteIntent& action, const JobPtr& job) {
    disk_.post([this, action, job] {
        if (!job->input_file.empty()) {
            auto blob = blobs_.put(job->input_file);
            if (!blob) return answer_(engine::IntentWritten{action.id, {}, blob.error()});
            job->row.input_blob = *blob;
            job->input_file = {};
        }
        job->row.fingerprint = fingerprint(*job);
        const auto identical = store_->write_intent(job->row, action.find_identical);
        news_.push(EntriesChangedNews{});
        answer_(engine::IntentWritten{action.id, identical ? *identical : ImageId{}, error_of(identical)});
    });
}

void Workers::run(const engine::WriteSubmitting& action, const JobPtr& job) {
    disk_.post([this, id = action.id, job] {
        const auto wait = store_->write_submitting(id, now_(), submits_per_window_, window_);
        engine::SubmittingWritten written{id, std::nullopt, error_of(wait)};
        if (wait) written.wait_until = *wait;
        answer_(written);
    });
}

void Workers::run(const engine::WriteTask& action, const JobPtr&) {
    disk_.post([this, action] {
        answer_(engine::TaskWritten{action.id, error_of(store_->write_task(action.id, action.task_id))});
    });
}

void Workers::run(const engine::WriteState& action, const JobPtr&) {
    disk_.post([this, action] {
        const auto written =
            store_->write_state(action.id, action.state, action.cancelled, action.error, now_());
        news_.push(EntriesChangedNews{});
        answer_(engine::StateWritten{action.id, error_of(written)});
    });
}

void Workers::run(const engine::StoreResult& action, const JobPtr& job) {
    disk_.post([this, action, job] {
        const auto stored = [&]() -> Result<ImageId> {
            auto file = read_file(job->temporary_path, std::size_t{1} << 32);
            if (!file)
                return Error{
                    ErrorCode::Storage, 0, 0, "The downloaded file has vanished; it is fetched again.", {}};
            const auto header = image::read_header(*file, limits_);
            if (!header) return header.error();
            auto blob = blobs_.adopt(job->temporary_path);
            if (!blob) return blob.error();
            job->image = {{},          *blob, image::extension(header->format), header->width, header->height,
                          file->size()};
            return store_->write_result(action.id, job->image, now_());
        }();
        std::error_code ignored;
        if (!stored) fs::remove(job->temporary_path, ignored);
        if (stored) job->image.id = *stored;
        news_.push(EntriesChangedNews{});
        answer_(engine::ResultStored{action.id, stored ? *stored : ImageId{}, error_of(stored)});
    });
}

void Workers::search(LibraryQuery query) {
    disk_.post([this, query = std::move(query)] { news_.push(PageNews{store_->search(query)}); },
               Lane::Urgency::Low);
}

void Workers::set_favourite(RequestId id, bool favourite) {
    disk_.post([this, id, favourite] {
        const auto done = store_->set_favourite(id, favourite);
        if (!done) news_.push(LogNews{LogLevel::Error, done.error().message});
        news_.push(EntriesChangedNews{});
    });
}

void Workers::save(ImageId image, std::string path) {
    disk_.post([this, image, path = std::move(path)]() mutable {
        const auto row = store_->image(image);
        if (!row) return news_.push(SavedNews{image, std::move(path), row.error()});
        images_.post([this, image, row = *row, path = std::move(path)]() mutable {
            Error error = save_file(row, path);
            news_.push(SavedNews{image, std::move(path), std::move(error)});
        });
    });
}

Error Workers::save_file(const store::ImageRow& row, const std::string& path) try {
    auto bytes = blobs_.read(row.blob);
    if (!bytes) return bytes.error();
    std::string extension = fs::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    const bool wants_png = extension == ".png";
    const bool wants_jpeg = extension == ".jpg" || extension == ".jpeg";
    if ((wants_png && row.extension != "png") || (wants_jpeg && row.extension != "jpg")) {
        const auto pixels = image::decode(*bytes, limits_);
        if (!pixels) return pixels.error();
        *bytes = wants_png ? image::encode_png(pixels->level(0)) : image::encode_jpeg(pixels->level(0), 95);
    }
    // Written beside and renamed, so that a full disk never leaves half a picture under the wanted name.
    const fs::path target(path);
    const fs::path temporary(path + ".part");
    std::error_code failure;
    if (target.has_parent_path()) fs::create_directories(target.parent_path(), failure);
    {
        std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
        file.write(reinterpret_cast<const char*>(bytes->data()), static_cast<std::streamsize>(bytes->size()));
        file.flush();
        if (!file) {
            file.close();
            fs::remove(temporary, failure);
            return Error{ErrorCode::Storage,
                         0,
                         0,
                         "Cannot write " + path +
                             ". Check that the folder exists, may be written to and "
                             "has room; the picture is still in the library.",
                         {}};
        }
    }
    fs::rename(temporary, target, failure);
    if (!failure) return {};
    return Error{ErrorCode::Storage, 0, 0, "Cannot write " + path + ": " + failure.message() + ".", {}};
} catch (const std::exception& failure) {
    return Error{ErrorCode::Storage, 0, 0, "Cannot write " + path + ": " + failure.what() + ".", {}};
}

}  // namespace kontexture::runtime
