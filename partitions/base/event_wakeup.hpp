// Wakes a thread that waits in poll(2). Carries no data.
#pragma once

#include "partitions/base/file_descriptor.hpp"

namespace partitions::base {

/// An eventfd. All failures throw std::system_error.
class Wakeup {
  public:
    Wakeup();

    /// From any thread; several calls before take() count as one.
    void wake() const;
    /// Whether wake() was called since the last take().
    bool take() const;
    /// Readable while a wake() has not been taken.
    int descriptor() const { return descriptor_.number(); }

  private:
    FileDescriptor descriptor_;
};

} // namespace partitions::base
