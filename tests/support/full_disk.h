#pragma once

#include <string>

// A disk that becomes full at a chosen write. A program that links full_disk.cpp has its own write, pwrite,
// fsync, ftruncate, rename, mkdir and open, which every library in the process then calls instead of the C
// library's.
namespace kontexture::testing {

/// Counts what writes below one folder: bytes, names, syncs. Lifetime: one at a time, longer than whoever
/// writes there. Thread: any.
class FullDisk {
public:
    explicit FullDisk(const std::string& folder);
    ~FullDisk();
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

    /// The `number`-th write from now on, and every one after it, fails with ENOSPC.
    void fill_at(long number);
    /// There is room again.
    void empty();
    /// Since the last fill_at().
    long writes() const;
    /// How many of them failed.
    long failures() const;
};

}  // namespace kontexture::testing
