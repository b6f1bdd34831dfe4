// Converts the settings of an older release's snapshot as an upgrade from that release would: with the
// programs of the running image, in the same sandbox, and with the same checks of the result. Which programs
// convert what is in the signed manifest of the running system. Restores nothing.
#pragma once

#include "partitions/slot.hpp"
#include "partitions/storage.hpp"
#include "partitions/system_roots.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/phases/configuration_checks.hpp"
#include "updater/phases/conversions.hpp"
#include "updater/snapshot/settings_conversion.hpp"

#include <functional>
#include <optional>
#include <string>

namespace updater::phases {

/// One at a time.
class ReleaseConversion : public snapshot::SettingsConversion {
  public:
    struct Running {
        partitions::Slot slot = partitions::Slot::a;
        std::string version;
        std::function<std::filesystem::path()> var; ///< of its generation
        /// Verified; nothing if the signed head of the running system isn't known.
        std::function<std::optional<firmware::Manifest>()> manifest;
    };

    /// `roots` are used by nobody else. All references outlive this object.
    ReleaseConversion(partitions::Storage &storage, partitions::SystemRoots &roots, Conversions &conversions,
                      ConfigurationChecks &checks, Running running);

    void require_possible(const snapshot::Description &description) const override;
    /// @throws Refused, also if a checker doesn't accept the result; ConversionFailed, ConversionPostponed,
    /// Cancelled, StorageError, MountError.
    snapshot::ConvertedSettings convert(const snapshot::Description &description,
                                        const snapshot::ConversionFolders &folders,
                                        const std::stop_token &stop) override;

  private:
    std::vector<firmware::Conversion> chain_for(const snapshot::Description &description) const;
    void complete_old_root(const std::filesystem::path &old_root, const std::filesystem::path &image) const;

    partitions::Storage &storage_;
    partitions::SystemRoots &roots_;
    Conversions &conversions_;
    ConfigurationChecks &checks_;
    Running running_;
};

} // namespace updater::phases
