// Makes the settings those of a snapshot. The upper directory of /etc cannot be exchanged while it is
// mounted, so this prepares one beside it, and the initramfs exchanges the two at the next start. At every
// instant the appliance has its old settings or the new ones, whole.
//   GENERATION/etc/restoring        being prepared; means nothing
//   GENERATION/etc/restored         complete and durable: takes the place of upper at the next start
//   GENERATION/etc/before-restore   what upper was until then
// Folders of /var that the product names go the same way: restoring-var, restored-var, before-restore-var
// (in numbered folders, from which the initramfs puts all of them back at once if one cannot be exchanged).
// Only together with "restored" they mean something. Settings of an older release are converted before.
#pragma once

#include "partitions/generation.hpp"
#include "partitions/storage.hpp"
#include "updater/snapshot/entry_attributes.hpp"
#include "updater/snapshot/settings_conversion.hpp"
#include "updater/snapshot/snapshot_store.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::snapshot {

/// Used by one thread at a time, but for pending() and require_none_pending(). Throws StorageError beside
/// what is said below.
class Restore {
  public:
    struct Prepared {
        std::string before;             ///< the snapshot of the settings as they were
        std::string converted_from;     ///< a version; empty: nothing was converted
        std::vector<std::string> lines; ///< of the conversion: conflicts, warnings
    };

    /// `generation`: of the running system. All references outlive this object.
    Restore(partitions::Storage &storage, const EntryAttributes &attributes, SnapshotStore &store,
            SettingsConversion &conversion, std::function<partitions::Generation()> generation);

    /// First makes a snapshot of the settings as they are. An earlier restore that has not taken effect is
    /// replaced. `may_still` is asked before the last step, which lets it take effect; it throws if the
    /// appliance has become busy. Throws Refused: no such snapshot, damaged, of another product or a newer
    /// version, or it can't be converted; Cancelled.
    Prepared prepare(const std::string &name, const std::function<void()> &may_still,
                     const std::stop_token &stop = {});
    /// The snapshot that takes effect at the next start; "?" if its name is not known.
    std::optional<std::string> pending() const;
    /// Whether the initramfs could not put them in force at the last start; it tries it again at the next
    /// one.
    bool failed_at_last_start() const;
    /// Before what restarts into another system, whose settings these are not. Throws Refused.
    void require_none_pending() const;
    /// The settings stay as they are. False if nothing was pending. Throws Refused if the last start has left
    /// the only copy of a folder beside them.
    bool cancel();
    /// At the start of the agent: the snapshot that has taken effect at this start, if one has. Removes what
    /// is no longer needed.
    std::optional<std::string> finish();

  private:
    std::filesystem::path note() const { return store_.folder() / ".restore"; }
    std::string noted() const;
    /// Whether they are of another version, and have to be converted.
    bool require_fit(const Description &description) const;
    void write(ArchiveReader &archive, const partitions::Generation &generation) const;
    std::vector<std::string> convert(ArchiveReader &archive, const partitions::Generation &generation,
                                     const std::stop_token &stop);
    void put_in_order(const partitions::Generation &generation, const std::string &name);
    /// At the last start the initramfs could put neither these settings in force nor all folders back.
    void require_nothing_left_out(const partitions::Generation &generation) const;
    void remove_unfinished(const partitions::Generation &generation) const;

    partitions::Storage &storage_;
    const EntryAttributes &attributes_;
    SnapshotStore &store_;
    SettingsConversion &conversion_;
    std::function<partitions::Generation()> generation_;
};

} // namespace updater::snapshot
