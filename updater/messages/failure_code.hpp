// Which code an exception has: its own, or that of its type for errors of the floors below, which know no
// codes.
#pragma once

#include "updater/messages/code.hpp"

#include <exception>

namespace updater::messages {

/// Code::unexpected for an exception that says no more than its text.
Code code_of(const std::exception &failure);

} // namespace updater::messages
