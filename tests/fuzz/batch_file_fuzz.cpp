#include "cli_requests.h"

#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

// Input: the command line's batch file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int file = ::memfd_create("batch", MFD_CLOEXEC);
    static const std::string path = "/proc/self/fd/" + std::to_string(file);
    fuzz::require(
        file >= 0 && ::ftruncate(file, 0) == 0 && ::pwrite(file, data, size, 0) == static_cast<ssize_t>(size),
        "the fuzzer can write its file");
    const auto lines = command_line::read_batch(path, {});
    if (!lines) {
        fuzz::require(!lines.error().message.empty(), "an error says what it is");
        return 0;
    }
    fuzz::require(!lines->empty(), "a batch has requests");
    for (const command_line::BatchLine& line : *lines) {
        fuzz::require(!line.fields.prompt.empty(), "every request has a prompt");
        fuzz::require(line.fields.count >= 1 && line.fields.count <= 1000, "a count is bounded");
        fuzz::require(!line.where.empty(), "every request has its line's number");
    }
    return 0;
}
