#pragma once

#include <kontexture/library.h>

#include <string>

namespace kontexture::runtime {

/// A table for spreadsheets, the same in every locale. Times are UTC.
std::string ledger_csv(const Ledger& ledger);

}  // namespace kontexture::runtime
