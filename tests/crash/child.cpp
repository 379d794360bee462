#include "child.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace crash {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

void redirect(const std::string& path, int to) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file < 0 || ::dup2(file, to) < 0) ::_exit(127);
    ::close(file);
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
             const Files& files) {
    std::vector<std::string> texts = arguments;
    std::vector<std::string> variables;
    for (char** variable = environ; *variable; ++variable) variables.emplace_back(*variable);
    variables.insert(variables.end(), environment.begin(), environment.end());
    const std::vector<char*> argv = pointers(texts);
    const std::vector<char*> envp = pointers(variables);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) {
        std::perror("fork");
        std::exit(2);
    }
    if (pid_ > 0) return;
#ifdef __linux__
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
#else
    (void)parent;
#endif
    redirect(files.out, STDOUT_FILENO);
    redirect(files.err, STDERR_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

Child& Child::operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(status_, other.status_);
    return *this;
}

Child::~Child() {
    kill();
}

std::optional<int> Child::collect(int flags) {
    if (pid_ <= 0) return status_;
    int status = 0;
    pid_t pid = 0;
    do pid = ::waitpid(pid_, &status, flags);
    while (pid < 0 && errno == EINTR);
    if (pid == 0) return std::nullopt;
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    pid_ = -1;
    return status_;
}

std::optional<int> Child::ended() {
    return collect(WNOHANG);
}

int Child::kill() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    return *collect(0);
}

}  // namespace crash
