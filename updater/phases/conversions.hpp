// Runs the conversion programs of the new system, in earnest and as a rehearsal. Does not know what they
// convert.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "partitions/layout.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/messages/coded.hpp"
#include "updater/phases/percent_range.hpp"
#include "updater/try_again_later.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater::phases {

/// A conversion failed, took too long or could not be run. The message names it and gives the reason.
class ConversionFailed : public std::runtime_error,
                         public messages::CodeIs<messages::Code::conversion_failed> {
  public:
    using std::runtime_error::runtime_error;
};

/// It asks to be tried later (exit status 75), which says nothing of the version.
class ConversionPostponed : public ConversionFailed, public TryAgainLater {
  public:
    using ConversionFailed::ConversionFailed;
    messages::Code code() const override { return messages::Code::conversion_postponed; }
};

/// What a conversion sees of the two systems.
struct ConversionView {
    std::filesystem::path program_root = "/"; ///< the new system's root, whose programs run
    std::filesystem::path old_root;           ///< where the old system is mounted, read-only
    std::filesystem::path new_root = "/";     ///< the new system's image as the program sees it
    std::filesystem::path old_var;
    std::filesystem::path new_var;
    bool rehearsal = false;
    bool only_settings = false; ///< of a snapshot: of the old system nothing else is known
};

class Conversions {
  public:
    Conversions(hooks::runner::HookRunner &hooks, partitions::Layout layout, std::chrono::seconds time_limit);

    /// Converts `source` into `target`, an empty directory. `progress` is this conversion's part of the
    /// phase.
    /// @throws ConversionFailed, ConversionPostponed, Cancelled.
    void convert(const firmware::Conversion &conversion, const std::filesystem::path &source,
                 const std::filesystem::path &target, const ConversionView &view, job::PhaseRun &run,
                 PercentRange progress);

  private:
    hooks::runner::HookCall call_for(const firmware::Conversion &conversion,
                                     const std::filesystem::path &source, const std::filesystem::path &target,
                                     const ConversionView &view) const;

    hooks::runner::HookRunner &hooks_;
    partitions::Layout layout_;
    std::chrono::seconds time_limit_;
};

/// Those of one kind, in the same order.
std::vector<firmware::Conversion> conversions_of(const std::vector<firmware::Conversion> &all,
                                                 firmware::ConversionKind kind);
/// Those that convert this store, in the same order.
std::vector<firmware::Conversion> conversions_of_store(const std::vector<firmware::Conversion> &all,
                                                       const std::string &store);

} // namespace updater::phases
