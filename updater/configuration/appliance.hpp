// What the vendor says about this appliance: /usr/share/update-control/appliance.xml of the running image.
// Read once, never written. Unknown elements and attributes are errors, so a misspelt setting cannot be
// silently without effect.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace updater::configuration {

struct FirmwareSource {
    std::string source_url; ///< https URL of the newest firmware file, for an appliance without a feed
    std::string feed_url;   ///< https URL of the vendor's list of firmware, or empty
    std::filesystem::path
        certificate_authority;          ///< PEM; whom the download server's certificate must come from
    std::filesystem::path trusted_keys; ///< folder of PEM certificates that may sign firmware
};

struct Store {
    std::string name;              ///< "message-store"; the name conversions use
    std::filesystem::path path;    ///< "/var/lib/mailsec/store"
    std::string format;            ///< the format this system reads, "1"
    std::filesystem::path inspect; ///< prints "records N" for the running store
    std::string unit; ///< whose running makes the store readable; its records are counted before it stops
};

struct ConfigurationFormat {
    std::string name; ///< "policy"
    std::string format;
};

struct FreeShare {
    std::filesystem::path path; ///< any path on the file system that is meant
    unsigned free_percent = 0;  ///< 0-100 of the whole file system
    std::string holds;          ///< for people: "message store"
};

struct ServiceUnit {
    std::string name; ///< "postfix.service"
    bool health_required = false;
};

struct Services {
    std::vector<ServiceUnit> units; ///< in the order in which they are stopped; started in reverse
    std::chrono::seconds stop_timeout{0};
    std::chrono::seconds start_timeout{0};
};

struct Mail {
    std::filesystem::path queue;               ///< "/var/spool/postfix"
    std::string unit;                          ///< which works on the queue, "postfix.service"
    std::vector<std::uint16_t> listener_ports; ///< TCP ports on which mail comes in from outside
};

struct HealthProgram {
    std::filesystem::path path;
    std::chrono::seconds timeout{0};
};

struct Timeouts {
    std::chrono::seconds conversion{0}; ///< for each conversion
    std::chrono::seconds deadline{0};   ///< after boot into a new system until it must be committed
};

/// No limit of phase 2 is larger: no disk is faster.
inline constexpr std::uint64_t max_install_mib_per_second = 1'000'000;

/// How phase 2 works beside the mail. All have a default, and so has the whole element.
struct Installation {
    unsigned threads = 0; ///< for unpacking, hashing and writing; 0: one for each processor, at most 4
    std::uint64_t max_mib_per_second = 0; ///< of the OS image, in each of its passes; 0: no limit. What a
                                          ///< person sets with update-control --install-rate holds until
                                          ///< the agent is started anew
    std::uint64_t checkpoint_mib = 128;   ///< written between two syncs; what a power cut can cost
};

struct Appliance {
    std::string product;
    std::string hardware;
    std::string version; ///< of the running system, as written: "2.8.0.0"
    FirmwareSource firmware;
    std::vector<Store> stores;
    std::vector<ConfigurationFormat> configuration_formats;
    std::vector<FreeShare> spaces;
    Services services;
    Mail mail;
    std::vector<HealthProgram> health_programs;
    bool keep_old_generation = true;
    Timeouts timeouts;
    Installation installation;
};

/// The file cannot be read or says something that has no meaning. what() names file, line, and what is
/// allowed there.
class ConfigurationError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Where an image has it.
inline const std::filesystem::path appliance_file = "/usr/share/update-control/appliance.xml";
inline constexpr std::size_t max_appliance_bytes = 1024 * 1024;

/// Throws ConfigurationError.
Appliance read_appliance(const std::filesystem::path &file);
/// The same for text in memory; `name` stands for the file in messages.
Appliance parse_appliance(std::string_view text, const std::string &name);

} // namespace updater::configuration
