// A network in memory: what DHCP or the configuration gave, what is up now, and how long it takes to come up.
#pragma once

#include "updater/network/network_state.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace updater_test {

class FakeNetworkState : public updater::network::NetworkState {
  public:
    /// What DHCP gave to the running system; it is up as well.
    void set_dhcp(std::vector<updater::network::InterfaceAddresses> interfaces) {
        up_ = dhcp_ = std::move(interfaces);
    }
    /// What is up, for instance after a restart into another address.
    void set_up(std::vector<updater::network::InterfaceAddresses> interfaces) { up_ = std::move(interfaces); }
    /// The first `looks` looks find nothing up.
    void come_up_after(int looks) { looks_until_up_ = looks; }
    void break_with(std::string reason) { broken_ = std::move(reason); }

    int reloads() const { return reloads_; }
    bool unpinned() const { return unpinned_; }
    int looks() const { return looks_; }

    std::vector<updater::network::InterfaceAddresses> interfaces() override {
        fail_if_broken();
        return dhcp_;
    }
    std::vector<std::string>
    missing_addresses(const std::vector<updater::network::InterfaceAddresses> &pinned) override {
        fail_if_broken();
        const bool nothing_up = looks_++ < looks_until_up_;
        std::vector<std::string> missing;
        for (const updater::network::InterfaceAddresses &wanted : pinned)
            for (const updater::network::InterfaceAddress &address : wanted.addresses)
                if (nothing_up || !is_up(wanted, address))
                    missing.push_back(wanted.name + " lacks the address " + address.address + "/" +
                                      std::to_string(address.prefix));
        return missing;
    }
    void reload() override {
        fail_if_broken();
        ++reloads_;
    }
    void unpin() override {
        fail_if_broken();
        unpinned_ = true;
        up_ = dhcp_;
    }

  private:
    void fail_if_broken() const {
        if (!broken_.empty())
            throw updater::network::NetworkError(broken_);
    }
    bool is_up(const updater::network::InterfaceAddresses &wanted,
               const updater::network::InterfaceAddress &address) const {
        return std::any_of(up_.begin(), up_.end(), [&](const updater::network::InterfaceAddresses &one) {
            return one.mac == wanted.mac &&
                   std::find(one.addresses.begin(), one.addresses.end(), address) != one.addresses.end();
        });
    }

    std::vector<updater::network::InterfaceAddresses> dhcp_;
    std::vector<updater::network::InterfaceAddresses> up_;
    std::string broken_;
    int looks_until_up_ = 0;
    int looks_ = 0;
    int reloads_ = 0;
    bool unpinned_ = false;
};

} // namespace updater_test
