#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "cli_report.h"
#include "terminal_text.h"

// For a person. On a terminal the jobs under way have a line each at the bottom, which is drawn again and
// again; what has ended scrolls up. Elsewhere each change is a line.
namespace command_line {
namespace {

using namespace std::chrono_literals;
using kontexture::JobState;
using kontexture::WaitReason;

constexpr auto kRedrawInterval = 100ms;
constexpr std::size_t kMaxPromptLetters = 60;

std::string seconds(std::chrono::milliseconds time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time + 500ms).count()) + " s";
}

std::string number(double credits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", credits);
    return text;
}

std::string date(std::chrono::system_clock::time_point time) {
    const std::time_t whole = std::chrono::system_clock::to_time_t(time);
    std::tm parts = {};
    char text[32] = "";
    if (::localtime_r(&whole, &parts)) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
    return text;
}

std::string ago(std::chrono::system_clock::time_point time) {
    const auto passed = std::chrono::system_clock::now() - time;
    if (passed < 2min) return seconds(std::chrono::duration_cast<std::chrono::milliseconds>(passed)) + " ago";
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(passed).count();
    return minutes < 120 ? std::to_string(minutes) + " min ago" : std::to_string(minutes / 60) + " h ago";
}

std::string state_text(const Job& job) {
    switch (job.waiting) {
        case WaitReason::None: break;
        case WaitReason::Turn: return "waits for its turn";
        case WaitReason::RateLimit: return "waits, the service takes only so many at a time";
        case WaitReason::Resume: return "was never sent";
        case WaitReason::Retry: return "tries again: " + job.error.message;
        case WaitReason::Identical: return "the same request is under way; its picture will be used";
        case WaitReason::Check: return "the service has reported; its record is being read";
    }
    return kontexture::to_string(job.state);
}

std::string elapsed_text(const Job& job) {
    if (job.state != JobState::Generating || job.submitted_at.time_since_epoch().count() == 0) return {};
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now() - job.submitted_at);
    std::string text = ", " + seconds(std::max(elapsed, 0ms));
    if (job.typical_duration > 0ms) text += " of about " + seconds(job.typical_duration);
    return text;
}

class TextReport : public Report {
public:
    void tell(Happening happening, const Job& job) override {
        switch (happening) {
            case Happening::Accepted:
            case Happening::State:
                if (!is_terminal_) print(head(job) + ": " + state_text(job));
                return;
            case Happening::Ready: return print(head(job) + ": ready" + result_text(job));
            case Happening::Failed: return print(head(job) + ": failed. " + job.error.message);
            case Happening::Cancelled: return print(head(job) + ": cancelled");
            case Happening::Unknown:
                return print(head(job) + ": outcome unknown. " + job.error.message +
                             " (Decide: kontexture resolve " + std::to_string(job.id.value) +
                             " wait, send-again or discard.)");
        }
    }

    void known(const Job& job) override {
        const bool has_time = job.submitted_at.time_since_epoch().count() != 0;
        const std::string when =
            has_time ? " " + date(job.submitted_at) + ", " + ago(job.submitted_at) + "," : std::string();
        print(head(job) + ": sent" + when + " for about " + number(job.credits) + " credits. " +
              job.error.message);
    }

    void show(std::span<const Job* const> under_way) override {
        const auto now = std::chrono::steady_clock::now();
        if (!is_terminal_ || now < next_redraw_) return;
        next_redraw_ = now + kRedrawInterval;
        clear();
        const auto [columns, rows] = window();
        const std::size_t room = std::max<std::size_t>(rows, 4) - 2;
        for (const Job* job : under_way.first(std::min(room, under_way.size())))
            add_live(position(*job) + state_text(*job) + elapsed_text(*job) + ": " + job->prompt, columns);
        if (under_way.size() > room)
            add_live("... and " + std::to_string(under_way.size() - room) + " more", columns);
        std::fflush(stdout);
    }

    void note(std::string_view text) override {
        clear();
        std::fflush(stdout);
        std::fprintf(stderr, "%s\n", terminal_text::printable(text).c_str());
    }

    void summarize(const Summary& summary) override {
        std::string text;
        const auto add = [&text](int number, const char* what) {
            if (number > 0) text += (text.empty() ? "" : ", ") + std::to_string(number) + what;
        };
        add(summary.ready, " ready");
        add(summary.failed, " failed");
        add(summary.unknown, " of unknown outcome");
        add(summary.cancelled, " cancelled");
        clear();
        if (total() > 1 && !text.empty()) print(text);
    }

    void entries(std::span<const kontexture::LibraryEntry> entries) override {
        for (const kontexture::LibraryEntry& entry : entries) {
            const std::string size =
                entry.width == 0 ? "" : std::to_string(entry.width) + 'x' + std::to_string(entry.height);
            std::printf("%-12llu %-15s  %s  %9s  %s\n", static_cast<unsigned long long>(entry.id.value),
                        kontexture::to_string(entry.state), date(entry.created_at).c_str(), size.c_str(),
                        one_line(entry.request.prompt, kMaxPromptLetters).c_str());
            std::string more = one_line(entry.error.message, 400);
            if (entry.state == JobState::OutcomeUnknown)
                more = "about " + number(entry.estimated_credits) + " credits. " + more +
                       " (kontexture resolve " + std::to_string(entry.id.value) + ")";
            if (!more.empty()) std::printf("    %s\n", more.c_str());
        }
        std::fflush(stdout);
    }

    void spend(const kontexture::Ledger& ledger) override {
        for (const kontexture::LedgerEntry& entry : ledger.entries)
            std::printf("%s  %8s credits  %-8s  %-18s  %s\n", date(entry.at).c_str(),
                        number(entry.credits).c_str(), kontexture::to_string(entry.kind),
                        one_line(entry.model, kMaxPromptLetters).c_str(),
                        one_line(entry.prompt, kMaxPromptLetters).c_str());
        std::printf("%s credits in all, %s in the last 24 hours (estimated)\n", number(ledger.total).c_str(),
                    number(ledger.last_day).c_str());
        std::fflush(stdout);
    }

    void credits(double credits, std::string_view service) override {
        std::printf("%.10g credits at %s\n", credits, terminal_text::printable(service).c_str());
    }

private:
    struct Window {
        std::size_t columns = 80;
        std::size_t rows = 24;
    };

    static Window window() {
        winsize size = {};
        if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
        return {size.ws_col, size.ws_row};
    }

    std::string position(const Job& job) const {
        return '[' + std::to_string(job.number) + '/' + std::to_string(total()) + "] ";
    }
    std::string head(const Job& job) const { return position(job) + one_line(job.prompt, kMaxPromptLetters); }

    static std::string result_text(const Job& job) {
        std::string text;
        if (job.reused) text += ", from the library";
        if (job.width != 0) text += ", " + std::to_string(job.width) + " x " + std::to_string(job.height);
        return text + (job.file.empty() ? ", in the library" : ", " + job.file);
    }

    void print(const std::string& text) {
        clear();
        std::printf("%s\n", one_line(text, text.size()).c_str());
        std::fflush(stdout);
    }

    void add_live(const std::string& text, std::size_t columns) {
        // A line that wraps would be two to go back over.
        std::printf("%s\n", one_line(text, columns > 8 ? columns - 4 : 4).c_str());
        ++live_lines_;
    }

    void clear() {
        if (live_lines_ > 0) std::printf("\x1b[%dA\r\x1b[J", live_lines_);
        live_lines_ = 0;
    }

    const bool is_terminal_ = ::isatty(STDOUT_FILENO) == 1;
    int live_lines_ = 0;
    std::chrono::steady_clock::time_point next_redraw_ = {};
};

}  // namespace

std::unique_ptr<Report> make_text_report() {
    return std::make_unique<TextReport>();
}

}  // namespace command_line
