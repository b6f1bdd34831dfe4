// Open files of the fake storage. Private to tests/support.
#pragma once

#include "tests/support/fake_machine.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace partitions_test {

/// A file of the fake storage. Closed by close(); a handle from before a power cut throws PowerCut for good.
class FakeFile : public partitions::File {
  public:
    /// The mount that it was opened through stays busy until it is closed.
    FakeFile(std::shared_ptr<FakeMachine> machine, const FakeMachine::Place &place,
             std::filesystem::path path, partitions::OpenMode mode);
    ~FakeFile() override;
    FakeFile(const FakeFile &) = delete;
    FakeFile &operator=(const FakeFile &) = delete;

    std::size_t read_at(std::uint64_t offset_bytes, std::span<std::byte> into) override;
    void write_at(std::uint64_t offset_bytes, std::span<const std::byte> bytes) override;
    void append(std::span<const std::byte> bytes) override;
    void zero(std::uint64_t offset_bytes, std::uint64_t length_bytes) override;
    bool zeroes_by_itself() override { return false; }
    std::uint64_t size_bytes() override;
    void sync() override;
    void close() override;

  private:
    void require_open(const std::string &operation) const;
    void change(const std::string &operation, std::uint64_t offset_bytes, std::string bytes);

    void let_go();

    std::shared_ptr<FakeMachine> machine_;
    NodeNumber number_;
    MountNumber mount_;
    std::filesystem::path path_;
    partitions::OpenMode mode_;
    bool open_ = true;
};

} // namespace partitions_test
