#include "store/accounting.h"

#include "store/job_rows.h"

#include <cstdio>

namespace kontexture::store {

namespace {

/// Calls under way fill the window, and nobody knows for how long.
constexpr engine::Duration kLookAgain = std::chrono::seconds(1);

Result<double> sum_since(const Store::Impl& store, engine::TimePoint since) {
    // Calls of the "future" count, too: somebody has set the clock. Damaged numbers neither hide others nor
    // lower the sum.
    Rows rows = store.database->query(
        "select total(min(max(credits, 0), 1e6)) from ledger where service_id = ? and at > ?",
        store.options.service_id, to_number(since));
    const double sum = rows.next() ? rows.real(0) : 0;
    if (auto finished = rows.finish(); !finished) return finished.error();
    return sum;
}

Error over_limit(double credits, double limit, double spent) {
    char text[320];
    std::snprintf(
        text, sizeof text,
        "This needs %g credits, but of the limit of %g credits a day %g were spent in the last 24 hours by "
        "the programs that share this data folder. Nothing was sent. Raise the daily limit to go on.",
        credits, limit, spent);
    return Error{ErrorCode::SpendLimit, 0, 0, text, {}};
}

/// A call whose process has ended counts from when that is noticed: its last bytes may just have arrived.
Result<void> close_calls_of_the_dead(const Store::Impl& store, std::int64_t now) {
    std::vector<std::int64_t> dead;
    {
        Rows rows = store.database->query(
            "select distinct session from submits where service_id = ? and answered_at is null and "
            "session <> ?",
            store.options.service_id, store.session);
        while (rows.next()) {
            const std::int64_t session = rows.integer(0);
            if (!FileLock::is_held(session_lock_path(store.options.folder, session))) dead.push_back(session);
        }
        if (auto finished = rows.finish(); !finished) return finished;
    }
    for (const std::int64_t session : dead) {
        auto done = store.database->run(
            "update submits set answered_at = ? where session = ? and answered_at is null", now, session);
        if (!done) return done;
    }
    return {};
}

}  // namespace

Result<std::optional<engine::Duration>> window_full_for(const Store::Impl& store, int count,
                                                        engine::Duration window) {
    using Wait = std::optional<engine::Duration>;
    Database& database = *store.database;
    const std::string& service_id = store.options.service_id;
    const std::int64_t now = store.options.steady_clock().count();
    if (auto done = close_calls_of_the_dead(store, now); !done) return done.error();
    // The machine was started anew, so rows of the "future" count as of now: they block for one window at
    // most.
    auto done = database.run("update submits set answered_at = ? where service_id = ? and answered_at > ?",
                             now, service_id, now);
    if (done) {
        done = database.run("delete from submits where service_id = ? and answered_at <= ?", service_id,
                            now - window.count());
    }
    if (!done) return done.error();
    Rows rows = database.query(
        "select answered_at from submits where service_id = ? "
        "order by answered_at is null desc, answered_at desc limit 1 offset ?",
        service_id, std::max(count, 1) - 1);
    Wait wait;
    if (rows.next()) wait = rows.is_null(0) ? kLookAgain : engine::Duration(rows.integer(0) - now) + window;
    if (auto finished = rows.finish(); !finished) return finished.error();
    return wait;
}

Result<void> enter_window(const Store::Impl& store, RequestId id) {
    return store.database->run("insert into submits (service_id, session, job_id) values (?, ?, ?)",
                               store.options.service_id, store.session, id.value);
}

Result<void> answered(const Store::Impl& store, RequestId id) {
    return store.database->run("update submits set answered_at = ? where job_id = ? and answered_at is null",
                               store.options.steady_clock().count(), id.value);
}

Result<void> reserve(const Store::Impl& store, const engine::WriteSubmitting& wanted) {
    const engine::TimePoint now = store.options.wall_clock();
    if (wanted.limit_per_day) {
        const auto spent = sum_since(store, now - engine::kDay);
        if (!spent) return spent.error();
        if (!(*spent + wanted.credits <= *wanted.limit_per_day + 1e-9))
            return over_limit(wanted.credits, *wanted.limit_per_day, *spent);
    }
    return store.database->run(
        "insert into ledger (service_id, job_id, kind, task_id, credits, at) "
        "select service_id, id, 'reserved', '', credits, ? from jobs where id = ?",
        to_number(now), wanted.id.value);
}

Result<void> book(const Store::Impl& store, RequestId id, const std::string& task_id) {
    Database& database = *store.database;
    // The newest call: an earlier one of the same job may have stayed unknown.
    auto done = database.run(
        "update ledger set kind = 'spent', task_id = ?1 where id = "
        "(select max(id) from ledger where job_id = ?2 and kind <> 'spent') and not exists (select 1 from "
        "ledger where job_id = ?2 and task_id = ?1)",
        task_id, id.value);
    if (!done) return done;
    return database.run(
        "insert into ledger (service_id, job_id, kind, task_id, credits, at) "
        "select service_id, id, 'spent', ?1, credits, submitted_at from jobs where id = ?2 and "
        "not exists (select 1 from ledger where job_id = ?2 and task_id = ?1)",
        task_id, id.value);
}

Result<void> give_back(const Store::Impl& store, RequestId id, JobState state) {
    if (state == JobState::OutcomeUnknown)
        return store.database->run(
            "update ledger set kind = 'unknown' where job_id = ? and kind = 'reserved'", id.value);
    return store.database->run("delete from ledger where job_id = ? and kind = 'reserved'", id.value);
}

Result<double> spent_by_others(const Store::Impl& store, RequestId id, engine::TimePoint since) {
    Rows rows = store.database->query(
        "select total(min(max(credits, 0), 1e6)) from ledger "
        "where service_id = ? and job_id <> ? and kind = 'spent' and at >= ?",
        store.options.service_id, id.value, to_number(since));
    const double sum = rows.next() ? rows.real(0) : 0;
    if (auto finished = rows.finish(); !finished) return finished.error();
    return sum;
}

std::vector<engine::PastSpend> Store::spends(engine::TimePoint since) {
    std::vector<engine::PastSpend> spends;
    Rows rows = impl_->database->query("select at, credits from ledger where service_id = ? and at > ?",
                                       impl_->options.service_id, to_number(since));
    while (rows.next())
        spends.push_back({to_time(rows.integer(0)), std::clamp(rows.real(1), 0.0, kMostCredits)});
    return spends;
}

Ledger Store::ledger(int most) {
    Ledger ledger;
    const auto total = sum_since(*impl_, engine::TimePoint());
    const auto last_day = sum_since(*impl_, impl_->options.wall_clock() - engine::kDay);
    if (!total || !last_day) {
        ledger.error = total ? last_day.error() : total.error();
        return ledger;
    }
    ledger.total = *total;
    ledger.last_day = *last_day;
    Rows rows = impl_->database->query(
        "select ledger.job_id, ledger.kind, ledger.credits, ledger.at, ledger.task_id, jobs.model, "
        "jobs.prompt "
        "from ledger join jobs on jobs.id = ledger.job_id where ledger.service_id = ? order by ledger.id "
        "desc limit ?",
        impl_->options.service_id, most);
    while (rows.next()) {
        LedgerEntry entry;
        entry.request.value = static_cast<std::uint64_t>(rows.integer(0));
        entry.kind = LedgerEntry::Kind::Spent;
        for (const auto kind : {LedgerEntry::Kind::Reserved, LedgerEntry::Kind::Unknown})
            if (rows.text(1) == to_string(kind)) entry.kind = kind;
        entry.credits = std::clamp(rows.real(2), 0.0, kMostCredits);
        entry.at = to_time(rows.integer(3));
        entry.task_id = rows.text(4);
        entry.model = rows.text(5);
        entry.prompt = rows.text(6);
        ledger.entries.push_back(std::move(entry));
    }
    if (auto finished = rows.finish(); !finished) ledger.error = finished.error();
    return ledger;
}

}  // namespace kontexture::store
