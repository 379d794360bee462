#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace kontexture::test {

/// Whether this process's writable memory holds the text as characters of `width` bytes. Give it a literal,
/// which lies where nothing is written, and never copy that.
inline bool is_in_memory(std::string_view text, std::size_t width) {
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    const std::size_t length = text.size() * width;
    std::vector<char> block(kBlock);
    const auto is_at = [&](std::size_t at) {
        for (std::size_t i = 0; i < length; ++i)
            if (block[at + i] != (i % width == 0 ? text[i / width] : '\0')) return false;
        return true;
    };
    bool is_found = false;
    const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        unsigned long long begin = 0, end = 0;
        char rights[5] = {};
        if (std::sscanf(line.c_str(), "%llx-%llx %4s", &begin, &end, rights) != 3 || rights[1] != 'w')
            continue;
        // A sanitizer's shadow is a thousand times as large and holds no text.
        if (end - begin > (1ULL << 30)) continue;
        while (begin + length <= end) {
            const ssize_t count = pread(memory, block.data(), std::min<std::size_t>(kBlock, end - begin),
                                        static_cast<off_t>(begin));
            if (count < static_cast<ssize_t>(length)) break;
            const std::size_t last = static_cast<std::size_t>(count) - length;
            for (std::size_t at = 0; at <= last; ++at)
                if (block[at] == text[0] && is_at(at)) is_found = true;
            begin += last + 1;
        }
    }
    if (memory >= 0) close(memory);
    // So that a later search does not find what this one found.
    volatile char* const wiped = block.data();
    for (std::size_t i = 0; i < block.size(); ++i) wiped[i] = 0;
    return is_found;
}

}  // namespace kontexture::test
