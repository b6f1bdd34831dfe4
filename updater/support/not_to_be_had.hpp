// Why something is missing in a bundle. It ends nothing: the bundle says it and has the rest.
#pragma once

#include <stdexcept>

namespace updater::support {

class NotToBeHad : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

} // namespace updater::support
