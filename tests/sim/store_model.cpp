#include "store_model.h"

#include <algorithm>

// See plugin/src/store: store.cpp, accounting.cpp, take_over.cpp, poll_gate.cpp.
namespace kontexture::sim {

using namespace std::chrono_literals;

namespace {

Error error_of(ErrorCode code) {
    return Error{code, 0, 0, to_string(code), {}};
}

}  // namespace

std::int64_t StoreModel::begin_session() {
    const std::int64_t session = ++last_session_;
    living_.insert(session);
    return session;
}

StoreModel::Row* StoreModel::find(RequestId id) {
    const auto found = rows_.find(id.value);
    return found == rows_.end() ? nullptr : &found->second;
}

ImageId StoreModel::write_intent(Row row, bool find_identical) {
    const auto found = newest_picture_.find(row.fingerprint);
    if (find_identical && found != newest_picture_.end()) {
        row.state = JobState::Ready;
        row.image = found->second;
        row.credits = 0;
    }
    const ImageId identical = row.image;
    rows_[row.id.value] = std::move(row);
    return identical;
}

ImageId StoreModel::find_identical(RequestId id) {
    Row& row = rows_.at(id.value);
    const auto found = newest_picture_.find(row.fingerprint);
    if (found == newest_picture_.end()) return {};
    row.state = JobState::Ready;
    row.image = found->second;
    row.credits = 0;
    return row.image;
}

std::optional<Duration> StoreModel::window_full_for(int count, Duration window, Duration steady) {
    for (Call& call : calls_)
        if (!call.answered_at && !living_.contains(call.session)) call.answered_at = steady;
    std::erase_if(calls_,
                  [&](const Call& call) { return call.answered_at && *call.answered_at <= steady - window; });
    if (calls_.size() < static_cast<std::size_t>(count)) return std::nullopt;
    std::vector<Duration> answers;
    for (const Call& call : calls_)
        if (call.answered_at) answers.push_back(*call.answered_at);
    const std::size_t open = calls_.size() - answers.size();
    if (open >= static_cast<std::size_t>(count)) return 1s;
    std::sort(answers.begin(), answers.end(), std::greater<>());
    return answers[static_cast<std::size_t>(count) - 1 - open] - steady + window;
}

std::optional<Error> StoreModel::reserve(const engine::WriteSubmitting& wanted, TimePoint wall) {
    double spent = 0;
    for (const Entry& entry : ledger_)
        if (entry.at > wall - 24h) spent += entry.credits;
    if (wanted.limit_per_day && spent + wanted.credits > *wanted.limit_per_day + 1e-9)
        return error_of(ErrorCode::SpendLimit);
    ledger_.push_back({Entry::Kind::Reserved, wanted.id, {}, wanted.credits, wall});
    return std::nullopt;
}

StoreModel::Permission StoreModel::write_submitting(std::int64_t session,
                                                    const engine::WriteSubmitting& wanted, TimePoint now,
                                                    TimePoint wall, Duration steady) {
    if (const auto wait = window_full_for(wanted.count, wanted.window, steady)) return {wait, std::nullopt};
    Row& row = rows_.at(wanted.id.value);
    const bool submittable = row.state == JobState::Failed || (row.task_id.empty() && !row.image);
    if (row.session != session || !submittable) return {std::nullopt, error_of(ErrorCode::Conflict)};
    if (auto refused = reserve(wanted, wall)) return {std::nullopt, std::move(refused)};
    row.state = JobState::Submitting;
    row.submitted_at = now;
    row.task_id.clear();
    row.image = {};
    row.balance_before = wanted.balance_before;
    row.credits = wanted.credits;
    row.hinted_task.clear();
    calls_.push_back({session, wanted.id, std::nullopt});
    return {};
}

void StoreModel::answered(RequestId id, Duration steady) {
    for (Call& call : calls_)
        if (call.job == id && !call.answered_at) call.answered_at = steady;
}

void StoreModel::book(const Row& row, const std::string& task_id) {
    Entry* newest = nullptr;
    for (Entry& entry : ledger_) {
        if (entry.job != row.id) continue;
        if (entry.task_id == task_id) return;
        if (entry.kind != Entry::Kind::Spent) newest = &entry;
    }
    if (newest) {
        newest->kind = Entry::Kind::Spent;
        newest->task_id = task_id;
        return;
    }
    ledger_.push_back({Entry::Kind::Spent, row.id, task_id, row.credits, row.submitted_at});
}

std::optional<Error> StoreModel::write_task(RequestId id, const std::string& task_id, bool unclaimed,
                                            Duration steady) {
    if (unclaimed)
        for (const Entry& entry : ledger_)
            if (entry.task_id == task_id && (entry.job != id || rows_.at(id.value).task_id != task_id))
                return error_of(ErrorCode::Conflict);
    Row& row = rows_.at(id.value);
    row.state = JobState::Generating;
    row.task_id = task_id;
    row.hinted_task.clear();
    answered(id, steady);
    book(row, task_id);
    return std::nullopt;
}

void StoreModel::write_state(const engine::WriteState& wanted, Duration steady) {
    answered(wanted.id, steady);
    if (wanted.state == JobState::OutcomeUnknown) {
        for (Entry& entry : ledger_)
            if (entry.job == wanted.id && entry.kind == Entry::Kind::Reserved)
                entry.kind = Entry::Kind::Unknown;
    } else {
        std::erase_if(ledger_, [&](const Entry& entry) {
            return entry.job == wanted.id && entry.kind == Entry::Kind::Reserved;
        });
    }
    Row& row = rows_.at(wanted.id.value);
    if (row.image) {
        row.cancelled = row.cancelled || wanted.cancelled;
        if (wanted.cancelled) row.state = JobState::Cancelled;
        return;
    }
    row.state = wanted.state;
    row.cancelled = wanted.cancelled;
    if (wanted.state != JobState::Queued) return;
    row.submitted_at = {};
    row.task_id.clear();
    row.balance_before.reset();
}

void StoreModel::write_result(RequestId id, ImageId image) {
    Row& row = rows_.at(id.value);
    row.image = image;
    row.state = row.cancelled ? JobState::Cancelled : JobState::Ready;
    newest_picture_[row.fingerprint] = image;
}

bool StoreModel::unfinished(const Row& row) {
    if (row.image) return false;
    if (row.state == JobState::Cancelled)
        return row.cancelled && (!row.task_id.empty() || row.submitted_at != TimePoint{});
    return row.state != JobState::Ready && row.state != JobState::Failed;
}

engine::RestoredJob StoreModel::restored(const Row& row, TimePoint wall) const {
    engine::RestoredJob job;
    job.id = row.id;
    job.model = "pro";
    job.credits = row.credits;
    job.needs_upload = row.needs_upload;
    job.reuse_identical = row.reuse_identical;
    job.priority = row.priority;
    job.task_id = row.task_id;
    job.submitted_at = std::min(row.submitted_at, wall);
    job.cancelled = row.cancelled;
    job.fingerprint = row.fingerprint;
    job.hinted_task = row.hinted_task;
    job.balance_before = row.balance_before;
    if (!row.task_id.empty()) {
        job.state = JobState::Generating;
    } else if (row.state == JobState::Submitting || row.state == JobState::OutcomeUnknown) {
        job.state = row.state;
    } else {
        job.state = row.submitted_at == TimePoint{} ? JobState::Queued : JobState::Submitting;
    }
    if (row.balance_before)
        for (const Entry& entry : ledger_)
            if (entry.job != row.id && entry.kind == Entry::Kind::Spent && entry.at >= job.submitted_at)
                job.spent_since += entry.credits;
    return job;
}

std::vector<engine::RestoredJob> StoreModel::take_over(std::int64_t session, TimePoint wall) {
    std::vector<engine::RestoredJob> jobs;
    std::vector<const Row*> taken;
    for (auto& [id, row] : rows_) {
        if (row.session == session || living_.contains(row.session) || !unfinished(row)) continue;
        row.session = session;
        taken.push_back(&row);
    }
    std::sort(taken.begin(), taken.end(), [](const Row* a, const Row* b) {
        return std::pair(a->created_at, a->id) < std::pair(b->created_at, b->id);
    });
    jobs.reserve(taken.size());
    for (const Row* row : taken) jobs.push_back(restored(*row, wall));
    return jobs;
}

std::vector<engine::PastSpend> StoreModel::spends(TimePoint since) const {
    std::vector<engine::PastSpend> spends;
    for (const Entry& entry : ledger_)
        if (entry.at > since) spends.push_back({entry.at, entry.credits});
    return spends;
}

Duration StoreModel::take_poll_turn(Duration gap, Duration steady) {
    if (next_poll_ > steady + 1min) next_poll_ = {};
    const Duration turn = std::max(steady, next_poll_);
    next_poll_ = turn + gap;
    return turn - steady;
}

}  // namespace kontexture::sim
