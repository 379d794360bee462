#include "catch.h"
#include "gui_driver.h"
#include "local_service/local_service.h"

#include <kontexture/kontexture.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

// The main job with everything real but the screen: the panel, the service, HTTP, the disk.
using namespace kontexture;
using namespace std::chrono_literals;

namespace {

class TempFolder {
public:
    TempFolder()
        : path_(std::filesystem::temp_directory_path() /
                ("kontexture_panel_" + std::to_string(std::random_device{}()))) {
        std::filesystem::create_directories(path_);
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string operator/(const char* name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// Keeps textures in memory.
class MemoryHost : public Host {
public:
    struct Texture {
        std::uint32_t width = 0;
        std::uint32_t height = 0;
        std::vector<std::uint8_t> pixels;
    };

    TextureHandle create_texture(const TextureDesc& desc) override {
        const TextureHandle handle{++last_};
        textures[handle] = {desc.width, desc.height,
                            std::vector<std::uint8_t>(std::size_t{4} * desc.width * desc.height)};
        return handle;
    }

    bool write_rows(TextureHandle handle, std::uint32_t mip, std::uint32_t first_row,
                    const ImageView& rows) override {
        if (mip > 0) return true;
        Texture& texture = textures.at(handle);
        std::copy(
            rows.pixels.begin(), rows.pixels.end(),
            texture.pixels.begin() + static_cast<std::ptrdiff_t>(std::size_t{4} * first_row * texture.width));
        return true;
    }

    void destroy_texture(TextureHandle handle) override { textures.erase(handle); }

    std::map<TextureHandle, Texture> textures;

private:
    std::uint64_t last_ = 0;
};

struct Stage {
    Stage() : gui(700, 900) {
        server = local_service::LocalService::start({.data_dir = folder / "server",
                                                     .min_duration = 100ms,
                                                     .max_duration = 300ms,
                                                     .seed = 7,
                                                     .paint_divisor = 8});
        REQUIRE(server);
        auto made = Service::create(
            {.api_key = server->key(), .data_dir = folder / "data", .base_url = server->base_url()}, host);
        REQUIRE(made);
        service = std::move(*made);
        panel = std::make_unique<Panel>(*service);
        gui.draw = [this] {
            service->pump();
            for (const PanelEvent& event : panel->draw_content()) applied.push_back(event);
        };
        gui.frames(3);
    }

    template <typename Condition>
    bool wait_for(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (!condition() && std::chrono::steady_clock::now() < deadline) {
            gui.frame();
            std::this_thread::sleep_for(2ms);
        }
        return condition();
    }

    /// No card is about to go, which would move what is below it.
    bool is_at_rest() const {
        for (const RequestInfo& info : service->requests())
            if (!is_settled(info.state)) return false;
        return true;
    }

    std::vector<std::uint64_t> tiles() const {
        std::vector<std::uint64_t> keys;
        for (const auto& item : gui.items())
            if (item.name == "tile") keys.push_back(item.key);
        return keys;
    }

    TempFolder folder;
    test::GuiDriver gui;
    MemoryHost host;
    std::unique_ptr<local_service::LocalService> server;
    std::unique_ptr<Service> service;
    std::unique_ptr<Panel> panel;
    std::vector<PanelEvent> applied;
};

}  // namespace

TEST_CASE("Type a prompt, press Generate, apply, edit the result, save it") {
    Stage stage;
    test::GuiDriver& gui = stage.gui;
    REQUIRE(gui.click("prompt"));
    gui.type("mossy stone wall");
    REQUIRE(gui.click("generate"));
    REQUIRE(stage.wait_for([&] { return stage.tiles().size() == 1 && stage.is_at_rest(); }));
    gui.pass(3);

    const std::uint64_t image = stage.tiles()[0];
    REQUIRE(gui.click("tile.apply", image));
    REQUIRE(stage.wait_for([&] { return !stage.applied.empty(); }));
    const PanelEvent applied = stage.applied[0];
    CHECK(applied.image == ImageId{image});
    REQUIRE(stage.host.textures.count(applied.texture) == 1);
    const MemoryHost::Texture& texture = stage.host.textures[applied.texture];
    CHECK(texture.width == applied.width);
    CHECK(texture.height == applied.height);
    CHECK(std::count(texture.pixels.begin(), texture.pixels.end(), std::uint8_t{0}) <
          static_cast<std::ptrdiff_t>(texture.pixels.size() / 4));

    REQUIRE(gui.click("tile", image));
    gui.pass(0.4);
    REQUIRE(gui.click("view.edit"));
    gui.frames(3);
    gui.type(" wet");
    gui.press(ImGuiKey_Enter, true);
    REQUIRE(stage.wait_for([&] { return stage.tiles().size() == 2 && stage.is_at_rest(); }));
    const local_service::Record record = stage.server->record();
    REQUIRE(record.generate_posts == 2);
    CHECK(record.uploads == 1);
    CHECK(record.tasks[1].body.find("inputImage") != std::string::npos);

    gui.pass(3);
    stage.panel->set_save_folder(stage.folder / "saved");
    REQUIRE(gui.click("tile", image));
    gui.pass(0.4);
    REQUIRE(gui.click("view.save"));
    gui.frames(3);
    REQUIRE(gui.click("save.go"));
    REQUIRE(stage.wait_for([&] { return !gui.find("save.go"); }));
    CHECK(std::filesystem::file_size(stage.folder / "saved/mossy-stone-wall.png") > 100);

    stage.service->release(applied.request);
    CHECK(stage.wait_for([&] { return stage.host.textures.count(applied.texture) == 0; }));
    stage.panel.reset();
    gui.draw = nullptr;
    stage.service.reset();
    CHECK(stage.host.textures.empty());
}

TEST_CASE("An outcome that is lost is shown and resolved without a second payment") {
    Stage stage;
    stage.server->inject(local_service::Endpoint::Generate, local_service::Fault::DropAfterAccept);
    stage.panel->set_prompt("bark");
    stage.gui.frames(2);
    stage.panel->generate();
    const auto discard_key = [&]() -> std::uint64_t {
        for (const auto& item : stage.gui.items())
            if (item.name == "discard") return item.key;
        return 0;
    };
    REQUIRE(stage.wait_for([&] { return discard_key() != 0; }));
    const std::uint64_t key = discard_key();
    REQUIRE(stage.gui.click("discard", key));
    CHECK(stage.wait_for([&] { return !stage.gui.find("discard", key); }));
    CHECK(stage.server->record().generate_posts == 1);
}
