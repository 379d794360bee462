#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text as it goes to and comes from a service. Any thread; nothing throws but bad_alloc.
namespace kontexture::providers {

bool is_ascii(std::string_view text);
/// Well-formed by the Unicode standard: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);
/// Nothing but spaces, control characters and the blanks of other scripts.
bool is_blank(std::string_view text);
/// C0, DEL or C1. With `allow_line_breaks` tab, LF and CR are no offence.
bool has_control_characters(std::string_view text, bool allow_line_breaks);
/// http:// or https:// in any case, then a host, and no spaces or control characters anywhere.
bool is_web_address(std::string_view text);
/// A web address that plainly belongs to this machine or its network. A courtesy to catch mistakes, no guard:
/// names are not resolved.
bool is_local_address(std::string_view text);

/// The same text with a replacement character for every byte that is not UTF-8.
std::string repair_utf8(std::string_view text);
/// Foreign text made fit to be shown on one line: valid UTF-8, runs of blanks and control characters become
/// one space, marks that reorder text are dropped, at most `max_characters`.
std::string clean_text(std::string_view text, std::size_t max_characters);
/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);
/// ASCII letters in lower case.
std::string lower_case(std::string_view text);
/// Everything but the unreserved characters of a URL becomes %XX.
std::string percent_encode(std::string_view text);

}  // namespace kontexture::providers
