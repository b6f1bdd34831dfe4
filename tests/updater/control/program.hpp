// Runs update-control as a process of its own and keeps what it wrote.
#pragma once

#include <csignal>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

struct Ended {
    int exit_code = -1; // 256 + the signal that killed it
    std::string output;
    std::string errors; // with a terminal: empty, all is in output
};

class Program {
  public:
    struct Options {
        std::string bus_address;
        bool on_terminal = false; // 80 columns
    };
    /// Starts the program with the arguments; SSH_CONNECTION says that the appliance is 192.0.2.7.
    Program(const std::vector<std::string> &arguments, const Options &options);
    ~Program(); // kills what still runs
    Program(const Program &) = delete;
    Program &operator=(const Program &) = delete;

    /// Waits until the output holds `text`; false when it ended or 20 seconds passed before.
    bool wrote(const std::string &text);
    /// As every user of the machine sees it; a zero byte behind each argument.
    std::string command_line() const;
    /// As if a person typed it; only on a terminal.
    void type(const std::string &text) const;
    void send_signal(int signal) const { kill(process_, signal); }
    /// Nobody reads its output any more.
    void stop_reading();
    /// Waits at most 20 seconds for the end.
    Ended wait();

  private:
    void start_child(const std::vector<std::string> &arguments, const Options &options);
    bool read_more(int milliseconds);

    pid_t process_ = -1;
    int output_ = -1;
    int errors_ = -1;
    Ended ended_;
};
