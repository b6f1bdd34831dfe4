// A mail gate in memory: remembers whether mail is let in, and can have senders that are still connected.
#pragma once

#include "updater/services/mail_gate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace updater_test {

class FakeMailGate : public updater::services::MailGate {
  public:
    /// Senders that are connected; one of them finishes with each look.
    void connect(std::size_t senders) { connected_ = senders; }
    /// From now on nothing works.
    void make_fail() { failing_ = true; }
    void repair() { failing_ = false; }
    /// Is told "close" and "open" after each.
    void tell(std::function<void(const std::string &what)> told) { told_ = std::move(told); }

    void close(const std::vector<std::uint16_t> &ports) override {
        fail_if_told();
        ports_ = ports;
        told_("close");
    }
    void open() override {
        fail_if_told();
        ports_.clear();
        told_("open");
    }
    bool is_closed() override { return !ports_.empty(); }
    std::size_t open_connections(const std::vector<std::uint16_t> &) override {
        const std::size_t now = connected_;
        connected_ -= std::min<std::size_t>(connected_, 1);
        return now;
    }
    const std::vector<std::uint16_t> &closed_ports() const { return ports_; }

  private:
    void fail_if_told() const {
        if (failing_)
            throw updater::services::MailGateError("cannot change the mail gate (fake)");
    }

    std::vector<std::uint16_t> ports_;
    std::size_t connected_ = 0;
    bool failing_ = false;
    std::function<void(const std::string &)> told_ = [](const std::string &) {};
};

} // namespace updater_test
