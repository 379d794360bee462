#pragma once

#include <kontexture/library.h>
#include <kontexture/service.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace command_line {

/// What is told about one request.
struct Job {
    kontexture::RequestId id;
    int number = 0;  ///< of this run, from 1
    std::string prompt;
    std::string path;  ///< where its picture goes; empty: nowhere
    kontexture::JobState state = kontexture::JobState::Queued;
    std::string task_id;
    kontexture::ImageId image;
    std::string file;  ///< written, complete
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    kontexture::Error error;
    kontexture::WaitReason waiting = kontexture::WaitReason::None;
    std::chrono::system_clock::time_point submitted_at = {};
    std::chrono::milliseconds typical_duration = {};
    double credits = 0;  ///< estimated
    std::optional<double> balance_change;
    bool reused = false;
};

enum class Happening : std::uint8_t { Accepted, State, Ready, Failed, Unknown, Cancelled };

struct Summary {
    int ready = 0;
    int failed = 0;
    int unknown = 0;
    int cancelled = 0;
};

/// How a run is told: to a person, or as JSON lines. Standard output carries what happened, standard error
/// what a person should know besides.
class Report {
public:
    virtual ~Report() = default;
    virtual void tell(Happening happening, const Job& job) = 0;
    /// What is known about a request of unknown outcome, before something is done about it.
    virtual void known(const Job& job) = 0;
    /// Called often, with the jobs under way.
    virtual void show(std::span<const Job* const> under_way) = 0;
    /// A line for a person.
    virtual void note(std::string_view text) = 0;
    virtual void summarize(const Summary& summary) = 0;
    virtual void entries(std::span<const kontexture::LibraryEntry> entries) = 0;
    virtual void spend(const kontexture::Ledger& ledger) = 0;
    virtual void credits(double credits, std::string_view service) = 0;

    /// How many jobs there will be.
    void set_total(int total) { total_ = total; }

protected:
    int total() const { return total_; }

private:
    int total_ = 0;
};

std::unique_ptr<Report> make_report(bool jsonl);
std::unique_ptr<Report> make_text_report();
std::unique_ptr<Report> make_jsonl_report();

/// What the end state of a request means.
Happening happening_of(kontexture::JobState state);

/// As terminal_text::printable_start().
std::string one_line(std::string_view text, std::size_t max_letters);

/// "kontexture: " and the message, on standard error.
void print_error(const kontexture::Error& error);

}  // namespace command_line
