#pragma once

#include <kontexture/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace command_line {

/// A picture that is still to be written to a file.
struct Wish {
    std::string path;
    std::string service;     ///< whose request it is, as in ServiceConfig::service_id
    bool inherited = false;  ///< from another run, and nobody has named the path in this one
};

/// Remembers which request's picture belongs into which file until it is there, also when this process is
/// killed. Each run keeps a file of its own in `<data_dir>/outbox`, which it locks while it lives; the next
/// run that collects takes over the files of dead ones. Thread: one.
class Outbox {
public:
    Outbox(const std::string& data_dir, std::string service);
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// On the disk when it returns without error.
    kontexture::Result<void> want(kontexture::RequestId id, const std::string& path);
    void done(kontexture::RequestId id);
    /// Makes the wishes of dead runs this one's. Only those in files that this user alone can have written
    /// count.
    kontexture::Result<void> take_over();

    const std::map<std::uint64_t, Wish>& wishes() const { return wishes_; }
    /// At the last take_over() another run was at work in the same folder.
    bool has_neighbour() const { return has_neighbour_; }
    /// What take_over() did not read, and left as it is.
    const std::vector<std::string>& ignored() const { return ignored_; }

private:
    kontexture::Result<void> append(const std::string& line, bool durable);
    kontexture::Result<void> make_file();
    kontexture::Result<void> take_over_file(const std::string& path);

    std::string folder_;
    std::string service_;
    std::string path_;  ///< of this run's file; empty before the first wish
    int file_ = -1;
    bool has_neighbour_ = false;
    std::vector<std::string> ignored_;
    std::map<std::uint64_t, Wish> wishes_;
};

}  // namespace command_line
