#include "runtime/restored.h"

namespace kontexture::runtime {

Restored restored(std::vector<store::JobRow> rows, const Capabilities& capabilities) {
    Restored all;
    for (store::JobRow& row : rows) {
        if (row.state == JobState::Queued)
            for (const Capabilities::Model& model : capabilities.models)
                if (model.id == row.request.model) row.credits = model.credits;
        engine::RestoredJob job;
        job.id = row.id;
        job.model = row.request.model;
        job.credits = row.credits;
        job.needs_upload = !row.input_blob.empty();
        job.reuse_identical = row.request.reuse == Reuse::IfIdentical;
        job.priority = row.request.priority;
        job.state = row.state;
        job.task_id = row.task_id;
        job.submitted_at = row.submitted_at;
        job.cancelled = row.cancelled;
        job.fingerprint = row.fingerprint;
        if (row.error.code == ErrorCode::OutcomeUnknown) job.error = row.error;
        job.hinted_task = row.hinted_task;
        job.balance_before = row.balance_before;
        job.spent_since = row.spent_since;
        all.event.jobs.push_back(std::move(job));

        auto data = std::make_shared<JobData>();
        data->created_at = row.created_at;
        data->shown = std::make_shared<const TextureRequest>(row.request);
        if (row.request.input.kind() == InputImage::Kind::Url) data->input_url = row.request.input.text();
        data->row = std::move(row);
        all.jobs.push_back(std::move(data));
    }
    return all;
}

}  // namespace kontexture::runtime
