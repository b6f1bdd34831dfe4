// A D-Bus daemon of our own, so that tests run the real bus object and the real client without the system's
// bus.
#pragma once

#include "tests/support/temporary_folder.hpp"
#include "updater/bus/bus_service.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <pwd.h>
#include <stdexcept>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

/// Runs dbus-daemon (Debian package dbus) while it lives; throws when it cannot be started.
class PrivateBus {
  public:
    static constexpr const char *everything_allowed =
        "<policy context=\"default\"><allow user=\"*\"/><allow own=\"*\"/>"
        "<allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/></policy>";

    /// `policies`: what stands in its configuration beside the address.
    explicit PrivateBus(const std::string &policies = everything_allowed) {
        // Every user may come, as to the system's bus.
        std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all |
                                                         std::filesystem::perms::group_exec |
                                                         std::filesystem::perms::others_exec);
        const std::string file = (folder_.path() / "bus.conf").string();
        std::ofstream(file)
            << "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
               " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
               "<busconfig><listen>unix:path="
            << (folder_.path() / "bus").string() << "</listen>" << policies << "</busconfig>\n";
        start("--config-file=" + file);
    }

    ~PrivateBus() {
        kill(daemon_, SIGTERM);
        waitpid(daemon_, nullptr, 0);
    }
    PrivateBus(const PrivateBus &) = delete;
    PrivateBus &operator=(const PrivateBus &) = delete;

    const std::string &address() const { return address_; }

    /// As whoever runs the test.
    updater::bus::BusConnection connect() const {
        sd_bus *raw = nullptr;
        int result = sd_bus_new(&raw);
        updater::bus::BusConnection bus(raw);
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

    /// As the account of this name, in that account's own group alone; only root can. One thread of this
    /// process is that user for a moment, and the bus sees from the kernel who connects.
    updater::bus::BusConnection connect_as(const std::string &account) const {
        const passwd *entry = getpwnam(account.c_str());
        if (entry == nullptr)
            throw std::runtime_error("there is no user " + account + " here");
        updater::bus::BusConnection bus;
        std::exception_ptr failure;
        std::thread([&, user = entry->pw_uid, group = entry->pw_gid] {
            try {
                // The functions of the C library would change all threads.
                if (syscall(SYS_setresgid, group, group, group) != 0 ||
                    syscall(SYS_setresuid, user, user, user) != 0)
                    throw std::system_error(errno, std::generic_category(),
                                            "cannot be another user for a moment; is this test run by root?");
                bus = connect();
                const char *name = nullptr;
                if (sd_bus_get_unique_name(bus.get(), &name) < 0)
                    throw std::runtime_error("the private bus does not let " + account + " in");
            } catch (...) {
                failure = std::current_exception();
            }
        }).join();
        if (failure)
            std::rethrow_exception(failure);
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
