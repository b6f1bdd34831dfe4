// The failure that lets a chunk be made in another way.
#pragma once

#include "updater/messages/coded.hpp"

#include <stdexcept>

namespace updater::install {

/// The fetched bytes are damaged, or a partition does not hold what it should. The message says which.
class ChunkNotMade : public std::runtime_error, public messages::CodeIs<messages::Code::image_not_made> {
  public:
    using std::runtime_error::runtime_error;
};

} // namespace updater::install
