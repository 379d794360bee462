#include "store/job_rows.h"

#include "store/store_impl.h"

#include <algorithm>

namespace kontexture::store {

namespace {

constexpr char kInsertJob[] = R"sql(
insert into jobs (service_id, session,
    id, state, task_id, cancelled, credits, fingerprint, created_at, submitted_at, finished_at,
    image_id, parent_id, input_blob, input_mime_type, input_width, input_height, input_url,
    prompt, aspect_ratio, output_format, model, prompt_upsampling, enable_translation, safety_tolerance,
    watermark, upload_cn, label, priority, reuse_identical,
    error_code, error_http_status, error_provider_code, error_message, error_detail)
values (?, ?,
    ?, ?, ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?)
)sql";

/// The enumerator whose to_string() is `text`; enumerators run from zero to `last`.
template <typename Enum>
Enum from_text(std::string_view text, Enum last, Enum otherwise) {
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        if (text == to_string(static_cast<Enum>(i))) return static_cast<Enum>(i);
    }
    return otherwise;
}

std::optional<std::uint64_t> optional_id(ImageId id) {
    return id ? std::optional<std::uint64_t>(id.value) : std::nullopt;
}

ImageId image_id(const Rows& rows, int column) {
    return ImageId{static_cast<std::uint64_t>(rows.integer(column))};
}

TextureRequest read_request(const Rows& rows, int column, ImageId parent, std::string input_url) {
    TextureRequest request;
    if (parent) {
        request.input = InputImage::from_library(parent);
    } else if (!input_url.empty()) {
        request.input = InputImage::from_url(std::move(input_url));
    }
    request.prompt = rows.text(column++);
    request.aspect_ratio = aspect_ratio_from(rows.text(column++)).value_or(AspectRatio::Automatic);
    request.output_format = output_format_from(rows.text(column++)).value_or(OutputFormat::Png);
    request.model = rows.text(column++);
    request.prompt_upsampling = rows.integer(column++) != 0;
    if (!rows.is_null(column)) request.enable_translation = rows.integer(column) != 0;
    ++column;
    if (!rows.is_null(column)) request.safety_tolerance = static_cast<int>(rows.integer(column));
    ++column;
    request.watermark = rows.text(column++);
    request.upload_cn = rows.integer(column++) != 0;
    request.label = rows.text(column++);
    request.priority = static_cast<int>(rows.integer(column++));
    request.reuse = rows.integer(column) != 0 ? Reuse::IfIdentical : Reuse::Never;
    return request;
}

Error read_error(const Rows& rows, int column) {
    Error error;
    error.code = from_text(rows.text(column), ErrorCode::Interrupted, ErrorCode::ServiceError);
    error.http_status = static_cast<int>(rows.integer(column + 1));
    error.provider_code = static_cast<int>(rows.integer(column + 2));
    error.message = rows.text(column + 3);
    error.detail = rows.text(column + 4);
    return error;
}

}  // namespace

const char* const kJobColumns =
    "jobs.id, jobs.state, jobs.task_id, jobs.cancelled, jobs.credits, jobs.fingerprint, jobs.created_at, "
    "jobs.submitted_at, jobs.finished_at, jobs.image_id, jobs.parent_id, jobs.input_blob, "
    "jobs.input_mime_type, jobs.input_width, jobs.input_height, jobs.input_url, jobs.prompt, "
    "jobs.aspect_ratio, jobs.output_format, jobs.model, jobs.prompt_upsampling, jobs.enable_translation, "
    "jobs.safety_tolerance, jobs.watermark, jobs.upload_cn, jobs.label, jobs.priority, jobs.reuse_identical, "
    "jobs.error_code, jobs.error_http_status, jobs.error_provider_code, jobs.error_message, "
    "jobs.error_detail, jobs.balance_before, jobs.hinted_task";

JobRow read_job(const Rows& rows) {
    int column = 0;
    JobRow row;
    row.id.value = static_cast<std::uint64_t>(rows.integer(column++));
    row.state = from_text(rows.text(column++), JobState::OutcomeUnknown, JobState::Failed);
    row.task_id = rows.text(column++);
    row.cancelled = rows.integer(column++) != 0;
    row.credits = std::clamp(rows.real(column++), 0.0, kMostCredits);
    row.fingerprint = rows.text(column++);
    row.created_at = to_time(rows.integer(column++));
    row.submitted_at = to_time(rows.integer(column++));
    row.finished_at = to_time(rows.integer(column++));
    row.image = image_id(rows, column++);
    row.parent = image_id(rows, column++);
    row.input_blob = rows.text(column++);
    row.input_mime_type = rows.text(column++);
    row.input_width = static_cast<std::uint32_t>(rows.integer(column++));
    row.input_height = static_cast<std::uint32_t>(rows.integer(column++));
    std::string input_url = rows.text(column++);
    row.request = read_request(rows, column, row.parent, std::move(input_url));
    row.error = read_error(rows, kJobColumnCount - 7);
    if (!rows.is_null(kJobColumnCount - 2))
        row.balance_before = std::clamp(rows.real(kJobColumnCount - 2), -kMostCredits, kMostCredits);
    row.hinted_task = rows.text(kJobColumnCount - 1);
    return row;
}

Result<void> insert_job(Database& database, std::string_view service_id, std::int64_t session,
                        const JobRow& row) {
    const TextureRequest& request = row.request;
    const bool by_url = request.input.kind() == InputImage::Kind::Url;
    auto inserted =
        database.run(kInsertJob, service_id, session, row.id.value, to_string(row.state), row.task_id,
                     row.cancelled, row.credits, row.fingerprint, to_number(row.created_at),
                     to_number(row.submitted_at), to_number(row.finished_at), optional_id(row.image),
                     optional_id(row.parent), row.input_blob, row.input_mime_type, row.input_width,
                     row.input_height, by_url ? std::string_view(request.input.text()) : std::string_view(),
                     request.prompt, to_string(request.aspect_ratio), to_string(request.output_format),
                     request.model, request.prompt_upsampling, request.enable_translation,
                     request.safety_tolerance, request.watermark, request.upload_cn, request.label,
                     request.priority, request.reuse == Reuse::IfIdentical, to_string(row.error.code),
                     row.error.http_status, row.error.provider_code, row.error.message, row.error.detail);
    if (!inserted) return inserted;
    return database.run("insert into prompts (rowid, prompt, label) values (?, ?, ?)", row.id.value,
                        request.prompt, request.label);
}

const char* extension_for(std::string_view mime_type) {
    if (mime_type == "image/png") return "png";
    if (mime_type == "image/jpeg") return "jpg";
    if (mime_type == "image/webp") return "webp";
    if (mime_type == "image/gif") return "gif";
    if (mime_type == "image/bmp") return "bmp";
    return "bin";
}

}  // namespace kontexture::store
