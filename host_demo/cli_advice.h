#pragma once

#include <string>

namespace command_line {

/// What to do about so many requests of another service than this run's. The address is what the data folder
/// says, and whoever made the folder may have made it up: a command is given for plain http(s) addresses
/// only, and with the warning that the key goes there.
std::string advice_on(const std::string& service, int number);

/// The module's messages name the fields of its configuration; a person here knows the options.
std::string in_options(std::string message);

}  // namespace command_line
