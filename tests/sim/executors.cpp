#include "world.h"

#include <algorithm>

// The simulated hands: disk, network and service. Each action takes some time, may go wrong, and is answered
// once.
namespace kontexture::sim {

using namespace std::chrono_literals;

namespace {

Error error_of(ErrorCode code) {
    return Error{code, 0, 0, to_string(code), {}};
}
std::string name(RequestId id) {
    return std::to_string(id.value);
}

constexpr Duration kServiceWindow = 10s;
constexpr std::size_t kServiceLimit = 20;
constexpr int kOurLimit = 18;

}  // namespace

void World::answer(RequestId id, Duration after, engine::Event event) {
    JobModel& model = models_[id.value];
    if (++model.outstanding > 1) violate("job " + name(id) + " has two actions under way");
    at(now_ + after, process_, [this, id, event = std::move(event)] {
        --models_[id.value].outstanding;
        feed(event);
    });
}

/// The write itself and its answer are two moments, so that a crash can fall between them.
void World::disk(std::function<engine::Event(bool full)> write) {
    disk_free_at_ = std::max(disk_free_at_, now_) + between(1, chance(0.05) ? 2'000 : 15);
    at(disk_free_at_, process_, [this, write = std::move(write)] {
        const bool full = chance(faults_.disk_full);
        tally_.faults += full;
        disk_was_full_ |= full;
        at(now_, process_, [this, event = write(full)] { feed(event); });
    });
}

void World::carry_out(const engine::LoadInput& a) {
    engine::InputLoaded loaded{a.id, std::nullopt};
    if (chance(faults_.damaged)) loaded.error = error_of(ErrorCode::InputUnreadable), ++tally_.faults;
    answer(a.id, between(1, 200), loaded);
}

void World::carry_out(const engine::WriteIntent& a) {
    if (++models_[a.id.value].outstanding > 1) violate("job " + name(a.id) + " has two actions under way");
    disk([this, a](bool full) -> engine::Event {
        JobModel& model = models_[a.id.value];
        --model.outstanding;
        if (full) return engine::IntentWritten{a.id, {}, {}, error_of(ErrorCode::DiskFull)};
        Row& row = rows_[a.id.value];
        row.credits = model.credits;
        row.needs_upload = model.needs_upload;
        if (!a.find_identical || last_image_ == 0 || !chance(0.3))
            return engine::IntentWritten{a.id, {}, {}, std::nullopt};
        row.state = JobState::Ready;
        row.image = ImageId{last_image_};
        return engine::IntentWritten{a.id, row.image, {}, std::nullopt};
    });
}

void World::carry_out(const engine::FindIdentical& a) {
    carry_out(engine::WriteIntent{a.id, true});
}

void World::carry_out(const engine::ReadBalance&) {
    at(now_ + between(20, 500), process_, [this] { feed(engine::BalanceRead{}); });
}

void World::carry_out(const engine::TakeOver&) {
    at(now_ + 1ms, process_, [this] { feed(engine::Restore{}); });
}

void World::carry_out(const engine::UploadInput& a) {
    engine::InputUploaded uploaded{a.id, std::nullopt};
    if (chance(faults_.fetch_trouble)) {
        uploaded.trouble = engine::CallTrouble{error_of(ErrorCode::Network), chance(0.1), std::nullopt};
        ++tally_.faults;
    }
    answer(a.id, between(50, 5'000), uploaded);
}

/// As the store does it: counts the submits that all processes wrote down.
std::optional<TimePoint> World::shared_window() {
    while (!journal_window_.empty() && journal_window_.front() + kServiceWindow <= now_)
        journal_window_.pop_front();
    if (journal_window_.size() < kOurLimit) return std::nullopt;
    return journal_window_.front() + kServiceWindow;
}

void World::carry_out(const engine::WriteSubmitting& a) {
    if (++models_[a.id.value].outstanding > 1) violate("job " + name(a.id) + " has two actions under way");
    disk([this, a](bool full) -> engine::Event {
        --models_[a.id.value].outstanding;
        if (full) return engine::SubmittingWritten{a.id, std::nullopt, error_of(ErrorCode::DiskFull)};
        if (const auto wait = shared_window()) return engine::SubmittingWritten{a.id, wait, std::nullopt};
        journal_window_.push_back(now_);
        Row& row = rows_.at(a.id.value);
        row.state = JobState::Submitting;
        row.submitted_at = now_;
        return engine::SubmittingWritten{a.id, std::nullopt, std::nullopt};
    });
}

void World::carry_out(const engine::Post& a) {
    ++tally_.posts;
    JobModel& model = models_[a.id.value];
    const auto row = rows_.find(a.id.value);
    if (row == rows_.end() || row->second.state != JobState::Submitting)
        return violate("POST of job " + name(a.id) + " without its row");
    if (!model.may_post) return violate("POST of job " + name(a.id) + " after a restart without being asked");
    if (++model.outstanding > 1) violate("job " + name(a.id) + " has two actions under way");
    note("POST " + name(a.id));
    if (chance(faults_.no_connection)) {
        ++tally_.faults;
        --model.outstanding;
        return answer(a.id, between(10, 10'000),
                      engine::Submitted{a.id, engine::NotAccepted{error_of(ErrorCode::Network),
                                                                  engine::NotAccepted::Again::NoConnection,
                                                                  {}}});
    }
    const bool post_lost = chance(faults_.post_lost);
    const bool reply_lost = post_lost || chance(faults_.reply_lost);
    const bool refused = chance(faults_.refused);
    tally_.faults += reply_lost || refused;
    // The connection takes time while the process lives; what is on the wire arrives even if it dies.
    at(now_ + between(1, fast_ ? 50 : 4'000), process_, [this, a, post_lost, reply_lost, refused] {
        if (!post_lost) {
            at(now_ + between(1, 100), 0,
               [this, a, reply_lost, refused] { arrive(a.id, reply_lost, refused); });
            return;
        }
        at(now_ + between(100, 120'000), process_, [this, a] {
            --models_[a.id.value].outstanding;
            feed(engine::Submitted{a.id, engine::OutcomeLost{error_of(ErrorCode::Timeout)}});
        });
    });
}

engine::SubmitReply World::refusal() {
    using Again = engine::NotAccepted::Again;
    switch (std::uniform_int_distribution(0, 3)(random_)) {
        case 0: return engine::NotAccepted{error_of(ErrorCode::InsufficientCredits), Again::Never, {}};
        case 1: return engine::NotAccepted{error_of(ErrorCode::RateLimited), Again::NextWindow, {}};
        case 2:
            return engine::NotAccepted{error_of(ErrorCode::Maintenance), Again::Later, between(0, 60'000)};
        default: return engine::NotAccepted{error_of(ErrorCode::ServiceError), Again::Once, {}};
    }
}

/// The service sees a POST.
void World::arrive(RequestId id, bool reply_lost, bool refused) {
    while (!arrivals_.empty() && arrivals_.front() + kServiceWindow <= now_) arrivals_.pop_front();
    arrivals_.push_back(now_);
    if (arrivals_.size() > kServiceLimit)
        return violate("more than 20 submits reached the service within 10 s");

    JobModel& model = models_[id.value];
    engine::SubmitReply reply = engine::OutcomeLost{error_of(ErrorCode::Timeout)};
    if (refused) {
        if (!reply_lost) reply = refusal();
    } else {
        ++tally_.accepted;
        if (++model.accepted > 1 + model.sent_again)
            violate("job " + name(id) + " was accepted, and charged, twice");
        charged_by_process_ += model.credits;
        if (limit_ && !calm_ && charged_by_process_ > *limit_ + 1e-6)
            violate("more was charged than the limit allows");
        const std::string task = "task" + std::to_string(++last_task_);
        const Duration takes = between(3'000, chance(0.05) ? 600'000 : 25'000);
        tasks_[task] = {id, now_ + (chance(faults_.record_late) ? between(0, 18'000) : 0ms), now_ + takes,
                        chance(faults_.task_fails)};
        model.last_task = task;
        if (!reply_lost) reply = engine::Accepted{task};
        note("service takes job " + name(id) + " as " + task);
    }
    at(now_ + between(10, reply_lost ? 120'000
                          : fast_    ? 200
                                     : 3'000),
       process_, [this, id, reply = std::move(reply)] {
           --models_[id.value].outstanding;
           feed(engine::Submitted{id, reply});
       });
}

void World::carry_out(const engine::WriteTask& a) {
    if (++models_[a.id.value].outstanding > 1) violate("job " + name(a.id) + " has two actions under way");
    disk([this, a](bool full) -> engine::Event {
        --models_[a.id.value].outstanding;
        if (full) return engine::TaskWritten{a.id, error_of(ErrorCode::DiskFull)};
        Row& row = rows_.at(a.id.value);
        row.task_id = a.task_id;
        row.state = JobState::Generating;
        stored_tasks_.insert(a.task_id);
        return engine::TaskWritten{a.id, std::nullopt};
    });
}

engine::PollReply World::record_of(const std::string& task_id) {
    const Task& task = tasks_.at(task_id);
    if (chance(faults_.poll_trouble)) {
        ++tally_.faults;
        const bool key = chance(0.2);
        return engine::PollTrouble{error_of(key ? ErrorCode::Unauthorized : ErrorCode::Network),
                                   std::nullopt};
    }
    if (now_ < task.visible_at) return engine::TaskMissing{error_of(ErrorCode::NotFound)};
    if (now_ < task.done_at) return engine::TaskRunning{};
    if (task.fails) return engine::TaskFailed{error_of(ErrorCode::GenerationFailed)};
    return engine::TaskDone{"https://result/" + task_id};
}

void World::carry_out(const engine::Poll& a) {
    ++tally_.polls;
    while (!polls_.empty() && polls_.front() + 1s <= now_) polls_.pop_front();
    polls_.push_back(now_);
    if (polls_.size() > 10) violate("more than 10 polls within a second");
    if (!tasks_.contains(a.task_id)) return violate("a poll for a task that never was");
    const Duration way = between(20, chance(0.02) ? 20'000 : 500);
    if (++models_[a.id.value].outstanding > 1) violate("job " + name(a.id) + " has two actions under way");
    at(now_ + way / 2, process_, [this, a, way] {
        engine::Polled polled{a.id, record_of(a.task_id)};
        --models_[a.id.value].outstanding;
        answer(a.id, way / 2, polled);
    });
}

void World::carry_out(const engine::Fetch& a) {
    engine::Fetched fetched{a.id, std::nullopt};
    JobModel& model = models_[a.id.value];
    model.damaged_fetch = chance(faults_.damaged);
    if (chance(faults_.url_expired)) {
        fetched.trouble = engine::CallTrouble{error_of(ErrorCode::ResultExpired), true, std::nullopt};
        lost_tasks_.insert(model.last_task);
    } else if (chance(faults_.fetch_trouble)) {
        fetched.trouble = engine::CallTrouble{error_of(ErrorCode::Network), false, std::nullopt};
    }
    tally_.faults += fetched.trouble.has_value() || model.damaged_fetch;
    answer(a.id, between(50, chance(0.02) ? 60'000 : 2'000), fetched);
}

void World::carry_out(const engine::StoreResult& a) {
    if (++models_[a.id.value].outstanding > 1) violate("job " + name(a.id) + " has two actions under way");
    disk([this, a](bool full) -> engine::Event {
        JobModel& model = models_[a.id.value];
        --model.outstanding;
        if (full) return engine::ResultStored{a.id, {}, error_of(ErrorCode::DiskFull)};
        if (model.damaged_fetch && chance(0.5)) {
            lost_tasks_.insert(model.last_task);
            return engine::ResultStored{a.id, {}, error_of(ErrorCode::ImageDamaged)};
        }
        const ImageId image{++last_image_};
        images_[image.value] = a.id.value;
        Row& row = rows_.at(a.id.value);
        row.image = image;
        row.state = row.cancelled ? JobState::Cancelled : JobState::Ready;
        return engine::ResultStored{a.id, image, std::nullopt};
    });
}

void World::carry_out(const engine::Decode& a) {
    engine::Decoded decoded{a.id, std::nullopt};
    if (!images_.contains(a.image.value))
        violate("job " + name(a.id) + " shows a picture that is not stored");
    if (models_[a.id.value].damaged_fetch) decoded.error = error_of(ErrorCode::ImageDamaged);
    answer(a.id, between(10, 500), decoded);
}

void World::carry_out(const engine::Deliver& a) {
    engine::Delivered delivered{a.id, std::nullopt};
    if (chance(faults_.host_fails)) delivered.error = error_of(ErrorCode::HostTexture), ++tally_.faults;
    answer(a.id, between(0, 200), delivered);
}

void World::carry_out(const engine::DropBuffers&) {}

void World::carry_out(const engine::WriteState& a) {
    disk([this, a](bool full) -> engine::Event {
        if (full) return engine::StateWritten{a.id, a.state, error_of(ErrorCode::DiskFull)};
        Row& row = rows_.at(a.id.value);
        row.cancelled = row.cancelled || a.cancelled;
        if (row.image) return engine::StateWritten{a.id, a.state, std::nullopt};
        row.state = a.state;
        if (a.state == JobState::Queued) row.task_id.clear();
        return engine::StateWritten{a.id, a.state, std::nullopt};
    });
}

void World::carry_out(const engine::Publish& a) {
    JobModel& model = models_[a.id.value];
    if (model.forgotten) return violate("news of job " + name(a.id) + " after it was forgotten");
    if (!model.was_shown || model.shown != a.state) note("job " + name(a.id) + " is " + to_string(a.state));
    const auto row = rows_.find(a.id.value);
    const bool known = row != rows_.end();
    if (a.state == JobState::Queued && !a.cancel_requested && !known)
        violate("job " + name(a.id) + " is called queued before it is durable");
    if (a.state == JobState::Submitting && row->second.state != JobState::Submitting &&
        row->second.task_id.empty())
        violate("job " + name(a.id) + " is called submitting before it is durable");
    if (a.state == JobState::Ready && known && !row->second.image)
        violate("job " + name(a.id) + " is called ready without a stored picture");
    if (model.was_shown && model.shown != a.state && model.shown == JobState::Cancelled)
        violate("job " + name(a.id) + " came back from cancelled");
    model.was_shown = true;
    model.shown = a.state;
}

void World::carry_out(const engine::Forgotten& a) {
    models_[a.id.value].forgotten = true;
}

void World::carry_out(const engine::PublishAccount& a) {
    if (limit_ && !calm_ && a.spent + a.reserved > *limit_ + 1e-6)
        violate("more is spent and reserved than the limit allows");
    if (a.reserved < -1e-6) violate("the reservations do not add up");
}

}  // namespace kontexture::sim
