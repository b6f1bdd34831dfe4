// What all steps of one conversion of /etc share: the three versions, the result so far, the report. Decides
// nothing.
#pragma once

#include "hooks/conversion_program.hpp"
#include "hooks/etc/carry_report.hpp"
#include "hooks/etc/effective_owners.hpp"
#include "hooks/etc/entry_decision.hpp"
#include "hooks/etc/upper_writer.hpp"
#include "hooks/overlay/overlay_view.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace hooks::etc {

class EtcWork {
  public:
    using Path = std::filesystem::path;
    using OptionalPath = std::optional<Path>;

    EtcWork(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log);
    EtcWork(const EtcWork &) = delete;
    EtcWork &operator=(const EtcWork &) = delete;

    partitions::Storage &storage;
    const ConversionRequest &request;
    ConversionLog &log;
    const Path source; ///< the old upper directory
    const Path old_etc;
    const Path new_etc;
    const Path target; ///< becomes the new upper directory
    const EffectiveAccounts accounts;
    const OwnerTranslation owners;
    UpperWriter writer;
    CarryReport carried;

    /// The administrator's view of /etc: before, and after.
    overlay::OverlayView old_view() const { return {storage, source, old_etc}; }
    overlay::OverlayView new_view() const { return {storage, target, new_etc}; }

    OptionalPath child(const OptionalPath &directory, const Path &name) const;
    OptionalPath if_directory(const OptionalPath &path) const;
    OptionalPath if_file(const OptionalPath &path) const;

    /// Adds a line to the report; a conflict is also logged.
    void report(Fate fate, const Path &relative, const std::string &reason);
    /// Logs that a file's numbers belong to others in the new system.
    void notice_other_owners(const Path &relative, const Path &mine);

    /// The resulting attributes of an entry of the administrator's. Versions of another kind are ignored: a
    /// link has no mode.
    overlay::Attributes merged_attributes(const Versions &versions) const;
    /// The same for an entry that only the old system has.
    overlay::Attributes translated_attributes(const Path &old) const;
    UpperWriter::DirectoryModel directory_model(const Path &relative) const;

    /// Puts the new image's version beside the administrator's. Returns the part of a sentence that says
    /// where.
    std::string lay_beside(const Path &relative, const Path &theirs);

  private:
    std::optional<overlay::Attributes> attributes_of(const OptionalPath &path) const;
};

} // namespace hooks::etc
