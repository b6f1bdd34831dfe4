// What a job has found out and must still know after a restart, under the other system. Plain data and its
// JSON form, which the journal stores (journal-format.md).
#pragma once

#include "partitions/boot_selection.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/health/machine_record.hpp"
#include "updater/job/operation.hpp"
#include "updater/job/prediction.hpp"
#include "updater/network/address_pin.hpp"
#include "updater/services/service_states.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace updater::job {

/// Both systems read and write them: a reader ignores members that it does not know, and refuses a higher
/// `format`. URLs may hold a password, so they are masked wherever they are shown.
struct JobFacts {
    static constexpr int format = 1;

    std::string job; ///< the id, such as 20261121-030004
    Operation operation = Operation::install;
    std::string source;               ///< what was asked for: empty, a path or a URL
    std::vector<std::string> mirrors; ///< other URLs of the same file, in the order in which they are tried
    std::string expected_version;     ///< what the feed says is there; empty: it says nothing
    std::string log_file;             ///< in /var/spool/updates/XPU
    std::chrono::system_clock::time_point started;

    std::string firmware_file;         ///< empty: the firmware is read from `source` while it is installed
    std::string image_hash;            ///< SHA-256 of its chunk index, which names every byte of the image
    bool even_if_failed_before = true; ///< asked for by name or with force
    bool force = false;                ///< replace also what a rollback left, or install what runs already
    bool stop_on_conflict = false;     ///< as of InstallOptions, also the next
    std::vector<std::string> known_conflicts;
    std::string from_version;
    std::string to_version;
    std::string least_acceptable_version; ///< from the commit of to_version on; empty: as before
    partitions::Slot old_slot = partitions::Slot::a;
    partitions::Slot new_slot = partitions::Slot::b;
    std::string old_generation;
    std::string new_generation;
    bool try_requested = false; ///< the boot loader was told, or was about to be told, to try the new system

    /// What leads from the running system's formats to the new ones.
    std::vector<firmware::Conversion> conversions;
    /// The names of the stores that phase 4 has copied; nothing: an older updater did not record them.
    std::optional<std::vector<std::string>> stores;
    std::optional<services::ServiceStates> services;    ///< before phase 3; nothing: not recorded
    std::optional<health::MachineRecord> machine;       ///< before phase 3; nothing: not recorded
    std::vector<network::InterfaceAddresses> addresses; ///< as they ran; the new system must have them
    std::map<std::string, std::uint64_t>
        expected_records; ///< store name → records counted before it was stopped

    /// Versions of the product's content by the names of its components: in the old system when updates of it
    /// began to be held back, and in the new one on trial. Nothing: not yet.
    std::optional<std::map<std::string, std::string>> content_before;
    std::optional<std::map<std::string, std::string>> content_converted;

    // For predictions only: what cannot be read of these is left out.
    std::optional<std::uint64_t> fetch_bytes; ///< of the firmware; nothing: not planned yet
    std::optional<std::uint64_t> write_bytes; ///< of the image; nothing: not planned yet
    std::optional<std::uint64_t> store_bytes; ///< of the stores that are converted; nothing: not known
    /// How long the running system took to start; nothing: not known.
    std::optional<std::chrono::milliseconds> last_start;
    /// Store name → how long phase 2 took to convert a copy of it.
    std::map<std::string, std::chrono::milliseconds> rehearsed;
    Prediction predicted;                 ///< what people were told first, with the plan known
    Prediction predicted_when_mail_stops; ///< what they were told when phase 3 began

    /// Members in a form that this program cannot read, by their names in the JSON: a newer release wrote
    /// them. They are written back as they were. The job can be rolled back, and a trial of it does not
    /// begin.
    std::map<std::string, nlohmann::json> unread;
};

/// Whether the job goes to the previous system after the commit; that system keeps its stores as they are.
inline bool is_rollback(const JobFacts &facts) {
    return facts.operation == Operation::rollback;
}

/// @throws std::runtime_error when they were not recorded, or were lost with a damaged journal
const services::ServiceStates &services_before(const JobFacts &facts);

nlohmann::json to_json(const JobFacts &facts);

/// @throws std::runtime_error when a value is wrong or the format is newer than this program knows,
/// nlohmann::json::exception when a field is missing or of another type.
JobFacts job_facts_from_json(const nlohmann::json &document);

} // namespace updater::job
