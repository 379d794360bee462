// kontexture_crash: kills the real program at random moments, cuts its power, and compares its library with
// the record of the real local service.
//
//     kontexture_crash --kills 300 --shared-kills 100 --power-cuts 100 --seed 7
//
// Exit status 0: nothing lost, nothing paid twice, everything as promised.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "local_service/picture_file.h"
#include "part.h"

namespace {

namespace fs = std::filesystem;

/// Printed of what must not be.
constexpr std::size_t kMostProblems = 40;

struct Options {
    int kills = 0;
    int shared_kills = 0;
    int power_cuts = 0;
    int processes = 2;
    unsigned long long seed = 1;
    bool is_deaf = false;
    std::string program = KONTEXTURE_CRASH_PROGRAM;
    std::string serve;
};

struct Column {
    std::string title;
    crash::Tally tally;
    double seconds = 0;
};

constexpr const char* kUsage =
    "usage: kontexture_crash [--kills N] [--shared-kills N] [--processes P] [--power-cuts N] [--seed S] "
    "[--deaf] [--program FILE]\n"
    "  --kills         SIGKILLs of one process on a data folder\n"
    "  --shared-kills  SIGKILLs where P processes (2) share a data folder\n"
    "  --power-cuts    what was not fsynced is gone, too; every third time with two processes\n"
    "  --deaf          fsync does nothing: exit status 0 only when that is noticed as a loss\n"
    "  --program       another build of the command line, such as one broken on purpose\n";

std::optional<Options> read_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string flag = argv[i];
        if (flag == "--deaf") {
            options.is_deaf = true;
            continue;
        }
        if (i + 1 == argc) return std::nullopt;
        const char* value = argv[++i];
        if (flag == "--serve" || flag == "--program") {
            (flag == "--serve" ? options.serve : options.program) = value;
            continue;
        }
        char* end = nullptr;
        const unsigned long long number = std::strtoull(value, &end, 10);
        if (end == value || *end != '\0') return std::nullopt;
        if (flag == "--seed") {
            options.seed = number;
        } else if (flag == "--kills") {
            options.kills = static_cast<int>(number);
        } else if (flag == "--shared-kills") {
            options.shared_kills = static_cast<int>(number);
        } else if (flag == "--power-cuts") {
            options.power_cuts = static_cast<int>(number);
        } else if (flag == "--processes" && number >= 1 && number <= 8) {
            options.processes = static_cast<int>(number);
        } else {
            return std::nullopt;
        }
    }
    return options;
}

void write_input(const std::string& path) {
    local_service::Picture picture{64, 64, std::vector<std::uint8_t>(64 * 64 * 3)};
    for (std::size_t i = 0; i < picture.pixels.size(); ++i)
        picture.pixels[i] = static_cast<std::uint8_t>(i * 7 % 251);
    std::ofstream(path, std::ios::binary) << local_service::encode_png(picture);
}

Column play(crash::Tools& tools, const std::string& title, const crash::PartOptions& options) {
    const auto start = crash::Clock::now();
    Column column{title, crash::play(tools, options), 0};
    column.seconds = std::chrono::duration<double>(crash::Clock::now() - start).count();
    std::fprintf(stderr, "%s: %d kills, %d power cuts, %zu problems, %.0f s\n", title.c_str(),
                 column.tally.kills, column.tally.cuts, column.tally.problems.size(), column.seconds);
    return column;
}

std::vector<Column> play_all(crash::Tools& tools, const Options& options) {
    std::vector<Column> columns;
    if (options.kills > 0)
        columns.push_back(play(tools, "one process", {.name = "k", .deaths = options.kills}));
    if (options.shared_kills > 0)
        columns.push_back(
            play(tools, std::to_string(options.processes) + " processes",
                 {.name = "s", .deaths = options.shared_kills, .processes = options.processes}));
    const int shared_cuts = options.power_cuts / 3;
    if (options.power_cuts > 0)
        columns.push_back(play(tools, "power cuts",
                               {.name = "c",
                                .deaths = options.power_cuts - shared_cuts,
                                .cuts = true,
                                .is_deaf = options.is_deaf}));
    if (shared_cuts > 0)
        columns.push_back(play(
            tools, "cuts, 2 proc.",
            {.name = "d", .deaths = shared_cuts, .processes = 2, .cuts = true, .is_deaf = options.is_deaf}));
    return columns;
}

void print_row(const char* title, const std::vector<Column>& columns, int crash::Tally::*count) {
    std::printf("%-32s", title);
    for (const Column& column : columns) std::printf("%15d", column.tally.*count);
    std::printf("\n");
}

void print_counts(const char* title, const std::map<std::string, int>& counts) {
    if (counts.empty()) return;
    std::printf("%s:", title);
    for (const auto& [name, count] : counts) std::printf("  %s %d", name.c_str(), count);
    std::printf("\n");
}

void print(const std::vector<Column>& columns) {
    using crash::Tally;
    std::printf("%-32s", "");
    for (const Column& column : columns) std::printf("%15s", column.title.c_str());
    std::printf("\n");
    print_row("SIGKILLs", columns, &Tally::kills);
    print_row("power cuts", columns, &Tally::cuts);
    print_row("  with torn writes", columns, &Tally::torn_cuts);
    print_row("runs of the program", columns, &Tally::runs);
    print_row("requests in the library", columns, &Tally::jobs);
    print_row("accepted by the service", columns, &Tally::accepted);
    print_row("pictures in the library", columns, &Tally::in_library);
    print_row("unknown, with a task", columns, &Tally::unknown_with_task);
    print_row("unknown, without a task", columns, &Tally::unknown_without_task);
    print_row("failed before a task", columns, &Tally::failed);
    print_row("told and forgotten", columns, &Tally::forgotten);
    print_row("not in their files", columns, &Tally::files_missing);
    print_row("lost", columns, &Tally::lost);
    print_row("paid twice", columns, &Tally::paid_twice);
    std::printf("%-32s", "seconds per 100 deaths");
    Tally all;
    for (const Column& column : columns) {
        const int deaths = column.tally.kills + column.tally.cuts;
        std::printf("%15.1f", deaths > 0 ? column.seconds * 100 / deaths : 0);
        all.add(column.tally);
    }
    std::printf("\n");
    print_counts("Died when the newest state told was", all.died_in);
    print_counts("Power was cut at", all.died_at);
    for (std::size_t i = 0; i < all.problems.size() && i < kMostProblems; ++i)
        std::printf("%s\n", all.problems[i].c_str());
}

/// A fresh folder for everything; it goes again unless there is something to look at.
std::string make_folder() {
    std::string name = (fs::canonical(fs::temp_directory_path()) / "kontexture-crash-XXXXXX").string();
    if (!::mkdtemp(name.data())) {
        std::perror(name.c_str());
        std::exit(2);
    }
    return name;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = read_options(argc, argv);
    if (!options) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    if (!options->serve.empty()) return crash::serve(options->serve);
    for (const char* name :
         {"KIE_API_KEY", "KONTEXTURE_BASE_URL", "KONTEXTURE_UPLOAD_URL", "KONTEXTURE_DATA_DIR"})
        ::unsetenv(name);
    const std::string folder = make_folder();
    crash::Tally all;
    {
        crash::ServiceProcess service(fs::canonical("/proc/self/exe").string(), folder);
        crash::Tools tools{.program = options->program,
                           .shim = KONTEXTURE_CRASH_SHIM,
                           .folder = folder,
                           .warm_data = folder + "/warm",
                           .input = folder + "/input.png",
                           .service = service,
                           .random = std::mt19937_64(options->seed)};
        crash::make_warm_data(tools.warm_data, service.base_url());
        write_input(tools.input);
        const std::vector<Column> columns = play_all(tools, *options);
        print(columns);
        for (const Column& column : columns) all.add(column.tally);
    }
    if (options->is_deaf || all.problems.empty()) {
        fs::remove_all(folder);
    } else {
        std::printf("Kept: %s\n", folder.c_str());
    }
    if (options->is_deaf) return all.lost > 0 ? 0 : 1;
    return all.lost == 0 && all.paid_twice == 0 && all.problems.empty() ? 0 : 1;
}
