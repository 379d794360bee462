#include "style.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string_view>
#include <vector>

namespace demo {
namespace {

namespace fs = std::filesystem;

constexpr float kFontPoints = 15.0f;

struct Family {
    const char* regular;
    const char* strong;
};
constexpr Family kFamilies[] = {{"Inter-Regular", "Inter-SemiBold"},
                                {"Roboto-Regular", "Roboto-Medium"},
                                {"NotoSans-Regular", "NotoSans-SemiBold"},
                                {"segoeui", "seguisb"},
                                {"SFNS", "SFNS"},
                                {"Ubuntu-R", "Ubuntu-M"},
                                {"Cantarell-Regular", "Cantarell-Bold"},
                                {"OpenSans-Regular", "OpenSans-Semibold"},
                                {"LiberationSans-Regular", "LiberationSans-Bold"},
                                {"DejaVuSans", "DejaVuSans-Bold"}};
// For letters the family does not have; the first that is installed.
constexpr const char* kWideFamilies[] = {"NotoSansCJK-Regular",   "NotoSansSC-Regular", "msyh", "PingFang",
                                         "DroidSansFallbackFull", "wqy-microhei"};

/// Font files by name without extension.
using FontFiles = std::map<std::string, fs::path, std::less<>>;

FontFiles find_fonts() {
    std::vector<fs::path> folders = {"/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts",
                                     "C:/Windows/Fonts"};
    if (const char* home = std::getenv("HOME")) {
        folders.push_back(fs::path(home) / ".local/share/fonts");
        folders.push_back(fs::path(home) / ".fonts");
    }
    FontFiles files;
    for (const fs::path& folder : folders) {
        std::error_code error;
        fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
        for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
            const std::string extension = entry->path().extension().string();
            if (extension == ".ttf" || extension == ".otf" || extension == ".ttc")
                files.emplace(entry->path().stem().string(), entry->path());
        }
    }
    return files;
}

// Before 1.92 the atlas is baked at once and needs to know which letters: what prompts in European languages
// and the usual signs take. Later versions bake on demand and ignore the list.
constexpr ImWchar kLetters[] = {0x0020, 0x024F, 0x0300, 0x052F, 0x1E00, 0x1EFF, 0x2000, 0x206F,
                                0x20A0, 0x20BF, 0x2100, 0x214F, 0x2190, 0x21FF, 0x2200, 0x22FF,
                                0x25A0, 0x25FF, 0x2600, 0x26FF, 0x2700, 0x27BF, 0};

ImFont* add_font(const FontFiles& files, const char* name, float pixels, bool merge, const ImWchar* letters) {
    const auto found = files.find(std::string_view(name));
    if (found == files.end()) return nullptr;
    ImFontConfig config;
    config.MergeMode = merge;
    config.OversampleH = 2;
    config.OversampleV = 1;
    return ImGui::GetIO().Fonts->AddFontFromFileTTF(found->second.string().c_str(), pixels, &config, letters);
}

ImFont* add_family(const FontFiles& files, const char* name, float pixels) {
    ImFont* font = add_font(files, name, pixels, false, kLetters);
    if (!font) return nullptr;
    if (std::string_view(name) != "DejaVuSans") add_font(files, "DejaVuSans", pixels, true, kLetters);
    return font;
}

void add_wide_letters(const FontFiles& files, float pixels) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
#ifdef IMGUI_HAS_TEXTURES
    const ImWchar* letters = nullptr;
    (void)atlas;
#else
    const ImWchar* letters = atlas.GetGlyphRangesChineseSimplifiedCommon();
#endif
    for (const char* name : kWideFamilies)
        if (add_font(files, name, pixels, true, letters)) return;
}

Fonts load_fonts(const UiScale& scale) {
    static const FontFiles files = find_fonts();
    ImGuiIO& io = ImGui::GetIO();
    io.Fonts->Clear();
#ifdef IMGUI_HAS_TEXTURES
    const float pixels = std::round(kFontPoints * scale.points);  // densities are its own matter
#else
    const float pixels = std::round(kFontPoints * scale.points * scale.density);
    io.FontGlobalScale = 1 / scale.density;
#endif
    Fonts fonts;
    for (const Family& family : kFamilies) {
        fonts.body = add_family(files, family.regular, pixels);
        if (!fonts.body) continue;
        add_wide_letters(files, pixels);
        fonts.strong = add_font(files, family.strong, pixels, false, kLetters);
        break;
    }
    if (!fonts.body) {
        ImFontConfig config;
        config.SizePixels = std::max(13.0f, std::floor(pixels / 13) * 13);  // crisp at multiples only
        fonts.body = io.Fonts->AddFontDefault(&config);
    }
    if (!fonts.strong) fonts.strong = fonts.body;
    return fonts;
}

void set_colors(ImGuiStyle& style) {
    const auto faded = [](ImVec4 color, float alpha) {
        color.w = alpha;
        return color;
    };
    const ImVec4 accent_hover(0.45f, 0.66f, 1.0f, 1);
    const ImVec4 clear(0, 0, 0, 0);
    const struct {
        ImGuiCol slot;
        ImVec4 color;
    } colors[] = {{ImGuiCol_Text, palette::kText},
                  {ImGuiCol_TextDisabled, palette::kDim},
                  {ImGuiCol_WindowBg, palette::kPanel},
                  {ImGuiCol_ChildBg, clear},
                  {ImGuiCol_PopupBg, {0.118f, 0.129f, 0.149f, 0.98f}},
                  {ImGuiCol_Border, palette::kLine},
                  {ImGuiCol_BorderShadow, clear},
                  {ImGuiCol_FrameBg, palette::kRaised},
                  {ImGuiCol_FrameBgHovered, palette::kHover},
                  {ImGuiCol_FrameBgActive, palette::kHover},
                  {ImGuiCol_TitleBg, palette::kGround},
                  {ImGuiCol_TitleBgActive, palette::kGround},
                  {ImGuiCol_TitleBgCollapsed, palette::kGround},
                  {ImGuiCol_MenuBarBg, palette::kGround},
                  {ImGuiCol_ScrollbarBg, clear},
                  {ImGuiCol_ScrollbarGrab, palette::kLine},
                  {ImGuiCol_ScrollbarGrabHovered, {0.29f, 0.31f, 0.35f, 1}},
                  {ImGuiCol_ScrollbarGrabActive, {0.36f, 0.39f, 0.44f, 1}},
                  {ImGuiCol_CheckMark, palette::kAccent},
                  {ImGuiCol_SliderGrab, palette::kAccent},
                  {ImGuiCol_SliderGrabActive, accent_hover},
                  {ImGuiCol_Button, palette::kRaised},
                  {ImGuiCol_ButtonHovered, palette::kHover},
                  {ImGuiCol_ButtonActive, {0.231f, 0.251f, 0.290f, 1}},
                  {ImGuiCol_Header, palette::kRaised},
                  {ImGuiCol_HeaderHovered, palette::kHover},
                  {ImGuiCol_HeaderActive, palette::kHover},
                  {ImGuiCol_Separator, palette::kLine},
                  {ImGuiCol_SeparatorHovered, palette::kAccent},
                  {ImGuiCol_SeparatorActive, accent_hover},
                  {ImGuiCol_ResizeGrip, clear},
                  {ImGuiCol_ResizeGripHovered, palette::kLine},
                  {ImGuiCol_ResizeGripActive, palette::kAccent},
                  {ImGuiCol_Tab, palette::kPanel},
                  {ImGuiCol_TabHovered, palette::kHover},
                  {ImGuiCol_PlotHistogram, palette::kAccent},
                  {ImGuiCol_PlotHistogramHovered, accent_hover},
                  {ImGuiCol_TableHeaderBg, palette::kRaised},
                  {ImGuiCol_TableBorderStrong, palette::kLine},
                  {ImGuiCol_TableBorderLight, faded(palette::kLine, 0.6f)},
                  {ImGuiCol_TextSelectedBg, faded(palette::kAccent, 0.38f)},
                  {ImGuiCol_DragDropTarget, palette::kAmber},
                  {ImGuiCol_ModalWindowDimBg, {0.03f, 0.035f, 0.04f, 0.66f}}};
    for (const auto& entry : colors) style.Colors[entry.slot] = entry.color;
}

}  // namespace

Fonts apply_style(const UiScale& scale) {
    ImGuiStyle& style = ImGui::GetStyle();
    style = ImGuiStyle();
    ImGui::StyleColorsDark(&style);
    set_colors(style);
    style.WindowPadding = {14, 12};
    style.FramePadding = {9, 5};
    style.ItemSpacing = {8, 8};
    style.ItemInnerSpacing = {7, 5};
    style.CellPadding = {8, 5};
    style.IndentSpacing = 18;
    style.ScrollbarSize = 12;
    style.GrabMinSize = 14;
    style.WindowBorderSize = 0;
    style.ChildBorderSize = 1;
    style.PopupBorderSize = 1;
    style.FrameBorderSize = 0;
    style.WindowRounding = 0;
    style.ChildRounding = 8;
    style.FrameRounding = 5;
    style.PopupRounding = 7;
    style.ScrollbarRounding = 8;
    style.GrabRounding = 5;
    style.TabRounding = 5;
    style.WindowMenuButtonPosition = ImGuiDir_None;
    style.ScaleAllSizes(scale.points);
    return load_fonts(scale);
}

}  // namespace demo
