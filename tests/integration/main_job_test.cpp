#include "fixture.h"

#include <algorithm>
#include <fstream>

// The main job and its neighbours, over real sockets and files.
namespace kontexture::testing {
namespace {

std::vector<std::uint8_t> checker(std::uint32_t side) {
    std::vector<std::uint8_t> pixels(std::size_t{side} * side * 4, 255);
    for (std::size_t i = 0; i < pixels.size(); i += 4) pixels[i] = (i / 32) % 2 ? 200 : 40;
    return pixels;
}

}  // namespace

TEST_CASE("a prompt becomes a complete texture with mip levels") {
    Bench bench;
    bench.open();
    const RequestId id = bench.submit({.prompt = "old red brick", .label = "wall"});
    REQUIRE(bench.reaches(id, JobState::Ready));
    const RequestInfo& info = bench.info(id);
    CHECK(info.task_id.size() == 32);
    CHECK(info.width > 0);
    const MemoryHost::Texture& texture = bench.host.textures.at(info.texture.value);
    CHECK(texture.label == "wall");
    CHECK(texture.desc.width == info.width);
    CHECK(texture.levels.back().size() == 4);
    for (std::size_t level = 0; level < texture.levels.size(); ++level)
        CHECK(texture.rows_written[level] == std::max(1U, texture.desc.height >> level));
    const auto& pixels = texture.levels[0];
    CHECK(std::adjacent_find(pixels.begin(), pixels.end(), std::not_equal_to<>()) != pixels.end());

    std::vector<JobState> states;
    for (const Event& event : bench.events)
        if (event.id == id && (states.empty() || states.back() != event.state)) states.push_back(event.state);
    CHECK(states == std::vector<JobState>{JobState::Queued, JobState::Submitting, JobState::Generating,
                                          JobState::Downloading, JobState::Decoding, JobState::Delivering,
                                          JobState::Ready});
    CHECK(bench.server->record().generate_posts == 1);
    CHECK(bench.service->account().spent == 5);
    CHECK(bench.service->account().reserved == 0);
}

TEST_CASE("a released texture lives through this frame and dies soon after") {
    Bench bench;
    bench.open();
    const RequestId id = bench.submit({.prompt = "sand"});
    REQUIRE(bench.reaches(id, JobState::Ready));
    bench.service->release(id);
    CHECK(bench.service->find(id) == nullptr);
    CHECK(bench.host.destroyed == 0);
    bench.service->pump();
    CHECK(bench.host.destroyed == 0);
    CHECK(bench.service->requests().empty());
    CHECK(bench.pump_until([&] { return bench.host.destroyed == 1; }));
    bench.service->release(id);
    bench.service->cancel(id);
    bench.service->retry(id);
    CHECK(bench.pump_until([&] { return bench.service->requests().empty(); }));
}

TEST_CASE("the destructor gives every texture back") {
    Bench bench;
    bench.open();
    const RequestId one = bench.submit({.prompt = "grass"});
    const RequestId two = bench.submit({.prompt = "lava"});
    REQUIRE(bench.reaches(one, JobState::Ready));
    REQUIRE(bench.reaches(two, JobState::Ready));
    const ImageId image = bench.info(one).image;
    REQUIRE(bench.pump_until([&] { return static_cast<bool>(bench.service->library().thumbnail(image)); }));
    CHECK(bench.host.textures.size() == 3);
    bench.close();
    CHECK(bench.host.textures.empty());
}

TEST_CASE("a small budget hands over one slab a pump and still arrives") {
    Bench bench([](local_service::Options& options) { options.paint_divisor = 2; });
    bench.open();
    bench.budget = {.time = 0us, .bytes = 1};
    const RequestId id = bench.submit({.prompt = "marble"});
    int most = 0;
    REQUIRE(bench.pump_until([&] {
        most = std::max(most, bench.host.slabs_this_pump);
        return bench.service->find(id) && bench.service->find(id)->state == JobState::Ready;
    }));
    CHECK(most == 1);
    CHECK(bench.info(id).width == 512);
}

TEST_CASE("a picture can be edited from pixels, a file and the library, and the tree is kept") {
    Bench bench;
    bench.open();
    const auto pixels = checker(64);
    TextureRequest from_pixels{.prompt = "make it mossy", .input = InputImage::from_pixels({pixels, 64, 64})};
    const RequestId first = bench.submit(from_pixels);
    REQUIRE(bench.reaches(first, JobState::Ready));
    CHECK(bench.server->record().uploads == 1);
    CHECK(bench.server->record().tasks.at(0).body.find("inputImage") != std::string::npos);

    TextureRequest from_library{.prompt = "make it wet",
                                .input = InputImage::from_library(bench.info(first).image)};
    const RequestId second = bench.submit(from_library);
    REQUIRE(bench.reaches(second, JobState::Ready));

    const std::string path = bench.folder.path() + "/saved/picture.png";
    bench.service->library().save(bench.info(second).image, path);
    REQUIRE(bench.pump_until(
        [&] { return !bench.events.empty() && bench.events.back().kind == Event::Kind::Saved; }));
    CHECK(bench.events.back().error.code == ErrorCode::None);
    const RequestId third = bench.submit({.prompt = "make it blue", .input = InputImage::from_file(path)});
    REQUIRE(bench.reaches(third, JobState::Ready));
    CHECK(bench.server->record().uploads == 3);

    bench.service->library().search({});
    REQUIRE(bench.pump_until([&] {
        const LibraryPage& page = bench.service->library().page();
        return !page.loading && page.total == 3;
    }));
    for (const LibraryEntry& entry : bench.service->library().page().entries) {
        CHECK(entry.parent);
        if (entry.id == second) CHECK(entry.parent == bench.info(first).image);
    }
}

TEST_CASE("wrong input is refused, or fails, before anything is sent") {
    Bench bench;
    bench.open();
    CHECK(bench.service->submit({.prompt = "  "}).error().code == ErrorCode::InvalidArgument);
    CHECK(bench.service->submit({.prompt = "x", .model = "no-such"}).error().code ==
          ErrorCode::InvalidArgument);
    CHECK(bench.service->submit({.prompt = "x", .safety_tolerance = 9}).error().code ==
          ErrorCode::InvalidArgument);
    const RequestId missing =
        bench.submit({.prompt = "x", .input = InputImage::from_file("/nonexistent.png")});
    REQUIRE(bench.reaches(missing, JobState::Failed));
    CHECK(bench.info(missing).error.code == ErrorCode::InputUnreadable);
    const RequestId absent = bench.submit({.prompt = "x", .input = InputImage::from_library(ImageId{999})});
    REQUIRE(bench.reaches(absent, JobState::Failed));
    CHECK(bench.server->record().generate_posts == 0);
}

TEST_CASE("the same request is not paid for twice when asked so") {
    Bench bench;
    bench.open();
    const TextureRequest request{.prompt = "cobble", .reuse = Reuse::IfIdentical};
    const RequestId first = bench.submit(request);
    REQUIRE(bench.reaches(first, JobState::Ready));
    const RequestId second = bench.submit(request);
    REQUIRE(bench.reaches(second, JobState::Ready));
    CHECK(bench.info(second).reused);
    CHECK(bench.info(second).image == bench.info(first).image);
    TextureRequest other = request;
    other.output_format = OutputFormat::Jpeg;
    const RequestId third = bench.submit(other);
    REQUIRE(bench.reaches(third, JobState::Ready));
    CHECK_FALSE(bench.info(third).reused);
    CHECK(bench.server->record().generate_posts == 2);
    CHECK(bench.service->account().spent == 10);
}

TEST_CASE("beyond the spend limit a request is refused with the numbers") {
    Bench bench;
    ServiceConfig config = bench.config();
    config.max_credits = 7;
    bench.open(std::move(config));
    const RequestId first = bench.submit({.prompt = "rock"});
    const RequestId second = bench.submit({.prompt = "rock"});
    REQUIRE(bench.reaches(second, JobState::Failed));
    CHECK(bench.info(second).error.code == ErrorCode::SpendLimit);
    CHECK(bench.info(second).error.message.find('7') != std::string::npos);
    REQUIRE(bench.reaches(first, JobState::Ready));
    bench.service->set_max_credits(12);
    bench.service->retry(second);
    REQUIRE(bench.reaches(second, JobState::Ready));
    CHECK(bench.server->record().generate_posts == 2);
}

TEST_CASE("the library finds, marks, draws and saves") {
    Bench bench;
    bench.open();
    const RequestId moss = bench.submit({.prompt = "mossy stone wall", .output_format = OutputFormat::Jpeg});
    const RequestId sand = bench.submit({.prompt = "desert sand"});
    REQUIRE(bench.reaches(moss, JobState::Ready));
    REQUIRE(bench.reaches(sand, JobState::Ready));
    Library& library = bench.service->library();
    library.search({.search = "mos"});
    REQUIRE(bench.pump_until([&] { return !library.page().loading && library.page().total == 1; }));
    const ImageId image = library.page().entries[0].image;
    CHECK(library.page().entries[0].id == moss);
    library.set_favourite(moss, true);
    library.search({.favourites_only = true});
    REQUIRE(bench.pump_until([&] { return !library.page().loading && library.page().total == 1; }));
    CHECK(library.page().entries[0].favourite);

    const auto saved = [&](const std::string& name) {
        bench.events.clear();
        library.save(image, bench.folder.path() + "/" + name);
        REQUIRE(bench.pump_until([&] {
            return std::any_of(bench.events.begin(), bench.events.end(),
                               [](const Event& e) { return e.kind == Event::Kind::Saved; });
        }));
        std::ifstream file(bench.folder.path() + "/" + name, std::ios::binary);
        std::string bytes((std::istreambuf_iterator<char>(file)), {});
        return bytes.substr(0, 4);
    };
    CHECK(saved("a.jpg").substr(0, 2) == "\xFF\xD8");
    CHECK(saved("deep/er/b.png") == "\x89PNG");
}

TEST_CASE("loading a library picture costs nothing") {
    Bench bench;
    bench.open();
    const RequestId made = bench.submit({.prompt = "bark"});
    REQUIRE(bench.reaches(made, JobState::Ready));
    const ImageId image = bench.info(made).image;
    bench.close();
    bench.open();
    const RequestId loaded = bench.service->load(image);
    REQUIRE(bench.reaches(loaded, JobState::Ready));
    CHECK(bench.info(loaded).from_library);
    CHECK(bench.host.textures.contains(bench.info(loaded).texture.value));
    const RequestId nothing = bench.service->load(ImageId{12345});
    REQUIRE(bench.reaches(nothing, JobState::Failed));
    CHECK(bench.server->record().generate_posts == 1);
}

TEST_CASE("the key reaches no file") {
    Bench bench([](local_service::Options& options) { options.key = "a-key-that-must-not-be-found"; });
    bench.open();
    bench.server->inject(local_service::Endpoint::Generate, local_service::Fault::KeyInMessage, 1, 402);
    const RequestId failing = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(failing, JobState::Failed));
    CHECK(bench.info(failing).error.message.find("must-not") == std::string::npos);
    CHECK(bench.info(failing).error.detail.find("must-not") == std::string::npos);
    const RequestId good = bench.submit({.prompt = "x"});
    REQUIRE(bench.reaches(good, JobState::Ready));
    bench.close();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.folder.path() + "/data")) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        INFO(entry.path().string());
        CHECK(bytes.find("must-not-be-found") == std::string::npos);
    }
    for (const std::string& line : bench.host.lines)
        CHECK(line.find("must-not-be-found") == std::string::npos);
}

TEST_CASE("without a key everything but paid calls works") {
    Bench bench;
    ServiceConfig config = bench.config();
    config.api_key = {};
    bench.open(std::move(config));
    CHECK(bench.service->submit({.prompt = "x"}).error().code == ErrorCode::Unauthorized);
    bench.service->library().search({});
    CHECK(bench.pump_until([&] { return !bench.service->library().page().loading; }));
    bench.service->set_api_key(Secret(bench.server->key()));
    const RequestId id = bench.submit({.prompt = "x"});
    CHECK(bench.reaches(id, JobState::Ready));
    bench.service->refresh_account();
    CHECK(bench.pump_until([&] { return bench.service->account().credits == 995; }));
}

TEST_CASE("a folder that cannot be used is an error at once") {
    Bench bench;
    ServiceConfig config = bench.config();
    config.data_dir = "/proc/no-such-place";
    auto service = Service::create(std::move(config), bench.host);
    REQUIRE_FALSE(service);
    CHECK_FALSE(service.error().message.empty());
    config = bench.config();
    config.base_url = "http://example.com";
    CHECK_FALSE(Service::create(std::move(config), bench.host));
}

}  // namespace kontexture::testing
