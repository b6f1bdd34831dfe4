// A real server program that lives as long as a test.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// Throws when it fails. No shell may find anything in it that is not meant for it.
void run_command(const std::string &command);

/// Ports of this machine on which nothing listens, no two the same.
std::vector<int> free_ports(std::size_t count);
int free_port();

class ServerProcess {
  public:
    /// Returns when `port` answers. The program must stay in the foreground; what it says on its standard
    /// error is added to `log`. Throws std::runtime_error with the log when the program ends instead, or does
    /// not answer within half a minute.
    ServerProcess(std::vector<std::string> words, int port, const std::filesystem::path &log);
    ~ServerProcess();
    ServerProcess(const ServerProcess &) = delete;
    ServerProcess &operator=(const ServerProcess &) = delete;

  private:
    void stop() noexcept;

    int process_ = -1;
};
