#pragma once

#include "store/store.h"

namespace kontexture::store {

class Database;

/// Removes a session's temporary folder and the downloads in it. Whatever else is in there stays, and the
/// folder with it; links are not followed.
void remove_temporary(const std::string& path);
/// Removes the temporary folders and lock files of dead sessions, except those of `own`. Only what has
/// exactly the form that this program gives it: the folder may hold files of the user's. The caller holds the
/// folder's opening lock.
void sweep_sessions(const std::string& folder, std::int64_t own);

/// When a killed session may have left blobs behind and no other session lives: removes half-written files,
/// and moves blobs that no row names to the folder "unreferenced". Nothing that could be a paid picture is
/// deleted, and blobs older than the database (whose rows a damaged database may hold) stay where they are.
Result<void> sweep_blobs(Database& database, const std::string& folder, std::int64_t own);

}  // namespace kontexture::store
