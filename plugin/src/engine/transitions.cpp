#include "engine/transitions.h"

#include <initializer_list>

namespace kontexture::engine {
namespace {

using StepSet = std::uint32_t;

constexpr StepSet set_of(std::initializer_list<Step> steps) {
    StepSet set = 0;
    for (Step step : steps) set |= StepSet{1} << static_cast<int>(step);
    return set;
}

constexpr StepSet next_steps(Step from) {
    using enum Step;
    switch (from) {
        case LoadingInput: return set_of({WritingIntent, Failed, Cancelled});
        case WritingIntent: return set_of({SubmitWait, Following, DecodeWait, Failed, Cancelled});
        case Following: return set_of({WritingIntent, Failed, Cancelled});
        case Held: return set_of({SubmitWait, WritingIntent, Cancelled});
        case SubmitWait: return set_of({Uploading, WritingSubmitting, Unknown, Cancelled});
        case Uploading: return set_of({SubmitWait, Unknown, Failed, Cancelled});
        case WritingSubmitting: return set_of({Posting, WritingBack, SubmitWait, Unknown, Failed, Cancelled});
        case Posting: return set_of({WritingTask, WritingBack, Failed, Cancelled, Unknown});
        case WritingBack: return set_of({SubmitWait, WritingIntent, Unknown, Failed, Cancelled});
        case WritingTask: return set_of({PollWait, TaskWriteWait, Unknown});
        case TaskWriteWait: return set_of({WritingTask});
        case PollWait: return set_of({Polling});
        case Polling: return set_of({PollWait, FetchWait, Failed, Cancelled});
        case FetchWait: return set_of({Fetching});
        case Fetching: return set_of({FetchWait, PollWait, Storing, Failed, Cancelled});
        case Storing: return set_of({FetchWait, PollWait, DecodeWait, Failed, Cancelled});
        case DecodeWait: return set_of({Decoding, Cancelled});
        case Decoding: return set_of({Delivering, PollWait, Failed, Cancelled});
        case Delivering: return set_of({Ready, Failed, Cancelled});
        case Failed: return set_of({LoadingInput, WritingIntent, WritingBack, PollWait, DecodeWait, Unknown});
        case Unknown: return set_of({WritingBack, CheckWait, Cancelled});
        case CheckWait: return set_of({Checking, WritingBack, Cancelled});
        case Checking: return set_of({CheckWait, WritingTask, Unknown});
        case Ready: return 0;
        case Cancelled: return 0;
    }
    return 0;
}

}  // namespace

bool allowed(Step from, Step to) {
    return (next_steps(from) & set_of({to})) != 0;
}

JobState state_of(Step step) {
    using enum Step;
    switch (step) {
        case LoadingInput:
        case WritingIntent:
        case Following:
        case Held:
        case SubmitWait:
        case WritingSubmitting:
        case WritingBack: return JobState::Queued;
        case Uploading: return JobState::Preparing;
        case Posting:
        // "Generating" promises that the task is stored.
        case WritingTask:
        case TaskWriteWait: return JobState::Submitting;
        case PollWait:
        case Polling: return JobState::Generating;
        case FetchWait:
        case Fetching:
        case Storing: return JobState::Downloading;
        case DecodeWait:
        case Decoding: return JobState::Decoding;
        case Delivering: return JobState::Delivering;
        case Ready: return JobState::Ready;
        case Failed: return JobState::Failed;
        case Cancelled: return JobState::Cancelled;
        case Unknown:
        case CheckWait:
        case Checking: return JobState::OutcomeUnknown;
    }
    return JobState::Failed;
}

bool has_task(Step step) {
    using enum Step;
    switch (step) {
        case WritingTask:
        case TaskWriteWait:
        case PollWait:
        case Polling:
        case FetchWait:
        case Fetching:
        case Storing: return true;
        case LoadingInput:
        case WritingIntent:
        case Following:
        case Held:
        case SubmitWait:
        case Uploading:
        case WritingSubmitting:
        case Posting:
        case WritingBack:
        case DecodeWait:
        case Decoding:
        case Delivering:
        case Ready:
        case Failed:
        case Cancelled:
        case Unknown:
        case CheckWait:
        case Checking: return false;
    }
    return false;
}

}  // namespace kontexture::engine
