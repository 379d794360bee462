#include "fixture.h"

#include <csignal>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace store_test;

namespace {

/// A small file system of its own, where the system allows to make one.
class SmallDisk {
public:
    explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {
        std::filesystem::create_directory(folder_);
#ifdef __linux__
        mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=40m") == 0;
#endif
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
#ifdef __linux__
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
#endif
    }
    bool mounted() const {
        return mounted_;
    }
    /// Leaves about that many bytes.
    void fill(std::size_t free) {
        const auto space = std::filesystem::space(folder_).available;
        std::ofstream(folder_ + "/ballast", std::ios::binary | std::ios::app)
            << std::string(space > free ? space - free : 0, 'x');
    }
    void empty() {
        std::filesystem::remove(folder_ + "/ballast");
    }

private:
    std::string folder_;
    bool mounted_ = false;
};

/// In a child whose files may not grow: returns the exit status, 0 when every error was DiskFull.
int write_under_limit(const std::string& folder) {
    auto opened = try_open(folder);
    if (!opened) return 1;
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {200'000, 200'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    const auto blob = (*opened)->blobs().put(std::vector<std::uint8_t>(300'000));
    if (blob || blob.error().code != ErrorCode::DiskFull) return 3;
    for (std::uint64_t number = 1; number < 1000; ++number) {
        const auto written = (*opened)->write_intent(job(**opened, number, std::string(2000, 'p')), false);
        if (written) continue;
        if (written.error().code != ErrorCode::DiskFull) return 4;
        return written.error().message.find("Free some space") == std::string::npos ? 5 : 0;
    }
    return 6;
}

}  // namespace

TEST_CASE("a full disk stops submits before money is spent") {
    const TempFolder temp;
    SmallDisk disk(temp.path("disk"));
    if (disk.mounted()) {
        auto store = open_store(temp.path("disk") + "/data");
        const RequestId first = queue(*store, 1);
        const RequestId second = queue(*store, 2);
        disk.fill(std::size_t{8} << 20);
        // Rows still fit; a picture might not.
        const RequestId third = queue(*store, 3);
        const auto refused = write_submitting(*store, first, at(0), 18);
        REQUIRE(!refused);
        CHECK(refused.error().code == ErrorCode::DiskFull);
        CHECK(entry(*store, first).state == JobState::Queued);

        disk.fill(0);
        Error error;
        for (std::uint64_t number = 4; number < 2000 && error.code == ErrorCode::None; ++number) {
            const auto written = store->write_intent(job(*store, number, std::string(2000, 'p')), false);
            if (!written) error = written.error();
        }
        CHECK(error.code == ErrorCode::DiskFull);
        CHECK(store->blobs().put(std::vector<std::uint8_t>(100'000)).error().code == ErrorCode::DiskFull);

        disk.empty();
        CHECK(write_submitting(*store, second, at(0), 18));
        CHECK(entry(*store, third).state == JobState::Queued);
        queue(*store, 5000);
    }
}

TEST_CASE("a limit on file sizes counts as a full disk, and loses nothing") {
    const TempFolder temp;
    {
        auto store = open_store(temp.path());
        queue(*store, 1);
    }
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(write_under_limit(temp.path()));
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    std::string warning;
    auto store = try_open(temp.path(), &warning);
    REQUIRE(store);
    CHECK(warning.empty());
    CHECK(all(**store).size() > 1);
    queue(**store, 1);
}
