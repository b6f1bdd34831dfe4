// Asks polkit, over the connection on which the agent serves its callers. Does not block: the answer arrives
// in the thread that serves the connection, so a polkit that hangs delays no other caller.
#pragma once

#include "updater/bus/bus_access.hpp"

#include <chrono>
#include <list>
#include <systemd/sd-bus.h>

namespace updater::bus {

/// The action of init/polkit/org.updatecontrol.policy.
inline constexpr const char *polkit_action = "org.updatecontrol.change";

/// Callers that may wait for polkit at a time; further ones are denied. Without a bound, anybody could fill
/// the agent's memory while polkit hangs.
inline constexpr std::size_t max_questions = 32;

class PolkitAuthority : public Authority {
  public:
    /// `bus` outlives this object. Without an answer within `time_limit` the answer is no; it is shorter than
    /// the time that the command line waits for the agent.
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
