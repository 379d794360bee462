#pragma once

#include "engine/messages.h"

#include <kontexture/library.h>

#include <functional>
#include <memory>

namespace kontexture::store {

/// SHA-256 of the content, 64 lower-case hex digits: a blob's name.
using BlobId = std::string;

/// 64 lower-case hex digits.
std::string sha256_hex(std::span<const std::uint8_t> bytes);

/// Content-addressed files in a folder. Thread: any; files are written once and never change.
class Blobs {
public:
    explicit Blobs(std::string folder);

    /// Temporary file, fsync, rename, fsync of the folder. Storing the same bytes twice keeps one file, and
    /// mends it should it have been damaged.
    Result<BlobId> put(std::span<const std::uint8_t> bytes);
    /// Moves a finished file of the same file system in; the source is gone afterwards when it went well, and
    /// stays when it did not.
    Result<BlobId> adopt(const std::string& path);
    /// Checks length and hash; StorageDamaged when they do not fit (the file is then set aside as
    /// "….damaged"), NotFound when there is none.
    Result<std::vector<std::uint8_t>> read(const BlobId& blob) const;
    /// folder/ab/cdef…, whether there is one or not. Asserts that `blob` has the form of an id.
    std::string path(const BlobId& blob) const;
    /// Whether a text has the form of an id.
    static bool is_id(std::string_view text);

private:
    std::string folder_;
};

/// Everything that is stored of one request. `request.input` pixels and files have become `input_blob`.
struct JobRow {
    RequestId id;
    JobState state = JobState::Queued;
    TextureRequest request;
    std::string input_blob;  ///< empty: none (or the input is an address, in request.input)
    std::string input_mime_type;
    std::uint32_t input_width = 0;  ///< of input_blob; zero when not known
    std::uint32_t input_height = 0;
    ImageId parent;           ///< the library picture that is edited
    std::string fingerprint;  ///< hash over everything that makes the picture
    double credits = 0;
    std::string task_id;
    bool cancelled = false;
    engine::TimePoint created_at = {};
    engine::TimePoint submitted_at = {};
    engine::TimePoint finished_at = {};
    ImageId image;
    std::optional<double> balance_before;  ///< of the account, last known before the paid call
    std::string hinted_task;               ///< of OutcomeUnknown: named by a callback, not believed yet
    double spent_since = 0;  ///< set by take_over_jobs(): other jobs' paid calls since this one's
    Error error;
};

struct ImageRow {
    ImageId id;
    BlobId blob;
    std::string extension;  ///< "png", "jpg"
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint64_t bytes = 0;
};

struct StoreOptions {
    std::string folder;
    std::string service_id;  ///< only jobs of this service are taken over
    bool take_over = true;   ///< collect what dead processes left behind
    /// A clock that all processes of this machine share and nobody can set. Empty: the system's steady clock.
    std::function<engine::Duration()> steady_clock = {};
    /// What the ledger's times are taken from. Empty: the system's.
    std::function<engine::TimePoint()> wall_clock = {};
};

/// The journal and the library: one SQLite database in WAL mode plus blobs, under one folder.
/// Thread: one thread at a time (the runtime gives it one of its own), except for hurry() and
/// take_poll_turn(). Every function that changes a job is durable (fsynced) when it returns without error.
/// Errors: DiskFull, Storage, StorageNewer, StorageDamaged.
class Store {
public:
    /// Makes the folder (owner only) when missing. A damaged database is set aside as "….damaged-N" and
    /// reported through `warning` (unless another live process uses it: then StorageDamaged); a newer one is
    /// refused untouched. Sweeps what killed processes left: temporary files are removed, blobs that no row
    /// names are moved to the folder "unreferenced".
    static Result<std::unique_ptr<Store>> open(StoreOptions options, std::string* warning = nullptr);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// First id of the block that belongs to this process for good: ids are block + 1, block + 2, … up to
    /// block + 2^24 - 1.
    std::uint64_t id_block() const;
    /// Any thread, for a process that is about to end. From now on, also in a call that is under way, nothing
    /// waits for other processes: what they hold locked fails at once with Storage.
    void hurry();
    Blobs& blobs();
    /// 32 random bytes for the addresses of callbacks, the folder's own: made and kept at first use.
    Result<std::vector<std::uint8_t>> callback_secret();
    /// All processes with this folder together ask the service no more often than once in `gap`: takes the
    /// next free moment and returns how long that is away. Any thread. A file that cannot be used lets every
    /// poll pass.
    engine::Duration take_poll_turn(engine::Duration gap);
    /// Where downloads go before they are stored; same file system as the blobs.
    std::string temporary_folder() const;

    /// The unfinished jobs of this service that no live process owns (they now belong to this one), oldest
    /// first. Looks at the rows each time, and writes nothing unless a process has ended. States: Queued,
    /// Submitting, Generating (whenever the task is known) or OutcomeUnknown. A cancelled one comes when its
    /// task may still bring a picture. `error` is what was last stored; a `submitted_at` in the future counts
    /// as now.
    Result<std::vector<JobRow>> take_over_jobs();
    /// Submit-to-result times of this service's last jobs, oldest first, at most `most` a model. Jobs that
    /// outlived their process do not count. Empty when they cannot be read.
    std::vector<engine::PastDuration> durations(int most);
    /// This service's paid calls since `since`. Empty when they cannot be read.
    std::vector<engine::PastSpend> spends(engine::TimePoint since);

    /// Inserts the row as Queued. With `find_identical`, an earlier picture of the same fingerprint is looked
    /// for first; if there is one the row is inserted as Ready with it (for no credits) and its id comes
    /// back, otherwise none. An input blob without a parent becomes a library picture and the row's parent.
    Result<ImageId> write_intent(const JobRow& row, bool find_identical);
    /// For a row that is Queued: the same search, and what follows from it.
    Result<ImageId> find_identical(RequestId id, engine::TimePoint now);
    /// Marks the row Submitting at `now`, with the credits of `wanted`, and reserves them, unless that would
    /// be more than its `count` submits of this service by all processes in any `window`: then nothing is
    /// written and the time to wait before asking again comes back. Conflict for a job of another session, or
    /// (unless it Failed) one that has a task or a picture; SpendLimit when all processes together would pass
    /// `limit_per_day`; DiskFull when there would be no room for the picture. A Failed job forgets its
    /// earlier task.
    Result<std::optional<engine::Duration>> write_submitting(const engine::WriteSubmitting& wanted,
                                                             engine::TimePoint now);
    /// The task exists and is paid for: marks the row Generating (the mark `cancelled` stays) and books its
    /// credits. Writing the same task twice books it once. `unclaimed`: Conflict when another job of this
    /// service, or an earlier attempt of this one, has that task.
    Result<void> write_task(RequestId id, const std::string& task_id, bool unclaimed = false);
    /// Keeps the task that a callback named.
    Result<void> write_hint(RequestId id, const std::string& task_id);
    /// Of this session's jobs only. Replaces the stored error, too. Queued forgets when the job was
    /// submitted, and its task; every other state keeps both, so that Generating with an error is a failure
    /// whose task the next run asks for again. A job that has its picture stays finished: only a cancellation
    /// still marks it. What was reserved is given back, unless the outcome is unknown.
    Result<void> write_state(RequestId id, JobState state, bool cancelled, const std::optional<Error>& error,
                             engine::TimePoint now);
    /// Inserts the picture (or finds the one with the same blob) and marks the job Ready (Cancelled, if it
    /// was) with it.
    Result<ImageId> write_result(RequestId id, const ImageRow& image, engine::TimePoint now);

    Result<ImageRow> image(ImageId id);
    /// JPEG or PNG bytes; empty when there is none yet.
    Result<std::vector<std::uint8_t>> thumbnail(ImageId id);
    Result<void> write_thumbnail(ImageId id, std::span<const std::uint8_t> bytes);
    LibraryPage search(const LibraryQuery& query);
    Result<void> set_favourite(RequestId id, bool favourite);
    /// This service's paid calls, newest first, at most `most`.
    Ledger ledger(int most);

    class Impl;

private:
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace kontexture::store
