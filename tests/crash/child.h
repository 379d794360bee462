#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace crash {

/// A started program. It dies with this process, and with the object. Thread: the one that made it.
class Child {
public:
    struct Files {
        std::string out;  ///< standard output goes there, at the end
        std::string err;
    };

    Child() = default;
    /// `environment`: NAME=VALUE, on top of this process's own.
    Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
          const Files& files);
    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    ~Child();

    bool is_running() const { return pid_ > 0; }
    /// The exit status, or 128 + the signal's number, once it has ended.
    std::optional<int> ended();
    /// SIGKILL. Returns what ended() would: it may have ended by itself just before.
    int kill();

private:
    std::optional<int> collect(int flags);

    pid_t pid_ = -1;
    int status_ = 0;
};

}  // namespace crash
