#include "fixture.h"

#include <algorithm>
#include <fstream>
#include <iterator>

// Several askers: two editors on one data folder, two places of a host that want the same picture, one purse.
namespace kontexture::testing {

using local_service::Endpoint;
using local_service::Fault;

namespace {

std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A second editor on the bench's data folder.
struct Neighbour {
    explicit Neighbour(ServiceConfig config) {
        auto made = Service::create(std::move(config), host);
        REQUIRE(made);
        service = std::move(*made);
    }
    MemoryHost host;
    std::unique_ptr<Service> service;
};

}  // namespace

TEST_CASE("what an editor leaves is finished by the one that lives on") {
    Bench bench([](local_service::Options& options) { options.min_duration = options.max_duration = 1s; });
    bench.open();
    RequestId id;
    {
        Neighbour other(bench.config());
        const auto submitted = other.service->submit({.prompt = "mossy wall"});
        REQUIRE(submitted);
        id = *submitted;
        for (;;) {
            other.service->pump();
            const RequestInfo* info = other.service->find(id);
            if (info && info->state == JobState::Generating) break;
            std::this_thread::sleep_for(2ms);
        }
        // It belongs to the one that submitted it.
        bench.service->pump();
        CHECK(bench.service->find(id) == nullptr);
    }
    const auto left_at = std::chrono::steady_clock::now();
    REQUIRE(bench.pump_until([&] { return bench.service->find(id) != nullptr; }, 60s));
    // The promise is 15 s on a machine that keeps up.
    CHECK(std::chrono::steady_clock::now() - left_at < 45s);
    CHECK(bench.info(id).restored);
    REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.server->record().generate_posts == 1);
    CHECK(bench.server->record().tasks.size() == 1);
}

TEST_CASE("the same request from two places of a host costs once") {
    Bench bench;
    bench.open();
    const TextureRequest request{.prompt = "mossy wall", .reuse = Reuse::IfIdentical};
    const RequestId first = bench.submit(request);
    const RequestId twin = bench.submit(request);
    TextureRequest other = request;
    other.output_format = OutputFormat::Jpeg;
    const RequestId third = bench.submit(other);
    const auto waits = [&] {
        const RequestInfo* info = bench.service->find(twin);
        return info && (info->waiting == WaitReason::Identical || info->state == JobState::Ready);
    };
    REQUIRE(bench.pump_until(waits));
    for (RequestId id : {first, twin, third}) REQUIRE(bench.reaches(id, JobState::Ready));
    CHECK(bench.server->record().tasks.size() == 2);
    CHECK(bench.info(twin).reused);
    CHECK(bench.info(twin).image == bench.info(first).image);
    CHECK(bench.info(twin).texture != bench.info(first).texture);
    CHECK(bench.service->account().spent == 10);
    CHECK(bench.service->account().reserved == 0);
}

TEST_CASE("the limit of a day holds for all editors of a data folder, and over restarts") {
    Bench bench;
    ServiceConfig config = bench.config();
    config.max_credits_per_day = 12;
    bench.open(config);
    Neighbour other(config);
    const RequestId first = bench.submit({.prompt = "one"});
    REQUIRE(bench.reaches(first, JobState::Ready));
    const auto second = other.service->submit({.prompt = "two"});
    REQUIRE(second);
    for (;;) {
        other.service->pump();
        const RequestInfo* info = other.service->find(*second);
        if (info && is_final(info->state)) break;
        std::this_thread::sleep_for(2ms);
    }
    CHECK(other.service->find(*second)->state == JobState::Ready);

    // This one knows only of its own five, so the journal has to refuse it.
    const RequestId third = bench.submit({.prompt = "three"});
    REQUIRE(bench.reaches(third, JobState::Failed));
    CHECK(bench.info(third).error.code == ErrorCode::SpendLimit);
    CHECK(bench.info(third).error.message.find("10 were spent in the last 24 hours") != std::string::npos);

    bench.close();
    bench.open(config);
    REQUIRE(bench.pump_until([&] { return bench.service->account().spent_last_day == 10; }));
    CHECK(bench.service->account().limit_per_day == 12);
    const RequestId fourth = bench.submit({.prompt = "four"});
    REQUIRE(bench.reaches(fourth, JobState::Failed));
    CHECK(bench.info(fourth).error.code == ErrorCode::SpendLimit);
    bench.service->set_max_credits_per_day({});
    bench.service->retry(fourth);
    REQUIRE(bench.reaches(fourth, JobState::Ready));
    CHECK(bench.server->record().tasks.size() == 3);
}

TEST_CASE("the ledger lists what was paid for, with prices of the host's own, and goes to a spreadsheet") {
    Bench bench;
    ServiceConfig config = bench.config();
    config.prices = {{"flux-kontext-pro", 7.5}};
    bench.open(config);
    CHECK(bench.service->estimate({.prompt = "x"}) == 7.5);
    CHECK(bench.service->capabilities().models[1].credits == 10);
    const RequestId plain = bench.submit({.prompt = "plain wall"});
    REQUIRE(bench.reaches(plain, JobState::Ready));
    const RequestId tricky = bench.submit({.prompt = "=SUM(A1), a \"quoted\"\nwall"});
    REQUIRE(bench.reaches(tricky, JobState::Ready));
    bench.server->inject(Endpoint::Generate, Fault::DropAfterAccept, 1);
    const RequestId unknown = bench.submit({.prompt = "lost wall"});
    REQUIRE(bench.reaches(unknown, JobState::OutcomeUnknown));

    Library& library = bench.service->library();
    library.load_ledger();
    CHECK(library.ledger().loading);
    REQUIRE(bench.pump_until([&] { return !library.ledger().loading; }));
    const Ledger& ledger = library.ledger();
    REQUIRE(ledger.entries.size() == 3);
    CHECK(ledger.entries[0].kind == LedgerEntry::Kind::Unknown);
    CHECK(ledger.entries[0].request == unknown);
    CHECK(ledger.entries[1].request == tricky);
    CHECK(ledger.entries[2].kind == LedgerEntry::Kind::Spent);
    CHECK(ledger.entries[2].credits == 7.5);
    CHECK(!ledger.entries[2].task_id.empty());
    CHECK(ledger.total == 22.5);
    CHECK(ledger.last_day == 22.5);

    const std::string path = bench.folder.path() + "/out/spend.csv";
    library.save_ledger(path);
    const auto saved = [&] {
        return std::any_of(bench.events.begin(), bench.events.end(), [&](const Event& event) {
            return event.kind == Event::Kind::Saved && event.path == path &&
                   event.error.code == ErrorCode::None;
        });
    };
    REQUIRE(bench.pump_until(saved));
    const std::string text = file_text(path);
    CHECK(text.starts_with("time,request,kind,credits,model,task,prompt\r\n"));
    CHECK(text.find(",spent,7.5,\"flux-kontext-pro\",") != std::string::npos);
    CHECK(text.find(",unknown,7.5,") != std::string::npos);
    CHECK(text.find("\"'=SUM(A1), a \"\"quoted\"\"\nwall\"\r\n") != std::string::npos);

    config.prices = {{"flux-kontext-ultra", 1}};
    const auto wrong = Service::create(config, bench.host);
    REQUIRE(!wrong);
    CHECK(wrong.error().code == ErrorCode::InvalidArgument);
    CHECK(wrong.error().message.find("flux-kontext-ultra") != std::string::npos);
    CHECK(wrong.error().message.find("flux-kontext-max") != std::string::npos);
}

TEST_CASE("what an unknown outcome did to the balance is told") {
    Bench bench;
    bench.open();
    bench.service->refresh_account();
    REQUIRE(bench.pump_until([&] { return bench.service->account().credits.has_value(); }));
    SECTION("charged") {
        bench.server->inject(Endpoint::Generate, Fault::DropAfterAccept, 1);
        const RequestId id = bench.submit({.prompt = "lost wall"});
        REQUIRE(bench.reaches(id, JobState::OutcomeUnknown));
        REQUIRE(bench.pump_until([&] { return bench.info(id).balance_change.has_value(); }));
        CHECK(bench.info(id).balance_change == -5);
        CHECK(bench.info(id).error.message.find("probably charged") != std::string::npos);

        // It is known after a restart, too.
        bench.close();
        bench.open();
        REQUIRE(bench.pump_until([&] {
            const RequestInfo* info = bench.service->find(id);
            return info && info->balance_change.has_value();
        }));
        CHECK(bench.info(id).balance_change == -5);
    }
    SECTION("not charged") {
        bench.server->inject(Endpoint::Generate, Fault::DropBeforeAccept, 1);
        const RequestId id = bench.submit({.prompt = "lost wall"});
        REQUIRE(bench.reaches(id, JobState::OutcomeUnknown));
        REQUIRE(bench.pump_until([&] { return bench.info(id).balance_change.has_value(); }));
        CHECK(bench.info(id).balance_change == 0);
        CHECK(bench.info(id).error.message.find("probably not charged") != std::string::npos);
    }
}

}  // namespace kontexture::testing
