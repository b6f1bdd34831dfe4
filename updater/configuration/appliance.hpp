// The vendor's description of this appliance: /usr/share/update-control/appliance.xml of the running image
// (format.md). Read once, never written. Unknown elements and attributes are errors, so a misspelled name
// never goes unnoticed.
#pragma once

#include "updater/messages/coded.hpp"

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
    std::string feed_url;   ///< https URL of the feed, or empty
    std::filesystem::path certificate_authority; ///< PEM; issuer of the download server's certificate
    std::filesystem::path trusted_keys;          ///< folder of PEM certificates that may sign firmware
};

struct Store {
    std::string name;              ///< "message-store"; the name that conversions use
    std::filesystem::path path;    ///< "/var/lib/mailsec/store"
    std::string format;            ///< the format this system reads, "1"
    std::filesystem::path inspect; ///< prints "records N" for the running store
    std::string unit; ///< the store is readable while it runs; records are counted before it stops
};

struct ConfigurationFormat {
    std::string name; ///< "policy"
    std::string format;
};

struct FreeShare {
    std::filesystem::path path; ///< any path on the file system
    unsigned free_percent = 0;  ///< 0-99 of the whole file system
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
    std::string unit;                          ///< processes the queue, "postfix.service"
    std::vector<std::uint16_t> listener_ports; ///< TCP ports for mail from outside
};

struct HealthProgram {
    std::filesystem::path path;
    std::chrono::seconds timeout{0};
};

struct Timeouts {
    std::chrono::seconds conversion{0}; ///< for each conversion
    std::chrono::seconds deadline{0};   ///< from the start of phase 7 to the commit
};

/// Largest rate limit of phase 2: no disk is faster.
inline constexpr std::uint64_t max_install_mib_per_second = 1'000'000;

/// How much of the machine phase 2 uses while mail flows. Each value has a default; the element is optional.
struct Installation {
    unsigned threads = 0; ///< for decompressing, hashing and writing; 0: one for each processor, at most 4
    std::uint64_t max_mib_per_second = 0; ///< of the OS image, in each pass; 0: no limit.
                                          ///< update-control --install-rate overrides it until the agent
                                          ///< restarts
    std::uint64_t checkpoint_mib = 128;   ///< written between two syncs: the most that a power cut loses
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

/// The file cannot be read or breaks a rule. what() names file, line, and what is allowed there.
class ConfigurationError : public std::runtime_error,
                           public messages::CodeIs<messages::Code::appliance_file_wrong> {
  public:
    using std::runtime_error::runtime_error;
};

inline constexpr std::size_t max_appliance_bytes = 1024 * 1024;

/// Throws ConfigurationError.
Appliance read_appliance(const std::filesystem::path &file);
/// The same for text in memory; `name` stands for the file in messages.
Appliance parse_appliance(std::string_view text, const std::string &name);

} // namespace updater::configuration
