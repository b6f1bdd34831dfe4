// The greeting of a TCP server, over a real socket.
#pragma once

#include "updater/network/greeting_probe.hpp"

namespace updater::network {

class TcpGreetingProbe : public GreetingProbe {
  public:
    Greeting greeting_of(const Endpoint &endpoint, std::chrono::milliseconds time_limit) override;
};

} // namespace updater::network
