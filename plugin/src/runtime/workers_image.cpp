#include "runtime/read_file.h"
#include "runtime/workers.h"

// Actions on the image lane, and what creates and destroys the workers.
namespace kontexture::runtime {
namespace {

constexpr std::uint32_t kThumbnailSide = 256;
constexpr int kThumbnailQuality = 88;

bool is_opaque(const ImageView& image) {
    for (std::size_t i = 3; i < image.pixels.size(); i += 4)
        if (image.pixels[i] != 255) return false;
    return true;
}

}  // namespace

Workers::Workers(Parts parts, Mailbox<News>& news)
    : store_(std::move(parts.store)),
      blobs_(store_->blobs()),
      temporary_folder_(store_->temporary_folder()),
      client_(std::move(parts.client)),
      provider_(std::move(parts.provider)),
      callbacks_(std::move(parts.callbacks)),
      limits_(parts.limits),
      mipmaps_(parts.mipmaps),
      now_(std::move(parts.now)),
      news_(news) {}

Workers::~Workers() {
    end_calls({});
    stop();
}

Error Workers::unexpected(const std::exception& thrown) {
    return {ErrorCode::Storage, 0, 0,
            "This step ran out of memory or failed in a way it should not. Free memory and retry; nothing is "
            "lost.",
            thrown.what()};
}

/// With no file, the request's own pixels.
void Workers::prepare_input(const JobPtr& job, std::span<const std::uint8_t> file, RequestId id) {
    const InputImage& source = job->row.request.input;
    auto prepared = source.kind() == InputImage::Kind::Pixels
                        ? image::prepare_upload(source.pixels(), limits_)
                        : image::prepare_upload(file, limits_);
    if (!prepared) return answer_(engine::InputLoaded{id, prepared.error()});
    job->input_file = std::move(prepared->data);
    job->row.input_mime_type = image::mime_type(prepared->format);
    job->row.input_width = prepared->width;
    job->row.input_height = prepared->height;
    // From here on the stored file is the input; the pixels have done their work.
    if (source.kind() == InputImage::Kind::Pixels) job->row.request.input = InputImage::from_pixels({});
    answer_(engine::InputLoaded{id, std::nullopt});
}

void Workers::run(const engine::Decode& action, const JobPtr& job) {
    const RequestId id = action.id;
    const auto on_failure = [id](Error error) { return engine::Decoded{id, std::move(error)}; };
    const auto work = [this, id, job] { decode(id, job); };
    if (job->image.id == action.image) return start(images_, work, on_failure);
    const auto find = [this, id, job, work, on_failure, image = action.image] {
        const auto row = store_->image(image);
        if (!row) return answer_(engine::Decoded{id, row.error()});
        job->image = *row;
        start(images_, work, on_failure);
    };
    start(disk_, find, on_failure);
}

void Workers::decode(RequestId id, const JobPtr& job) {
    const auto file = blobs_.read(job->image.blob);
    if (!file) return answer_(engine::Decoded{id, file.error()});
    auto pixels = image::decode(*file, limits_);
    if (!pixels) return answer_(engine::Decoded{id, pixels.error()});
    if (!job->from_library) write_thumbnail(job->image.id, pixels->level(0));
    if (mipmaps_) image::build_mips(*pixels);
    job->pixels = std::move(*pixels);
    answer_(engine::Decoded{id, std::nullopt});
}

void Workers::write_thumbnail(ImageId image, const ImageView& pixels) {
    const image::Pixels small = image::shrink(pixels, kThumbnailSide);
    const ImageView view = small.level(0);
    const auto file = is_opaque(view) ? image::encode_jpeg(view, kThumbnailQuality) : image::encode_png(view);
    // A missing thumbnail is made again when it is wanted, so a failure here loses nothing.
    const auto warn = [](const Error& error) { return LogNews{LogLevel::Warning, error.message}; };
    const auto write = [this, image, file, warn] {
        if (const auto written = store_->write_thumbnail(image, file); !written)
            news_.push(warn(written.error()));
    };
    start_reading(disk_, write, warn);
}

void Workers::load_thumbnail(ImageId image) {
    const auto on_failure = [image](const Error&) { return ThumbnailNews{image, {}}; };
    const auto find = [this, image, on_failure] {
        const auto file = store_->thumbnail(image);
        if (file && !file->empty())
            return start_reading(
                images_, [this, image, bytes = *file] { show_thumbnail(image, bytes); }, on_failure);
        const auto row = store_->image(image);
        if (!row) return news_.push(ThumbnailNews{image, {}});
        start_reading(
            images_, [this, row = *row] { make_thumbnail(row); }, on_failure);
    };
    start_reading(disk_, find, on_failure);
}

void Workers::show_thumbnail(ImageId image, std::span<const std::uint8_t> file) {
    auto pixels = image::decode(file, limits_);
    if (pixels && mipmaps_) image::build_mips(*pixels);
    news_.push(ThumbnailNews{image, pixels ? std::move(*pixels) : image::Pixels{}});
}

void Workers::make_thumbnail(const store::ImageRow& row) {
    const auto file = blobs_.read(row.blob);
    if (!file) return news_.push(ThumbnailNews{row.id, {}});
    const auto pixels = image::decode(*file, limits_);
    if (!pixels) return news_.push(ThumbnailNews{row.id, {}});
    write_thumbnail(row.id, pixels->level(0));
    news_.push(ThumbnailNews{row.id, image::shrink(pixels->level(0), kThumbnailSide)});
}

void Workers::load_preview(std::uint64_t generation, InputImage input) {
    const auto on_failure = [generation](Error error) {
        return PreviewNews{generation, {}, 0, 0, std::move(error)};
    };
    const auto show = [this, generation](const Result<std::vector<std::uint8_t>>& file) {
        if (!file) return news_.push(PreviewNews{generation, {}, 0, 0, file.error()});
        news_.push(preview_of(generation, image::prepare_upload(*file, limits_)));
    };
    if (input.kind() == InputImage::Kind::Library) {
        const auto find = [this, show, on_failure, image = input.library_image()] {
            const auto row = store_->image(image);
            if (!row) return news_.push(on_failure(row.error()));
            start_reading(
                images_, [this, show, blob = row->blob] { show(blobs_.read(blob)); }, on_failure);
        };
        return start_reading(disk_, find, on_failure);
    }
    const auto read = [this, generation, show, input = std::move(input)] {
        if (input.kind() == InputImage::Kind::File) return show(read_file(input.text(), kMaxInputBytes));
        news_.push(preview_of(generation, image::prepare_upload(input.pixels(), limits_)));
    };
    start_reading(images_, read, on_failure);
}

PreviewNews Workers::preview_of(std::uint64_t generation, const Result<image::UploadImage>& input) {
    if (!input) return {generation, {}, 0, 0, input.error()};
    // A WebP file can be sent, but not shown.
    const auto pixels = image::decode(input->data, limits_);
    if (!pixels) return {generation, {}, input->width, input->height, {}};
    return {generation, image::shrink(pixels->level(0), kThumbnailSide), input->width, input->height, {}};
}

}  // namespace kontexture::runtime
