#include "cli_interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "cli_options.h"

namespace command_line {
namespace {

std::atomic<int> g_signals{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

extern "C" void on_signal(int) {
    if (g_signals.fetch_add(1) > 0) _exit(kInterrupted);
}

}  // namespace

void watch_for_interrupts() {
    struct sigaction action = {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before = {};
        // Under nohup the end of the terminal means nothing. SIGINT is another matter: a shell ignores it for
        // what it starts in the background, but whoever sends it there means it.
        const bool is_ignored = sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
        if (number == SIGHUP && is_ignored) continue;
        sigaction(number, &action, nullptr);
    }
    // A reader that leaves early must not keep pictures from being saved.
    signal(SIGPIPE, SIG_IGN);
}

bool is_interrupted() {
    return g_signals.load() > 0;
}

}  // namespace command_line
