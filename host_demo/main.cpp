// Kontexture's demo: a very small game editor with the panel in it.
// Read it from top to bottom; it is everything a host does.
#include "auto_run.h"
#include "gl_host.h"
#include "key_supply.h"
#include "local_service/local_service.h"
#include "options.h"
#include "scene.h"
#include "screenshot.h"
#include "style.h"
#include "terminal_text.h"
#include "viewport.h"
#include "window.h"
#include "workspace.h"

#include <kontexture/kontexture.h>

#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <epoxy/gl.h>
#include <imgui.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace {

using namespace std::chrono_literals;

int report(const kontexture::Error& error) {
    std::fprintf(stderr, "kontexture_demo: %s\n", terminal_text::printable(error.message).c_str());
    if (!error.detail.empty())
        std::fprintf(stderr, "  (%s)\n", terminal_text::printable(error.detail).c_str());
    return 1;
}

/// Dear ImGui with its GLFW and OpenGL backends, for as long as it lives.
struct ImGuiSession {
    explicit ImGuiSession(GLFWwindow* window) {
        IMGUI_CHECKVERSION();
        ImGui::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;  // the layout is fixed
        ImGui_ImplGlfw_InitForOpenGL(window, true);
        ImGui_ImplOpenGL3_Init("#version 330 core");
    }
    ~ImGuiSession() {
        ImGui_ImplOpenGL3_Shutdown();
        ImGui_ImplGlfw_Shutdown();
        ImGui::DestroyContext();
    }
    ImGuiSession(const ImGuiSession&) = delete;
    ImGuiSession& operator=(const ImGuiSession&) = delete;
};

/// Without a key a server inside this process paints the pictures.
kontexture::Result<std::unique_ptr<local_service::LocalService>> start_local(
    kontexture::ServiceConfig& config) {
    std::string error;
    auto local = local_service::LocalService::start({.data_dir = config.data_dir + "/local_service"}, &error);
    if (!local)
        return kontexture::Error{.code = kontexture::ErrorCode::Network,
                                 .message = "The local service could not start: " + error};
    config.api_key = local->key();
    config.base_url = local->base_url();
    config.upload_url.clear();
    config.service_id = "local";
    return local;
}

/// Something is under way that is worth drawing: a request that is neither final nor waits for a person.
bool is_working(const kontexture::Service& service) {
    return std::ranges::any_of(service.requests(), [](const kontexture::RequestInfo& info) {
        return !kontexture::is_final(info.state) && info.state != kontexture::JobState::OutcomeUnknown &&
               info.waiting != kontexture::WaitReason::Resume;
    });
}

}  // namespace

// Read aloud from top to bottom, so it stays one function. NOLINTNEXTLINE(readability-function-size)
int main(int argc, char** argv) {
    // 1. What is asked for. A crash shall not write the key to the disk.
    key_supply::seal_process();
    const kontexture::Result<demo::Options> options = demo::read_options(argc, argv);
    if (!options) return report(options.error()), 2;
    if (options->help) return std::fputs(demo::kUsage, stdout), 0;
    auto config = demo::config_from_environment();
    if (!config) return report(config.error());

    // 2. A window with an OpenGL 3.3 context.
    auto window = demo::Window::open(*options);
    if (!window) return report(window.error());
    const demo::Quality quality = demo::Quality::for_this_driver();

    // 3. Dear ImGui, in the demo's style and the screen's scale.
    const ImGuiSession imgui((*window)->handle());
    demo::UiScale scale = (*window)->scale();
    demo::Fonts fonts = demo::apply_style(scale);

    // 4. Our renderer's side of the texture contract, and something to put textures on.
    demo::GlHost host(quality.anisotropy);
    demo::Scene scene;
    auto viewport = demo::Viewport::create(scene, host, quality);
    if (!viewport) return report(viewport.error());

    // 5. The service: the one the environment names, or the local one.
    std::unique_ptr<local_service::LocalService> local;
    if (config->api_key.empty()) {
        auto started = start_local(*config);
        if (!started) return report(started.error());
        local = std::move(*started);
    }
    auto created = kontexture::Service::create(std::move(*config), host);
    if (!created) return report(created.error());
    kontexture::Service& service = **created;

    // 6. The panel, and the editor around it.
    kontexture::Panel panel(service);
    if (local) panel.set_service_name("Local service");
    demo::Workspace workspace(scene, **viewport, panel, service);
    demo::Workspace::Status status;
    status.is_local = local != nullptr;
    status.service =
        local ? "Local service: procedural pictures, no AI, no cost" : service.capabilities().service_name;
    std::optional<demo::AutoRun> auto_run;
    if (!options->auto_prompts.empty()) auto_run.emplace(*options, service, panel, scene, **viewport);

    // 7. Frame by frame.
    int exit_code = 0;
    int frames = 0;
    bool is_quiet = false;  // a frame at rest was drawn already
    while (!(*window)->is_closing() && !workspace.wants_to_quit()) {
        const bool is_scripted = auto_run || !options->screenshot.empty();
        const bool is_busy = is_scripted || is_working(service) || (*viewport)->is_moving();
        const bool is_awake = (*window)->wait(is_busy);

        // 7a. News and texture rows from the service. The context is current.
        const std::span<const kontexture::Event> events = service.pump({.time = 2ms});
        if (auto_run) auto_run->observe(events);
        for (const std::string& path : (*window)->take_dropped())
            panel.set_input(kontexture::InputImage::from_file(path));
        if (!is_awake && events.empty() && is_quiet && !ImGui::GetIO().WantTextInput) continue;

        // 7b. The frame.
        if (const demo::UiScale now = (*window)->scale(); !(now == scale)) {
            scale = now;
            fonts = demo::apply_style(scale);
            ImGui_ImplOpenGL3_DestroyDeviceObjects();
        }
        ImGui_ImplOpenGL3_NewFrame();
        ImGui_ImplGlfw_NewFrame();
        if (auto_run) auto_run->before_frame();
        ImGui::NewFrame();
        status.frames_per_second = (*window)->frames_per_second(is_busy);
        is_quiet = status.frames_per_second == 0;
        workspace.draw(status, fonts, (*window)->take_keys());
        ImGui::Render();

        // 7c. Textures that nothing wears and no undo brings back.
        for (kontexture::RequestId request : scene.take_unused_requests()) service.release(request);
        // What an earlier run left is nobody's once it is in the library.
        for (const kontexture::Event& event : events) {
            const kontexture::RequestInfo* info = service.find(event.id);
            if (event.state != kontexture::JobState::Ready || !info || !info->restored) continue;
            if (!scene.is_used(event.id)) service.release(event.id);
        }
        host.select(scene.selection().material.texture);

        // 7d. To the screen.
        const ImVec2 points = ImGui::GetIO().DisplaySize;
        const ImVec2 density = ImGui::GetIO().DisplayFramebufferScale;
        glBindFramebuffer(GL_FRAMEBUFFER, 0);
        glViewport(0, 0, static_cast<int>(points.x * density.x), static_cast<int>(points.y * density.y));
        glClearColor(0.07f, 0.078f, 0.09f, 1);
        glClear(GL_COLOR_BUFFER_BIT);
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
        ++frames;

        // 7e. Without a person: save what there is to see, and quit.
        const bool is_shown = auto_run ? auto_run->is_done() : is_scripted && frames > 20;
        if (is_shown) {
            if (!options->screenshot.empty())
                if (auto saved = demo::save_screenshot(ImGui::GetDrawData(), options->screenshot); !saved)
                    exit_code = report(saved.error());
            if (auto_run && !auto_run->failure().empty())
                exit_code = report({.message = auto_run->failure()});
            else if (auto_run)
                std::printf("%s\n", terminal_text::printable(auto_run->report()).c_str());
            break;
        }
        (*window)->present();
    }

    // 8. Everything goes in the opposite order: panel, service, local service, host, ImGui, window.
    return exit_code;
}
