#pragma once

#include <imgui.h>

#include <string>

namespace demo {

/// The demo's look: graphite with one blue. Colours as in ImGui's style, encoded for the screen.
namespace palette {
inline const ImVec4 kGround{0.071f, 0.078f, 0.090f, 1};  ///< bars, behind everything
inline const ImVec4 kPanel{0.098f, 0.106f, 0.122f, 1};
inline const ImVec4 kRaised{0.141f, 0.153f, 0.176f, 1};
inline const ImVec4 kHover{0.188f, 0.204f, 0.235f, 1};
inline const ImVec4 kLine{0.200f, 0.216f, 0.247f, 1};
inline const ImVec4 kText{0.894f, 0.910f, 0.933f, 1};
inline const ImVec4 kDim{0.565f, 0.600f, 0.655f, 1};
inline const ImVec4 kAccent{0.361f, 0.584f, 0.996f, 1};
inline const ImVec4 kAmber{0.965f, 0.690f, 0.310f, 1};
}  // namespace palette

struct Fonts {
    ImFont* body = nullptr;
    ImFont* strong = nullptr;  ///< the same family, semi-bold where it is installed
};

/// How large things are. `points` is ImGui units a design point (1/96 inch); `density` framebuffer pixels an
/// ImGui unit.
struct UiScale {
    float points = 1;
    float density = 1;
    bool operator==(const UiScale&) const = default;
};

/// Sets colours, spacing and fonts for the scale, from the first fitting font found on this machine, else
/// ImGui's own. Call before the first frame, and again between frames when the scale changes (the caller
/// then rebuilds the backend's objects).
Fonts apply_style(const UiScale& scale);

}  // namespace demo
