// The network as systemd-networkd runs it: org.freedesktop.network1(5) for the links and their configuration.
#pragma once

#include "partitions/base/bus.hpp"
#include "updater/network/network_state.hpp"

#include <filesystem>

namespace updater::network {

class SystemdNetworkState : public NetworkState {
  public:
    /// `pins`: folder of this boot's pins. Connects to the bus on each call.
    explicit SystemdNetworkState(std::filesystem::path pins) : pins_(std::move(pins)) {}

    std::vector<InterfaceAddresses> interfaces() override;
    std::vector<std::string> missing_addresses(const std::vector<InterfaceAddresses> &wanted) override;
    void reload() override;
    void unpin() override;

  private:
    std::filesystem::path pins_;
};

} // namespace updater::network
