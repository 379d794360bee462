#include "cli_report.h"

#include <cstdio>

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
    std::string line;
    std::size_t letters = 0;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        const bool begins_letter = (byte & 0xc0) != 0x80;
        if (begins_letter && ++letters > max_letters) return line + "...";
        line += byte < 0x20 || byte == 0x7f ? ' ' : letter;
    }
    return line;
}

void print_error(const kontexture::Error& error) {
    std::fprintf(stderr, "kontexture: %s\n", error.message.c_str());
}

}  // namespace command_line
