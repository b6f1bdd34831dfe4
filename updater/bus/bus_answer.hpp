// How a call is answered: exceptions become D-Bus errors, and what changes something waits for the word that
// its caller may. Knows no method of the interface.
#pragma once

#include "updater/bus/agent_requests.hpp"
#include "updater/bus/bus_access.hpp"
#include "updater/bus/caller_limit.hpp"
#include "updater/refusal.hpp"

#include <cerrno>
#include <new>
#include <stdexcept>
#include <string>
#include <systemd/sd-bus.h>

namespace updater::bus {

/// An argument that cannot be what the method asks for.
class InvalidArgument : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class AccessDenied : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Somebody asks more often than is answered.
class TooManyCalls : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The user data of the method table.
struct BusMethods {
    AgentRequests &requests;
    const BusAccess &access;
    CallerLimit &limit;
    uid_t privileged_user; ///< who is not limited
};

/// Reads the arguments, has the agent do it, and replies; may throw what AgentRequests and InvalidArgument
/// say.
using Change = int (*)(sd_bus_message *call, AgentRequests &requests);

/// Every method goes through here: no exception may pass into sd-bus, which is C.
template <typename Work> int answer(sd_bus_error *error, const Work &work) noexcept {
    const auto with = [error](const char *name, const std::string &message) {
        return sd_bus_error_set(error, name, message.c_str());
    };
    try {
        return work();
    } catch (const Refused &refused) {
        return with("org.updatecontrol.Error.Refused",
                    std::string(refused.what()) + "\n" + refused.next_step());
    } catch (const job::Busy &busy) {
        return with("org.updatecontrol.Error.Busy", busy.what());
    } catch (const job::NotPossible &not_possible) {
        return with("org.updatecontrol.Error.NotPossible", not_possible.what());
    } catch (const AccessDenied &denied) {
        return with(SD_BUS_ERROR_ACCESS_DENIED, denied.what());
    } catch (const TooManyCalls &too_often) {
        return with(SD_BUS_ERROR_LIMITS_EXCEEDED, too_often.what());
    } catch (const InvalidArgument &invalid) {
        return with(SD_BUS_ERROR_INVALID_ARGS, invalid.what());
    } catch (const std::bad_alloc &) {
        return -ENOMEM;
    } catch (const std::exception &failure) {
        return with("org.updatecontrol.Error.Failed", failure.what());
    }
}

/// Does and answers `change` if the caller may, else answers org.freedesktop.DBus.Error.AccessDenied: at once
/// or, when an authority is asked, later; other calls are answered meanwhile.
int answer_if_permitted(sd_bus_message *call, const BusMethods &methods, sd_bus_error *error,
                        Change change) noexcept;

/// Before a method that everybody may call is answered. Throws TooManyCalls.
void require_within_limit(sd_bus_message *call, const BusMethods &methods);

} // namespace updater::bus
