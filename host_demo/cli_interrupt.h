#pragma once

namespace command_line {

/// From now on Ctrl-C, SIGTERM and a closed terminal only raise a flag; the second time the process ends at
/// once with status 130.
void watch_for_interrupts();
bool is_interrupted();

}  // namespace command_line
