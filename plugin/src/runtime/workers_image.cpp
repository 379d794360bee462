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

/// What only a lack of memory can throw.
Error out_of_memory() {
    return {ErrorCode::ImageTooLarge,
            0,
            0,
            "There is not enough memory for this picture. It is kept; free memory and retry.",
            {}};
}

}  // namespace

Workers::Workers(Parts parts, Mailbox<News>& news)
    : store_(std::move(parts.store)),
      blobs_(store_->blobs()),
      temporary_folder_(store_->temporary_folder()),
      client_(std::move(parts.client)),
      provider_(std::move(parts.provider)),
      limits_(parts.limits),
      mipmaps_(parts.mipmaps),
      now_(std::move(parts.now)),
      submits_per_window_(parts.submits_per_window),
      window_(parts.window),
      news_(news) {}

Workers::~Workers() {
    stop({});
}

/// With no file, the request's own pixels.
void Workers::prepare_input(const JobPtr& job, std::span<const std::uint8_t> file, RequestId id) try {
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
} catch (const std::bad_alloc&) {
    answer_(engine::InputLoaded{id, out_of_memory()});
}

void Workers::run(const engine::Decode& action, const JobPtr& job) {
    const RequestId id = action.id;
    if (job->image.id == action.image) {
        images_.post([this, id, job] { decode(id, job); });
        return;
    }
    disk_.post([this, id, job, image = action.image] {
        const auto row = store_->image(image);
        if (!row) return answer_(engine::Decoded{id, row.error()});
        job->image = *row;
        images_.post([this, id, job] { decode(id, job); });
    });
}

void Workers::decode(RequestId id, const JobPtr& job) try {
    const auto file = blobs_.read(job->image.blob);
    if (!file) return answer_(engine::Decoded{id, file.error()});
    auto pixels = image::decode(*file, limits_);
    if (!pixels) return answer_(engine::Decoded{id, pixels.error()});
    if (!job->from_library) write_thumbnail(job->image.id, pixels->level(0));
    if (mipmaps_) image::build_mips(*pixels);
    job->pixels = std::move(*pixels);
    answer_(engine::Decoded{id, std::nullopt});
} catch (const std::bad_alloc&) {
    answer_(engine::Decoded{id, out_of_memory()});
}

void Workers::write_thumbnail(ImageId image, const ImageView& pixels) {
    const image::Pixels small = image::shrink(pixels, kThumbnailSide);
    const ImageView view = small.level(0);
    auto file = is_opaque(view) ? image::encode_jpeg(view, kThumbnailQuality) : image::encode_png(view);
    disk_.post(
        [this, image, file = std::move(file)] {
            // A missing thumbnail is made again when it is wanted, so a failure here loses nothing.
            if (const auto written = store_->write_thumbnail(image, file); !written)
                news_.push(LogNews{LogLevel::Warning, written.error().message});
        },
        Lane::Urgency::Low);
}

void Workers::load_thumbnail(ImageId image) {
    disk_.post(
        [this, image] {
            auto file = store_->thumbnail(image);
            if (file && !file->empty()) {
                images_.post([this, image, bytes = std::move(*file)]() mutable {
                    show_thumbnail(image, std::move(bytes));
                });
                return;
            }
            const auto row = store_->image(image);
            if (!row) return news_.push(ThumbnailNews{image, {}});
            images_.post([this, row = *row] { make_thumbnail(row); });
        },
        Lane::Urgency::Low);
}

void Workers::show_thumbnail(ImageId image, std::vector<std::uint8_t> file) {
    auto pixels = image::decode(file, limits_);
    if (pixels && mipmaps_) image::build_mips(*pixels);
    news_.push(ThumbnailNews{image, pixels ? std::move(*pixels) : image::Pixels{}});
}

void Workers::make_thumbnail(const store::ImageRow& row) try {
    const auto file = blobs_.read(row.blob);
    if (!file) return news_.push(ThumbnailNews{row.id, {}});
    const auto pixels = image::decode(*file, limits_);
    if (!pixels) return news_.push(ThumbnailNews{row.id, {}});
    write_thumbnail(row.id, pixels->level(0));
    news_.push(ThumbnailNews{row.id, image::shrink(pixels->level(0), kThumbnailSide)});
} catch (const std::bad_alloc&) {
    news_.push(ThumbnailNews{row.id, {}});
}

void Workers::load_preview(std::uint64_t generation, InputImage input) {
    if (input.kind() == InputImage::Kind::Library) {
        disk_.post(
            [this, generation, image = input.library_image()] {
                const auto row = store_->image(image);
                if (!row) return news_.push(PreviewNews{generation, {}, 0, 0, row.error()});
                images_.post([this, generation, blob = row->blob] {
                    const auto file = blobs_.read(blob);
                    news_.push(
                        preview_of(generation, file ? image::prepare_upload(*file, limits_) : file.error()));
                });
            },
            Lane::Urgency::Low);
        return;
    }
    images_.post([this, generation, input = std::move(input)] {
        if (input.kind() == InputImage::Kind::Pixels)
            return news_.push(preview_of(generation, image::prepare_upload(input.pixels(), limits_)));
        const auto file = read_file(input.text(), kMaxInputBytes);
        news_.push(preview_of(generation, file ? image::prepare_upload(*file, limits_) : file.error()));
    });
}

PreviewNews Workers::preview_of(std::uint64_t generation, const Result<image::UploadImage>& input) try {
    if (!input) return {generation, {}, 0, 0, input.error()};
    // A WebP file can be sent, but not shown.
    const auto pixels = image::decode(input->data, limits_);
    if (!pixels) return {generation, {}, input->width, input->height, {}};
    return {generation, image::shrink(pixels->level(0), kThumbnailSide), input->width, input->height, {}};
} catch (const std::bad_alloc&) {
    return {generation, {}, 0, 0, out_of_memory()};
}

}  // namespace kontexture::runtime
