#include "world.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// kontexture_sim: the engine against a simulated service, network, disk, clock and person.
//
//     kontexture_sim --jobs 200000 --seed 1       many small worlds, each with faults of its own
//     kontexture_sim --world 123456 --trace       one of them again, step by step
namespace {

constexpr int kJobsPerWorld = 200;

int run_one(std::uint64_t seed, int jobs, bool trace, kontexture::sim::Tally& total) {
    kontexture::sim::World world(seed, jobs, trace);
    const std::string violation = world.run();
    total.add(world.tally());
    if (violation.empty()) return 0;
    std::printf("VIOLATION in world %llu: %s\nreplay: kontexture_sim --world %llu --world-jobs %d --trace\n",
                static_cast<unsigned long long>(seed), violation.c_str(),
                static_cast<unsigned long long>(seed), jobs);
    return 1;
}

/// The shortest world of this seed that still breaks a rule: fewer jobs make a shorter trace.
int shrink(std::uint64_t seed) {
    for (int jobs : {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144}) {
        kontexture::sim::World world(seed, jobs, false);
        if (!world.run().empty()) return jobs;
    }
    return kJobsPerWorld;
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t jobs = 10'000, seed = 1, world = 0;
    int world_jobs = kJobsPerWorld;
    bool trace = false;
    for (int i = 1; i < argc; ++i) {
        const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
        if (!std::strcmp(argv[i], "--jobs"))
            jobs = number();
        else if (!std::strcmp(argv[i], "--seed"))
            seed = number();
        else if (!std::strcmp(argv[i], "--world"))
            world = number();
        else if (!std::strcmp(argv[i], "--world-jobs"))
            world_jobs = static_cast<int>(number());
        else if (!std::strcmp(argv[i], "--trace"))
            trace = true;
        else
            return std::fprintf(stderr,
                                "usage: kontexture_sim [--jobs N] [--seed S] | --world W [--world-jobs N] "
                                "[--trace]\n"),
                   2;
    }
    kontexture::sim::Tally total;
    int violations = 0;
    const auto start = std::chrono::steady_clock::now();
    if (world) {
        violations = run_one(world, world_jobs, trace, total);
    } else {
        for (std::uint64_t n = 0; total.jobs < jobs && violations < 5; ++n) {
            const std::uint64_t world_seed = seed * 1'000'000 + n;
            const int broken = run_one(world_seed, kJobsPerWorld, false, total);
            if (broken) std::printf("shortest: --world-jobs %d\n", shrink(world_seed));
            violations += broken;
        }
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto n = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
    std::printf("jobs %llu  events %llu  posts %llu  accepted %llu  polls %llu  crashes %llu  faults %llu\n",
                n(total.jobs), n(total.events), n(total.posts), n(total.accepted), n(total.polls),
                n(total.crashes), n(total.faults));
    std::printf("ready %llu  failed %llu  cancelled %llu  unknown %llu  pictures %llu\n", n(total.ready),
                n(total.failed), n(total.cancelled), n(total.unknown), n(total.pictures));
    std::printf("%.1f s, %.0f jobs/s\nviolations %d\n", seconds, static_cast<double>(total.jobs) / seconds,
                violations);
    return violations ? 1 : 0;
}
