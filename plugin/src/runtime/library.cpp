#include "runtime/library_impl.h"

namespace kontexture {
namespace {

/// At most 340 KB each with mip levels.
constexpr std::size_t kMaxThumbnails = 512;
/// Thumbnails share the hand-off with requests; their keys have the top bit, which ids never have.
constexpr std::uint64_t kThumbnailKey = std::uint64_t{1} << 63;

constexpr std::uint64_t kPreviewKey = std::uint64_t{1} << 62;

/// Equal for equal inputs, as far as a few samples of their pixels tell.
std::string name_of(const InputImage& input) {
    std::string name = std::to_string(static_cast<int>(input.kind())) + ' ' +
                       std::to_string(input.library_image().value) + ' ' + input.text();
    const ImageView pixels = input.pixels();
    name += ' ' + std::to_string(pixels.width) + 'x' + std::to_string(pixels.height) + ' ';
    for (std::size_t i = 0; i < pixels.pixels.size(); i += pixels.pixels.size() / 256 + 1)
        name += static_cast<char>(pixels.pixels[i]);
    return name;
}

}  // namespace

void Library::Impl::search(LibraryQuery query) {
    wanted_ = std::move(query);
    page_.loading = true;
    if (searching_) {
        stale_ = true;
        return;
    }
    searching_ = true;
    stale_ = false;
    workers_.search(*wanted_);
}

void Library::Impl::on_page(LibraryPage page) {
    searching_ = false;
    page_ = std::move(page);
    page_.loading = false;
    changed_ = true;
    if (stale_ || page_.query != *wanted_) search(*wanted_);
}

void Library::Impl::on_entries_changed() {
    if (wanted_) search(*wanted_);
}

TextureHandle Library::Impl::thumbnail(ImageId image) {
    if (!image) return {};
    const auto found = thumbnails_.find(image.value);
    if (found != thumbnails_.end()) {
        by_use_.splice(by_use_.end(), by_use_, found->second.order);
        return found->second.texture;
    }
    evict();
    by_use_.push_back(image.value);
    thumbnails_[image.value] = {{}, true, std::prev(by_use_.end())};
    workers_.load_thumbnail(image);
    return {};
}

void Library::Impl::evict() {
    auto candidate = by_use_.begin();
    while (thumbnails_.size() >= kMaxThumbnails && candidate != by_use_.end()) {
        const auto found = thumbnails_.find(*candidate);
        if (found->second.loading) {
            ++candidate;
            continue;
        }
        handoff_.retire(found->second.texture);
        thumbnails_.erase(found);
        candidate = by_use_.erase(candidate);
    }
}

void Library::Impl::on_thumbnail(ImageId image, image::Pixels pixels) {
    const auto found = thumbnails_.find(image.value);
    if (found == thumbnails_.end()) return;
    if (pixels.data.empty()) {
        found->second.loading = false;
        return;
    }
    handoff_.deliver(kThumbnailKey | image.value, std::move(pixels), "kontexture thumbnail",
                     [this, image](TextureHandle texture, const Error&) {
                         const auto entry = thumbnails_.find(image.value);
                         if (entry == thumbnails_.end()) return handoff_.retire(texture);
                         entry->second.texture = texture;
                         entry->second.loading = false;
                         changed_ = true;
                     });
}

const InputPreview& Library::Impl::preview(const InputImage& input) {
    std::string name = name_of(input);
    if (name == previewed_) return preview_;
    previewed_ = std::move(name);
    handoff_.drop(kPreviewKey | preview_generation_);
    handoff_.retire(preview_.texture);
    preview_ = {};
    ++preview_generation_;
    if (input && input.kind() != InputImage::Kind::Url) workers_.load_preview(preview_generation_, input);
    return preview_;
}

void Library::Impl::on_preview(runtime::PreviewNews news) {
    if (news.generation != preview_generation_) return;
    preview_.width = news.width;
    preview_.height = news.height;
    preview_.error = std::move(news.error);
    changed_ = true;
    if (news.pixels.data.empty()) return;
    handoff_.deliver(kPreviewKey | news.generation, std::move(news.pixels), "kontexture input",
                     [this, generation = news.generation](TextureHandle texture, const Error&) {
                         if (generation != preview_generation_) return handoff_.retire(texture);
                         preview_.texture = texture;
                         changed_ = true;
                     });
}

void Library::Impl::set_favourite(RequestId id, bool favourite) {
    // Shown at once; the page is read anew when it is stored.
    for (LibraryEntry& entry : page_.entries)
        if (entry.id == id) entry.favourite = favourite;
    workers_.set_favourite(id, favourite);
}

void Library::Impl::load_ledger() {
    ledger_.loading = true;
    workers_.load_ledger();
}

void Library::Impl::on_ledger(Ledger ledger) {
    ledger_ = std::move(ledger);
    changed_ = true;
}

void Library::Impl::clear() {
    for (const auto& [key, thumbnail] : thumbnails_) handoff_.retire(thumbnail.texture);
    handoff_.retire(preview_.texture);
    thumbnails_.clear();
    by_use_.clear();
}

void Library::search(LibraryQuery query) {
    impl_.search(std::move(query));
}
const LibraryPage& Library::page() const {
    return impl_.page();
}
TextureHandle Library::thumbnail(ImageId image) {
    return impl_.thumbnail(image);
}
const InputPreview& Library::preview(const InputImage& input) {
    return impl_.preview(input);
}
void Library::save(ImageId image, std::string path) {
    impl_.save(image, std::move(path));
}
void Library::load_ledger() {
    impl_.load_ledger();
}
const Ledger& Library::ledger() const {
    return impl_.ledger();
}
void Library::save_ledger(std::string path) {
    impl_.save_ledger(std::move(path));
}
void Library::set_favourite(RequestId id, bool favourite) {
    impl_.set_favourite(id, favourite);
}

}  // namespace kontexture
