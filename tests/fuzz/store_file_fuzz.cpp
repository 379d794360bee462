#include "store_folder.h"

#include "fuzz.h"

#include <fstream>

// Input: patches. Each is two bytes that choose a file, four an offset, one a length, then the bytes to write
// there; an offset of only ones cuts the file to the length instead.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::StoreFolder folder;
    folder.restore();
    auto files = folder.files();
    fuzz::Reader reader(data, size);
    while (!reader.at_end()) {
        constexpr std::uint64_t kCut = 0xffffffff;
        // The database most of the time; it is what has structure.
        const std::size_t choice = reader.number(2);
        auto chosen = files.find("kontexture.db");
        if (choice % 8 == 7) chosen = std::next(files.begin(), static_cast<long>(choice / 8 % files.size()));
        auto& bytes = chosen->second;
        const std::uint64_t offset = reader.number(4);
        const std::size_t length = reader.byte();
        if (offset == kCut) {
            bytes.resize(std::min(bytes.size(), length * 512));
            continue;
        }
        if (bytes.empty()) continue;
        std::size_t at = offset % bytes.size();
        for (const char c : reader.text(length)) {
            bytes[at] = static_cast<std::uint8_t>(c);
            at = (at + 1) % bytes.size();
        }
    }
    for (const auto& [name, bytes] : files) {
        if (bytes == folder.files().at(name)) continue;
        std::ofstream(folder.path() + "/" + name, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    // Twice, since what the first run finds spoilt it leaves for the second to mend.
    for (int run = 0; run < 2; ++run) folder.use();
    return 0;
}
