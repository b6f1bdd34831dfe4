#include "started_program.hpp"
#include "tests/updater/control/program.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace {

constexpr std::chrono::seconds patience{20};

[[noreturn]] void fail(const char *what) {
    throw std::system_error(errno, std::generic_category(), what);
}

[[noreturn]] void execute(const std::vector<std::string> &arguments, const std::string &bus_address) {
    setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_address.c_str(), 1);
    setenv("SSH_CONNECTION", "192.0.2.9 50000 192.0.2.7 22", 1);
    setenv("USER", "root", 1);
    std::vector<char *> words;
    for (const std::string &argument : arguments)
        words.push_back(const_cast<char *>(argument.c_str()));
    words.push_back(nullptr);
    execv(UPDATE_CONTROL_PROGRAM, words.data());
    _exit(127);
}

void append_available(int &descriptor, std::string &text) {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(count));
        return;
    }
    // A terminal whose program has ended answers EIO.
    close(descriptor);
    descriptor = -1;
}

} // namespace

Program::Program(const std::vector<std::string> &arguments, const Options &options) {
    std::vector<std::string> words{"update-control"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    start_child(words, options);
}

void Program::start_child(const std::vector<std::string> &arguments, const Options &options) {
    if (options.on_terminal) {
        winsize size{};
        size.ws_col = 80;
        size.ws_row = 24;
        process_ = forkpty(&output_, nullptr, nullptr, &size);
        if (process_ < 0)
            fail("forkpty");
        if (process_ == 0)
            execute(arguments, options.bus_address);
        return;
    }
    std::array<int, 2> output{};
    std::array<int, 2> errors{};
    if (pipe2(output.data(), O_CLOEXEC) != 0 || pipe2(errors.data(), O_CLOEXEC) != 0)
        fail("pipe2");
    process_ = fork();
    if (process_ < 0)
        fail("fork");
    if (process_ == 0) {
        dup2(output[1], STDOUT_FILENO);
        dup2(errors[1], STDERR_FILENO);
        dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO); // nobody can be asked
        execute(arguments, options.bus_address);
    }
    close(output[1]);
    close(errors[1]);
    output_ = output[0];
    errors_ = errors[0];
}

Program::~Program() {
    if (process_ > 0) {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }
    for (const int descriptor : {output_, errors_})
        if (descriptor >= 0)
            close(descriptor);
}

bool Program::read_more(int milliseconds) {
    std::array<pollfd, 2> waiting{{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
    if (poll(waiting.data(), waiting.size(), milliseconds) < 0)
        fail("poll");
    if (waiting[0].revents != 0)
        append_available(output_, ended_.output);
    if (waiting[1].revents != 0)
        append_available(errors_, ended_.errors);
    return output_ >= 0 || errors_ >= 0;
}

bool Program::wrote(const std::string &text) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (ended_.output.find(text) == std::string::npos) {
        if (std::chrono::steady_clock::now() > deadline || !read_more(100))
            return ended_.output.find(text) != std::string::npos;
    }
    return true;
}

std::string Program::command_line() const {
    std::ifstream stream("/proc/" + std::to_string(process_) + "/cmdline");
    return {std::istreambuf_iterator<char>(stream), {}};
}

void Program::type(const std::string &text) const {
    if (::write(output_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        fail("write");
}

void Program::stop_reading() {
    close(output_);
    output_ = -1;
}

Ended Program::wait() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (read_more(100))
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("update-control did not end; it wrote: " + ended_.output +
                                     ended_.errors);
    int status = 0;
    if (waitpid(process_, &status, 0) != process_)
        fail("waitpid");
    process_ = -1;
    ended_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
    return ended_;
}
