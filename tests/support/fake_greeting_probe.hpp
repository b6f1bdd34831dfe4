// Servers in memory: who answers where, and after how many tries.
#pragma once

#include "updater/network/greeting_probe.hpp"

#include <map>
#include <string>

namespace updater_test {

class FakeGreetingProbe : public updater::GreetingProbe {
  public:
    void listen(const updater::Endpoint &at, std::string greeting = "SSH-2.0-OpenSSH_9.2") {
        servers_[text_of(at)] = {std::move(greeting), 0};
    }
    /// The first `tries` are refused.
    void listen_after(const updater::Endpoint &at, int tries) {
        servers_[text_of(at)] = {"SSH-2.0-OpenSSH_9.2", tries};
    }
    void stop(const updater::Endpoint &at) { servers_.erase(text_of(at)); }

    updater::Greeting greeting_of(const updater::Endpoint &endpoint, std::chrono::milliseconds) override {
        const auto found = servers_.find(text_of(endpoint));
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
