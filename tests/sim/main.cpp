#include "world.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

// kontexture_sim: the engine against a simulated service, network, disk, clock and person.
//
//     kontexture_sim --jobs 1000000 --seed 1      many small worlds, each with faults of its own
//     kontexture_sim --world 123456 --trace       one of them again, step by step
namespace {

using kontexture::sim::Fault;
using kontexture::sim::kFaultCount;
using kontexture::sim::Tally;
using kontexture::sim::World;
using kontexture::sim::WorldOptions;

constexpr int kJobsPerWorld = 200;
constexpr std::uint64_t kWorldsPerSeed = 1'000'000;

struct Arguments {
    std::uint64_t jobs = 10'000;
    std::uint64_t seed = 1;
    unsigned threads = 2;
    bool one_world = false;
    WorldOptions world;
};

/// Worlds are run in no particular order, but the report depends on the seed only.
struct Outcome {
    Tally tally;
    std::uint64_t broken = UINT64_MAX;  ///< number of the first world that broke a rule
    std::string violation;
};

Outcome run_worlds(const Arguments& arguments) {
    const std::uint64_t count = (arguments.jobs + kJobsPerWorld - 1) / kJobsPerWorld;
    std::vector<Tally> tallies(count);
    std::atomic<std::uint64_t> next = 0, broken = UINT64_MAX;
    std::mutex mutex;
    Outcome outcome;
    const auto work = [&] {
        for (std::uint64_t n = next++; n < count && n < broken; n = next++) {
            WorldOptions options = arguments.world;
            options.seed = arguments.seed * kWorldsPerSeed + n;
            World world(options);
            const std::string violation = world.run();
            tallies[n] = world.tally();
            if (violation.empty()) continue;
            const std::lock_guard lock(mutex);
            if (n >= broken) continue;
            broken = n;
            outcome.violation = violation;
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < arguments.threads; ++i) threads.emplace_back(work);
    work();
    for (std::thread& thread : threads) thread.join();
    outcome.broken = broken;
    for (std::uint64_t n = 0; n < count && n <= outcome.broken; ++n) outcome.tally.add(tallies[n]);
    return outcome;
}

bool breaks(const WorldOptions& options) {
    return !World(options).run().empty();
}

/// The smallest world of this seed that still breaks a rule: fewer jobs, processes and faults make a shorter
/// trace.
WorldOptions shrink(WorldOptions options) {
    for (int round = 0; round < 2; ++round) {
        for (int processes = 1; processes < options.max_processes; ++processes) {
            WorldOptions smaller = options;
            smaller.max_processes = processes;
            if (breaks(smaller)) options = smaller;
        }
        for (std::size_t i = 0; i < kFaultCount; ++i) {
            WorldOptions smaller = options;
            smaller.off[i] = true;
            if (!options.off[i] && breaks(smaller)) options = smaller;
        }
        for (const int jobs : {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144}) {
            WorldOptions smaller = options;
            smaller.jobs = jobs;
            if (jobs >= options.jobs || !breaks(smaller)) continue;
            options = smaller;
        }
    }
    return options;
}

std::string command_for(const WorldOptions& options) {
    std::string text = "kontexture_sim --world " + std::to_string(options.seed) + " --world-jobs " +
                       std::to_string(options.jobs) + " --processes " + std::to_string(options.max_processes);
    std::string off;
    for (std::size_t i = 0; i < kFaultCount; ++i)
        if (options.off[i]) off += (off.empty() ? "" : ",") + std::string(name_of(static_cast<Fault>(i)));
    if (!off.empty()) text += " --without " + off;
    return text + " --trace";
}

bool switch_off(WorldOptions& options, std::string_view names) {
    while (!names.empty()) {
        const std::string_view name = names.substr(0, names.find(','));
        bool known = false;
        for (std::size_t i = 0; i < kFaultCount; ++i) {
            if (name_of(static_cast<Fault>(i)) != name) continue;
            options.off[i] = known = true;
        }
        if (!known) return false;
        names.remove_prefix(std::min(names.size(), name.size() + 1));
    }
    return true;
}

bool read_arguments(int argc, char** argv, Arguments& arguments) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        if (name == "--trace") {
            arguments.world.trace = true;
            continue;
        }
        if (i + 1 == argc) return false;
        const char* value = argv[++i];
        const std::uint64_t number = std::strtoull(value, nullptr, 10);
        if (name == "--jobs") {
            arguments.jobs = number;
        } else if (name == "--seed") {
            arguments.seed = number;
        } else if (name == "--threads") {
            arguments.threads = static_cast<unsigned>(std::clamp<std::uint64_t>(number, 1, 64));
        } else if (name == "--world") {
            arguments.world.seed = number;
            arguments.one_world = true;
        } else if (name == "--world-jobs") {
            arguments.world.jobs = static_cast<int>(std::clamp<std::uint64_t>(number, 1, 1'000'000));
        } else if (name == "--processes") {
            arguments.world.max_processes = static_cast<int>(std::clamp<std::uint64_t>(number, 1, 3));
        } else if (name != "--without" || !switch_off(arguments.world, value)) {
            return false;
        }
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    arguments.world.jobs = kJobsPerWorld;
    if (!read_arguments(argc, argv, arguments)) {
        std::fprintf(
            stderr,
            "usage: kontexture_sim [--jobs N] [--seed S] [--threads T] [--processes N] [--without FAULT,…]\n"
            "       kontexture_sim --world W [--world-jobs N] [--processes N] [--without FAULT,…] "
            "[--trace]\n");
        return 2;
    }
    if (arguments.one_world) {
        World world(arguments.world);
        const std::string violation = world.run();
        std::printf("%s\n", violation.empty() ? "no violation" : violation.c_str());
        return violation.empty() ? 0 : 1;
    }
    const auto start = std::chrono::steady_clock::now();
    const Outcome outcome = run_worlds(arguments);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    outcome.tally.print();
    const bool broken = !outcome.violation.empty();
    std::printf("%.1f s, %.0f jobs/s\nviolations %d\n", seconds,
                static_cast<double>(outcome.tally.jobs) / seconds, broken ? 1 : 0);
    if (!broken) return 0;
    WorldOptions options = arguments.world;
    options.seed = arguments.seed * kWorldsPerSeed + outcome.broken;
    std::printf("VIOLATION after %llu jobs: %s\n", static_cast<unsigned long long>(outcome.tally.jobs),
                outcome.violation.c_str());
    std::fflush(stdout);
    options = shrink(options);
    std::printf("replay: %s\n", command_for(options).c_str());
    return 1;
}
