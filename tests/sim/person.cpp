#include "world.h"

#include <algorithm>

// The person, and whatever else comes from outside: crashes, clocks that are set, forged callbacks.
namespace kontexture::sim {

using namespace std::chrono_literals;

namespace {

constexpr int kPrompts = 60;

}  // namespace

void World::submit_next() {
    if (jobs_left_ <= 0) return;
    std::vector<Process*> open;
    for (auto& [number, p] : processes_)
        if (!p.closing) open.push_back(&p);
    Duration pause = 1s;
    if (!open.empty()) {
        Process& p = *open[std::uniform_int_distribution<std::size_t>(0, open.size() - 1)(random_)];
        const std::string prompt =
            "prompt" + std::to_string(std::uniform_int_distribution(1, kPrompts)(random_));
        const bool reuse = chance(0.4);
        // A double click, or the same call from several places of a host.
        const int clicks = chance(0.1) ? std::uniform_int_distribution(2, 4)(random_) : 1;
        for (int i = 0; i < clicks && jobs_left_ > 0; ++i) submit(p, prompt, reuse);
        pause = chance(0.7) ? between(0, 50) : between(500, 20'000);
        if (long_breaks_ && chance(0.02))
            pause = std::chrono::minutes(std::uniform_int_distribution(10, 600)(random_));
    }
    at(now_ + pause, 0, Point::Other, [this] { submit_next(); });
}

void World::submit(Process& p, const std::string& prompt, bool reuse) {
    --jobs_left_;
    ++tally_.jobs;
    const RequestId id{(static_cast<std::uint64_t>(p.session) << 24) + ++p.last_id};
    Job& job = jobs_[id.value];
    ids_.push_back(id);
    job.id = id;
    job.fingerprint = prompt;
    job.credits = prompt.back() == '1' ? 10 : 5;
    job.needs_upload = prompt.back() < '4';
    job.reuse_identical = reuse;
    job.submitted_by = job.may_post_in = p.number;
    if (!reuse) ++p.asked_twins[prompt];
    note("process " + std::to_string(p.number) + ": submit " + name(id) + " " + prompt +
         (reuse ? ", reuse" : ""));
    const int priority = std::uniform_int_distribution(-1, 1)(random_);
    current_process_ = p.number;
    current_point_ = Point::Command;
    feed(p, engine::Submit{id, "pro", job.credits, job.needs_upload, reuse, priority});
}

void World::meddle() {
    if (ids_.empty()) return;
    // Mostly with what is new, as people do.
    const std::size_t from = chance(0.7) && ids_.size() > 20 ? ids_.size() - 20 : 0;
    Job& job = jobs_.at(ids_[std::uniform_int_distribution(from, ids_.size() - 1)(random_)].value);
    Process* p = owner_of(job);
    const bool knows = p && (job.shown_in == p->number || job.submitted_by == p->number);
    if (knows && !p->closing) meddle_with(*p, job);
}

void World::meddle_with(Process& p, Job& job) {
    const auto tell = [&](const char* what, const engine::Event& event) {
        note(std::string("person: ") + what + " " + name(job.id));
        feed(p, event);
    };
    switch (std::uniform_int_distribution(0, 8)(random_)) {
        case 0: return tell("cancel", engine::Cancel{job.id});
        case 1:
        case 2: return retry(p, job);
        case 3: job.may_post_in = p.number; return tell("resume", engine::Resume{job.id});
        case 4: return tell("forget", engine::Forget{job.id});
        case 5:
        case 6: return resolve(p, job);
        case 7: return set_limit(p);
        default: break;
    }
    if (pictures_.empty()) return;
    const RequestId id{(static_cast<std::uint64_t>(p.session) << 24) + ++p.last_id};
    Job& load = jobs_[id.value];
    load.id = id;
    load.submitted_by = p.number;
    note("person: load a picture as " + name(id));
    const ImageId image{std::uniform_int_distribution<std::uint64_t>(1, last_image_)(random_)};
    feed(p, engine::LoadImage{id, image});
}

void World::resolve(Process& p, Job& job) {
    const bool unknown = job.shown_in == p.number && job.shown == JobState::OutcomeUnknown;
    switch (std::uniform_int_distribution(0, 3)(random_)) {
        case 0:
            note("person: wait for " + name(job.id));
            return feed(p, engine::Resolve{job.id, Resolution::Wait});
        case 1:
            note("person: discard " + name(job.id));
            job.discarded = job.discarded || unknown;
            return feed(p, engine::Resolve{job.id, Resolution::Discard});
        default:
            note("person: send again " + name(job.id));
            if (unknown) {
                job.may_post_in = p.number;
                ++job.sent_again;
            }
            return feed(p, engine::Resolve{job.id, Resolution::SendAgain});
    }
}

void World::retry(Process& p, Job& job) {
    note("person: retry " + name(job.id));
    if (job.shown_in == p.number && job.shown == JobState::Failed) {
        job.may_post_in = p.number;
        const auto task = tasks_.find(job.last_task);
        if (job.accepted > 0 && task != tasks_.end() && task->second.fails) ++job.sent_again;
    }
    feed(p, engine::Retry{job.id});
}

void World::set_limit(Process& p) {
    const double limit = std::uniform_int_distribution(5, 10 * options_.jobs)(random_);
    if (limit_per_day_ && chance(0.5)) {
        note("person: limit per day " + std::to_string(limit));
        limit_per_day_ = limit;
        most_per_day_ = std::max(*most_per_day_, limit);
        for (auto& [number, each] : processes_) feed(each, engine::SetCreditLimit{limit, true});
    } else if (p.most_credits) {
        note("person: limit " + std::to_string(limit));
        p.most_credits = std::max(*p.most_credits, limit);
        feed(p, engine::SetCreditLimit{limit});
    }
}

/// What may come after any one event.
void World::disturb() {
    if (chance(Fault::Meddling)) meddle();
    if (chance(Fault::CallbackForged)) forge(Fault::CallbackForged);
    if (chance(Fault::CallbackStolen)) forge(Fault::CallbackStolen);
    if (chance(Fault::ClockJump)) {
        constexpr std::array kJumps = {5s, 120s, 10'800s, 3'456'000s};
        const Duration jump =
            kJumps[std::uniform_int_distribution<std::size_t>(0, kJumps.size() - 1)(random_)];
        wall_ += chance(0.5) ? jump : -jump;
        clock_jumped_ = true;
        note("the clock is set to " + std::to_string(wall_.count()) + " ms");
    }
    Process* p = find_process(current_process_);
    if (!p) return;
    if (!p->closing && chance(Fault::Closing)) close(*p);
    if (!chance(odds_[static_cast<std::size_t>(Fault::Crash)] * weight_of(current_point_))) return;
    ++tally_.faults[static_cast<std::size_t>(Fault::Crash)];
    ++tally_.crashes[static_cast<std::size_t>(current_point_)];
    note("after: " + std::string(name_of(current_point_)));
    end_process(p->number, true);
}

void World::forge(Fault kind) {
    if (!callbacks_ || ids_.empty()) return;
    Job* target =
        &jobs_.at(ids_[std::uniform_int_distribution<std::size_t>(0, ids_.size() - 1)(random_)].value);
    // What can be robbed is preferred.
    for (std::size_t i = ids_.size(), looks = 0; i-- > 0 && looks < 30; ++looks) {
        Job& job = jobs_.at(ids_[i].value);
        if (job.shown != JobState::OutcomeUnknown && job.shown != JobState::Submitting) continue;
        target = &job;
        if (chance(0.3)) break;
    }
    std::string task = "forged" + std::to_string(order_);
    if (kind == Fault::CallbackStolen) {
        if (known_tasks_.empty()) return;
        task = known_tasks_[std::uniform_int_distribution<std::size_t>(0, known_tasks_.size() - 1)(random_)];
    }
    note("a forged callback of " + task);
    call_back(target->id, task, now_);
}

}  // namespace kontexture::sim
