// Which message code the findings of a check have: it goes with the check's name, whatever the verdict is.
#pragma once

#include "updater/messages/code.hpp"

#include <string_view>

namespace updater::checks {

/// `check`: as in a finding, such as "space /data". Any name that is not one of ours is a check program's.
messages::Code code_of_check(std::string_view check);

} // namespace updater::checks
