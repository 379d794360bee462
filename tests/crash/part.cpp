#include "part.h"

#include <csignal>
#include <filesystem>
#include <thread>

namespace crash {

using namespace std::chrono_literals;

namespace {

/// Beyond it, the processes of a world end faster than they can be killed.
constexpr int kMaxRuns = 40;
constexpr int kKilled = 128 + SIGKILL;
constexpr auto kPatience = 300s;

class Part {
public:
    Part(Tools& tools, const PartOptions& options) : tools_(tools), options_(options) {}

    Tally run() {
        rehearse();
        for (int number = 1; deaths() < options_.deaths; ++number) play_world(number);
        return std::move(total_);
    }

private:
    int deaths() const { return options_.cuts ? total_.cuts : total_.kills; }

    World::Options world_options(const std::string& number, bool is_fresh) const {
        return {options_.name + number + "x", is_fresh, options_.cuts};
    }

    void rehearse() {
        World world(tools_, world_options("0", false));
        if (options_.cuts) world.shadow().page().is_deaf = options_.is_deaf;
        world.rehearse(2);
        if (options_.cuts) calls_ = world.shadow().page().calls;
        Tally tally;
        settle(world, tally);
    }

    void play_world(int number) {
        world_ = std::make_unique<World>(
            tools_, world_options(std::to_string(number), number == 1 || tools_.chance(0.2)));
        if (options_.cuts) world_->shadow().page().is_deaf = options_.is_deaf;
        tally_ = {};
        const int wanted = std::min(tools_.number(3, 9), options_.deaths - deaths());
        slots_.clear();
        slots_.resize(static_cast<std::size_t>(options_.processes));
        while (step(wanted)) std::this_thread::sleep_for(500us);
        if (options_.cuts) world_->shadow().page().die_at = 0;
        settle(*world_, tally_);
        world_.reset();
    }

    /// False: enough have died, and nobody runs any more.
    bool step(int wanted) {
        const int died = options_.cuts ? tally_.cuts : tally_.kills;
        bool is_busy = false;
        for (Run& slot : slots_) {
            if (!slot.child.is_running() && died < wanted && tally_.runs < kMaxRuns) start(slot);
            if (slot.child.is_running()) watch(slot);
            is_busy = is_busy || slot.child.is_running();
        }
        return is_busy || (died < wanted && tally_.runs < kMaxRuns);
    }

    void start(Run& slot) {
        if (options_.cuts) {
            Page& page = world_->shadow().page();
            if (page.die_at <= page.calls) {
                const auto processes = static_cast<std::uint64_t>(options_.processes);
                page.die_at =
                    page.calls + 1 + tools_.random() % (calls_ * processes / (tools_.chance(0.5) ? 1 : 4));
                page.moment = static_cast<Moment>(tools_.number(0, 2));
            }
        }
        slot = world_->start();
        if (options_.cuts) {
            slot.dies_at = slot.started_at + kPatience;
            slot.lines = 0;
        }
        ++tally_.runs;
    }

    void watch(Run& slot) {
        if (const auto status = slot.child.ended()) {
            if (options_.cuts && world_->shadow().page().is_off) return lose_power(slot);
            return world_->ended(slot, *status, false);
        }
        if (slot.lines > 0 && count_lines(slot.files.out) >= slot.lines) {
            slot.dies_at = Clock::now() + slot.after_line;
            slot.lines = 0;
        }
        if (Clock::now() < slot.dies_at) return;
        const int status = slot.child.kill();
        if (options_.cuts) tally_.problems.push_back(slot.files.out + ": did not end");
        note_death(slot, status == kKilled);
        if (status == kKilled) ++tally_.kills;
        world_->ended(slot, status, status == kKilled);
    }

    void note_death(const Run& run, bool was_killed) {
        if (!was_killed) return;
        const auto told = read_told(run.files.out);
        ++tally_.died_in[told.empty() ? "(nothing told)" : told.back().state];
    }

    /// One has died at its call, and with it the machine.
    void lose_power(Run& first) {
        Page& page = world_->shadow().page();
        note_death(first, true);
        world_->ended(first, kKilled, true);
        for (Run& slot : slots_) {
            if (!slot.child.is_running()) continue;
            slot.child.kill();
            note_death(slot, true);
            world_->ended(slot, kKilled, true);
        }
        ++tally_.died_at[name_of(page.last_call)];
        // Now and then only the program dies: what it left unsynced is there until the next cut.
        if (tools_.chance(0.2)) {
            ++tally_.kills;
        } else {
            const bool torn = tools_.chance(0.5);
            world_->shadow().cut(torn, tools_.random);
            ++tally_.cuts;
            tally_.torn_cuts += torn;
        }
        page.die_at = 0;
        page.is_off = false;
    }

    void settle(World& world, Tally& tally) {
        world.finish();
        audit(world, tools_.service, tally);
        if (tally.problems.empty()) std::filesystem::remove_all(world.folder());
        total_.add(tally);
    }

    Tools& tools_;
    PartOptions options_;
    Tally total_;
    std::uint64_t calls_ = 0;  ///< of a rehearsal
    std::unique_ptr<World> world_;
    Tally tally_;
    std::vector<Run> slots_;
};

}  // namespace

Tally play(Tools& tools, const PartOptions& options) {
    return Part(tools, options).run();
}

}  // namespace crash
