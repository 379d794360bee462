#pragma once

#include "gui_driver.h"
#include "scripted_service.h"

#include <memory>
#include <vector>

namespace kontexture::test {

/// A host without graphics; it counts nothing and shows nothing.
class BlankHost : public Host {
public:
    TextureHandle create_texture(const TextureDesc&) override { return {1}; }
    bool write_rows(TextureHandle, std::uint32_t, std::uint32_t, const ImageView&) override { return true; }
    void destroy_texture(TextureHandle) override {}
    ImageView selected_image() override { return selection; }

    ImageView selection;
};

/// The panel over a scripted service on a screen of that size.
struct PanelFixture {
    explicit PanelFixture(float width = 500, float height = 900, float font_scale = 1)
        : gui(width, height, font_scale),
          service(make_service(script, host)),
          panel(std::make_unique<Panel>(*service)) {
        gui.draw = [this] {
            for (const PanelEvent& event : panel->draw_content()) events.push_back(event);
        };
        gui.frames(3);
    }

    void write(std::string_view prompt) {
        panel->set_prompt(prompt);
        gui.frames(2);
    }

    GuiDriver gui;
    BlankHost host;
    Script script;
    std::unique_ptr<Service> service;
    std::unique_ptr<Panel> panel;
    std::vector<PanelEvent> events;
};

}  // namespace kontexture::test
