#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kontexture::sim {

/// What can go wrong, or come in a way that nobody would wish for.
enum class Fault : std::uint8_t {
    NoConnection,
    ReplyLost,  ///< the POST arrived, its answer does not
    ReplyLate,  ///< the answer comes after the deadline
    PostLost,   ///< the POST left, but never arrived
    Refused,    ///< a parsed error of any kind
    PollTrouble,
    RecordLate,
    UploadTrouble,
    FetchTrouble,
    UrlExpired,
    Damaged,
    TaskFails,
    DiskFull,       ///< one write
    DiskStaysFull,  ///< all writes for a while
    DiskSlow,
    HostFails,
    BalanceUnread,
    CallbackEarly,  ///< before the POST's answer
    CallbackLate,
    CallbackTwice,
    CallbackLost,
    CallbackForged,  ///< names a task that never was
    CallbackStolen,  ///< names the task of another job
    ClockJump,
    Crash,    ///< after any one event
    Closing,  ///< a process ends as it should
    Meddling  ///< a person's cancel, retry, release, … after any one event
};
inline constexpr std::size_t kFaultCount = static_cast<std::size_t>(Fault::Meddling) + 1;

std::string_view name_of(Fault fault);

/// What happened last before a crash. A "…Row" is on the disk, but the engine has not been told.
enum class Point : std::uint8_t {
    Start,
    Command,
    Tick,
    InputAnswer,
    IntentRow,
    IntentAnswer,
    UploadAnswer,
    SubmittingRow,
    SubmittingAnswer,
    PostLeft,
    PostArrived,
    PostAnswer,
    TaskRow,
    TaskAnswer,
    PollLeft,
    PollAnswer,
    FetchAnswer,
    ResultRow,
    ResultAnswer,
    DecodeAnswer,
    DeliverAnswer,
    StateRow,
    StateAnswer,
    TakeOverRows,
    TakeOverAnswer,
    BalanceAnswer,
    Callback,
    Other
};
inline constexpr std::size_t kPointCount = static_cast<std::size_t>(Point::Other) + 1;

std::string_view name_of(Point point);
/// Brings all crash points to about the same number of crashes.
double weight_of(Point point);

/// What worlds did, for the report.
struct Tally {
    std::uint64_t jobs = 0, events = 0, posts = 0, accepted = 0, polls = 0, callbacks = 0;
    std::uint64_t processes = 0, closings = 0, taken_over = 0, rescued = 0;
    std::uint64_t ready = 0, failed = 0, cancelled = 0, unknown = 0, pictures = 0;
    std::array<std::uint64_t, kFaultCount> faults{};
    std::array<std::uint64_t, kPointCount> crashes{};

    void add(const Tally& other);
    void print() const;
};

}  // namespace kontexture::sim
