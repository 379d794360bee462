#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli_report.h"
#include "terminal_text.h"

// One JSON object a line on standard output, flushed line by line.
//   {"event":"accepted|state|ready|failed|unknown|cancelled","id":…,"state":…,"task_id":…,"file":…,
//    "width":…,"height":…,"error":{"code":…,"message":…},           only what is known
//    "submitted_at":…,"credits":…,"balance_change":…}               of an unknown outcome
//   {"event":"payment","id":…,"kind":…,"credits":…,"at":…,"model":…,"prompt":…,"task_id":…}
//   {"event":"spend","total":…,"last_day":…}
//   {"event":"credits","credits":…,"service":…}
//   {"event":"summary","ready":…,"failed":…,"unknown":…,"cancelled":…}     the last line
namespace command_line {
namespace {

using kontexture::Error;
using kontexture::ErrorCode;
using nlohmann::ordered_json;

const char* name_of(Happening happening) {
    switch (happening) {
        case Happening::Accepted: return "accepted";
        case Happening::State: return "state";
        case Happening::Ready: return "ready";
        case Happening::Failed: return "failed";
        case Happening::Unknown: return "unknown";
        case Happening::Cancelled: return "cancelled";
    }
    return "state";
}

void print(const ordered_json& line) {
    // Bytes that are no UTF-8, as in a file's name, come out as replacement characters.
    const std::string text = line.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    std::printf("%s\n", terminal_text::printable_json(text).c_str());
    std::fflush(stdout);
}

void add_error(ordered_json& line, const Error& error) {
    if (error.code == ErrorCode::None) return;
    line["error"] = {{"code", kontexture::to_string(error.code)}, {"message", error.message}};
}

std::string utc(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts = {};
    char text[32] = "";
    if (::gmtime_r(&seconds, &parts)) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

void add_known(ordered_json& line, const Job& job) {
    if (job.submitted_at.time_since_epoch().count() != 0) line["submitted_at"] = utc(job.submitted_at);
    line["credits"] = job.credits;
    if (job.balance_change) line["balance_change"] = *job.balance_change;
}

class JsonlReport : public Report {
public:
    void tell(Happening happening, const Job& job) override {
        ordered_json line = {{"event", name_of(happening)}};
        if (job.id) line["id"] = job.id.value;
        line["state"] = kontexture::to_string(job.state);
        if (!job.task_id.empty()) line["task_id"] = job.task_id;
        if (!job.file.empty()) line["file"] = job.file;
        if (job.width != 0) line["width"] = job.width, line["height"] = job.height;
        add_error(line, job.error);
        if (job.state == kontexture::JobState::OutcomeUnknown) add_known(line, job);
        print(line);
    }

    void known(const Job& job) override { tell(Happening::State, job); }

    void show(std::span<const Job* const>) override {}

    void note(std::string_view text) override {
        std::fprintf(stderr, "%s\n", terminal_text::printable(text).c_str());
    }

    void summarize(const Summary& summary) override {
        print({{"event", "summary"},
               {"ready", summary.ready},
               {"failed", summary.failed},
               {"unknown", summary.unknown},
               {"cancelled", summary.cancelled}});
    }

    void entries(std::span<const kontexture::LibraryEntry> entries) override {
        for (const kontexture::LibraryEntry& entry : entries) {
            ordered_json line = {{"event", name_of(happening_of(entry.state))},
                                 {"id", entry.id.value},
                                 {"state", kontexture::to_string(entry.state)}};
            if (!entry.task_id.empty()) line["task_id"] = entry.task_id;
            if (entry.width != 0) line["width"] = entry.width, line["height"] = entry.height;
            add_error(line, entry.error);
            line["prompt"] = entry.request.prompt;
            line["model"] = entry.request.model;
            line["created_at"] = utc(entry.created_at);
            print(line);
        }
    }

    void spend(const kontexture::Ledger& ledger) override {
        for (const kontexture::LedgerEntry& entry : ledger.entries) {
            ordered_json line = {{"event", "payment"},
                                 {"id", entry.request.value},
                                 {"kind", kontexture::to_string(entry.kind)},
                                 {"credits", entry.credits},
                                 {"at", utc(entry.at)},
                                 {"model", entry.model},
                                 {"prompt", entry.prompt}};
            if (!entry.task_id.empty()) line["task_id"] = entry.task_id;
            print(line);
        }
        print({{"event", "spend"}, {"total", ledger.total}, {"last_day", ledger.last_day}});
    }

    void credits(double credits, std::string_view service) override {
        print({{"event", "credits"}, {"credits", credits}, {"service", service}});
    }
};

}  // namespace

std::unique_ptr<Report> make_jsonl_report() {
    return std::make_unique<JsonlReport>();
}

}  // namespace command_line
