// Asks polkit, over the connection that the agent serves its callers with. Waits for nobody: the answer
// arrives in the thread that serves the connection, so a polkit that hangs keeps no other caller waiting.
#pragma once

#include "updater/bus/bus_access.hpp"

#include <chrono>
#include <list>
#include <systemd/sd-bus.h>

namespace updater::bus {

/// The action of init/polkit/org.updatecontrol.policy.
inline constexpr const char *polkit_action = "org.updatecontrol.change";

/// As many may wait for polkit at a time; whoever comes then is denied. Without a bound, whoever likes could
/// fill the agent's memory while polkit hangs.
inline constexpr std::size_t max_questions = 32;

class PolkitAuthority : public Authority {
  public:
    /// `bus` outlives this object. After `time_limit` without an answer the answer is no; it is shorter than
    /// what the command line waits for the agent.
    PolkitAuthority(sd_bus *bus, std::chrono::microseconds time_limit);
    ~PolkitAuthority() override;
    PolkitAuthority(const PolkitAuthority &) = delete;
    PolkitAuthority &operator=(const PolkitAuthority &) = delete;

    void ask(const std::string &bus_name, const std::string &group, Said said) override;

  private:
    struct Question;
    static int answered(sd_bus_message *reply, void *user_data, sd_bus_error *) noexcept;
    void send(Question &question, const std::string &bus_name, const std::string &group);

    sd_bus *bus_;
    std::chrono::microseconds time_limit_;
    std::list<Question> open_;
};

} // namespace updater::bus
