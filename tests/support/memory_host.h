#pragma once

#include <kontexture/host.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace kontexture::testing {

/// A Host that keeps textures in memory and remembers what was asked of it.
class MemoryHost : public Host {
public:
    struct Texture {
        TextureDesc desc;
        std::string label;
        std::vector<std::vector<std::uint8_t>> levels;
        std::vector<std::uint32_t> rows_written;  ///< per level
    };

    TextureHandle create_texture(const TextureDesc& desc) override {
        if (refuse_textures) return {};
        Texture texture{desc, std::string(desc.label), {}, {}};
        texture.desc.label = {};
        for (std::uint32_t level = 0; level < desc.mip_levels; ++level) {
            const std::size_t width = std::max(1U, desc.width >> level),
                              height = std::max(1U, desc.height >> level);
            texture.levels.emplace_back(width * height * 4);
            texture.rows_written.push_back(0);
        }
        textures[++last_] = std::move(texture);
        return {last_};
    }

    bool write_rows(TextureHandle handle, std::uint32_t mip, std::uint32_t first_row,
                    const ImageView& rows) override {
        const auto found = textures.find(handle.value);
        if (found == textures.end() || refuse_rows) return false;
        std::vector<std::uint8_t>& level = found->second.levels.at(mip);
        const std::size_t offset = std::size_t{first_row} * rows.width * 4;
        if (offset + rows.pixels.size() > level.size()) return false;
        std::memcpy(level.data() + offset, rows.pixels.data(), rows.pixels.size());
        found->second.rows_written[mip] += rows.height;
        bytes_this_pump += rows.pixels.size();
        ++slabs_this_pump;
        return true;
    }

    void destroy_texture(TextureHandle handle) override { destroyed += textures.erase(handle.value); }
    void log(LogLevel, std::string_view text) override { lines.emplace_back(text); }

    std::map<std::uint64_t, Texture> textures;
    std::size_t destroyed = 0;
    std::size_t bytes_this_pump = 0;
    int slabs_this_pump = 0;
    bool refuse_textures = false;
    bool refuse_rows = false;
    std::vector<std::string> lines;

private:
    std::uint64_t last_ = 0;
};

}  // namespace kontexture::testing
