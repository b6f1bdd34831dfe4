// How mounting and unmounting fail.
#pragma once

#include <stdexcept>

namespace partitions {

/// The message says what was mounted or unmounted, where, and why it failed.
class MountError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Something still uses what is mounted there.
class MountBusy : public MountError {
  public:
    using MountError::MountError;
};

} // namespace partitions
