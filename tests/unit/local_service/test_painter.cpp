#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "catch.h"
#include "local_service/deflate.h"
#include "local_service/painter.h"
#include "local_service/words.h"

using namespace local_service;

namespace {

const std::atomic<bool> kNever{false};

Picture paint_words(const std::string& prompt, std::uint64_t seed = 1, const std::string& ratio = "1:1",
                    int divisor = 8, const Picture* input = nullptr) {
    PaintOrder order;
    order.prompt = prompt;
    order.seed = seed;
    order.aspect_ratio = ratio;
    order.divisor = divisor;
    order.input = input;
    return paint(order, kNever);
}

double difference(const Picture& p, int x0, int y0, int x1, int y1) {
    double sum = 0;
    const auto at = [&](int x, int y) { return static_cast<std::size_t>(y * p.width + x) * 3; };
    for (std::size_t c = 0; c < 3; ++c)
        sum += std::abs(int{p.pixels[at(x0, y0) + c]} - int{p.pixels[at(x1, y1) + c]});
    return sum;
}

/// The step over the border, relative to the largest step between two neighbouring lines inside: regular
/// bonds have joints on the border too. The larger of both directions.
double seam(const Picture& p) {
    std::vector<double> across(static_cast<std::size_t>(p.width));
    std::vector<double> down(static_cast<std::size_t>(p.height));
    for (int y = 0; y < p.height; ++y)
        for (int x = 0; x < p.width; ++x) {
            across[static_cast<std::size_t>(x)] += difference(p, x == 0 ? p.width - 1 : x - 1, y, x, y);
            down[static_cast<std::size_t>(y)] += difference(p, x, y == 0 ? p.height - 1 : y - 1, x, y);
        }
    const auto ratio = [](const std::vector<double>& steps) {
        return steps.front() / std::max(1.0, *std::max_element(steps.begin() + 1, steps.end()));
    };
    return std::max(ratio(across), ratio(down));
}

double deviation(const Picture& p) {
    double sum = 0, squares = 0;
    for (const std::uint8_t v : p.pixels) {
        sum += v;
        squares += double{1} * v * v;
    }
    const double n = static_cast<double>(p.pixels.size());
    return std::sqrt(squares / n - sum / n * sum / n);
}

double mean_difference(const Picture& a, const Picture& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(int{a.pixels[i]} - int{b.pixels[i]});
    return sum / static_cast<double>(a.pixels.size());
}

}  // namespace

TEST_CASE("every family paints something that tiles") {
    const auto words = family_words();
    CHECK(words.size() >= 40);
    for (const auto word : words) {
        CAPTURE(word);
        const Picture picture = paint_words(std::string(word), 7, "1:1", 4);
        REQUIRE(picture.width == 256);
        CHECK(deviation(picture) > 3);
        CHECK(seam(picture) < 1.35);
    }
}

TEST_CASE("every condition changes the picture and keeps it tileable") {
    const Picture plain = paint_words("rock", 3, "1:1", 4);
    for (const char* word : {"mossy", "wet", "cracked", "old", "dark", "bright", "dirty", "rusty", "polished",
                             "snowy", "frozen", "burnt", "golden", "dusty", "pale", "vivid", "bloody"}) {
        CAPTURE(word);
        const Picture picture = paint_words(std::string(word) + " rock", 3, "1:1", 4);
        CHECK(mean_difference(plain, picture) > 0.4);
        CHECK(seam(picture) < 1.35);
    }
}

TEST_CASE("the six ratios have the service's sizes") {
    const std::pair<const char*, std::pair<int, int>> ratios[] = {
        {"1:1", {1024, 1024}}, {"16:9", {1392, 752}}, {"9:16", {752, 1392}},
        {"4:3", {1184, 880}},  {"3:4", {880, 1184}},  {"21:9", {1568, 672}}};
    for (const auto& [name, size] : ratios) {
        CAPTURE(name);
        const Picture picture = paint_words("brick", 1, name, 8);
        CHECK(picture.width == size.first / 8);
        CHECK(picture.height == size.second / 8);
        CHECK(seam(picture) < 1.35);
    }
    CHECK(paint_words("sand", 1, "1:1", 1).width == 1024);
}

TEST_CASE("one seed gives one picture, another gives another") {
    for (const char* word : {"brick", "stone wall", "planks", "grass", "marble", "unheard of"}) {
        CAPTURE(word);
        const Picture first = paint_words(word, 11);
        const bool same = first.pixels == paint_words(word, 11).pixels;
        CHECK(same);
        CHECK(mean_difference(first, paint_words(word, 12)) > 4);
    }
}

TEST_CASE("an edit keeps the structure and the seams") {
    const Picture wall = paint_words("stone wall", 5, "4:3", 4);
    const Picture mossy = paint_words("make it mossy", 6, "", 4, &wall);
    REQUIRE(mossy.width == wall.width);
    REQUIRE(mossy.height == wall.height);
    CHECK(mean_difference(wall, mossy) > 2);
    CHECK(mean_difference(wall, mossy) < 60);
    CHECK(seam(mossy) < 1.35);
    const Picture blue = paint_words("make it blue", 6, "", 4, &wall);
    double red_sum = 0, blue_sum = 0;
    for (std::size_t i = 0; i < blue.pixels.size(); i += 3) {
        red_sum += blue.pixels[i];
        blue_sum += blue.pixels[i + 2];
    }
    CHECK(blue_sum > red_sum * 1.15);
    CHECK(paint_words("darker", 6, "16:9", 4, &wall).width == 1392 / 4);
}

TEST_CASE("a cancelled painting is empty") {
    const std::atomic<bool> cancelled{true};
    PaintOrder order;
    order.prompt = "rock";
    order.divisor = 8;
    CHECK(paint(order, cancelled).pixels.empty());
}

TEST_CASE("a picture survives PNG exactly, whatever it holds") {
    for (int kind = 0; kind < 4; ++kind) {
        CAPTURE(kind);
        Picture picture{301, 257, std::vector<std::uint8_t>(301 * 257 * 3)};
        std::uint32_t state = 9;
        for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
            state = state * 1664525U + 1013904223U;
            const std::uint32_t noise = state >> 24U;
            // Flat, noise, a slope, and counts so uneven that the code lengths reach their limit.
            const std::uint32_t values[] = {7, noise, static_cast<std::uint32_t>(i / 900),
                                            std::uint32_t{1} << (noise % 8) >> (state >> 12U & 7U)};
            picture.pixels[i] = static_cast<std::uint8_t>(values[kind]);
        }
        const bool same = decode_picture(encode_png(picture)).pixels == picture.pixels;
        CHECK(same);
    }
    const std::atomic<bool> cancelled{true};
    CHECK(encode_png(Picture{4, 4, std::vector<std::uint8_t>(48)}, &cancelled).empty());
}

TEST_CASE("counts that grow like Fibonacci's do not overflow the code lengths") {
    std::vector<std::uint8_t> data;
    std::size_t a = 1, b = 1;
    for (std::uint8_t symbol = 0; symbol < 24; ++symbol) {
        data.insert(data.end(), a, symbol);
        const std::size_t next = a + b;
        a = b;
        b = next;
    }
    // As a picture whose rows are stored unfiltered or not, it must come back the same.
    const int width = 256;
    const int height = static_cast<int>(data.size() / 3 / 256);
    data.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    const Picture picture{width, height, data};
    const bool same = decode_picture(encode_png(picture)).pixels == picture.pixels;
    CHECK(same);
    CHECK(deflate_literals(data, nullptr).size() > 100);
}
