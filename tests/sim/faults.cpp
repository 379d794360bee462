#include "faults.h"

#include <cstdio>

// The names of what goes wrong, and the report.
namespace kontexture::sim {

namespace {

constexpr std::array<std::string_view, kFaultCount> kFaultNames = {
    "no_connection", "reply_lost",      "reply_late",      "post_lost",       "refused",
    "poll_trouble",  "record_late",     "upload_trouble",  "fetch_trouble",   "url_expired",
    "damaged",       "task_fails",      "disk_full",       "disk_stays_full", "disk_slow",
    "host_fails",    "balance_unread",  "callback_early",  "callback_late",   "callback_twice",
    "callback_lost", "callback_forged", "callback_stolen", "clock_jump",      "crash",
    "closing",       "meddling"};

struct PointInfo {
    std::string_view name;
    double weight;
};
constexpr std::array<PointInfo, kPointCount> kPoints = {{{"start", 4},
                                                         {"command", 1},
                                                         {"tick", 0.1},
                                                         {"input loaded", 2.5},
                                                         {"intent row", 1},
                                                         {"intent told", 1},
                                                         {"uploaded", 3},
                                                         {"submitting row", 1.5},
                                                         {"submitting told", 1.5},
                                                         {"post left", 2},
                                                         {"post arrived", 2},
                                                         {"post answered", 2},
                                                         {"task row", 2},
                                                         {"task told", 2},
                                                         {"poll left", 0.25},
                                                         {"poll answered", 0.25},
                                                         {"fetched", 2.5},
                                                         {"result row", 2.5},
                                                         {"result told", 2.5},
                                                         {"decoded", 2.5},
                                                         {"delivered", 2.5},
                                                         {"state row", 0.3},
                                                         {"state told", 0.3},
                                                         {"take-over rows", 6},
                                                         {"take-over told", 8},
                                                         {"balance read", 2.5},
                                                         {"callback", 1.5},
                                                         {"other", 0.05}}};

void print_row(std::string_view name, std::uint64_t count, int& column) {
    std::printf("%-16.*s %9llu%s", static_cast<int>(name.size()), name.data(),
                static_cast<unsigned long long>(count), ++column % 4 == 0 ? "\n" : "   ");
}

}  // namespace

std::string_view name_of(Fault fault) {
    return kFaultNames[static_cast<std::size_t>(fault)];
}

std::string_view name_of(Point point) {
    return kPoints[static_cast<std::size_t>(point)].name;
}

double weight_of(Point point) {
    return kPoints[static_cast<std::size_t>(point)].weight;
}

void Tally::add(const Tally& other) {
    jobs += other.jobs, events += other.events, posts += other.posts, accepted += other.accepted;
    polls += other.polls, callbacks += other.callbacks, processes += other.processes;
    closings += other.closings, taken_over += other.taken_over, rescued += other.rescued;
    ready += other.ready, failed += other.failed, cancelled += other.cancelled, unknown += other.unknown;
    pictures += other.pictures;
    for (std::size_t i = 0; i < kFaultCount; ++i) faults[i] += other.faults[i];
    for (std::size_t i = 0; i < kPointCount; ++i) crashes[i] += other.crashes[i];
}

void Tally::print() const {
    const auto n = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
    std::printf("jobs %llu  events %llu  processes %llu  closed %llu  jobs taken over %llu\n", n(jobs),
                n(events), n(processes), n(closings), n(taken_over));
    std::printf("posts %llu  accepted %llu  polls %llu  callbacks %llu  rescued by one %llu\n", n(posts),
                n(accepted), n(polls), n(callbacks), n(rescued));
    std::printf("ready %llu  failed %llu  cancelled %llu  unknown %llu  pictures %llu\n", n(ready), n(failed),
                n(cancelled), n(unknown), n(pictures));
    std::printf("faults by kind\n");
    int column = 0;
    for (std::size_t i = 0; i < kFaultCount; ++i) print_row(kFaultNames[i], faults[i], column);
    std::printf("%scrashes right after\n", column % 4 ? "\n" : "");
    column = 0;
    for (std::size_t i = 0; i < kPointCount; ++i) print_row(kPoints[i].name, crashes[i], column);
    if (column % 4) std::printf("\n");
}

}  // namespace kontexture::sim
