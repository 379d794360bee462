#include "cli_report.h"

#include <cstdio>

#include "terminal_text.h"

// What both ways of telling share.
namespace command_line {

using kontexture::JobState;

std::unique_ptr<Report> make_report(bool jsonl) {
    return jsonl ? make_jsonl_report() : make_text_report();
}

Happening happening_of(JobState state) {
    switch (state) {
        case JobState::Ready: return Happening::Ready;
        case JobState::Failed: return Happening::Failed;
        case JobState::Cancelled: return Happening::Cancelled;
        case JobState::OutcomeUnknown: return Happening::Unknown;
        case JobState::Queued:
        case JobState::Preparing:
        case JobState::Submitting:
        case JobState::Generating:
        case JobState::Downloading:
        case JobState::Decoding:
        case JobState::Delivering: return Happening::State;
    }
    return Happening::State;
}

std::string one_line(std::string_view text, std::size_t max_letters) {
    return terminal_text::printable_start(text, max_letters);
}

void print_error(const kontexture::Error& error) {
    std::fprintf(stderr, "kontexture: %s\n", terminal_text::printable(error.message).c_str());
}

}  // namespace command_line
