#pragma once

#include "store/database.h"

namespace kontexture::store {

/// What the file says about itself, read without writing. Foreign: a database of some other program.
/// Tampered: one of ours with a trigger or a view, which could make any statement endless.
enum class SchemaState : std::uint8_t { Empty, Older, Current, Newer, Foreign, Tampered };
Result<SchemaState> inspect_schema(Database& database);

/// Brings an empty or older database to the current version, in one transaction.
Result<void> migrate(Database& database);

}  // namespace kontexture::store
