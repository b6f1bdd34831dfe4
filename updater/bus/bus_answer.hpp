// Answers a call: turns exceptions into D-Bus errors, and checks the caller's rights before anything is
// changed. Knows no method of the interface.
#pragma once

#include "updater/bus/agent_requests.hpp"
#include "updater/bus/bus_access.hpp"
#include "updater/bus/caller_limit.hpp"
#include "updater/messages/coded.hpp"
#include "updater/messages/failure_code.hpp"
#include "updater/refusal.hpp"
#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <systemd/sd-bus.h>

namespace updater::bus {

/// An argument that the method does not accept.
class InvalidArgument : public std::runtime_error, public messages::CodeIs<messages::Code::invalid_argument> {
  public:
    using std::runtime_error::runtime_error;
};

class AccessDenied : public std::runtime_error, public messages::CodeIs<messages::Code::access_denied> {
  public:
    using std::runtime_error::runtime_error;
};

/// The caller has used up the limit of calls.
class TooManyCalls : public std::runtime_error, public messages::CodeIs<messages::Code::too_many_calls> {
  public:
    using std::runtime_error::runtime_error;
};

/// The user data of the method table.
struct BusMethods {
    AgentRequests &requests;
    const BusAccess &access;
    CallerLimit &limit;
    uid_t privileged_user; ///< has no limit; root, but in tests
};

/// Reads the arguments, calls the agent and replies. May throw InvalidArgument and what AgentRequests throws.
using Change = int (*)(sd_bus_message *call, AgentRequests &requests);

/// Every method goes through here: no exception may pass into sd-bus, which is C.
template <typename Work> int answer(sd_bus_error *error, const Work &work) noexcept {
    // `failure` has the code, which stands at the end of the first line.
    const auto with = [error](const char *name, const std::exception &failure, const std::string &message) {
        // Each line by itself: the second one of a refusal says what to do.
        std::string clean;
        std::istringstream lines(message);
        for (std::string line; std::getline(lines, line);)
            clean += (clean.empty() ? "" : "\n") + text::clean_text(line);
        clean.insert(std::min(clean.find('\n'), clean.size()),
                     " [" + messages::text_of(messages::code_of(failure)) + "]");
        return sd_bus_error_set(error, name, clean.c_str());
    };
    try {
        return work();
    } catch (const Refused &refused) {
        return with("org.updatecontrol.Error.Refused", refused,
                    std::string(refused.what()) + "\n" + refused.next_step());
    } catch (const job::Busy &busy) {
        return with("org.updatecontrol.Error.Busy", busy, busy.what());
    } catch (const job::NotPossible &not_possible) {
        return with("org.updatecontrol.Error.NotPossible", not_possible, not_possible.what());
    } catch (const AccessDenied &denied) {
        return with(SD_BUS_ERROR_ACCESS_DENIED, denied, denied.what());
    } catch (const TooManyCalls &too_often) {
        return with(SD_BUS_ERROR_LIMITS_EXCEEDED, too_often, too_often.what());
    } catch (const InvalidArgument &invalid) {
        return with(SD_BUS_ERROR_INVALID_ARGS, invalid, invalid.what());
    } catch (const std::bad_alloc &) {
        return -ENOMEM;
    } catch (const std::exception &failure) {
        return with("org.updatecontrol.Error.Failed", failure, failure.what());
    }
}

enum class Who {
    permitted,  ///< root, and whom the authority permits it
    root_alone, ///< nobody else, whatever the authority says
};

/// Carries out `change` if the caller may, else replies org.freedesktop.DBus.Error.AccessDenied. If an
/// authority must be asked, replies later; other calls are answered meanwhile.
int answer_if_permitted(sd_bus_message *call, const BusMethods &methods, sd_bus_error *error, Change change,
                        Who who = Who::permitted) noexcept;

/// The caller's user, as the bus has it from the kernel. Throws AccessDenied.
uid_t user_of_caller(sd_bus_message *call);

/// For methods that everybody may call. Throws TooManyCalls.
void require_within_limit(sd_bus_message *call, const BusMethods &methods);

} // namespace updater::bus
