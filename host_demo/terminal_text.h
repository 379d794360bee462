#pragma once

#include <string>
#include <string_view>

// Prompts, names of files, a service's messages and what a data folder says are other people's text: a
// terminal must not take orders from it. Thread: any.
namespace terminal_text {

/// With a blank for each control character (also the eight-bit ones and those that turn the writing
/// direction), and a replacement character for each byte that is no UTF-8. `keeps_lines`: line breaks stay.
std::string printable(std::string_view text, bool keeps_lines = false);

/// The same, cut after so many letters and then with "...".
std::string printable_start(std::string_view text, std::size_t max_letters);

/// A JSON text in UTF-8 that means the same, with those characters written as \uXXXX.
std::string printable_json(std::string_view json);

}  // namespace terminal_text
