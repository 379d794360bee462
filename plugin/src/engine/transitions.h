#pragma once

#include <kontexture/types.h>

#include <cstdint>

namespace kontexture::engine {

/// Where a job stands, finer than JobState: "-ing" steps have an action under way, "-Wait" steps a due time
/// or a place in a queue.
enum class Step : std::uint8_t {
    LoadingInput,
    WritingIntent,
    Following,  ///< waits for the identical request that is under way
    Held,       ///< from an earlier run; a person decides
    SubmitWait,
    Uploading,
    WritingSubmitting,
    Posting,
    WritingBack,  ///< the row goes back to Queued
    WritingTask,
    TaskWriteWait,
    PollWait,
    Polling,
    FetchWait,
    Fetching,
    Storing,
    DecodeWait,
    Decoding,
    Delivering,
    Ready,
    Failed,
    Cancelled,
    Unknown,
    CheckWait,  ///< unknown, and the service has named a task: its record is to be read
    Checking,
};
inline constexpr int kStepCount = static_cast<int>(Step::Checking) + 1;

/// The whole transition table: whether a job may go from one step to another.
bool allowed(Step from, Step to);

/// What a person is told.
JobState state_of(Step step);

/// A paid task exists: from here on the job is never abandoned.
bool has_task(Step step);

}  // namespace kontexture::engine
