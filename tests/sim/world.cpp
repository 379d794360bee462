#include "world.h"

#include <algorithm>
#include <cstdio>

// Time, the process and its person, and the rules that are checked at the end. The executors are in
// executors.cpp.
namespace kontexture::sim {

using namespace std::chrono_literals;

namespace {

constexpr TimePoint kNever = TimePoint::max();
/// Long enough for every back-off, grace period and patience to pass many times.
constexpr Duration kSettleTime = std::chrono::hours(72);

}  // namespace

void Tally::add(const Tally& other) {
    jobs += other.jobs, events += other.events, posts += other.posts, accepted += other.accepted;
    polls += other.polls, crashes += other.crashes, faults += other.faults;
    ready += other.ready, failed += other.failed, cancelled += other.cancelled, unknown += other.unknown;
    pictures += other.pictures;
}

World::World(std::uint64_t seed, int jobs, bool trace) : random_(seed), trace_(trace), jobs_wanted_(jobs) {
    // Each world has faults of its own: some have none of a kind, some are dominated by it.
    const auto level = [this](double most) {
        const double u = std::uniform_real_distribution(0.0, 1.0)(random_);
        return u < 0.4 ? 0.0 : most * (u - 0.4) / 0.6;
    };
    faults_ = {level(0.3), level(0.1), level(0.05), level(0.4), level(0.3), level(0.5),   level(0.4),
               level(0.2), level(0.2), level(0.2),  level(0.1), level(0.1), level(0.004), level(0.05)};
    fast_ = chance(0.5);
    if (chance(0.5)) limit_ = std::uniform_int_distribution(5, 5 * jobs * 2)(random_);
}

bool World::chance(double probability) {
    return probability > 0 && std::uniform_real_distribution(0.0, 1.0)(random_) < probability;
}

Duration World::between(int from_ms, int to_ms) {
    return Duration(std::uniform_int_distribution(from_ms, to_ms)(random_));
}

void World::at(TimePoint time, int process, Action action) {
    timeline_.push({time, ++order_, process, std::move(action)});
}

void World::violate(const std::string& what) {
    if (violation_.empty()) violation_ = what;
    note("VIOLATION: " + what);
}

void World::note(const std::string& text) {
    if (trace_)
        std::printf("%12.3f  %s\n",
                    std::chrono::duration<double>(now_.time_since_epoch() % 100'000'000ms).count(),
                    text.c_str());
}

void World::start_process() {
    ++process_;
    charged_by_process_ = 0;
    wake_.reset();
    engine::EngineConfig config;
    config.seed = random_();
    config.max_credits = limit_;
    engine_.emplace(config);
    engine::Restore restore;
    for (auto& [id, model] : models_) {
        model.may_post = false;
        model.outstanding = 0;
        model.was_shown = false;
        model.forgotten = false;
    }
    for (const auto& [id, row] : rows_) {
        if (row.image || is_final(row.state)) continue;
        restore.jobs.push_back({RequestId{id},
                                "pro",
                                row.credits,
                                row.needs_upload,
                                false,
                                0,
                                row.state,
                                row.task_id,
                                row.submitted_at,
                                row.cancelled,
                                {},
                                {},
                                0});
    }
    note("process " + std::to_string(process_) + " starts with " + std::to_string(restore.jobs.size()) +
         " jobs");
    feed(restore);
}

void World::crash() {
    if (!engine_) return;
    ++tally_.crashes;
    note("crash");
    engine_.reset();
    disk_free_at_ = now_;
    // A process takes a while to start; the service keeps counting meanwhile.
    at(now_ + between(1'100, 20'000), 0, [this] { start_process(); });
}

void World::feed(const engine::Event& event) {
    if (!engine_ || has_violation()) return;
    for (const engine::Action& action : engine_->on(event, now_))
        std::visit([this](const auto& a) { carry_out(a); }, action);
    const auto wake = engine_->next_wake();
    if (!wake || wake == wake_) return;
    wake_ = wake;
    at(std::max(*wake, now_), process_, [this, due = *wake] {
        if (wake_ == due) wake_.reset();
        feed(engine::Tick{});
    });
}

void World::submit_next() {
    if (jobs_wanted_ <= 0) return;
    if (!engine_) {
        at(now_ + 1s, 0, [this] { submit_next(); });
        return;
    }
    --jobs_wanted_;
    ++tally_.jobs;
    const RequestId id{++last_id_};
    JobModel& model = models_[id.value];
    model.credits = chance(0.3) ? 10 : 5;
    model.needs_upload = chance(0.3);
    model.may_post = true;
    note("submit " + std::to_string(id.value));
    feed(engine::Submit{id, "pro", model.credits, model.needs_upload, chance(0.2),
                        std::uniform_int_distribution(-1, 1)(random_)});
    at(now_ + (chance(0.7) ? between(0, 50) : between(500, 20'000)), 0, [this] { submit_next(); });
}

void World::meddle() {
    if (!engine_ || last_id_ == 0) return;
    const RequestId id{std::uniform_int_distribution<std::uint64_t>(1, last_id_)(random_)};
    JobModel& model = models_[id.value];
    const std::string name = std::to_string(id.value);
    switch (std::uniform_int_distribution(0, 7)(random_)) {
        case 0: note("person: cancel " + name); return feed(engine::Cancel{id});
        case 1:
        case 2: {
            note("person: retry " + name);
            const auto task = tasks_.find(model.last_task);
            const bool lost_for_good = task == tasks_.end() || task->second.fails;
            if (model.was_shown && model.shown == JobState::Failed) {
                model.may_post = true;
                if (model.accepted > 0 && lost_for_good) ++model.sent_again;
            }
            return feed(engine::Retry{id});
        }
        case 3:
            note("person: resume " + name);
            model.may_post = true;
            return feed(engine::Resume{id});
        case 4: note("person: forget " + name); return feed(engine::Forget{id});
        case 5:
            note("person: send again " + name);
            if (model.was_shown && model.shown == JobState::OutcomeUnknown) {
                model.may_post = true;
                ++model.sent_again;
            }
            return feed(engine::Resolve{id, Resolution::SendAgain});
        case 6: note("person: discard " + name); return feed(engine::Resolve{id, Resolution::Discard});
        case 7:
            if (last_image_ == 0) return;
            note("person: load a picture");
            const RequestId load{++last_id_};
            models_[load.value].shown = JobState::Decoding;
            return feed(engine::LoadImage{
                load, ImageId{std::uniform_int_distribution<std::uint64_t>(1, last_image_)(random_)}});
    }
}

std::string World::run() {
    start_process();
    at(now_ + 1ms, 0, [this] { submit_next(); });
    TimePoint end = kNever;
    while (!has_violation()) {
        if (timeline_.empty() || now_ > end) {
            if (calm_) break;
            settle_everything();
            end = now_ + kSettleTime;
            continue;
        }
        const Timed next = timeline_.top();
        timeline_.pop();
        now_ = std::max(now_, next.at);
        if (next.process != 0 && (next.process != process_ || !engine_)) continue;
        ++tally_.events;
        next.action();
        if (calm_) continue;
        if (chance(faults_.meddling)) meddle();
        if (chance(faults_.crash)) crash();
    }
    if (!has_violation()) check_end();
    return violation_;
}

/// No more faults, and a person who takes every choice that costs nothing: now everything must come to an
/// end.
void World::settle_everything() {
    note("calm");
    calm_ = true;
    faults_ = {};
    if (!engine_) start_process();
    feed(engine::SetCreditLimit{});
    for (auto& [id, model] : models_) model.may_post = true;
    feed(engine::Resume{});
    for (auto& [id, model] : models_) {
        if (!model.was_shown || model.shown != JobState::Failed) continue;
        const auto task = tasks_.find(model.last_task);
        if (task != tasks_.end() && task->second.fails) continue;
        feed(engine::Retry{RequestId{id}});
    }
}

void World::check_end() {
    for (const auto& [id, model] : models_) {
        if (!model.was_shown || model.forgotten) continue;
        const bool settled = is_final(model.shown) || model.shown == JobState::OutcomeUnknown;
        if (!settled) violate("job " + std::to_string(id) + " never ended: " + to_string(model.shown));
        tally_.ready += model.shown == JobState::Ready;
        tally_.failed += model.shown == JobState::Failed;
        tally_.cancelled += model.shown == JobState::Cancelled;
        tally_.unknown += model.shown == JobState::OutcomeUnknown;
    }
    for (const std::string& id : stored_tasks_) {
        const Task& task = tasks_.at(id);
        if (task.fails || lost_tasks_.contains(id)) continue;
        if (!rows_.at(task.job.value).image)
            violate("task " + id + " of job " + std::to_string(task.job.value) +
                    " was paid and known, but its picture is lost");
    }
    for (const auto& [id, row] : rows_) {
        if (row.image || is_final(row.state) || row.state == JobState::OutcomeUnknown) continue;
        const bool ask_again = row.state == JobState::Generating && !row.task_id.empty() &&
                               (lost_tasks_.contains(row.task_id) || models_.at(id).forgotten);
        if (ask_again) continue;
        // A state that a full disk refused is put right by the next start, without spending.
        if (disk_was_full_) continue;
        violate("row " + std::to_string(id) + " is left behind as " + to_string(row.state));
    }
    tally_.pictures = images_.size();
}

}  // namespace kontexture::sim
