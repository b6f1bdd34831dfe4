// Servers in memory: who answers where, and after how many tries.
#pragma once

#include "updater/network/greeting_probe.hpp"

#include <map>
#include <string>

namespace updater_test {

class FakeGreetingProbe : public updater::network::GreetingProbe {
  public:
    void listen(const updater::network::Endpoint &at, std::string greeting = "SSH-2.0-OpenSSH_9.2") {
        servers_[updater::network::text_of(at)] = {std::move(greeting), 0};
    }
    /// The first `tries` are refused.
    void listen_after(const updater::network::Endpoint &at, int tries) {
        servers_[updater::network::text_of(at)] = {"SSH-2.0-OpenSSH_9.2", tries};
    }
    void stop(const updater::network::Endpoint &at) { servers_.erase(updater::network::text_of(at)); }

    updater::network::Greeting greeting_of(const updater::network::Endpoint &endpoint,
                                           std::chrono::milliseconds) override {
        const auto found = servers_.find(updater::network::text_of(endpoint));
        if (found == servers_.end() || found->second.refusals-- > 0)
            return {"", "Connection refused"};
        return {found->second.greeting, ""};
    }

  private:
    struct Server {
        std::string greeting;
        int refusals;
    };
    std::map<std::string, Server> servers_;
};

} // namespace updater_test
