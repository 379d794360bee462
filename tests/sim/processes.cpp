#include "world.h"

#include <algorithm>

// How programs start, end and die, and what must happen to their jobs then.
namespace kontexture::sim {

using namespace std::chrono_literals;

namespace {

constexpr Duration kBetweenTakeOvers = 12s;
constexpr Duration kTakeOverTime = 15s;
/// What the queue of polls may add: each may take 20 s, four at a time.
constexpr Duration kPollDelay = 90s;
constexpr Duration kAnswerGrace = 100ms;
constexpr Duration kClosingTime = 200ms;

}  // namespace

World::Process* World::find_process(int number) {
    const auto found = processes_.find(number);
    return found == processes_.end() ? nullptr : &found->second;
}

World::Process* World::owner_of(const Job& job) {
    const StoreModel::Row* row = store_.find(job.id);
    for (auto& [number, p] : processes_)
        if (row ? row->session == p.session : job.submitted_by == number) return &p;
    return nullptr;
}

void World::start_process() {
    --starting_;
    Process& p = processes_[++last_process_];
    ++tally_.processes;
    p.number = last_process_;
    p.started_at = now_;
    p.clock = wall_;
    p.disk_free_at = now_;
    p.session = store_.begin_session();
    p.most_credits = limit_;
    engine::EngineConfig config;
    config.seed = random_();
    config.max_credits = limit_;
    config.max_credits_per_day = limit_per_day_;
    config.take_over_every = kBetweenTakeOvers;
    p.engine.emplace(config);
    engine::Restore restore;
    restore.jobs = store_.take_over(p.session, now_ + wall_);
    restore.spends = store_.spends(now_ + wall_ - 24h);
    note("process " + std::to_string(p.number) + " starts with " + std::to_string(restore.jobs.size()) +
         " jobs");
    current_process_ = p.number;
    current_point_ = Point::Start;
    feed(p, restore);
}

void World::end_process(int number, bool crashed) {
    Process* p = find_process(number);
    if (!p) return;
    note("process " + std::to_string(number) + (crashed ? " is killed" : " has closed"));
    const std::int64_t session = p->session;
    store_.end_session(session);
    processes_.erase(number);
    expect_take_over(session);
    if (calm_) return;
    ++starting_;
    // Sometimes nobody starts it again for long.
    const Duration pause = chance(0.1) ? between(20'000, 600'000) : between(20, 20'000);
    at(now_ + pause, 0, Point::Other, [this] { start_process(); });
}

/// No further submits; paid calls get a moment for their answer, then they are cut.
void World::close(Process& p) {
    if (p.closing) return;
    ++tally_.closings;
    note("process " + std::to_string(p.number) + " closes");
    p.closing = true;
    feed(p, engine::Closing{});
    const int number = p.number;
    at(now_ + kAnswerGrace, number, Point::Other, [this, number] { cut_posts(*find_process(number)); });
    at(now_ + kClosingTime, number, Point::Other, [this, number] { end_process(number, false); });
}

void World::cut_posts(Process& p) {
    const auto cut = p.posts;
    for (const auto& [number, left] : cut) {
        engine::SubmitReply reply = engine::OutcomeLost{{ErrorCode::OutcomeUnknown, 0, 0, "cut", {}}};
        if (!left)
            reply = engine::NotAccepted{
                {ErrorCode::Interrupted, 0, 0, "cut", {}}, engine::NotAccepted::Again::NoConnection, {}};
        answer_post(p.number, number, reply);
    }
}

/// A dead process's jobs are taken over, and its paid tasks polled, if anybody is there to do so.
void World::expect_take_over(std::int64_t session) {
    if (calm_) return;
    std::vector<std::string> tasks;
    bool any = false;
    for (const auto& [id, row] : store_.rows()) {
        if (row.session != session || !StoreModel::unfinished(row)) continue;
        any = true;
        if (!row.task_id.empty()) tasks.push_back(row.task_id);
    }
    if (!any) return;
    const TimePoint died_at = now_;
    at(now_ + kTakeOverTime, 0, Point::Other,
       [this, session, died_at] { check_taken_over(session, died_at); });
    at(now_ + kTakeOverTime + kPollDelay, 0, Point::Other,
       [this, tasks = std::move(tasks), died_at] { check_polled(tasks, died_at); });
}

bool World::anyone_lived_since(TimePoint time) const {
    return std::any_of(processes_.begin(), processes_.end(), [time](const auto& each) {
        const Process& p = each.second;
        return p.started_at <= time && !p.closing && p.disk_troubled_at < time;
    });
}

void World::check_taken_over(std::int64_t session, TimePoint died_at) {
    if (!anyone_lived_since(died_at)) return;
    for (const auto& [id, row] : store_.rows())
        if (row.session == session && StoreModel::unfinished(row))
            return violate("job " + name(row.id) + " of a dead process was not taken over within 15 s");
}

void World::check_polled(const std::vector<std::string>& tasks, TimePoint died_at) {
    // Who took them over may have died as well; then this counts from there.
    for (const auto& [number, p] : processes_)
        if (p.started_at > died_at) return;
    if (!anyone_lived_since(died_at)) return;
    for (const std::string& id : tasks) {
        const Task& task = tasks_.at(id);
        const StoreModel::Row* row = store_.find(task.job);
        if (task.polled_at > died_at || task.image || !StoreModel::unfinished(*row) || row->task_id != id)
            continue;
        if (!store_.lives(row->session)) continue;
        return violate("task " + id + " of a dead process's job " + name(task.job) +
                       " was not polled again in time");
    }
}

void World::feed(Process& p, const engine::Event& event) {
    if (has_violation()) return;
    for (const engine::Action& action : p.engine->on(event, now_ + p.clock))
        std::visit([this, &p](const auto& a) { carry_out(p, a); }, action);
    const auto wake = p.engine->next_wake();
    if (!wake || wake == p.wake) return;
    p.wake = wake;
    at(std::max(*wake - p.clock, now_), p.number, Point::Tick, [this, number = p.number, due = *wake] {
        Process& woken = *find_process(number);
        if (woken.wake == due) woken.wake.reset();
        feed(woken, engine::Tick{});
    });
}

}  // namespace kontexture::sim
