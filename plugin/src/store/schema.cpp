#include "store/schema.h"

#include <array>

// The database "kontexture.db". Times are milliseconds since 1970, zero is "not yet"; flags are 0 or 1.
//
//   session     one Store that was ever opened; its request ids are id * 2^24 + 1, 2, …; closed_at is null
//               while it lives and after it was killed
//   job         one accepted request; state = what to_string(JobState) says, of those only queued,
//               submitting, generating, ready, failed, cancelled, outcome_unknown;
//               cancelled = 1: a paid task is collected for the library only;
//               taken_over = 1: it changed its session, so finished_at - submitted_at may measure nothing
//   image       one picture file, generated or given as input; blob = its SHA-256 in lower-case hex, the
//               file is blobs/<first two digits>/<the others>
//   ledger      one paid call that left or was about to, at `at`; kind = what to_string(LedgerEntry::Kind)
//               says; a reservation that was not used is deleted
//   submit      one paid call that left or was about to, kept while it counts for the rate limit;
//               answered_at is null while it is under way, else milliseconds of the system's steady clock:
//               all processes share it, and nobody can set it
//   secret      random bytes of this folder's own; "callbacks": what the addresses of callbacks are made from
//   prompt      full-text index over job.prompt and job.label, by job.id
namespace kontexture::store {

namespace {

constexpr std::int64_t kApplicationId = 0x4b545831;  // "KTX1"

// Each text brings a database from version i (its place here) to i + 1.
constexpr std::array kMigrations = {
    R"sql(
create table sessions (
    id integer primary key,
    started_at integer not null,
    closed_at integer
) strict;

create table images (
    id integer primary key autoincrement,
    blob text not null unique,
    extension text not null,
    width integer not null,
    height integer not null,
    bytes integer not null,
    created_at integer not null
) strict;

create table jobs (
    id integer primary key,
    service_id text not null,
    session integer not null references sessions(id),
    taken_over integer not null default 0,
    state text not null,
    task_id text not null,
    cancelled integer not null,
    credits real not null,
    fingerprint text not null,
    created_at integer not null,
    submitted_at integer not null,
    finished_at integer not null,
    image_id integer references images(id),
    parent_id integer references images(id),
    input_blob text not null,
    input_mime_type text not null,
    input_width integer not null,
    input_height integer not null,
    input_url text not null,
    prompt text not null,
    aspect_ratio text not null,
    output_format text not null,
    model text not null,
    prompt_upsampling integer not null,
    enable_translation integer,
    safety_tolerance integer,
    watermark text not null,
    upload_cn integer not null,
    label text not null,
    priority integer not null,
    reuse_identical integer not null,
    error_code text not null,
    error_http_status integer not null,
    error_provider_code integer not null,
    error_message text not null,
    error_detail text not null
) strict;
create index jobs_by_creation on jobs(created_at, id);
create index jobs_by_fingerprint on jobs(fingerprint) where image_id is not null;
create index jobs_without_image on jobs(service_id, session) where image_id is null;

create table thumbnails (
    image_id integer primary key references images(id) on delete cascade,
    bytes blob not null
) strict;

create table favourites (
    job_id integer primary key references jobs(id) on delete cascade
) strict;

create table tags (
    job_id integer not null references jobs(id) on delete cascade,
    tag text not null,
    primary key (job_id, tag)
) strict, without rowid;

create table spend (
    job_id integer not null references jobs(id),
    task_id text not null,
    credits real not null,
    at integer not null,
    primary key (job_id, task_id)
) strict, without rowid;

create table submits (
    service_id text not null,
    at integer not null
) strict;
create index submits_by_time on submits(service_id, at);

create virtual table prompts using fts5(
    prompt, label, content = 'jobs', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
)sql",
    R"sql(
create table ledger (
    id integer primary key,
    service_id text not null,
    job_id integer not null references jobs(id),
    kind text not null,
    task_id text not null,
    credits real not null,
    at integer not null
) strict;
create index ledger_by_job on ledger(job_id);
create index ledger_by_time on ledger(service_id, at);
insert into ledger (service_id, job_id, kind, task_id, credits, at)
    select jobs.service_id, spend.job_id, 'spent', spend.task_id, spend.credits, spend.at
    from spend join jobs on jobs.id = spend.job_id order by spend.at;
insert into ledger (service_id, job_id, kind, task_id, credits, at)
    select service_id, id, 'unknown', '', credits, submitted_at from jobs
    where state in ('submitting', 'outcome_unknown') and task_id = '';
drop table spend;

drop table submits;
create table submits (
    service_id text not null,
    session integer not null,
    job_id integer not null,
    answered_at integer
) strict;
create index submits_by_time on submits(service_id, answered_at);

alter table jobs add column balance_before real;
alter table jobs add column hinted_task text not null default '';

create table secrets (
    name text primary key,
    value blob not null
) strict, without rowid;
)sql",
};

Result<std::int64_t> read_number(Database& database, const char* sql) {
    Rows rows = database.query(sql);
    const std::int64_t number = rows.next() ? rows.integer(0) : 0;
    if (auto finished = rows.finish(); !finished) return finished.error();
    return number;
}

}  // namespace

Result<SchemaState> inspect_schema(Database& database) {
    const auto tables = read_number(database, "select count(*) from sqlite_schema");
    if (!tables) return tables.error();
    const auto version = read_number(database, "pragma user_version");
    if (!version) return version.error();
    const auto application = read_number(database, "pragma application_id");
    if (!application) return application.error();
    if (*tables == 0 && *version == 0) return SchemaState::Empty;
    if (*application != kApplicationId) return SchemaState::Foreign;
    const auto programs =
        read_number(database, "select count(*) from sqlite_schema where type in ('trigger', 'view')");
    if (!programs) return programs.error();
    if (*programs != 0) return SchemaState::Tampered;
    const auto current = static_cast<std::int64_t>(kMigrations.size());
    if (*version == current) return SchemaState::Current;
    return *version > current ? SchemaState::Newer : SchemaState::Older;
}

Result<void> migrate(Database& database) {
    return transact(database, [&]() -> Result<void> {
        const auto version = read_number(database, "pragma user_version");
        if (!version) return version.error();
        for (auto step = static_cast<std::size_t>(*version); step < kMigrations.size(); ++step) {
            if (auto done = database.execute(kMigrations[step]); !done) return done;
        }
        const std::string marks = "pragma application_id = " + std::to_string(kApplicationId) +
                                  "; pragma user_version = " + std::to_string(kMigrations.size());
        return database.execute(marks.c_str());
    });
}

}  // namespace kontexture::store
