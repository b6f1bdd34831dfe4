// A D-Bus daemon of our own, so that tests run the real bus object and the real client without the system's
// bus.
#pragma once

#include "tests/support/temporary_folder.hpp"
#include "updater/agent/bus_service.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

/// Runs dbus-daemon (Debian package dbus) while it lives; throws when it cannot be started.
class PrivateBus {
  public:
    PrivateBus() {
        const std::string file = (folder_.path() / "bus.conf").string();
        std::ofstream(file)
            << "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
               " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
               "<busconfig><listen>unix:path="
            << (folder_.path() / "bus").string()
            << "</listen><policy context=\"default\"><allow user=\"*\"/><allow own=\"*\"/>"
               "<allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/></policy>"
               "</busconfig>\n";
        start("--config-file=" + file);
    }

    ~PrivateBus() {
        kill(daemon_, SIGTERM);
        waitpid(daemon_, nullptr, 0);
    }
    PrivateBus(const PrivateBus &) = delete;
    PrivateBus &operator=(const PrivateBus &) = delete;

    const std::string &address() const { return address_; }

    updater::BusConnection connect() const {
        sd_bus *raw = nullptr;
        int result = sd_bus_new(&raw);
        updater::BusConnection bus(raw);
        if (result >= 0)
            result = sd_bus_set_address(raw, address_.c_str());
        if (result >= 0)
            result = sd_bus_set_bus_client(raw, 1);
        if (result >= 0)
            result = sd_bus_start(raw);
        if (result < 0)
            throw std::runtime_error(std::string("cannot connect to the private bus: ") +
                                     std::strerror(-result));
        return bus;
    }

  private:
    void start(const std::string &configuration) {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe");
        daemon_ = fork();
        if (daemon_ < 0)
            throw std::system_error(errno, std::generic_category(), "fork");
        if (daemon_ == 0) {
            // Not left behind when the test itself is killed.
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            const std::string print = "--print-address=" + std::to_string(ends[1]);
            close(ends[0]);
            // It grumbles about limits that do not matter here; shown only when it does not start.
            const int errors = open(error_file().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
            dup2(errors, STDERR_FILENO);
            execlp("dbus-daemon", "dbus-daemon", configuration.c_str(), "--nofork", "--nopidfile",
                   print.c_str(), static_cast<char *>(nullptr));
            _exit(127);
        }
        close(ends[1]);
        char byte = 0;
        while (read(ends[0], &byte, 1) == 1 && byte != '\n')
            address_ += byte;
        close(ends[0]);
        if (address_.empty())
            throw std::runtime_error(
                "dbus-daemon did not start; is Debian's package dbus installed? It said: " +
                errors_of_daemon());
    }

    std::string error_file() const { return (folder_.path() / "errors").string(); }
    std::string errors_of_daemon() const {
        std::ifstream stream(error_file());
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    TemporaryFolder folder_;
    pid_t daemon_ = -1;
    std::string address_;
};
