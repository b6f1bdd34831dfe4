// The real agent, over the bus.
#pragma once

#include "updater/control/client.hpp"
#include "updater/hawkbit/agent.hpp"

#include <functional>
#include <stop_token>

namespace updater::hawkbit {

class BusAgent : public Agent {
  public:
    explicit BusAgent(std::stop_token stop) : stop_(std::move(stop)) {}

    AgentState state() override;
    AgentFirmware firmware() override;
    std::vector<EndedJob> history() override;
    void refresh() override;
    std::string install(const std::string &source) override;
    std::string download(const std::string &source) override;
    void cancel() override;

  private:
    const std::stop_token stop_;
    control::Client client_;
};

} // namespace updater::hawkbit
