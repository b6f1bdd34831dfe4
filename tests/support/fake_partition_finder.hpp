// Partitions by label from a table, for tests that have no disks.
#pragma once

#include "partitions/partition_finder.hpp"

#include <map>
#include <string>
#include <utility>

namespace partitions_test {

class FakePartitionFinder : public partitions::PartitionFinder {
  public:
    struct Partition {
        std::filesystem::path device;
        std::uint64_t size_bytes = 0;
    };

    explicit FakePartitionFinder(std::map<std::string, Partition, std::less<>> partitions)
        : partitions_(std::move(partitions)) {}

    std::filesystem::path device_of(std::string_view label) const override { return find(label).device; }
    std::uint64_t size_bytes(std::string_view label) const override { return find(label).size_bytes; }

  private:
    const Partition &find(std::string_view label) const {
        const auto found = partitions_.find(label);
        if (found == partitions_.end()) {
            throw partitions::PartitionNotFound("no partition is named '" + std::string(label) +
                                                "' in this test");
        }
        return found->second;
    }

    std::map<std::string, Partition, std::less<>> partitions_;
};

} // namespace partitions_test
