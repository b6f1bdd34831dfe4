// The program update-fetch itself, started for each conversation as systemd does it: the agent's socket is
// its standard input.
#pragma once

#include "started_program.hpp"
#include "updater/fetch/fetch_client.hpp"

#include <csignal>
#include <list>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace updater_test {

class RealUpdateFetch {
  public:
    RealUpdateFetch() = default;
    RealUpdateFetch(const RealUpdateFetch &) = delete;
    RealUpdateFetch &operator=(const RealUpdateFetch &) = delete;
    ~RealUpdateFetch() {
        for (const pid_t process : processes_)
            ::waitpid(process, nullptr, 0);
    }

    updater::fetch::OpenConversation opener() {
        return [this] {
            auto pair = updater::fetch::make_conversation();
            processes_.push_back(start(pair.second.number()));
            return std::move(pair.first);
        };
    }

    /// As it dies of lack of memory.
    void kill() const {
        if (processes_.empty() || ::kill(processes_.back(), SIGKILL) != 0)
            throw std::runtime_error("there is no update-fetch to kill");
    }

  private:
    static pid_t start(int socket) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
        char program[] = UPDATE_FETCH_PROGRAM;
        char *const arguments[] = {program, nullptr};
        pid_t process = -1;
        const int result = posix_spawn(&process, program, &actions, nullptr, arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
        if (result != 0)
            throw std::runtime_error("update-fetch cannot be started");
        return process;
    }

    std::list<pid_t> processes_;
};

} // namespace updater_test
