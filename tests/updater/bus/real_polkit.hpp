// Debian's polkitd on a private bus, with this project's action and rules and no others. It insists on its
// own folders, so it gets a view of the file system of its own, in which these are ours; needs root.
#pragma once

#include "tests/support/private_bus.hpp"

#include <chrono>
#include <filesystem>
#include <string>

class RealPolkit {
  public:
    /// Returns when it answers; throws when it cannot be started (Debian package polkitd).
    RealPolkit(const PrivateBus &bus, const std::filesystem::path &source) {
        std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
        for (const char *name : {"actions", "rules.d", "etc"})
            std::filesystem::create_directory(folder_ / name);
        std::filesystem::copy(source / "org.updatecontrol.policy", folder_ / "actions");
        std::filesystem::copy(source / "50-update-control.rules", folder_ / "rules.d");
        const std::string in = folder_.path().string();
        const std::string script = "mount --bind '" + in +
                                   "/actions' /usr/share/polkit-1/actions; mount --bind '" + in +
                                   "/rules.d' /usr/share/polkit-1/rules.d; mount --bind '" + in +
                                   "/etc' /etc/polkit-1/rules.d; exec >'" + in +
                                   "/output' 2>&1; exec env DBUS_SYSTEM_BUS_ADDRESS='" + bus.address() +
                                   "' /usr/lib/polkit-1/polkitd";
        daemon_ = fork();
        if (daemon_ < 0)
            throw std::system_error(errno, std::generic_category(), "fork");
        if (daemon_ == 0) {
            execlp("unshare", "unshare", "--mount", "--propagation=private", "sh", "-euc", script.c_str(),
                   static_cast<char *>(nullptr));
            _exit(127);
        }
        wait_for_name(bus);
    }
    ~RealPolkit() { end(); }
    RealPolkit(const RealPolkit &) = delete;
    RealPolkit &operator=(const RealPolkit &) = delete;

    std::string output() const {
        std::ifstream stream(folder_ / "output");
        return {std::istreambuf_iterator<char>(stream), {}};
    }

  private:
    void wait_for_name(const PrivateBus &bus) {
        const auto asking = bus.connect();
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (sd_bus_get_name_creds(asking.get(), "org.freedesktop.PolicyKit1", 0, nullptr) < 0) {
            if (std::chrono::steady_clock::now() > deadline || waitpid(daemon_, nullptr, WNOHANG) != 0) {
                const std::string said = output();
                end();
                throw std::runtime_error(
                    "polkitd did not start; is this run by root, and is Debian's package polkitd "
                    "installed? It said: " +
                    said);
            }
            usleep(20'000);
        }
    }
    void end() const {
        kill(daemon_, SIGTERM);
        waitpid(daemon_, nullptr, 0);
    }

    TemporaryFolder folder_;
    pid_t daemon_ = -1;
};
