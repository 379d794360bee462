#include "fuzz.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

#include <unistd.h>

// Runs a fuzz target without libFuzzer: first every file of a corpus, then so many mutations of them.
//   <target>_replay <corpus folder> [mutations]
//   <target>_replay <file>
extern "C" {
[[gnu::weak]] std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                                  unsigned int seed);
[[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());
}

namespace {

using Input = std::vector<std::uint8_t>;

std::mt19937 random_numbers;
std::vector<Input> corpus;
char current[128];

std::size_t below(std::size_t limit) {
    return limit == 0 ? 0 : random_numbers() % limit;
}

void tell_current() {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, current, std::strlen(current));
}

void on_signal(int number) {
    tell_current();
    std::signal(number, SIG_DFL);
    std::raise(number);
}

Input read_input(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// From memory of exactly its size, so that a sanitizer sees every step beyond it.
void run(const Input& input, const char* what, std::size_t number) {
    std::snprintf(current, sizeof current, "\nreplay: %s %zu\n", what, number);
    const Input exact(input);
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

Input mutation(std::size_t number) {
    constexpr std::size_t kRoom = 4096;
    random_numbers.seed(static_cast<std::uint32_t>(number));
    Input input = corpus[below(corpus.size())];
    const std::size_t most = input.size() + kRoom;
    std::size_t size = input.size();
    input.resize(most);
    for (std::size_t left = 1 + below(4); left > 0; --left)
        size = LLVMFuzzerCustomMutator ? LLVMFuzzerCustomMutator(input.data(), size, most,
                                                                 static_cast<unsigned>(random_numbers()))
                                       : LLVMFuzzerMutate(input.data(), size, most);
    input.resize(size);
    return input;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) {
    constexpr std::uint8_t kOdd[] = {0, 1, 0x7f, 0x80, 0xff, '"', '\\', '\n', '[', '{', '/'};
    Input bytes(data, data + size);
    const auto at = [&bytes] { return bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() + 1)); };
    switch (below(5)) {
        case 0:
            if (!bytes.empty()) bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1 << below(8));
            break;
        case 1:
            if (!bytes.empty()) bytes[below(bytes.size())] = kOdd[below(std::size(kOdd))];
            break;
        case 2: bytes.insert(at(), 1 + below(4), static_cast<std::uint8_t>(below(256))); break;
        case 3: {
            const auto first = at();
            bytes.erase(first, first + static_cast<std::ptrdiff_t>(
                                           below(1 + static_cast<std::size_t>(bytes.end() - first))));
            break;
        }
        default: {
            const Input& other = corpus[below(corpus.size())];
            const std::size_t from = below(other.size());
            const std::size_t length = below(std::min<std::size_t>(other.size() - from, 64) + 1);
            const auto piece = other.begin() + static_cast<std::ptrdiff_t>(from);
            bytes.insert(at(), piece, piece + static_cast<std::ptrdiff_t>(length));
        }
    }
    bytes.resize(std::min(bytes.size(), max_size));
    std::copy(bytes.begin(), bytes.end(), data);
    return bytes.size();
}

int main(int count, char** arguments) {
    if (count < 2) {
        std::fprintf(stderr, "usage: %s <corpus folder or file> [mutations]\n", arguments[0]);
        return 2;
    }
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(tell_current);
    for (const int number : {SIGABRT, SIGSEGV, SIGFPE}) std::signal(number, on_signal);
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(arguments[1]))
        for (const auto& entry : std::filesystem::directory_iterator(arguments[1]))
            files.push_back(entry.path());
    else
        files.emplace_back(arguments[1]);
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        corpus.push_back(read_input(file));
        run(corpus.back(), file.filename().c_str(), 0);
    }
    if (corpus.empty() || corpus.front().empty()) {
        std::fprintf(stderr, "%s holds no input\n", arguments[1]);
        return 2;
    }
    const std::size_t mutations = count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 0;
    for (std::size_t number = 1; number <= mutations; ++number) run(mutation(number), "mutation", number);
    std::printf("%zu files and %zu mutations survived\n", files.size(), mutations);
    return 0;
}
