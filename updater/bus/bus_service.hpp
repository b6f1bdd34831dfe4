// The agent's object on the bus: org.updatecontrol.Agent, /org/updatecontrol/Agent, org.updatecontrol.Agent1.
// Turns messages into calls of AgentRequests and exceptions into errors; decides nothing else.
#pragma once

#include "updater/bus/agent_requests.hpp"
#include "updater/bus/bus_notice_queue.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <sys/types.h>
#include <systemd/sd-bus.h>

namespace updater::bus {

/// The bus cannot be used (name taken, connection lost); the message says what and what to do.
class BusFailed : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct BusCloser {
    void operator()(sd_bus *bus) const { sd_bus_flush_close_unref(bus); }
};
using BusConnection = std::unique_ptr<sd_bus, BusCloser>;

/// The system bus. Throws BusFailed.
BusConnection open_system_bus();

/// Takes the agent's name on the bus. Only one program at a time can have it, and the bus frees it when the
/// program ends in any way. Nothing of the appliance may be touched before this, because another agent may be
/// working on it. Calls that arrive from now on wait until they are served. Throws BusFailed, also if another
/// agent has the name.
BusConnection take_agent_name(BusConnection bus);

/// Who may change something besides those whom polkit permits.
struct BusRights {
    uid_t privileged_user = 0; ///< 0 but in tests
    /// Returns the group whose members may, empty for none. Called in run()'s thread for each decision.
    std::function<std::string()> change_group = [] { return std::string(); };
    /// How long to wait for polkit, which may have to be started first. The command line waits 10 s for the
    /// quickest calls.
    std::chrono::microseconds polkit_time = std::chrono::seconds(8);
};

/// Serves the object. Methods that only report are answered for everyone, as often as CallerLimit allows;
/// those that change something (Install, Download, Cancel, Rollback, SetInstallRate, Check, Schedule,
/// CancelScheduled, Postpone, WindowOpens) only for callers that BusAccess permits, whatever the bus policy
/// says. While polkit decides about one call, others are answered.
class BusService {
  public:
    /// Puts the object on `bus`, which has the agent's name. run() answers calls and sends what is in
    /// `notices` as the signal Notice. Throws BusFailed.
    BusService(AgentRequests &requests, NoticeQueue &notices, BusConnection bus, BusRights rights);
    ~BusService();
    BusService(const BusService &) = delete;
    BusService &operator=(const BusService &) = delete;

    /// Answers calls until `stop` is requested. Throws BusFailed if the connection to the bus is lost.
    void run(const std::stop_token &stop);

    /// Has run()'s thread send the signal StateChanged with the present state. May be called from any thread,
    /// also before run(); several calls may become one signal.
    void announce_state();

  private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace updater::bus
