// SIGTERM and SIGINT as a stop token. Nothing else handles signals in a program that has one.
#pragma once

#include <memory>
#include <stop_token>

namespace partitions::base {

/// Blocks SIGTERM and SIGINT in this thread and those started later, and waits for them in a thread of its
/// own. Must be made in main() before any other thread. Throws std::system_error.
class Termination {
  public:
    Termination();
    ~Termination();
    Termination(const Termination &) = delete;
    Termination &operator=(const Termination &) = delete;

    /// Asked to stop at the first of the signals.
    std::stop_token token() const;

  private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace partitions::base
