#include "store/accounting.h"
#include "store/job_rows.h"
#include "store/store_impl.h"

// What ended processes left unfinished becomes this process's.
namespace kontexture::store {

namespace {

// A job whose picture may still come. A cancelled one counts while a task of it exists or may exist.
constexpr char kUnfinished[] =
    "image_id is null and (state in ('queued', 'preparing', 'submitting', 'generating', 'downloading', "
    "'decoding', 'delivering', 'outcome_unknown') "
    "or (state = 'cancelled' and cancelled = 1 and (task_id <> '' or submitted_at <> 0)))";

Result<std::vector<std::int64_t>> owners_of_unfinished(Database& database, const StoreOptions& options,
                                                       std::int64_t own) {
    std::vector<std::int64_t> sessions;
    Rows rows = database.query(std::string("select distinct session from jobs where service_id = ? and "
                                           "session <> ? and ") +
                                   kUnfinished,
                               options.service_id, own);
    while (rows.next()) sessions.push_back(rows.integer(0));
    if (auto finished = rows.finish(); !finished) return finished.error();
    return sessions;
}

/// The state from which the engine goes on.
JobState resumed_state(const JobRow& row) {
    if (!row.task_id.empty()) return JobState::Generating;
    if (row.state == JobState::Submitting || row.state == JobState::OutcomeUnknown) return row.state;
    return row.submitted_at == engine::TimePoint() ? JobState::Queued : JobState::Submitting;
}

Result<void> prepare(const Store::Impl& store, JobRow& job, engine::TimePoint now) {
    job.state = resumed_state(job);
    // The clock was set back, or the row is damaged: polls must not wait for that day.
    job.submitted_at = std::min(job.submitted_at, now);
    if (!job.balance_before) return {};
    const auto others = spent_by_others(store, job.id, job.submitted_at);
    if (!others) return others.error();
    job.spent_since = *others;
    return {};
}

Result<std::vector<JobRow>> take_over(Store::Impl& store) {
    std::vector<JobRow> jobs;
    Database& database = *store.database;
    const auto owners = owners_of_unfinished(database, store.options, store.session);
    if (!owners) return owners.error();
    for (const std::int64_t owner : *owners) {
        if (FileLock::is_held(session_lock_path(store.options.folder, owner))) continue;
        Rows rows = database.query(std::string("update jobs set session = ?, taken_over = 1 "
                                               "where service_id = ? and session = ? and ") +
                                       kUnfinished + " returning " + kJobColumns,
                                   store.session, store.options.service_id, owner);
        while (rows.next()) jobs.push_back(read_job(rows));
        if (auto finished = rows.finish(); !finished) return finished.error();
    }
    for (JobRow& job : jobs)
        if (auto prepared = prepare(store, job, wall_clock_now()); !prepared) return prepared.error();
    std::sort(jobs.begin(), jobs.end(), [](const JobRow& a, const JobRow& b) {
        return std::pair(a.created_at, a.id) < std::pair(b.created_at, b.id);
    });
    return jobs;
}

}  // namespace

Result<std::vector<JobRow>> Store::take_over_jobs() {
    std::vector<JobRow> none;
    if (!impl_->options.take_over) return none;
    // A look at the rows, because a lock file may be gone while its rows are not. It writes nothing.
    const auto owners = owners_of_unfinished(*impl_->database, impl_->options, impl_->session);
    if (!owners) return owners.error();
    if (owners->empty()) return none;
    // Nobody may be looked at while it is being born. Who opens the folder now takes over what there is, or
    // leaves it to the next look.
    const auto opening =
        FileLock::acquire(impl_->options.folder + "/opening.lock", std::chrono::milliseconds(0));
    if (!opening) return none;
    const auto is_held = [this](std::int64_t owner) {
        return FileLock::is_held(session_lock_path(impl_->options.folder, owner));
    };
    if (std::all_of(owners->begin(), owners->end(), is_held)) return none;
    return transact(*impl_->database, [&] { return take_over(*impl_); });
}

}  // namespace kontexture::store
