#include "gui_driver.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> g_allocations = 0;

void* allocate(std::size_t size, void*) {
    ++g_allocations;
    return std::malloc(size);
}

void deallocate(void* block, void*) {
    std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
    ++g_allocations;
    if (void* block = std::malloc(size ? size : 1)) return block;
    throw std::bad_alloc();
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++g_allocations;
    return std::malloc(size ? size : 1);
}

void operator delete(void* block) noexcept {
    std::free(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    std::free(block);
}

namespace kontexture::test {

std::size_t allocation_count() {
    return g_allocations;
}

GuiDriver::GuiDriver(float width, float height, float font_scale) : size_(width, height) {
    ImGui::SetAllocatorFunctions(allocate, deallocate);
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.DisplaySize = size_;
    ImFontConfig font;
    font.SizePixels = 13 * font_scale;
    io.Fonts->AddFontDefault(&font);
#ifdef IMGUI_HAS_TEXTURES
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
#else
    unsigned char* pixels = nullptr;
    int atlas_width = 0;
    int atlas_height = 0;
    io.Fonts->GetTexDataAsRGBA32(&pixels, &atlas_width, &atlas_height);
#endif
#if IMGUI_VERSION_NUM < 18700
    for (int key = 0; key < ImGuiKey_COUNT; ++key) io.KeyMap[key] = key;
#endif
    items_.reserve(512);
    panel::set_probe(this);
}

GuiDriver::~GuiDriver() {
    panel::set_probe(nullptr);
#ifdef IMGUI_HAS_TEXTURES
    // Without a renderer nobody answers the requests to destroy.
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures)
        texture->SetStatus(ImTextureStatus_Destroyed);
#endif
    ImGui::DestroyContext();
}

void GuiDriver::frame() {
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = size_;
    io.DeltaTime = 1.0f / 60;
    time_ += 1.0 / 60;
    items_.clear();
    ImGui::NewFrame();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size_);
    if (ImGui::Begin("test", nullptr, ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize) && draw)
        draw();
    ImGui::End();
    ImGui::Render();
#ifdef IMGUI_HAS_TEXTURES
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures)
        if (texture->Status == ImTextureStatus_WantCreate || texture->Status == ImTextureStatus_WantUpdates) {
            texture->SetTexID(static_cast<ImTextureID>(1));
            texture->SetStatus(ImTextureStatus_OK);
        }
#endif
}

void GuiDriver::frames(int count) {
    for (int i = 0; i < count; ++i) frame();
}

void GuiDriver::pass(double seconds) {
    frames(static_cast<int>(seconds * 60) + 1);
}

void GuiDriver::item(std::string_view name, std::uint64_t key, ImVec2 min, ImVec2 max) {
    items_.push_back({name, key, min, max});
}

std::optional<GuiDriver::Item> GuiDriver::find(std::string_view name, std::uint64_t key) const {
    for (const Item& candidate : items_)
        if (candidate.name == name && candidate.key == key) return candidate;
    return std::nullopt;
}

bool GuiDriver::click(std::string_view name, std::uint64_t key) {
    const std::optional<Item> target = find(name, key);
    if (!target) return false;
    click_at({(target->min.x + target->max.x) / 2, (target->min.y + target->max.y) / 2});
    return true;
}

void GuiDriver::point_at(ImVec2 at) {
#if IMGUI_VERSION_NUM < 18700
    ImGui::GetIO().MousePos = at;
#else
    ImGui::GetIO().AddMousePosEvent(at.x, at.y);
#endif
    frames(2);
}

void GuiDriver::set_button(bool is_down) {
#if IMGUI_VERSION_NUM < 18700
    ImGui::GetIO().MouseDown[0] = is_down;
#else
    ImGui::GetIO().AddMouseButtonEvent(0, is_down);
#endif
}

void GuiDriver::click_at(ImVec2 at) {
    point_at(at);
    set_button(true);
    frames(2);
    set_button(false);
    frames(2);
}

void GuiDriver::wheel(float steps) {
#if IMGUI_VERSION_NUM < 18700
    ImGui::GetIO().MouseWheel = steps;
#else
    ImGui::GetIO().AddMouseWheelEvent(0, steps);
#endif
    frame();
#if IMGUI_VERSION_NUM < 18700
    ImGui::GetIO().MouseWheel = 0;
#endif
    frame();
}

void GuiDriver::type(std::string_view text) {
    ImGui::GetIO().AddInputCharactersUTF8(std::string(text).c_str());
    frames(2);
}

void GuiDriver::set_key(ImGuiKey key, bool is_down) {
#if IMGUI_VERSION_NUM < 18700
    ImGui::GetIO().KeysDown[key] = is_down;
#else
    ImGui::GetIO().AddKeyEvent(key, is_down);
#endif
}

void GuiDriver::set_ctrl(bool is_down) {
#if IMGUI_VERSION_NUM < 18700
    ImGui::GetIO().KeyCtrl = is_down;
#elif IMGUI_VERSION_NUM < 18900
    ImGui::GetIO().AddKeyEvent(ImGuiKey_ModCtrl, is_down);
#else
    ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, is_down);
#endif
}

void GuiDriver::press(ImGuiKey key, bool with_ctrl) {
    if (with_ctrl) set_ctrl(true);
    frame();
    set_key(key, true);
    frames(2);
    set_key(key, false);
    frame();
    if (with_ctrl) set_ctrl(false);
    frames(2);
}

}  // namespace kontexture::test
