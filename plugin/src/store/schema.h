#pragma once

#include "store/database.h"

namespace kontexture::store {

/// What the file says about itself, read without writing. Foreign: a database of some other program.
enum class SchemaState : std::uint8_t { Empty, Older, Current, Newer, Foreign };
Result<SchemaState> inspect_schema(Database& database);

/// Brings an empty or older database to the current version, in one transaction.
Result<void> migrate(Database& database);

}  // namespace kontexture::store
