#include <kontexture/kontexture.h>

#include <cstdio>
#include <filesystem>
#include <random>

namespace {

class EmptyHost : public kontexture::Host {
public:
    kontexture::TextureHandle create_texture(const kontexture::TextureDesc&) override { return {1}; }
    bool write_rows(kontexture::TextureHandle, std::uint32_t, std::uint32_t,
                    const kontexture::ImageView&) override {
        return true;
    }
    void destroy_texture(kontexture::TextureHandle) override {}
};

int refuse_an_empty_prompt(const std::string& data_dir, bool draw) {
    EmptyHost host;
    auto service = kontexture::Service::create({.api_key = "none", .data_dir = data_dir}, host);
    if (!service) {
        std::fprintf(stderr, "create: %s (%s)\n", service.error().message.c_str(),
                     service.error().detail.c_str());
        return 1;
    }
    // Only linked: the panel needs a Dear ImGui context.
    if (draw) kontexture::Panel(**service).draw_content();

    auto id = (*service)->submit({.prompt = ""});
    if (id || id.error().code != kontexture::ErrorCode::InvalidArgument) {
        std::fprintf(stderr, "an empty prompt was accepted\n");
        return 1;
    }
    std::printf("refused as it should be: %s\n", id.error().message.c_str());
    return (*service)->pump().empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char**) {
    const std::filesystem::path folder = std::filesystem::temp_directory_path() /
                                         ("kontexture-consumer-" + std::to_string(std::random_device{}()));
    const int status = refuse_an_empty_prompt(folder.string(), argc > 1);
    std::filesystem::remove_all(folder);
    return status;
}
