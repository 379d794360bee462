#pragma once

#include <kontexture/request.h>

#include <string>
#include <vector>

#include "cli_options.h"

namespace command_line {

/// Where a picture goes.
struct Target {
    std::string file;    ///< absolute; empty: a name of our own in `folder`
    std::string folder;  ///< absolute; empty: it stays in the library only
};

/// One picture to be made.
struct Planned {
    kontexture::TextureRequest request;
    Target target;
    std::string where;  ///< "requests.jsonl line 3: ", empty for the command line
};

/// Everything that generate was asked for, with the folders made. An error means that nothing is to be sent.
kontexture::Result<std::vector<Planned>> plan_requests(const Options& options);

/// The lines of a batch file, each over the command line's fields. `where` begins error messages.
struct BatchLine {
    Fields fields;
    std::string where;
};
kontexture::Result<std::vector<BatchLine>> read_batch(const std::string& path, const Fields& defaults);

/// The path of `target`, where the name is ours: the prompt's words and the id.
std::string path_for(const Target& target, kontexture::RequestId id,
                     const kontexture::TextureRequest& request);

/// wall.png: wall-2.png, with as many digits as `last` needs.
std::string numbered(const std::string& file, int number, int last);

enum class Access : std::uint8_t { Usual, Owner };

/// Makes the folder and gives its absolute path. Fails when it cannot be written to: before money is spent.
kontexture::Result<std::string> make_folder(const std::string& path, Access access = Access::Usual);

kontexture::Error invalid(std::string message);

}  // namespace command_line
