#include "world.h"

#include <algorithm>

// The end of a world: no more faults, and a person who takes every choice that costs nothing. First in the
// processes as they are, then in a new one that finds what they left.
namespace kontexture::sim {

using namespace std::chrono_literals;

void World::become_calm() {
    note("calm");
    calm_ = true;
    odds_ = {};
    limit_.reset();
    limit_per_day_.reset();
    for (auto& [number, p] : processes_) p.disk_full_until = {};
    const bool any = std::any_of(processes_.begin(), processes_.end(),
                                 [](const auto& each) { return !each.second.closing; });
    if (!any) {
        ++starting_;
        start_process();
    }
    press_on();
}

void World::start_once_more() {
    note("once more");
    last_run_ = true;
    while (!processes_.empty()) end_process(processes_.begin()->first, false);
    ++starting_;
    start_process();
}

/// Whatever waits for a person goes on.
void World::press_on() {
    for (auto& [number, p] : processes_) {
        if (p.closing) continue;
        feed(p, engine::SetCreditLimit{});
        feed(p, engine::SetCreditLimit{{}, true});
        for (auto& [id, job] : jobs_)
            if (owner_of(job) == &p) job.may_post_in = number;
        feed(p, engine::Resume{});
        for (auto& [id, job] : jobs_) {
            if (job.shown_in != number || job.shown != JobState::Failed) continue;
            const auto task = tasks_.find(job.last_task);
            if (task != tasks_.end() && task->second.fails) continue;
            feed(p, engine::Retry{job.id});
        }
    }
}

bool World::settled(const Job& job) {
    const StoreModel::Row* row = store_.find(job.id);
    const Process* owner = owner_of(job);
    if (!owner) return !row || !StoreModel::unfinished(*row);
    // It may wait for one that a person has to decide about.
    const bool follows = job.waiting == WaitReason::Identical &&
                         std::any_of(jobs_.begin(), jobs_.end(), [&](const auto& each) {
                             return each.second.fingerprint == job.fingerprint &&
                                    each.second.shown == JobState::OutcomeUnknown;
                         });
    if (last_run_ && row && StoreModel::unfinished(*row))
        return job.shown_in == owner->number && (row->state == JobState::OutcomeUnknown || follows);
    // Finished before this process came.
    if (job.shown_in != owner->number) return row && !StoreModel::unfinished(*row);
    return is_final(job.shown) || job.shown == JobState::OutcomeUnknown || follows ||
           job.forgotten_in == owner->number;
}

bool World::all_settled() {
    return std::all_of(jobs_.begin(), jobs_.end(), [this](const auto& each) { return settled(each.second); });
}

void World::check_jobs() {
    for (const auto& [id, job] : jobs_) {
        const StoreModel::Row* row = store_.find(job.id);
        if (!settled(job))
            return violate("job " + name(job.id) + " never ended: shown as " + to_string(job.shown) +
                           ", stored as " + (row ? to_string(row->state) : "nothing"));
        if (!last_run_) continue;
        tally_.ready += job.shown == JobState::Ready;
        tally_.failed += job.shown == JobState::Failed;
        tally_.cancelled += job.shown == JobState::Cancelled;
        tally_.unknown += job.shown == JobState::OutcomeUnknown;
    }
}

void World::check_tasks() {
    for (const auto& [id, task] : tasks_) {
        if (task.fails || task.image) continue;
        const Job& job = jobs_.at(task.job.value);
        if (task.on_disk)
            return violate(id + " of job " + name(task.job) + " was paid and known, but its picture is lost");
        const StoreModel::Row* row = store_.find(task.job);
        if (row->state != JobState::OutcomeUnknown && job.sent_again == 0 && !job.discarded)
            return violate(id + " of job " + name(task.job) + " was paid, and nobody is told: it is " +
                           to_string(row->state));
    }
}

/// Where nothing goes wrong, requests that may share a picture cost once.
void World::check_twins() {
    if (!faultless_) return;
    for (const auto& [number, p] : processes_)
        for (const auto& [prompt, paid] : p.paid_twins) {
            const auto asked = p.asked_twins.find(prompt);
            if (paid > 1 + (asked == p.asked_twins.end() ? 0 : asked->second))
                return violate("identical requests were paid " + std::to_string(paid) + " times");
        }
}

void World::check_reservations() {
    for (const auto& [number, p] : processes_) {
        double waiting = 0;
        for (const auto& [id, job] : jobs_)
            if (job.shown_in == number && job.waiting == WaitReason::Identical) waiting += job.credits;
        if (p.reserved > waiting + 1e-6)
            return violate("process " + std::to_string(number) + " still reserves credits when all is done");
    }
}

}  // namespace kontexture::sim
