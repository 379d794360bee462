// Kontexture's command line: the module in a host without a window.
#include <cstdio>
#include <exception>

#include "cli_commands.h"
#include "cli_interrupt.h"
#include "key_supply.h"
#include "terminal_text.h"

int main(int argc, char** argv) {
    using namespace command_line;
    key_supply::seal_process();
    Options options;
    try {
        if (const auto code = read_options(argc, argv, options)) return *code;
        watch_for_interrupts();
        switch (options.command) {
            case Command::Generate: return run_generate(options);
            case Command::Resume: return run_resume(options);
            case Command::Resolve: return run_resolve(options);
            case Command::List: return run_list(options);
            case Command::Credits: return run_credits(options);
            case Command::Spend: return run_spend(options);
            case Command::None: break;
        }
        return kNothingSent;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "kontexture: %s. What was paid for can be collected: kontexture resume\n",
                     terminal_text::printable(failure.what()).c_str());
        return kSomeFailed;
    }
}
