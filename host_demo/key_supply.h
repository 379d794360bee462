#pragma once

#include <kontexture/types.h>

#include <string>

// Where the programs get the service's key from, and how they keep it to themselves.
namespace key_supply {

struct Supply {
    kontexture::Secret key;  ///< empty: no place has one
    std::string note;        ///< why a place that may have one was of no use, for a person; mostly empty
};

/// Nothing of this process is written to disk when it crashes, and no other process of this user can look
/// into its memory. First thing in main().
void seal_process();

/// An environment variable's text without blanks around it; empty when there is none. It is wiped and taken
/// out of the environment, so that no child inherits it: call it before there are other threads.
kontexture::Secret take_variable(const char* name);

/// The first key of: `key_file` when it is not empty, KIE_API_KEY, the file that KIE_API_KEY_FILE names, and
/// the desktop's secret store unless it is left out. KIE_API_KEY is wiped and taken out of the environment,
/// so that no child inherits it: call it before there are other threads. An error when a file is named and
/// may not be used; the other places are then not tried.
kontexture::Result<Supply> find_key(const std::string& key_file, bool ask_secret_store = true);

/// The one line that the file holds. Refused unless it is a regular file of this user's or root's that nobody
/// else may read, and what it holds looks like a key. Symbolic links are followed: the file at their end
/// counts.
kontexture::Result<kontexture::Secret> read_key_file(const std::string& path);

/// What the desktop's secret store (Secret Service) has under service=kontexture account=kie.ai. Never asks a
/// person: a locked item is only told in the note. Waits some seconds at most. Empty without libsecret or a
/// session bus.
Supply ask_secret_store();

}  // namespace key_supply
