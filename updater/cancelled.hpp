// The error that means: a person asked to stop, and the work stopped at a point where that is safe.
#pragma once

#include <stdexcept>

namespace updater {

/// Thrown by long work when its std::stop_token asks for it.
class Cancelled : public std::runtime_error {
  public:
    Cancelled() : std::runtime_error("cancelled on request") {}
};

} // namespace updater
