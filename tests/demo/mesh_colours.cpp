// Whether a mesh in a screenshot shows its texture's colours: mesh_colours PICTURE X Y WIDTH HEIGHT RED GREEN
// BLUE. The area is where the mesh is, the colour the texture's mean. Light changes how bright a colour is
// and tints it a little, so shares of red, green and blue are compared.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#define STBI_ONLY_PNG
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr double kMostDifference = 0.04;

using Color = std::array<double, 3>;

Color shares(const Color& color) {
    const double sum = std::max(color[0] + color[1] + color[2], 1.0);
    return {color[0] / sum, color[1] / sum, color[2] / sum};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 9) return 2;
    std::array<int, 7> n = {};
    for (std::size_t i = 0; i < n.size(); ++i) n[i] = std::atoi(argv[i + 2]);
    int width = 0;
    int height = 0;
    unsigned char* pixels = stbi_load(argv[1], &width, &height, nullptr, 3);
    if (!pixels) return std::fprintf(stderr, "%s is no picture\n", argv[1]), 2;
    Color sum = {};
    for (int y = std::max(n[1], 0); y < std::min(n[1] + n[3], height); ++y)
        for (int x = std::max(n[0], 0); x < std::min(n[0] + n[2], width); ++x)
            for (std::size_t c = 0; c < 3; ++c)
                sum[c] += pixels[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                                  static_cast<std::size_t>(x)) *
                                     3 +
                                 c];
    stbi_image_free(pixels);
    const Color mesh = shares(sum);
    const Color texture = shares(Color{double(n[4]), double(n[5]), double(n[6])});
    double most = 0;
    for (std::size_t c = 0; c < 3; ++c) most = std::max(most, std::abs(mesh[c] - texture[c]));
    std::printf("mesh %.3f %.3f %.3f, texture %.3f %.3f %.3f\n", mesh[0], mesh[1], mesh[2], texture[0],
                texture[1], texture[2]);
    return most <= kMostDifference ? 0 : 1;
}
