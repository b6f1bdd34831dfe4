// Wakes a thread that waits in poll(2). Carries no data.
#pragma once

namespace partitions::base {

/// An eventfd. All failures throw std::system_error.
class Wakeup {
  public:
    Wakeup();
    ~Wakeup();
    Wakeup(const Wakeup &) = delete;
    Wakeup &operator=(const Wakeup &) = delete;

    /// From any thread; several calls before take() count as one.
    void wake() const;
    /// Whether wake() was called since the last take().
    bool take() const;
    /// Readable while a wake() has not been taken.
    int descriptor() const { return descriptor_; }

  private:
    int descriptor_ = -1;
};

} // namespace partitions::base
