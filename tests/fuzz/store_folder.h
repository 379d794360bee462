#pragma once

#include "store/store.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

// A data folder with a few jobs, pictures and marks, which a target spoils and then uses.
namespace fuzz {

class StoreFolder {
public:
    /// Makes the folder, in memory where the system has a place for that, and fills it once.
    StoreFolder();
    ~StoreFolder();
    StoreFolder(const StoreFolder&) = delete;
    StoreFolder& operator=(const StoreFolder&) = delete;

    /// Puts every file back as it was made.
    void restore() const;
    const std::string& path() const { return path_; }
    std::string database() const { return path_ + "/kontexture.db"; }
    /// Of each file that was made, by its path in the folder.
    const std::map<std::string, std::vector<std::uint8_t>>& files() const { return files_; }

    /// Opens it and uses everything that reads rows or files. True when it could be opened.
    bool use() const;

private:
    std::string path_;
    std::map<std::string, std::vector<std::uint8_t>> files_;
};

}  // namespace fuzz
