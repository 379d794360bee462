#include "store_folder.h"

#include "fuzz.h"

#include <cstring>

#include <sqlite3.h>

// Input: assignments. Each is a byte for the table, one for the column, one for the row, one for the kind of
// value, then the value: eight bytes of a number, or a byte of length and so many of text.
namespace {

struct Column {
    std::string table;
    std::string name;
};

/// Every column of every table but the search index's own.
std::vector<Column> columns_of(sqlite3* database) {
    std::vector<Column> columns;
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database,
                       "select t.name, c.name from pragma_table_list t, pragma_table_info(t.name) c "
                       "where t.type = 'table' and t.name not like 'sqlite%' order by t.name, c.cid",
                       -1, &statement, nullptr);
    while (sqlite3_step(statement) == SQLITE_ROW)
        columns.push_back({reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)),
                           reinterpret_cast<const char*>(sqlite3_column_text(statement, 1))});
    sqlite3_finalize(statement);
    return columns;
}

void bind_value(sqlite3_stmt* statement, fuzz::Reader& reader) {
    const std::uint8_t kind = reader.byte() % 4;
    if (kind == 0) {
        sqlite3_bind_int64(statement, 1, static_cast<sqlite3_int64>(reader.number(8)));
    } else if (kind == 1) {
        const std::uint64_t bits = reader.number(8);
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        sqlite3_bind_double(statement, 1, value);
    } else if (kind == 2) {
        const std::string_view text = reader.text(reader.byte());
        sqlite3_bind_text64(statement, 1, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8);
    } else {
        const std::string_view text = reader.text(reader.byte());
        sqlite3_bind_blob64(statement, 1, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT);
    }
}

void assign(sqlite3* database, const std::vector<Column>& columns, fuzz::Reader& reader) {
    const Column& column = columns[reader.number(2) % columns.size()];
    const std::uint8_t row = reader.byte();
    const std::string sql = "update or ignore \"" + column.table + "\" set \"" + column.name +
                            "\" = ?1 where " +
                            (row == 0xff ? "true"
                                         : "rowid = (select rowid from \"" + column.table +
                                               "\" limit 1 offset " + std::to_string(row % 12) + ")");
    sqlite3_stmt* statement = nullptr;
    // Tables without rowids only have all their rows changed.
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK) {
        bind_value(statement, reader);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::StoreFolder folder;
    folder.restore();
    sqlite3* database = nullptr;
    fuzz::require(sqlite3_open(folder.database().c_str(), &database) == SQLITE_OK, "the database opens");
    static const std::vector<Column> columns = columns_of(database);
    fuzz::require(columns.size() > 10, "the tables are found");
    sqlite3_exec(database, "pragma synchronous = off; begin", nullptr, nullptr, nullptr);
    fuzz::Reader reader(data, size);
    while (!reader.at_end()) assign(database, columns, reader);
    sqlite3_exec(database, "commit", nullptr, nullptr, nullptr);
    sqlite3_close(database);
    folder.use();
    return 0;
}
