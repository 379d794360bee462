#pragma once

#include "runtime/handoff.h"
#include "runtime/news.h"
#include "runtime/workers.h"

#include <list>
#include <unordered_map>

namespace kontexture {

/// The owner thread's side of the library: the last page, and a bounded cache of thumbnail textures.
class Library::Impl {
public:
    Impl(runtime::Workers& workers, runtime::Handoff& handoff) : workers_(workers), handoff_(handoff) {}

    void search(LibraryQuery query);
    const LibraryPage& page() const { return page_; }
    TextureHandle thumbnail(ImageId image);
    const InputPreview& preview(const InputImage& input);
    void save(ImageId image, std::string path) { workers_.save(image, std::move(path)); }
    void set_favourite(RequestId id, bool favourite);

    void load_ledger();
    const Ledger& ledger() const { return ledger_; }
    void save_ledger(std::string path) { workers_.save_ledger(std::move(path)); }

    void on_page(LibraryPage page);
    void on_ledger(Ledger ledger);
    void on_thumbnail(ImageId image, image::Pixels pixels);
    void on_preview(runtime::PreviewNews news);
    void on_entries_changed();
    /// True once after something changed that a Library event should tell.
    bool take_changed() { return std::exchange(changed_, false); }
    /// Gives all thumbnail textures back.
    void clear();

private:
    struct Thumbnail {
        TextureHandle texture;
        bool loading = true;
        std::list<std::uint64_t>::iterator order;  ///< in by_use_
    };

    void evict();

    runtime::Workers& workers_;
    runtime::Handoff& handoff_;
    LibraryPage page_;
    Ledger ledger_;
    std::optional<LibraryQuery> wanted_;  ///< of the newest search()
    std::string previewed_;               ///< what preview_ shows
    std::uint64_t preview_generation_ = 0;
    InputPreview preview_;
    bool searching_ = false;
    bool stale_ = false;
    bool changed_ = false;
    std::unordered_map<std::uint64_t, Thumbnail> thumbnails_;
    std::list<std::uint64_t> by_use_;  ///< least recently asked for first
};

}  // namespace kontexture
