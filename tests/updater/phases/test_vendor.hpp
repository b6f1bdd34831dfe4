// A vendor with small releases: their images, what is in these, and signed firmware of them.
#pragma once

#include "partitions/slot.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace phases_tests {

/// A release of the simulated appliance. Of 2.7.0.0 and 2.8.0.0 only the image exists.
struct Release {
    std::string version;
    char letter = ' ';        ///< its image is this, all over
    std::string store_format; ///< of the message store that it reads
    std::string etc_format;
};

class TestVendor {
  public:
    static constexpr std::uint64_t partition_bytes = 64UL * 1024;

    /// Made once for all tests: keys take a while.
    static const TestVendor &the_one();

    static const Release &release(const std::string &version);
    /// As it is on the partition; the rest of the partition is nobody's.
    static std::string image(const Release &release);
    /// Which release a partition with these contents holds; none when no image is whole.
    static std::optional<Release> release_in(const std::string &partition_contents);
    /// Where the simulated appliance shows what is in the image.
    static std::filesystem::path root_of(const Release &release);
    static void put_roots_on(partitions_test::FakeStorage &disk);

    std::filesystem::path keys() const { return folder_ / "keys"; }
    std::filesystem::path firmware(const std::string &version) const { return folder_ / (version + ".fw"); }

  private:
    TestVendor();
    void build(const std::string &version, const std::string &conversions);

    TemporaryFolder folder_;
};

} // namespace phases_tests
