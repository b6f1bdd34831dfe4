// The version of a release, as in manifests and appliance.xml. Does not know which upgrades are allowed.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace updater::firmware {

/// The text is not a version. The message quotes it and describes a version.
class InvalidVersion : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Four numbers, each 0 to 999999, compared from left to right: 2.8.0.0 < 2.8.1.0 < 2.10.0.0.
class Version {
  public:
    /// 0.0.0.0
    constexpr Version() = default;
    constexpr Version(std::uint32_t major_number, std::uint32_t minor_number, std::uint32_t patch_number,
                      std::uint32_t build_number)
        : numbers_{major_number, minor_number, patch_number, build_number} {}

    /// Reads exactly four decimal numbers with single dots between them: no sign, blank or leading zero.
    /// Throws InvalidVersion.
    static Version parse(std::string_view text);

    /// The only text form of this version; parse() reads it back.
    std::string text() const;

    // The linter mistakes the 0 of the comparison for a null pointer.
    friend constexpr auto operator<=>(const Version &,
                                      const Version &) = default; // NOLINT(modernize-use-nullptr)

  private:
    std::array<std::uint32_t, 4> numbers_{};
};

} // namespace updater::firmware
