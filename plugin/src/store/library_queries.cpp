#include "store/job_rows.h"
#include "store/store_impl.h"

#include <algorithm>

// The library's side: pictures, thumbnails, the search.
namespace kontexture::store {

namespace {

constexpr std::size_t kMaxWords = 32;
constexpr std::size_t kMaxSearchBytes = 4096;
// From here on (Thai, the East Asian scripts, symbols) the index has no word boundaries worth the name.
constexpr unsigned kFirstUnspacedLead = 0xe0;
constexpr unsigned kFirstUnspacedSecond = 0xb8;

/// What a person typed, split into what the index answers and what is looked for letter by letter.
struct SearchTerms {
    std::string match;                   ///< FTS5 expression; empty: none
    std::vector<std::string> fragments;  ///< LIKE patterns
};

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    // A zero byte would end the FTS5 expression early.
    const std::string_view separators(" \t\n\r\v\f\0", 7);
    for (const char letter : std::string(text.substr(0, kMaxSearchBytes)) + ' ') {
        if (separators.find(letter) == std::string_view::npos) {
            word += letter;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    if (words.size() > kMaxWords) words.resize(kMaxWords);
    return words;
}

/// Whether the index has no such word: no letter or digit in it, or letters that are written without spaces.
bool needs_letter_search(const std::string& word) {
    bool has_word_letter = false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const auto byte = static_cast<unsigned char>(word[i]);
        const unsigned next = i + 1 < word.size() ? static_cast<unsigned char>(word[i + 1]) : 0;
        if (byte > kFirstUnspacedLead || (byte == kFirstUnspacedLead && next >= kFirstUnspacedSecond)) {
            return true;
        }
        const bool is_digit = byte >= '0' && byte <= '9';
        const bool is_letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        has_word_letter = has_word_letter || is_digit || is_letter || byte >= 0x80;
    }
    return !has_word_letter;
}

/// In quotes everything is text to FTS5, except the quote itself, which is doubled.
std::string quoted(const std::string& word) {
    std::string text = "\"";
    for (const char letter : word) {
        if (letter == '"') text += '"';
        text += letter;
    }
    return text + '"';
}

std::string like_pattern(const std::string& word) {
    std::string pattern = "%";
    for (const char letter : word) {
        if (letter == '%' || letter == '_' || letter == '\\') pattern += '\\';
        pattern += letter;
    }
    return pattern + '%';
}

SearchTerms parse_search(const std::string& text) {
    SearchTerms terms;
    const std::vector<std::string> words = split_words(text);
    for (const std::string& word : words) {
        if (needs_letter_search(word)) {
            terms.fragments.push_back(like_pattern(word));
        } else {
            if (!terms.match.empty()) terms.match += ' ';
            terms.match += quoted(word);
            if (&word == &words.back()) terms.match += '*';
        }
    }
    return terms;
}

std::string condition(const LibraryQuery& query, const SearchTerms& terms) {
    std::string sql = " where ?1 = ?1 and ?2 = ?2";
    if (query.pictures_only) sql += " and jobs.image_id is not null";
    if (query.favourites_only) sql += " and favourites.job_id is not null";
    if (!terms.match.empty()) sql += " and jobs.id in (select rowid from prompts where prompts match ?1)";
    // All fragments travel in one JSON array, so that the SQL text does not depend on their number.
    if (!terms.fragments.empty()) {
        sql +=
            " and not exists (select 1 from json_each(?2) where not "
            "(jobs.prompt like value escape '\\' or jobs.label like value escape '\\'))";
    }
    return sql;
}

std::string json_array(const std::vector<std::string>& texts) {
    std::string json = "[";
    for (const std::string& text : texts) {
        json += json.size() > 1 ? ",\"" : "\"";
        for (const char letter : text) {
            constexpr char kDigits[] = "0123456789abcdef";
            const auto byte = static_cast<unsigned char>(letter);
            if (byte < 0x20) {
                json += "\\u00";
                json += kDigits[byte >> 4];
                json += kDigits[byte & 15];
                continue;
            }
            if (letter == '"' || letter == '\\') json += '\\';
            json += letter;
        }
        json += '"';
    }
    return json + "]";
}

LibraryEntry read_entry(const Rows& rows) {
    JobRow job = read_job(rows);
    LibraryEntry entry;
    entry.id = job.id;
    entry.state = job.state;
    entry.request = std::move(job.request);
    entry.task_id = std::move(job.task_id);
    entry.image = job.image;
    entry.parent = job.parent;
    entry.estimated_credits = job.credits;
    entry.created_at = job.created_at;
    entry.finished_at = job.finished_at;
    entry.error = std::move(job.error);
    entry.width = static_cast<std::uint32_t>(rows.integer(kJobColumnCount));
    entry.height = static_cast<std::uint32_t>(rows.integer(kJobColumnCount + 1));
    entry.file_bytes = static_cast<std::uint64_t>(rows.integer(kJobColumnCount + 2));
    entry.favourite = rows.integer(kJobColumnCount + 3) != 0;
    return entry;
}

}  // namespace

Result<ImageRow> Store::image(ImageId id) {
    Rows rows = impl_->database->query(
        "select blob, extension, width, height, bytes from images where id = ?", id.value);
    if (!rows.next()) {
        if (auto finished = rows.finish(); !finished) return finished.error();
        Error error;
        error.code = ErrorCode::NotFound;
        error.message = "The library has no such picture. Choose another one.";
        error.detail = "image " + std::to_string(id.value);
        return error;
    }
    ImageRow image;
    image.id = id;
    image.blob = rows.text(0);
    image.extension = rows.text(1);
    image.width = static_cast<std::uint32_t>(rows.integer(2));
    image.height = static_cast<std::uint32_t>(rows.integer(3));
    image.bytes = static_cast<std::uint64_t>(rows.integer(4));
    return image;
}

Result<std::vector<std::uint8_t>> Store::thumbnail(ImageId id) {
    Rows rows = impl_->database->query("select bytes from thumbnails where image_id = ?", id.value);
    std::vector<std::uint8_t> bytes;
    if (rows.next()) bytes = rows.bytes(0);
    if (auto finished = rows.finish(); !finished) return finished.error();
    return bytes;
}

Result<void> Store::write_thumbnail(ImageId id, std::span<const std::uint8_t> bytes) {
    return impl_->database->run(
        "insert or replace into thumbnails (image_id, bytes) select id, ? from images where id = ?", bytes,
        id.value);
}

LibraryPage Store::search(const LibraryQuery& query) {
    LibraryPage page;
    page.query = query;
    const SearchTerms terms = parse_search(query.search);
    const std::string fragments = json_array(terms.fragments);
    const std::string from =
        " from jobs left join images on images.id = jobs.image_id "
        "left join favourites on favourites.job_id = jobs.id" +
        condition(query, terms);
    {
        Rows count = impl_->database->query("select count(*)" + from, terms.match, fragments);
        if (count.next()) page.total = static_cast<std::uint64_t>(count.integer(0));
        if (auto finished = count.finish(); !finished) {
            page.error = finished.error();
            return page;
        }
    }
    Rows rows = impl_->database->query(
        std::string("select ") + kJobColumns +
            ", images.width, images.height, images.bytes, favourites.job_id is not null" + from +
            " order by jobs.created_at desc, jobs.id desc limit ?3 offset ?4",
        terms.match, fragments, query.limit, query.offset);
    while (rows.next()) page.entries.push_back(read_entry(rows));
    if (auto finished = rows.finish(); !finished) page.error = finished.error();
    return page;
}

Result<void> Store::set_favourite(RequestId id, bool favourite) {
    return impl_->database->run(
        favourite ? "insert or ignore into favourites (job_id) select id from jobs where id = ?"
                  : "delete from favourites where job_id = ?",
        id.value);
}

}  // namespace kontexture::store
