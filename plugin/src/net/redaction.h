#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// The key, taken out of whatever may quote it. Pure.
namespace kontexture::net {

enum class Ending : std::uint8_t { Whole, Cut };

/// Replaces every occurrence of `secret` by "[key]", also where some of its characters are escaped as in
/// JSON, an address or a web page; from eight characters on also where blanks or line ends were put between
/// them, and where it is written in hexadecimal or, alone or within something longer, in base64. In a text
/// that is cut, also the beginning of one at its end. Less than four characters are left alone: blanking them
/// would destroy the text.
void blank(std::string& text, std::string_view secret, Ending ending = Ending::Whole);

}  // namespace kontexture::net
