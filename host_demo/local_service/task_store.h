#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faults.h"

namespace local_service {

enum class TaskState : std::uint8_t { Pending, Painted, Failed, Refused };

struct Task {
    std::string id;
    std::uint64_t sequence = 0;
    std::string prompt;  ///< without fault markers
    std::string body;    ///< as it came
    std::string input_url;
    std::string callback_url;  ///< empty: none
    std::string aspect_ratio;  ///< empty: the input's
    bool jpeg = true;
    std::uint64_t seed = 0;
    std::int64_t accepted_ms = 0;  ///< since the epoch
    std::int64_t duration_ms = 0;
    double cost = 0;
    std::vector<BoundFault> faults;
    TaskState state = TaskState::Pending;
    int error_code = 0;
    std::string error_message;
    std::string result_name;

    int passing_faults_left = 2;  ///< not kept: how often faults that pass are still answered

    std::int64_t ready_ms() const { return accepted_ms + duration_ms; }
};

/// One JSON file per task under `<data_dir>/tasks`, replaced atomically. No locking of its own.
class TaskStore {
public:
    bool open(const std::filesystem::path& data_dir, std::string* error);
    /// Everything kept, oldest first. Files that cannot be read are skipped.
    std::vector<Task> load() const;
    /// On disk, for good, when it returns true.
    bool save(const Task& task) const;

    std::filesystem::path result_path(std::string_view name) const { return root_ / "results" / name; }
    std::filesystem::path upload_path(std::string_view name) const { return root_ / "uploads" / name; }

private:
    std::filesystem::path root_;
};

/// Writes beside the target, flushes to the disk, renames, flushes the folder.
bool write_file_durably(const std::filesystem::path& path, std::string_view bytes);
std::optional<std::string> read_file(const std::filesystem::path& path);

}  // namespace local_service
