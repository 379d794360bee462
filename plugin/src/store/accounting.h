#pragma once

#include "store/store_impl.h"

// Parts of the journal's transactions: the window of paid calls and the ledger. All run inside the caller's.
namespace kontexture::store {

/// How long the window of all processes is full, or nothing when it has room.
Result<std::optional<engine::Duration>> window_full_for(const Store::Impl& store, int count,
                                                        engine::Duration window);
Result<void> enter_window(const Store::Impl& store, RequestId id);
/// The job's paid call, if one is under way, was answered (or not made).
Result<void> answered(const Store::Impl& store, RequestId id);

/// Reserves the credits, as of the wall clock that all processes share; SpendLimit when that passes the limit
/// of a day.
Result<void> reserve(const Store::Impl& store, const engine::WriteSubmitting& wanted);
Result<void> book(const Store::Impl& store, RequestId id, const std::string& task_id);
/// What was reserved is free again, or remembered as unknown, as the new state says.
Result<void> give_back(const Store::Impl& store, RequestId id, JobState state);
/// Of other jobs' paid calls since then.
Result<double> spent_by_others(const Store::Impl& store, RequestId id, engine::TimePoint since);

}  // namespace kontexture::store
