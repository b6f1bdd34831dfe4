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
/// Not called Bus: that is the services' class of another size, and GCC 12 takes two things of one name
/// without a word.
using BusConnection = std::unique_ptr<sd_bus, BusCloser>;

/// The system bus. Throws BusFailed.
BusConnection open_system_bus();

/// Asks the bus for the agent's name, which one program at a time can have, and gives it back when it ends,
/// however it ends. Before this nothing of the appliance may be touched: another agent may be at work on it.
/// Calls that come from then on wait until they are served. Throws BusFailed, also when another agent has it.
BusConnection take_agent_name(BusConnection bus);

/// Who may have something changed, beside whom polkit says yes to.
struct BusRights {
    uid_t privileged_user = 0; ///< 0 but in tests
    /// Gives the group whose members may, empty for none. Called in run()'s thread, for each call to decide
    /// about.
    std::function<std::string()> change_group = [] { return std::string(); };
    /// For polkit, which may have to be started first. The command line waits 10 s for the quickest of calls.
    std::chrono::microseconds polkit_time = std::chrono::seconds(8);
};

/// Serves the object. Methods that only tell are answered to everyone, as often as CallerLimit lets them ask;
/// those that change something (Install, Download, Cancel, Rollback, SetInstallRate, Check, Schedule,
/// CancelScheduled, Postpone, WindowOpens) only to whom BusAccess permits it, whatever the bus policy says.
/// While polkit is asked about one call, others are answered.
class BusService {
  public:
    /// Takes `bus`, which has the agent's name, and puts the object on it; calls are answered once run()
    /// runs. What is in `notices` goes out as the signal Notice, once run() runs. Throws BusFailed.
    BusService(AgentRequests &requests, NoticeQueue &notices, BusConnection bus, BusRights rights);
    ~BusService();
    BusService(const BusService &) = delete;
    BusService &operator=(const BusService &) = delete;

    /// Answers calls until `stop` asks to stop. Throws BusFailed when the connection to the bus is lost.
    void run(const std::stop_token &stop);

    /// Sends the signal StateChanged with the present state, from run()'s thread. May be called from any
    /// thread, and before run(); several calls may become one signal.
    void announce_state();

  private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace updater::bus
