#include "world.h"

// What the host sees, and what it may be told.
namespace kontexture::sim {

namespace {

Error error_of(ErrorCode code) {
    return Error{code, 0, 0, to_string(code), {}};
}

}  // namespace

void World::carry_out(Process& p, const engine::Decode& a) {
    begin(p, a.id, "decoded");
    if (!pictures_.contains(a.image.value))
        violate("job " + name(a.id) + " shows a picture that is not stored");
    engine::Decoded decoded{a.id, std::nullopt};
    if (jobs_.at(a.id.value).damaged_fetch) decoded.error = error_of(ErrorCode::ImageDamaged);
    answer(p, Point::DecodeAnswer, a.id, between(10, 500), decoded);
}

void World::carry_out(Process& p, const engine::Deliver& a) {
    begin(p, a.id, "delivered");
    engine::Delivered delivered{a.id, std::nullopt};
    if (chance(Fault::HostFails)) delivered.error = error_of(ErrorCode::HostTexture);
    answer(p, Point::DeliverAnswer, a.id, between(0, 200), delivered);
}

void World::carry_out(Process& p, const engine::Publish& a) {
    Job& job = jobs_.at(a.id.value);
    if (owner_of(job) != &p)
        return violate("job " + name(a.id) + " is shown by a process that does not own it");
    if (job.forgotten_in == p.number) return violate("news of job " + name(a.id) + " after it was forgotten");
    const bool shown_before = job.shown_in == p.number;
    if (!shown_before || job.shown != a.state) note("job " + name(a.id) + " is " + to_string(a.state));
    const StoreModel::Row* row = store_.find(a.id);
    if (a.state == JobState::Queued && !a.cancel_requested && !row)
        violate("job " + name(a.id) + " is called queued before it is durable");
    if (a.state == JobState::Submitting && (!row || row->submitted_at == TimePoint{}))
        violate("job " + name(a.id) + " is called submitting before it is durable");
    if (a.state == JobState::Generating && (!row || row->task_id.empty()))
        violate("job " + name(a.id) + " is called generating before its task is durable");
    if (a.state == JobState::Ready && row && !row->image)
        violate("job " + name(a.id) + " is called ready without a stored picture");
    if (shown_before && job.shown != a.state && job.shown == JobState::Cancelled)
        violate("job " + name(a.id) + " came back from cancelled");
    job.shown_in = p.number;
    job.shown = a.state;
    job.waiting = a.waiting;
}

void World::carry_out(Process& p, const engine::Forgotten& a) {
    jobs_.at(a.id.value).forgotten_in = p.number;
}

void World::carry_out(Process& p, const engine::PublishAccount& a) {
    p.reserved = a.reserved;
    if (a.reserved < -1e-6) violate("the reservations do not add up");
    if (p.most_credits && !calm_ && a.spent + a.reserved > *p.most_credits + 1e-6)
        violate("more is spent and reserved than the limit allows");
}

}  // namespace kontexture::sim
