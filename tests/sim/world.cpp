#include "world.h"

#include <cstdio>

// Time, chance, and what a world is like.
namespace kontexture::sim {

using namespace std::chrono_literals;

namespace {

/// Long enough for every back-off, grace period and patience to pass many times.
constexpr Duration kSettleTime = std::chrono::hours(72);
constexpr Duration kBetweenLooks = 1min;

constexpr std::array<double, kFaultCount> kMostOdds = {
    0.3,     // no_connection
    0.1,     // reply_lost
    0.03,    // reply_late
    0.05,    // post_lost
    0.4,     // refused
    0.3,     // poll_trouble
    0.5,     // record_late
    0.3,     // upload_trouble
    0.4,     // fetch_trouble
    0.2,     // url_expired
    0.2,     // damaged
    0.2,     // task_fails
    0.1,     // disk_full
    0.004,   // disk_stays_full
    0.05,    // disk_slow
    0.1,     // host_fails
    0.3,     // balance_unread
    0.3,     // callback_early
    0.3,     // callback_late
    0.3,     // callback_twice
    0.5,     // callback_lost
    0.02,    // callback_forged
    0.02,    // callback_stolen
    0.0005,  // clock_jump
    0.015,   // crash
    0.002,   // closing
    0.05     // meddling
};

}  // namespace

World::World(const WorldOptions& options)
    : options_(options), random_(options.seed), jobs_left_(options.jobs) {
    faultless_ = chance(0.12);
    // Each world has faults of its own: some have none of a kind, some are dominated by it.
    for (std::size_t i = 0; i < kFaultCount; ++i) {
        odds_[i] = level(kMostOdds[i]);
        if (faultless_ || options.off[i]) odds_[i] = 0;
    }
    fast_ = chance(0.5);
    callbacks_ = chance(0.5);
    process_count_ = std::min(options.max_processes, std::uniform_int_distribution(1, 3)(random_));
    const int most = 10 * options.jobs;
    if (!faultless_ && chance(0.4)) limit_ = std::uniform_int_distribution(5, most)(random_);
    if (!faultless_ && chance(0.4))
        limit_per_day_ = most_per_day_ = std::uniform_int_distribution(5, most)(random_);
    long_breaks_ = chance(limit_per_day_ ? 0.2 : 0.02);
}

double World::level(double most) {
    const double u = std::uniform_real_distribution(0.0, 1.0)(random_);
    return u < 0.4 ? 0.0 : most * (u - 0.4) / 0.6;
}

bool World::chance(double probability) {
    return probability > 0 && std::uniform_real_distribution(0.0, 1.0)(random_) < probability;
}

bool World::chance(Fault fault) {
    if (!chance(odds_[static_cast<std::size_t>(fault)])) return false;
    ++tally_.faults[static_cast<std::size_t>(fault)];
    return true;
}

Duration World::between(int from_ms, int to_ms) {
    return Duration(std::uniform_int_distribution(from_ms, to_ms)(random_));
}

void World::at(TimePoint time, int process, Point point, Action action, bool outlives) {
    timeline_.push({time, ++order_, process, outlives, point, std::move(action)});
}

void World::violate(const std::string& what) {
    if (violation_.empty()) violation_ = what;
    note("VIOLATION: " + what);
}

void World::note(const std::string& text) {
    if (!options_.trace) return;
    const auto since_start = now_ - TimePoint(std::chrono::hours(480'000));
    std::printf("%12.3f  %s\n", std::chrono::duration<double>(since_start).count(), text.c_str());
}

std::string World::name(RequestId id) {
    return std::to_string(id.value >> 24) + "." + std::to_string(id.value & 0xffffff);
}

void World::step() {
    const Timed next = timeline_.top();
    timeline_.pop();
    now_ = std::max(now_, next.at);
    if (next.process != 0 && !next.outlives && !find_process(next.process)) return;
    ++tally_.events;
    current_process_ = next.process;
    current_point_ = next.point;
    next.action();
    if (!calm_ && !has_violation()) disturb();
}

std::string World::run() {
    for (int i = 0; i < process_count_; ++i) {
        ++starting_;
        at(now_ + between(0, 2'000), 0, Point::Other, [this] { start_process(); });
    }
    at(now_ + 1ms, 0, Point::Other, [this] { submit_next(); });
    while (!has_violation() && jobs_left_ > 0) step();
    // What is under way meets its faults, too.
    const TimePoint busy_until = now_ + between(0, 120'000);
    while (!has_violation() && !timeline_.empty() && now_ < busy_until) step();
    for (const bool again : {false, true}) {
        if (has_violation()) break;
        again ? start_once_more() : become_calm();
        const TimePoint give_up = now_ + kSettleTime;
        TimePoint look = now_ + kBetweenLooks;
        while (!has_violation() && !timeline_.empty() && now_ < give_up) {
            step();
            if (now_ < look) continue;
            look = now_ + kBetweenLooks;
            press_on();
            if (all_settled()) break;
        }
        if (!has_violation()) check_jobs();
        if (!has_violation()) check_reservations();
        if (!has_violation()) check_twins();
    }
    if (!has_violation()) check_tasks();
    tally_.pictures = pictures_.size();
    return violation_;
}

}  // namespace kontexture::sim
