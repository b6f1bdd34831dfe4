// Started with posix_spawn, ended with SIGTERM.
#include "tests/support/server_process.hpp"

#include "tests/support/sockets.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace {

bool answers(int port) {
    try {
        Socket::connected_to(port);
        return true;
    } catch (const std::system_error &) {
        return false;
    }
}

} // namespace

void run_command(const std::string &command) {
    if (std::system(command.c_str()) != 0)
        throw std::runtime_error("failed: " + command);
}

std::vector<int> free_ports(std::size_t count) {
    // All of them are held until the last one is known: a port that is given back may be the next free one.
    std::vector<Socket> held;
    std::vector<int> ports;
    for (std::size_t number = 0; number < count; ++number)
        ports.push_back(held.emplace_back(Socket::listening(0)).port());
    return ports;
}

int free_port() {
    return free_ports(1).front();
}

ServerProcess::ServerProcess(std::vector<std::string> words, int port, const std::filesystem::path &log) {
    std::vector<char *> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string &word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0644);
    const int error =
        posix_spawn(&process_, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::system_error(error, std::generic_category(),
                                "cannot start " + words.front() + " (image/install-dependencies)");

    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!answers(port)) {
        if (waitpid(process_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > deadline) {
            stop();
            std::ifstream reasons(log);
            throw std::runtime_error(words.front() + " does not start: " +
                                     std::string(std::istreambuf_iterator<char>(reasons), {}));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

ServerProcess::~ServerProcess() {
    stop();
}

void ServerProcess::stop() noexcept {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
}
