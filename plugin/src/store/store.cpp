#include "store/store.h"

#include "store/accounting.h"
#include "store/job_rows.h"
#include "store/store_impl.h"

#include <algorithm>

// The jobs' way through the journal, one transaction a step.
namespace kontexture::store {

namespace {

// Room for a picture, its thumbnail and the rows around it.
constexpr std::uint64_t kReservedBytes = std::uint64_t{32} << 20;

Error unknown_job(RequestId id) {
    Error error;
    error.code = ErrorCode::Storage;
    error.message = "The data folder does not know this request. Send it again.";
    error.detail = "no row of job " + std::to_string(id.value);
    return error;
}

Result<void> expect_change(const Database& database, const Result<void>& done, RequestId id) {
    if (done && database.changes() == 0) return unknown_job(id);
    return done;
}

Result<ImageId> insert_image(Database& database, const ImageRow& image, engine::TimePoint now) {
    Rows rows = database.query(
        "insert into images (blob, extension, width, height, bytes, created_at) values (?, ?, ?, ?, ?, ?) "
        "on conflict (blob) do update set width = case width when 0 then excluded.width else width end, "
        "height = case height when 0 then excluded.height else height end returning id",
        image.blob, image.extension, image.width, image.height, image.bytes, to_number(now));
    ImageId id;
    if (rows.next()) id.value = static_cast<std::uint64_t>(rows.integer(0));
    // An insert with "returning" is complete only after its last step.
    while (rows.next()) {
    }
    if (auto finished = rows.finish(); !finished) return finished.error();
    return id;
}

Result<bool> image_exists(Database& database, ImageId id) {
    Rows rows = database.query("select 1 from images where id = ?", id.value);
    const bool exists = rows.next();
    if (auto finished = rows.finish(); !finished) return finished.error();
    return exists;
}

/// The picture that the request edits, as a library picture, so that every edit has a root.
Result<ImageId> find_parent(Database& database, const Blobs& blobs, const JobRow& row) {
    if (row.parent) {
        const auto exists = image_exists(database, row.parent);
        if (!exists) return exists.error();
        if (*exists) return row.parent;
        Error error;
        error.code = ErrorCode::InputUnreadable;
        error.message = "The picture to edit is not in this data folder's library. Choose another picture.";
        error.detail = "image " + std::to_string(row.parent.value);
        return error;
    }
    if (row.input_blob.empty()) return ImageId();
    ImageRow image;
    image.blob = row.input_blob;
    image.extension = extension_for(row.input_mime_type);
    image.width = row.input_width;
    image.height = row.input_height;
    image.bytes = Blobs::is_id(image.blob) ? file_size(blobs.path(image.blob)) : 0;
    return insert_image(database, image, row.created_at);
}

/// The newest picture of the same request whose file is still there.
Result<ImageId> find_picture(Database& database, const Blobs& blobs, const StoreOptions& options,
                             const std::string& fingerprint) {
    Rows rows = database.query(
        "select images.id, images.blob, images.bytes from jobs join images on images.id = jobs.image_id "
        "where jobs.fingerprint = ? and jobs.service_id = ? and jobs.image_id is not null "
        "order by jobs.finished_at desc",
        fingerprint, options.service_id);
    while (rows.next()) {
        const std::string blob = rows.text(1);
        if (!Blobs::is_id(blob)) continue;
        const std::string path = blobs.path(blob);
        if (file_exists(path) && file_size(path) == static_cast<std::uint64_t>(rows.integer(2))) {
            return ImageId{static_cast<std::uint64_t>(rows.integer(0))};
        }
    }
    if (auto finished = rows.finish(); !finished) return finished.error();
    return ImageId();
}

/// Whoever took a job over decides on it alone.
Result<void> owned(const Store::Impl& store, RequestId id) {
    Rows rows =
        store.database->query("select 1 from jobs where id = ? and session = ?", id.value, store.session);
    const bool own = rows.next();
    if (auto finished = rows.finish(); !finished) return finished;
    if (!own) return unknown_job(id);
    return {};
}

Error another_has_it(RequestId id) {
    Error error;
    error.code = ErrorCode::Conflict;
    error.message =
        "The task that was reported for this request belongs to another one, or to an earlier attempt.";
    error.detail = "job " + std::to_string(id.value);
    return error;
}

Error not_submittable(RequestId id) {
    Error error;
    error.code = ErrorCode::Conflict;
    error.message =
        "This request was not sent: it belongs to another running program, or its task exists already. "
        "Look for its picture in the library, or send a new request.";
    error.detail = "job " + std::to_string(id.value);
    return error;
}

}  // namespace

std::vector<engine::PastDuration> Store::durations(int most) {
    // Beyond an hour it was somebody's break, not the service.
    constexpr std::int64_t kLongest = 3600 * 1000;
    std::vector<engine::PastDuration> durations;
    Rows rows = impl_->database->query(
        "select model, finished_at - submitted_at from (select model, submitted_at, finished_at, "
        "row_number() over (partition by model order by finished_at desc, id desc) as place from jobs "
        "where service_id = ? and state = 'ready' and taken_over = 0 and submitted_at <> 0 and "
        "finished_at - submitted_at between 1 and ?) where place <= ? order by finished_at",
        impl_->options.service_id, kLongest, most);
    while (rows.next()) durations.push_back({rows.text(0), engine::Duration(rows.integer(1))});
    return durations;
}

Result<ImageId> Store::write_intent(const JobRow& row, bool find_identical) {
    Database& database = *impl_->database;
    return transact(database, [&]() -> Result<ImageId> {
        JobRow stored = row;
        stored.state = JobState::Queued;
        const auto parent = find_parent(database, impl_->blobs, row);
        if (!parent) return parent.error();
        stored.parent = *parent;
        ImageId identical;
        if (find_identical && !row.fingerprint.empty()) {
            const auto found = find_picture(database, impl_->blobs, impl_->options, row.fingerprint);
            if (!found) return found.error();
            identical = *found;
        }
        if (identical) {
            stored.state = JobState::Ready;
            stored.image = identical;
            stored.finished_at = stored.created_at;
            stored.credits = 0;
        }
        auto inserted = insert_job(database, impl_->options.service_id, impl_->session, stored);
        if (!inserted) return inserted.error();
        return identical;
    });
}

Result<ImageId> Store::find_identical(RequestId id, engine::TimePoint now) {
    Database& database = *impl_->database;
    return transact(database, [&]() -> Result<ImageId> {
        std::string fingerprint;
        {
            Rows rows = database.query("select fingerprint from jobs where id = ?", id.value);
            if (rows.next()) fingerprint = rows.text(0);
            if (auto finished = rows.finish(); !finished) return finished.error();
        }
        if (fingerprint.empty()) return ImageId();
        const auto found = find_picture(database, impl_->blobs, impl_->options, fingerprint);
        if (!found || !*found) return found;
        const auto done = database.run(
            "update jobs set state = 'ready', image_id = ?, credits = 0, finished_at = ? where id = ? and "
            "state = 'queued' and image_id is null",
            found->value, to_number(now), id.value);
        if (auto changed = expect_change(database, done, id); !changed) return changed.error();
        return found;
    });
}

Result<std::optional<engine::Duration>> Store::write_submitting(const engine::WriteSubmitting& wanted,
                                                                engine::TimePoint now) {
    using Answer = Result<std::optional<engine::Duration>>;
    Database& database = *impl_->database;
    if (free_bytes(impl_->options.folder) < kReservedBytes) return disk_full_error(impl_->options.folder);
    return transact(database, [&]() -> Answer {
        const auto wait = window_full_for(*impl_, wanted.count, wanted.window);
        if (!wait || *wait) return wait;
        auto done = database.run(
            "update jobs set state = 'submitting', submitted_at = ?, finished_at = 0, task_id = '', "
            "image_id = null, error_code = 'none', error_http_status = 0, error_provider_code = 0, "
            "error_message = '', error_detail = '', balance_before = ?, credits = ?, hinted_task = '' where "
            "id = ? and session = ? and "
            "(state = 'failed' or (task_id = '' and image_id is null))",
            to_number(now), wanted.balance_before, wanted.credits, wanted.id.value, impl_->session);
        if (!done) return done.error();
        if (database.changes() == 0) return not_submittable(wanted.id);
        if (done = reserve(*impl_, wanted); !done) return done.error();
        if (done = enter_window(*impl_, wanted.id); !done) return done.error();
        return std::optional<engine::Duration>();
    });
}

Result<void> Store::write_task(RequestId id, const std::string& task_id, bool unclaimed) {
    Database& database = *impl_->database;
    return transact(database, [&]() -> Result<void> {
        if (unclaimed) {
            // A retried job's row has forgotten its earlier task; the ledger has not. A late report of that
            // one is no news of the attempt whose answer was lost.
            Rows rows = database.query(
                "select 1 from jobs where task_id = ?1 and service_id = ?2 and id <> ?3 union all "
                "select 1 from ledger where task_id = ?1 and service_id = ?2 and (job_id <> ?3 or not exists "
                "(select 1 from jobs where id = ?3 and task_id = ?1))",
                task_id, impl_->options.service_id, id.value);
            const bool claimed = rows.next();
            if (auto finished = rows.finish(); !finished) return finished;
            if (claimed) return another_has_it(id);
        }
        auto done =
            database.run("update jobs set state = 'generating', task_id = ?, hinted_task = '' where id = ?",
                         task_id, id.value);
        if (done = expect_change(database, done, id); !done) return done;
        if (done = answered(*impl_, id); !done) return done;
        return book(*impl_, id, task_id);
    });
}

Result<void> Store::write_hint(RequestId id, const std::string& task_id) {
    const auto done = impl_->database->run("update jobs set hinted_task = ? where id = ? and session = ?",
                                           task_id, id.value, impl_->session);
    return expect_change(*impl_->database, done, id);
}

Result<void> Store::write_state(RequestId id, JobState state, bool cancelled,
                                const std::optional<Error>& error, engine::TimePoint now) {
    Database& database = *impl_->database;
    const Error stored = error.value_or(Error());
    return transact(database, [&]() -> Result<void> {
        if (auto own = owned(*impl_, id); !own) return own;
        if (auto done = answered(*impl_, id); !done) return done;
        if (auto done = give_back(*impl_, id, state); !done) return done;
        const auto done = database.run(
            "update jobs set state = ?1, cancelled = ?2, finished_at = ?3, "
            "submitted_at = case ?1 when 'queued' then 0 else submitted_at end, "
            "task_id = case ?1 when 'queued' then '' else task_id end, "
            "balance_before = case ?1 when 'queued' then null else balance_before end, error_code = ?4, "
            "error_http_status = ?5, error_provider_code = ?6, error_message = ?7, error_detail = ?8 "
            "where id = ?9 and image_id is null",
            to_string(state), cancelled, is_final(state) ? to_number(now) : 0, to_string(stored.code),
            stored.http_status, stored.provider_code, stored.message, stored.detail, id.value);
        if (!done || database.changes() > 0) return done;
        const auto kept = database.run(
            "update jobs set cancelled = max(cancelled, ?1), state = case ?1 when 0 then state else "
            "'cancelled' end where id = ?2 and image_id is not null",
            cancelled, id.value);
        return expect_change(database, kept, id);
    });
}

Result<ImageId> Store::write_result(RequestId id, const ImageRow& image, engine::TimePoint now) {
    Database& database = *impl_->database;
    return transact(database, [&]() -> Result<ImageId> {
        auto inserted = insert_image(database, image, now);
        if (!inserted) return inserted;
        auto done = database.run(
            "update jobs set state = case cancelled when 0 then 'ready' else 'cancelled' end, "
            "image_id = ?, finished_at = ?, error_code = 'none', error_http_status = 0, "
            "error_provider_code = 0, error_message = '', error_detail = '' where id = ?",
            inserted->value, to_number(now), id.value);
        if (done = expect_change(database, done, id); !done) return done.error();
        return inserted;
    });
}

}  // namespace kontexture::store
