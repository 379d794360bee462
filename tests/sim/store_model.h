#pragma once

#include "engine/messages.h"

#include <deque>
#include <map>
#include <set>

namespace kontexture::sim {

using engine::Duration;
using engine::TimePoint;

/// What the store does with its rows, told in memory: the same rules as plugin/src/store, statement by
/// statement. It outlives all processes. `steady` is the machine's clock that nobody sets; other times are
/// what the caller's clock says.
class StoreModel {
public:
    struct Row {
        RequestId id;
        std::int64_t session = 0;
        JobState state = JobState::Queued;
        double credits = 0;
        bool needs_upload = false;
        bool reuse_identical = false;
        int priority = 0;
        std::string fingerprint;
        std::string task_id;
        std::string hinted_task;
        TimePoint created_at = {};
        TimePoint submitted_at = {};
        bool cancelled = false;
        ImageId image;
        std::optional<double> balance_before;
    };
    struct Permission {
        std::optional<Duration> wait;
        std::optional<Error> error;
    };

    /// A process opens the folder. Its lock is held until end_session().
    std::int64_t begin_session();
    void end_session(std::int64_t session) { living_.erase(session); }
    bool lives(std::int64_t session) const { return living_.contains(session); }

    ImageId write_intent(Row row, bool find_identical);
    ImageId find_identical(RequestId id);
    Permission write_submitting(std::int64_t session, const engine::WriteSubmitting& wanted, TimePoint now,
                                TimePoint wall, Duration steady);
    void write_hint(const engine::WriteHint& wanted) {
        rows_.at(wanted.id.value).hinted_task = wanted.task_id;
    }
    std::optional<Error> write_task(RequestId id, const std::string& task_id, bool unclaimed,
                                    Duration steady);
    void write_state(const engine::WriteState& wanted, Duration steady);
    void write_result(RequestId id, ImageId image);
    std::vector<engine::RestoredJob> take_over(std::int64_t session, TimePoint wall);
    std::vector<engine::PastSpend> spends(TimePoint since) const;
    Duration take_poll_turn(Duration gap, Duration steady);

    Row* find(RequestId id);
    const std::map<std::uint64_t, Row>& rows() const { return rows_; }
    /// Whether its picture may still come, so that a living process must own it.
    static bool unfinished(const Row& row);

private:
    struct Call {
        std::int64_t session;
        RequestId job;
        std::optional<Duration> answered_at;
    };
    struct Entry {
        enum class Kind : std::uint8_t { Reserved, Spent, Unknown } kind;
        RequestId job;
        std::string task_id;
        double credits;
        TimePoint at;
    };
    std::optional<Duration> window_full_for(int count, Duration window, Duration steady);
    void answered(RequestId id, Duration steady);
    std::optional<Error> reserve(const engine::WriteSubmitting& wanted, TimePoint wall);
    void book(const Row& row, const std::string& task_id);
    engine::RestoredJob restored(const Row& row, TimePoint wall) const;

    std::map<std::uint64_t, Row> rows_;
    std::map<std::string, ImageId> newest_picture_;  ///< by fingerprint
    std::deque<Call> calls_;
    std::vector<Entry> ledger_;
    std::int64_t last_session_ = 0;
    std::set<std::int64_t> living_;
    Duration next_poll_ = {};
};

}  // namespace kontexture::sim
