// States of the appliance that many messages leave. Internal to this folder.
#pragma once

#include <string_view>

namespace updater::messages {

inline constexpr std::string_view nothing_changed = "Nothing was changed; the appliance runs as before.";
inline constexpr std::string_view ended_while_mail_flows =
    "The running system was not touched, and mail flows. The rescue partition may hold an unfinished image, "
    "which is "
    "never started; the next installation writes it again.";
inline constexpr std::string_view goes_back =
    "Before the commit the appliance goes back to the system from before by itself, with its configuration "
    "and all "
    "mail; update-control -s says which system runs and whether mail flows.";
inline constexpr std::string_view by_phase =
    "In phases 1 and 2 the running system was not touched, and mail flows. Later, but before the commit, the "
    "appliance "
    "goes back to the system from before by itself, with all mail. After the commit the new system stays. "
    "update-control -s says which it is.";
inline constexpr std::string_view job_goes_on = "The job goes on.";
inline constexpr std::string_view found_only =
    "A check changes nothing. A FAIL refuses the installation; anything else "
    "does not.";
inline constexpr std::string_view read_the_log = "Read the reason and the log (update-control -s names it). "
                                                 "To start again, use the command that the reason ends "
                                                 "with.";

} // namespace updater::messages
