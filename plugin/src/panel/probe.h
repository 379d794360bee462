#pragma once

#include <imgui.h>

#include <cstdint>
#include <string_view>

namespace kontexture::panel {

/// Is told where each control was drawn, so that a test can point a mouse at it. Owner thread.
class Probe {
public:
    virtual ~Probe() = default;
    /// `key` tells controls of the same name apart: a request's or picture's number, or a position in a row.
    virtual void item(std::string_view name, std::uint64_t key, ImVec2 min, ImVec2 max) = 0;
};

/// Null, the default, for none. The probe must outlive its use.
void set_probe(Probe* probe);
/// Reports ImGui's last item.
void probe_item(std::string_view name, std::uint64_t key = 0);
/// Reports a part of a control that acts on its own.
void probe_part(std::string_view name, std::uint64_t key, ImVec2 min, ImVec2 max);

}  // namespace kontexture::panel
