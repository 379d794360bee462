#include "words.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>

#include "vocabulary.h"

namespace local_service {

namespace {

using namespace vocabulary;

std::vector<std::string> split(std::string_view prompt) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : std::string(prompt) + " ") {
        if (std::isalpha(static_cast<unsigned char>(c))) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    return words;
}

bool matches(const std::string& said, std::string_view known) {
    if (said == known) return true;
    return said.size() > known.size() && said.size() <= known.size() + 2 &&
           (said == std::string(known) + "s" || said == std::string(known) + "es");
}

bool in(const std::string& word, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

Family choose_family(const std::vector<std::string>& words) {
    std::array<float, static_cast<std::size_t>(Family::Unknown) + 1> votes{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string pair = i + 1 < words.size() ? words[i] + " " + words[i + 1] : std::string();
        for (const FamilyWord& known : kFamilyWords) {
            const bool pair_word = known.word.find(' ') != std::string_view::npos;
            if (!(pair_word ? pair == known.word : matches(words[i], known.word))) continue;
            // Of equal words the later one is usually the noun that is described.
            votes[static_cast<std::size_t>(known.family)] +=
                static_cast<float>(known.weight) + 0.02F * static_cast<float>(i);
        }
    }
    const auto best = std::max_element(votes.begin(), votes.end());
    return *best > 0 ? static_cast<Family>(best - votes.begin()) : Family::Unknown;
}

void read_modifiers(const std::string& word, Look& look) {
    if (in(word, {"large", "big", "huge", "giant", "coarse", "wide"})) look.scale = 1.5F;
    if (in(word, {"small", "tiny", "fine", "little", "narrow", "thin"})) look.scale = 0.66F;
    if (in(word, {"rough", "rugged", "jagged", "chiseled", "deep"})) look.roughness = 1.4F;
    if (in(word, {"smooth", "flat", "soft", "polished", "clean"})) look.roughness = 0.7F;
    if (in(word, {"vertical", "upright", "fence"})) look.vertical = true;
    if (in(word, {"checkered", "chequered", "checkerboard", "checker", "chess"})) look.checkered = true;
}

float strength_before(const std::vector<std::string>& words, std::size_t at) {
    if (at == 0) return 1;
    const std::string& before = words[at - 1];
    if (in(before, {"no", "not", "without", "remove", "less"})) return 0;
    if (in(before, {"slightly", "lightly", "little", "some", "subtle", "subtly"})) return 0.55F;
    if (in(before, {"very", "heavily", "extremely", "heavy", "thick", "more", "covered", "fully"}))
        return 1.4F;
    return 1;
}

}  // namespace

std::vector<Rgb> Look::palette(std::initializer_list<int> natural) const {
    std::vector<Rgb> own;
    float mean = 0;
    for (const int hex : natural) {
        own.push_back(rgb(hex));
        mean += luma(own.back()) / static_cast<float>(natural.size());
    }
    const float warm = (chance(1) - 0.5F) * 0.07F;
    const float value = 1 + (chance(2) - 0.5F) * 0.12F;
    for (std::size_t i = 0; i < own.size(); ++i) {
        if (!colours.empty()) {
            const float ratio = std::pow(luma(own[i]) / mean, 0.8F);
            own[i] = mix(saturated(colours[i % colours.size()] * ratio, 0.9F), own[i], 0.16F);
        }
        own[i] = own[i] * Rgb{value * (1 + warm), value, value * (1 - warm)};
    }
    return own;
}

Look read_words(std::string_view prompt, std::uint64_t seed) {
    Look look;
    look.seed = static_cast<std::uint32_t>(seed ^ (seed >> 32U));
    const std::vector<std::string> words = split(prompt);
    look.family = choose_family(words);
    for (std::size_t i = 0; i < words.size(); ++i) {
        read_modifiers(words[i], look);
        for (const ColourWord& known : kColourWords)
            if (words[i] == known.word && look.colours.size() < 4) look.colours.push_back(rgb(known.hex));
        for (const ConditionWord& known : kConditionWords)
            if (words[i] == known.word) look[known.condition] = known.strength * strength_before(words, i);
    }
    return look;
}

std::vector<std::string_view> family_words() {
    std::vector<std::string_view> names;
    for (int f = 0; f < static_cast<int>(Family::Unknown); ++f) {
        const FamilyWord* best = nullptr;
        for (const FamilyWord& known : kFamilyWords)
            if (known.family == static_cast<Family>(f) && (!best || known.weight > best->weight))
                best = &known;
        if (best) names.push_back(best->word);
    }
    return names;
}

}  // namespace local_service
