#pragma once

#include <kontexture/service.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace command_line {

/// What the process ends with.
enum ExitCode : int {
    kAllReady = 0,
    kSomeFailed = 1,
    kNothingSent = 2,  ///< wrong usage, or a request that is not valid
    kOutcomeUnknown = 3,
    kInterrupted = 130,
};

enum class Command : std::uint8_t { None, Generate, Resume, Resolve, List, Credits, Spend };

/// What describes one picture, as given: on the command line, or in a line of a batch file, where the names
/// are the same. What a line leaves out comes from the command line.
struct Fields {
    std::string prompt;
    int count = 1;
    std::string input;
    std::string model;
    std::string aspect;
    std::string format;
    std::optional<int> safety;
    bool no_translate = false;
    bool upsample = false;
    std::string watermark;
    bool upload_cn = false;
    bool reuse = false;
    std::string out;
};

struct Options {
    Command command = Command::None;

    bool jsonl = false;
    bool local = false;
    std::string base_url;         ///< empty: the environment, then the vendor's
    std::string upload_url;       ///< empty: the environment, then what fits the base URL
    std::string key_file;         ///< empty: the other places of key_supply.h
    std::string data_dir;         ///< empty: the environment, then the usual place
    std::string callback_url;     ///< empty: no callbacks
    std::string callback_listen;  ///< empty: the module's own
    std::optional<int> timeout_seconds;

    Fields fields;
    std::string batch;
    std::optional<double> max_credits;
    std::optional<double> max_credits_per_day;
    std::vector<std::pair<std::string, double>> prices;  ///< by model

    bool send_queued = false;
    std::vector<std::uint64_t> send_again;
    std::vector<std::uint64_t> discard;

    std::vector<std::uint64_t> resolved;
    kontexture::Resolution resolution = kontexture::Resolution::Wait;

    std::string search;
    std::string csv;
};

/// Reads the arguments. An answer is the code to exit with: help, the version or what was wrong have then
/// been printed.
std::optional<int> read_options(int argc, const char* const* argv, Options& options);

}  // namespace command_line
