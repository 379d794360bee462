#pragma once

#include <kontexture/service.h>

namespace kontexture {

struct LibraryQuery {
    std::string search = {};    ///< words of the prompt or label, in any order; the last may be a beginning
    bool pictures_only = true;  ///< leave out requests that have no picture
    bool favourites_only = false;
    std::uint32_t offset = 0;
    std::uint32_t limit = 200;
    bool operator==(const LibraryQuery&) const = default;
};

/// One request that was ever accepted in this data folder, by this or an earlier run.
struct LibraryEntry {
    RequestId id;
    JobState state =
        JobState::Ready;     ///< as last stored; Ready (or Cancelled, if it was) once the picture is
    TextureRequest request;  ///< every parameter, to use again (library and pixel inputs come as Library)
    std::string task_id;
    ImageId image;   ///< none: no picture
    ImageId parent;  ///< the picture that was edited
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint64_t file_bytes = 0;
    double estimated_credits = 0;
    std::chrono::system_clock::time_point created_at = {};
    std::chrono::system_clock::time_point finished_at = {};
    Error error;  ///< of Failed and OutcomeUnknown: code, message
    bool favourite = false;
};

struct LibraryPage {
    LibraryQuery query;
    std::vector<LibraryEntry> entries;  ///< newest first
    std::uint64_t total = 0;            ///< that match, on all pages
    bool loading = false;               ///< a newer search() is under way
    Error error;                        ///< the search failed
};

/// One paid call of this data folder and service_id, by whatever process or run.
struct LedgerEntry {
    enum class Kind : std::uint8_t {
        Reserved,  ///< it is under way
        Spent,     ///< the service took the task
        Unknown,   ///< its answer was lost: it may have been charged
    };
    RequestId request;
    Kind kind = Kind::Spent;
    double credits = 0;                             ///< estimated
    std::chrono::system_clock::time_point at = {};  ///< when the paid call left
    std::string model;
    std::string prompt;
    std::string task_id;  ///< empty unless Spent
};

/// The paid calls of this data folder and service_id.
struct Ledger {
    static constexpr std::size_t kMostEntries = 1000;
    std::vector<LedgerEntry> entries;  ///< the newest kMostEntries, newest first; save_ledger() writes all
    bool has_more = false;             ///< older ones are not in `entries`
    double total = 0;                  ///< of all paid calls ever, whatever their kind
    double last_day = 0;               ///< of those of the last 24 hours, whether in `entries` or not
    bool loading = false;              ///< from load_ledger() to its answer
    Error error;                       ///< reading it failed
};

/// What the picture that a request edits looks like.
struct InputPreview {
    TextureHandle texture;    ///< small; none while it is being read, and for an address
    std::uint32_t width = 0;  ///< of the picture as it will be sent, once known
    std::uint32_t height = 0;
    Error error;  ///< why the picture cannot be used; code None otherwise
};

/// Everything ever generated in the data folder. Reads and writes happen on other threads; answers arrive
/// with pump(). Thread: the owner thread. Lifetime: the Service's.
///
///     library.search({.search = "moss"});
///     // … after a Library event:
///     for (const kontexture::LibraryEntry& e : library.page().entries)
///         draw(library.thumbnail(e.image), e.request.prompt);
class Library {
public:
    /// Starts a search; a newer one replaces it. The page is also read anew whenever an entry changes.
    void search(LibraryQuery query);
    /// The last answer. Valid until the next pump().
    const LibraryPage& page() const;

    /// A small texture (longer side at most 256) for drawing this frame, or none while it is being loaded:
    /// ask again each frame it is visible (none for ever when there is no such picture). A bounded number is
    /// kept; those not asked for longest go first.
    TextureHandle thumbnail(ImageId image);

    /// The same for the input of a request that is being put together. Only the one last asked for is kept.
    /// Valid until the next pump().
    const InputPreview& preview(const InputImage& input);

    /// Writes a picture to a .png or .jpg file: byte for byte what the service sent when that is its type,
    /// re-encoded otherwise. Missing folders are made. A Saved event tells how it ended.
    void save(ImageId image, std::string path);

    void set_favourite(RequestId id, bool favourite);

    /// Starts reading what was paid in this data folder at this service_id, by every process and run. A
    /// Library event tells when ledger() has it.
    void load_ledger();
    /// The last answer. Valid until the next pump().
    const Ledger& ledger() const;
    /// Writes every entry as CSV (RFC 4180, UTF-8, times in UTC). A Saved event without image tells how it
    /// ended.
    void save_ledger(std::string path);

private:
    friend class Service;
    class Impl;
    explicit Library(Impl& impl) : impl_(impl) {}
    Impl& impl_;
};

/// "reserved", "spent", "unknown"; never null.
const char* to_string(LedgerEntry::Kind kind);

}  // namespace kontexture
