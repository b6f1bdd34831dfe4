// The failure that lets a chunk be made in another way.
#pragma once

#include <stdexcept>

namespace updater::install {

/// The fetched bytes are damaged, or a partition does not hold what it should. The message says which.
class ChunkNotMade : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

} // namespace updater::install
