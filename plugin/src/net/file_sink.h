#pragma once

#include <kontexture/types.h>

#include <string>
#include <string_view>

namespace kontexture::net {

/// A file that is only there when it is whole: owner-only rights, never through a symbolic link, removed by
/// the destructor unless commit() succeeded. Thread: one at a time.
class FileSink {
public:
    explicit FileSink(std::string path) : path_(std::move(path)) {}
    ~FileSink();
    FileSink(const FileSink&) = delete;
    FileSink& operator=(const FileSink&) = delete;

    /// DiskFull or Storage when it fails, as the others.
    Result<void> open();
    Result<void> write(std::string_view bytes);
    /// Forces it to the disk and keeps it.
    Result<void> commit();

private:
    Error failure(int number, const char* what) const;

    std::string path_;
    int file_ = -1;
    bool made_ = false;
};

}  // namespace kontexture::net
