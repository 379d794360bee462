#include "world.h"

#include <algorithm>

// Actions on the network lanes, see plugin/src/runtime/workers_net.cpp.
namespace kontexture::sim {

using namespace std::chrono_literals;

namespace {

constexpr Duration kPostDeadline = 120s;
constexpr std::size_t kMostPolls = 10;
constexpr std::string_view kResultHost = "https://result/";

Error error_of(ErrorCode code) {
    return Error{code, 0, 0, to_string(code), {}};
}

}  // namespace

/// Every action for a job belongs to the one living process that has it, one at a time.
void World::begin(Process& p, RequestId id, const char* what) {
    Job& job = jobs_.at(id.value);
    if (owner_of(job) != &p)
        return violate("job " + name(id) + " is " + what + " by a process that does not own it");
    if (job.busy_in != p.number) job.outstanding = 0;
    job.busy_in = p.number;
    if (++job.outstanding > 1) violate("job " + name(id) + " has two actions under way");
}

void World::answer(Process& p, Point point, RequestId id, Duration after, engine::Event event) {
    at(now_ + after, p.number, point, [this, number = p.number, id, event = std::move(event)] {
        --jobs_.at(id.value).outstanding;
        feed(*find_process(number), event);
    });
}

void World::carry_out(Process& p, const engine::LoadInput& a) {
    begin(p, a.id, "prepared");
    engine::InputLoaded loaded{a.id, std::nullopt};
    if (chance(Fault::Damaged)) loaded.error = error_of(ErrorCode::InputUnreadable);
    answer(p, Point::InputAnswer, a.id, between(1, 200), loaded);
}

void World::carry_out(Process& p, const engine::UploadInput& a) {
    begin(p, a.id, "uploaded");
    engine::InputUploaded uploaded{a.id, std::nullopt};
    if (chance(Fault::UploadTrouble))
        uploaded.trouble = engine::CallTrouble{error_of(ErrorCode::Network), chance(0.1), std::nullopt};
    answer(p, Point::UploadAnswer, a.id, between(50, 5'000), uploaded);
}

void World::carry_out(Process& p, const engine::ReadBalance&) {
    at(now_ + between(20, 3'000), p.number, Point::BalanceAnswer, [this, number = p.number] {
        engine::BalanceRead read;
        if (!chance(Fault::BalanceUnread)) read.credits = 1e5 - charged_in_all_;
        feed(*find_process(number), read);
    });
}

void World::carry_out(Process& p, const engine::Post& a) {
    ++tally_.posts;
    Job& job = jobs_.at(a.id.value);
    begin(p, a.id, "posted");
    const StoreModel::Row* row = store_.find(a.id);
    if (!row || row->state != JobState::Submitting)
        return violate("POST of job " + name(a.id) + " without its row");
    if (job.may_post_in != p.number)
        return violate("POST of job " + name(a.id) + " after a restart without being asked");
    if (p.closing) return violate("POST of job " + name(a.id) + " while its process closes");
    if (now_ < p.paused_until) return violate("POST of job " + name(a.id) + " within the window after a 429");
    note("POST " + name(a.id));
    const std::uint64_t number = ++last_post_;
    posts_[number] = {a.id, false};
    p.posts[number] = false;
    // Given up, whatever the service does with it.
    at(now_ + kPostDeadline, p.number, Point::PostAnswer, [this, process = p.number, number] {
        answer_post(process, number, engine::OutcomeLost{error_of(ErrorCode::Timeout)});
    });
    if (chance(Fault::NoConnection)) {
        using Again = engine::NotAccepted::Again;
        const engine::NotAccepted refused{error_of(ErrorCode::Network), Again::NoConnection, {}};
        at(now_ + between(10, 10'000), p.number, Point::PostAnswer,
           [this, process = p.number, number, refused] { answer_post(process, number, refused); });
        return;
    }
    at(now_ + between(1, fast_ ? 50 : 4'000), p.number, Point::PostLeft,
       [this, process = p.number, number] { send_post(*find_process(process), number); });
}

/// The connection is made; what is on the wire arrives even if the process dies.
void World::send_post(Process& p, std::uint64_t number) {
    const auto open = p.posts.find(number);
    if (open == p.posts.end()) return;
    open->second = true;
    if (!chance(Fault::PostLost)) {
        at(
            now_ + between(1, 100), p.number, Point::PostArrived,
            [this, process = p.number, number] { arrive(process, number); }, true);
        return;
    }
    at(now_ + between(100, 130'000), p.number, Point::PostAnswer, [this, process = p.number, number] {
        answer_post(process, number, engine::OutcomeLost{error_of(ErrorCode::Network)});
    });
}

void World::answer_post(int process, std::uint64_t number, const engine::SubmitReply& reply) {
    Process* p = find_process(process);
    if (!p || p->posts.erase(number) == 0) return;
    const RequestId id = posts_.at(number).job;
    --jobs_.at(id.value).outstanding;
    if (std::holds_alternative<engine::OutcomeLost>(reply)) {
        note("the answer to " + name(id) + " is lost");
        charge(process, number);
    }
    const auto* refused = std::get_if<engine::NotAccepted>(&reply);
    if (refused && refused->again == engine::NotAccepted::Again::NextWindow) p->paused_until = now_ + 10s;
    feed(*p, engine::Submitted{id, reply});
}

void World::carry_out(Process& p, const engine::Poll& a) {
    begin(p, a.id, "polled");
    const Duration turn = store_.take_poll_turn(a.gap, steady());
    at(now_ + turn, p.number, Point::PollLeft,
       [this, process = p.number, a] { leave_poll(*find_process(process), a); });
}

void World::leave_poll(Process& p, const engine::Poll& a) {
    ++tally_.polls;
    while (!polls_.empty() && polls_.front() + 1s <= now_) polls_.pop_front();
    polls_.push_back(now_);
    if (polls_.size() > kMostPolls) violate("more than 10 polls within a second");
    const auto task = tasks_.find(a.task_id);
    if (task != tasks_.end()) {
        task->second.polled_at = now_;
    } else if (!a.task_id.starts_with("forged")) {
        return violate("a poll for a task that never was");
    }
    const Duration way = between(20, chance(0.02) ? 20'000 : 500);
    at(now_ + way / 2, p.number, Point::Other, [this, process = p.number, a, way] {
        answer(*find_process(process), Point::PollAnswer, a.id, way / 2,
               engine::Polled{a.id, record_of(a.task_id)});
    });
}

void World::carry_out(Process& p, const engine::Fetch& a) {
    begin(p, a.id, "fetched");
    Job& job = jobs_.at(a.id.value);
    job.fetched_task = a.url.substr(kResultHost.size());
    job.damaged_fetch = chance(Fault::Damaged);
    engine::Fetched fetched{a.id, std::nullopt};
    if (chance(Fault::UrlExpired)) {
        fetched.trouble = engine::CallTrouble{error_of(ErrorCode::ResultExpired), true, std::nullopt};
    } else if (chance(Fault::FetchTrouble)) {
        fetched.trouble = engine::CallTrouble{error_of(ErrorCode::Network), false, std::nullopt};
    }
    answer(p, Point::FetchAnswer, a.id, between(50, chance(0.02) ? 60'000 : 2'000), fetched);
}

}  // namespace kontexture::sim
