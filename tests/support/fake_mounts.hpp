// Bind mounts over a storage in memory: a bound directory shows at both places, through the storage. They end
// with the machine: a rebooted storage has none.
#pragma once

#include "partitions/mounts.hpp"
#include "tests/support/fake_storage.hpp"

#include <memory>
#include <string>

namespace partitions_test {

struct FakeMachine;

class FakeMounts : public partitions::Mounts {
  public:
    explicit FakeMounts(FakeStorage &storage);

    void bind(const std::filesystem::path &source, const std::filesystem::path &target,
              bool read_only) override;
    bool shows(const std::filesystem::path &target, const std::filesystem::path &source) override;
    /// Busy while a file that was opened through it is open, or something is mounted below it.
    void unmount(const std::filesystem::path &target) override;
    /// Files that are open stay so.
    void detach(const std::filesystem::path &target) override;

    /// From now on mounting and unmounting throw this as MountError; empty: they work again.
    void fail_with(std::string message) { failure_ = std::move(message); }

  private:
    void fail_if_told() const;
    void take_off(const std::filesystem::path &target, bool also_in_use);

    std::shared_ptr<FakeMachine> machine_;
    std::string failure_;
};

} // namespace partitions_test
