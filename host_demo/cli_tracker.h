#pragma once

#include <map>
#include <optional>

#include "cli_outbox.h"
#include "cli_report.h"
#include "cli_requests.h"
#include "cli_session.h"

namespace command_line {

/// Follows requests until their pictures are in their files, and tells about it. Of several requests for one
/// file the first that is ready gets it; the others are numbered.
class Tracker {
public:
    Tracker(Session& session, Outbox& outbox, Report& report)
        : session_(session), outbox_(outbox), report_(report) {}

    /// Sends one. What fails is told like any other failure.
    void submit(const Planned& planned);
    /// Follows a request of an earlier run. `decided`: a person has just said what becomes of it, so the
    /// state it is in does not count.
    void follow(const kontexture::RequestInfo& info, std::string path, bool decided);
    /// Follows a request of unknown outcome until the service reports its task, or the time is over.
    void await(const kontexture::RequestInfo& info, std::string path);
    /// Tells about a request that has ended already, and writes its picture.
    void finish(const kontexture::LibraryEntry& entry, std::string path);

    /// Goes on until everything has ended, the time is over or somebody interrupts, and tells the summary.
    /// Returns what the process should end with.
    ExitCode run(std::optional<int> timeout_seconds);
    /// Handles what has happened so far.
    void step();

private:
    enum class Phase : std::uint8_t { UnderWay, Saving, Held, Ended };
    struct Tracked {
        Job job;
        Phase phase = Phase::UnderWay;
        bool told = false;      ///< at least once
        bool accepted = false;  ///< told that the service has it
        bool restored = false;
        bool awaited = false;  ///< its outcome is unknown, and that is no end
        std::string occupied;  ///< the wished path, where a file was that nobody in this run has named
    };

    Tracked& add(kontexture::RequestId id, std::string prompt, std::string path);
    void handle(const kontexture::Event& event);
    void tell_state(Tracked& tracked);
    void learn(Tracked& tracked, const kontexture::RequestInfo& info);
    void move(Tracked& tracked, const kontexture::RequestInfo& info, kontexture::JobState state);
    void save_or_end(Tracked& tracked);
    std::string claim(Tracked& tracked) const;
    void compare(Tracked& tracked);
    void on_saved(const kontexture::Event& event);
    void end(Tracked& tracked, Happening happening);
    bool is_busy() const;
    void wind_down();
    bool must_wait(const Tracked& tracked) const;
    void tell_what_is_left(std::optional<int> timeout_seconds) const;

    Session& session_;
    Outbox& outbox_;
    Report& report_;
    std::map<std::uint64_t, Tracked> jobs_;
    std::map<std::string, std::uint64_t> saved_by_;  ///< every path this run writes or has written, request
    int number_ = 0;
    Summary summary_;
};

}  // namespace command_line
