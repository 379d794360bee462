#include "world.h"

#include <algorithm>

// Actions on the disk lane, see plugin/src/runtime/workers_disk.cpp.
namespace kontexture::sim {

using namespace std::chrono_literals;

namespace {

Error error_of(ErrorCode code) {
    return Error{code, 0, 0, to_string(code), {}};
}
std::optional<Error> full_error(bool full) {
    if (!full) return std::nullopt;
    return error_of(ErrorCode::DiskFull);
}

}  // namespace

/// The write itself and its answer are two moments, so that a crash can fall between them.
void World::disk(Process& p, Point row, Point told, Write write) {
    const Duration takes = chance(Fault::DiskSlow) ? between(500, 4'000) : between(1, 15);
    p.disk_free_at = std::max(p.disk_free_at, now_) + takes;
    if (p.disk_free_at > now_ + 1s) p.disk_troubled_at = p.disk_free_at;
    at(p.disk_free_at, p.number, row, [this, number = p.number, row, told, write = std::move(write)] {
        Process& writer = *find_process(number);
        if (chance(Fault::DiskStaysFull)) writer.disk_full_until = now_ + between(1'000, 180'000);
        const bool full = now_ < writer.disk_full_until || chance(Fault::DiskFull);
        if (full) writer.disk_troubled_at = now_;
        engine::Event event = write(writer, full);
        at(now_, number, current_point_ == row ? told : current_point_,
           [this, number, event = std::move(event)] { feed(*find_process(number), event); });
    });
}

void World::carry_out(Process& p, const engine::WriteIntent& a) {
    begin(p, a.id, "written");
    disk(p, Point::IntentRow, Point::IntentAnswer, [this, a](Process& writer, bool full) -> engine::Event {
        Job& job = jobs_.at(a.id.value);
        --job.outstanding;
        if (full) return engine::IntentWritten{a.id, {}, {}, full_error(full)};
        StoreModel::Row row;
        row.id = a.id;
        row.session = writer.session;
        row.credits = job.credits;
        row.needs_upload = job.needs_upload;
        row.reuse_identical = job.reuse_identical;
        row.fingerprint = job.fingerprint;
        row.created_at = now_ + writer.clock;
        const ImageId identical = store_.write_intent(std::move(row), a.find_identical);
        return engine::IntentWritten{a.id, identical, job.fingerprint, std::nullopt};
    });
}

void World::carry_out(Process& p, const engine::FindIdentical& a) {
    begin(p, a.id, "looked for");
    disk(p, Point::IntentRow, Point::IntentAnswer, [this, a](Process&, bool full) -> engine::Event {
        Job& job = jobs_.at(a.id.value);
        --job.outstanding;
        if (full) return engine::IntentWritten{a.id, {}, job.fingerprint, full_error(full)};
        return engine::IntentWritten{a.id, store_.find_identical(a.id), job.fingerprint, std::nullopt};
    });
}

void World::carry_out(Process& p, const engine::WriteSubmitting& a) {
    begin(p, a.id, "written");
    disk(p, Point::SubmittingRow, Point::SubmittingAnswer,
         [this, a](Process& writer, bool full) -> engine::Event {
             --jobs_.at(a.id.value).outstanding;
             if (full) return engine::SubmittingWritten{a.id, std::nullopt, full_error(full)};
             auto permission =
                 store_.write_submitting(writer.session, a, now_ + writer.clock, now_ + wall_, steady());
             engine::SubmittingWritten written{a.id, std::nullopt, std::move(permission.error)};
             if (permission.wait) written.wait_until = now_ + writer.clock + *permission.wait;
             return written;
         });
}

void World::carry_out(Process& p, const engine::WriteHint& a) {
    disk(p, Point::StateRow, Point::StateAnswer, [this, a](Process&, bool full) -> engine::Event {
        if (!full) store_.write_hint(a);
        return engine::Tick{};
    });
}

void World::carry_out(Process& p, const engine::WriteTask& a) {
    begin(p, a.id, "written");
    disk(p, Point::TaskRow, Point::TaskAnswer, [this, a](Process&, bool full) -> engine::Event {
        --jobs_.at(a.id.value).outstanding;
        if (full) return engine::TaskWritten{a.id, full_error(full)};
        if (auto refused = store_.write_task(a.id, a.task_id, a.unclaimed, steady()))
            return engine::TaskWritten{a.id, std::move(refused)};
        const auto task = tasks_.find(a.task_id);
        if (task == tasks_.end() || task->second.job != a.id) {
            violate("job " + name(a.id) + " took " + a.task_id + ", which is not its task");
            return engine::TaskWritten{a.id, std::nullopt};
        }
        if (a.unclaimed) ++tally_.rescued;
        if (!std::exchange(task->second.on_disk, true)) known_tasks_.push_back(a.task_id);
        return engine::TaskWritten{a.id, std::nullopt};
    });
}

void World::carry_out(Process& p, const engine::StoreResult& a) {
    begin(p, a.id, "stored");
    disk(p, Point::ResultRow, Point::ResultAnswer, [this, a](Process& writer, bool full) -> engine::Event {
        --jobs_.at(a.id.value).outstanding;
        if (full) return engine::ResultStored{a.id, {}, full_error(full)};
        return store_result(writer, a.id);
    });
}

engine::Event World::store_result(Process&, RequestId id) {
    Job& job = jobs_.at(id.value);
    if (job.damaged_fetch && chance(0.5))
        return engine::ResultStored{id, {}, error_of(ErrorCode::ImageDamaged)};
    const ImageId image{++last_image_};
    pictures_[image.value] = job.fetched_task;
    tasks_.at(job.fetched_task).image = image;
    store_.write_result(id, image);
    return engine::ResultStored{id, image, std::nullopt};
}

void World::carry_out(Process& p, const engine::WriteState& a) {
    const StoreModel::Row* row = store_.find(a.id);
    if (!row) return violate("the state of job " + name(a.id) + " is written before its row");
    if (row->session != p.session)
        return violate("the state of job " + name(a.id) + " is written by another process");
    disk(p, Point::StateRow, Point::StateAnswer, [this, a](Process&, bool full) -> engine::Event {
        if (!full && a.state == JobState::Generating && store_.find(a.id)->task_id.empty())
            violate("job " + name(a.id) + " is stored as generating without its task");
        if (!full) store_.write_state(a, steady());
        return engine::StateWritten{a.id, a.state, full_error(full)};
    });
}

void World::carry_out(Process& p, const engine::TakeOver&) {
    disk(p, Point::TakeOverRows, Point::TakeOverAnswer, [this](Process& writer, bool full) -> engine::Event {
        engine::Restore restore;
        if (full) return restore;
        restore.jobs = store_.take_over(writer.session, now_ + wall_);
        if (restore.jobs.empty()) current_point_ = Point::Other;
        tally_.taken_over += restore.jobs.size();
        if (!restore.jobs.empty())
            note("process " + std::to_string(writer.number) + " takes over " +
                 std::to_string(restore.jobs.size()));
        return restore;
    });
}

}  // namespace kontexture::sim
