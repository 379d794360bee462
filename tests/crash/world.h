#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "child.h"
#include "service.h"
#include "shadow.h"

namespace crash {

using Clock = std::chrono::steady_clock;

/// What all worlds share. Paths are absolute.
struct Tools {
    std::string program;    ///< the command line under test
    std::string shim;       ///< preloaded for power cuts
    std::string folder;     ///< for everything that is written
    std::string warm_data;  ///< a data folder that has learned how fast the service is
    std::string input;      ///< a picture to edit
    ServiceProcess& service;
    std::mt19937_64 random;
    /// How long undisturbed runs take, learned from those that end by themselves.
    std::map<std::string, std::chrono::duration<double>> lengths = {};

    bool chance(double probability) { return std::bernoulli_distribution(probability)(random); }
    int number(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); }
};

/// One run of the program.
struct Run {
    std::string kind;
    Child child;
    Child::Files files;
    Clock::time_point started_at;
    /// When it is to die: then, or this long after its n-th line, whichever comes first.
    Clock::time_point dies_at;
    int lines = 0;  ///< zero: does not matter
    std::chrono::milliseconds after_line = {};
};

/// What a run said on standard output.
struct Told {
    std::uint64_t id = 0;
    std::string event;
    std::string state;
    std::string task_id;
    std::string file;
};
std::vector<Told> read_told(const std::string& path);
/// So far; fast.
int count_lines(const std::string& path);

/// A data folder with its out folder, and everything that runs on it.
class World {
public:
    struct Options {
        std::string name;       ///< begins the name of each of its jobs
        bool is_fresh = false;  ///< without a data folder to begin with
        bool has_shim = false;  ///< with the power cut shim
    };
    World(Tools& tools, Options options);

    /// Starts `generate` with a few new jobs, or `resume`. What was killed must have been ended().
    Run start();
    /// Generates `jobs` pictures and nothing goes wrong, to learn how long that takes.
    void rehearse(int jobs);
    /// Takes note of a run that is over. `was_killed`: by us, otherwise its status counts.
    void ended(const Run& run, int status, bool was_killed);
    /// Lets the program collect and send what is left.
    void finish();
    /// The program's list of all requests, as it prints it.
    std::vector<Told> list();

    const std::string& name() const { return options_.name; }
    std::string data() const { return disk() + "/data"; }
    std::string out() const { return disk() + "/out"; }
    bool has_shim() const { return options_.has_shim; }
    Shadow& shadow() { return *shadow_; }
    const std::vector<Told>& told() const { return told_; }
    /// Requests of which `generate` has told, so that it knows where their files go.
    const std::set<std::uint64_t>& promised_files() const { return promised_files_; }
    const std::vector<std::string>& problems() const { return problems_; }
    /// Everything it wrote.
    std::string folder() const { return tools_.folder + '/' + options_.name; }

private:
    std::string disk() const { return folder() + "/disk"; }
    Run run(const std::string& kind, std::vector<std::string> arguments);
    Run generate(int jobs, bool slow);
    Run resume(bool send_queued);
    void choose_death(Run& run);
    std::string write_batch(int jobs, bool slow);
    int wait_for(Run& run);

    Tools& tools_;
    Options options_;
    std::unique_ptr<Shadow> shadow_;
    int runs_ = 0;
    int jobs_ = 0;
    std::vector<Told> told_;
    std::set<std::uint64_t> promised_files_;
    std::vector<std::string> problems_;
};

/// A data folder in which many jobs have ended quickly: the program polls early then.
void make_warm_data(const std::string& folder, const std::string& service_id);

}  // namespace crash
