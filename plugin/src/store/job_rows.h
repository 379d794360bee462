#pragma once

#include "store/database.h"
#include "store/store.h"

namespace kontexture::store {

/// The columns that read_job() expects first in a query on `jobs`, and how many they are.
extern const char* const kJobColumns;
inline constexpr int kJobColumnCount = 35;
/// Beyond any price; what a damaged row says is kept where sums still work.
inline constexpr double kMostCredits = 1e6;

/// Request inputs come back as what is stored of them: an address, or the library picture.
JobRow read_job(const Rows& rows);
/// Inserts the row and its words for the search. Inside the caller's transaction.
Result<void> insert_job(Database& database, std::string_view service_id, std::int64_t session,
                        const JobRow& row);

/// "png" for "image/png", …; "bin" for what no picture has.
const char* extension_for(std::string_view mime_type);

}  // namespace kontexture::store
