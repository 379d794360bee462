#pragma once

#include <kontexture/library.h>

namespace kontexture {

/// What a person asked the host to do, from the panel.
struct PanelEvent {
    enum class Kind : std::uint8_t {
        /// Put `texture` on what is selected. It lives until Service::release(request), which is now the
        /// host's to call. The same request may be applied again, for another selection.
        Apply,
    };
    Kind kind = Kind::Apply;
    RequestId request;
    ImageId image;
    TextureHandle texture;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

/// A Dear ImGui panel over a Service. It uses the current ImGui context, follows its style and fonts, and
/// draws textures through Host::imgui_texture_id() only. Thread: the owner thread, between ImGui::NewFrame()
/// and ImGui::Render(), after this frame's pump(). Lifetime: the Service outlives the panel.
///
/// Textures: it releases the requests that were started in it, but none whose texture an Apply event named.
/// Those, what the host submitted, and what an earlier run left (RequestInfo::restored; once Ready the
/// picture is in the library) are the host's to release. When the panel goes, what it started and is
/// finished is released too; what is still under way goes on, and is the host's from then on.
///
///     auto service = kontexture::Service::create({.api_key = key, .data_dir = dir}, host);
///     if (!service) return report(service.error().message);
///     kontexture::Panel panel(**service);
///     …                                                      // each frame, after (*service)->pump()
///     for (const kontexture::PanelEvent& e : panel.draw_window("Textures"))
///         material.set_albedo(e.texture);
class Panel {
public:
    explicit Panel(Service& service);
    ~Panel();
    Panel(const Panel&) = delete;
    Panel& operator=(const Panel&) = delete;

    /// A whole window. With `open` it has a close button, and nothing is drawn while *open is false.
    /// The events are valid until the next draw.
    std::span<const PanelEvent> draw_window(const char* title, bool* open = nullptr);
    /// Only what is inside, for a window, tab or dock of the host's own.
    std::span<const PanelEvent> draw_content();
    /// A menu item with a check mark that opens and closes the window. True when it was chosen.
    bool draw_menu_item(const char* label, bool* open);

    /// The same as typing and choosing in the panel.
    void set_prompt(std::string_view prompt);
    void set_input(InputImage input);
    void set_request(const TextureRequest& request);
    /// The same as the Generate button.
    void generate();
    /// Puts the keyboard focus into the prompt on the next draw.
    void focus_prompt();
    /// The folder that "Save as" proposes first.
    void set_save_folder(std::string_view folder);
    /// What the panel calls the service; empty: Capabilities::service_name.
    void set_service_name(std::string_view name);
    /// Marks the pictures whose textures the host shows now, and among them the one on the selection. Call it
    /// whenever that changes, or each frame.
    void set_in_use(std::span<const RequestId> requests, RequestId on_selection = {});

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kontexture
