#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kontexture::test {

/// Where the key stands in the text, one word for each way it is written there: as it is (in any case), with
/// blanks or line ends inside, escaped for JSON or an address, in hexadecimal, in base64, in UTF-16. Shares
/// no code with the module's own redaction.
std::vector<std::string> find_key(std::string_view text, std::string_view key);

/// The same for every file in the folder and below, their names, and the texts in PNG files; a line for each.
struct Sweep {
    std::size_t files = 0;
    std::vector<std::string> found;
};
void sweep(const std::string& path, std::string_view key, Sweep& result);

}  // namespace kontexture::test
