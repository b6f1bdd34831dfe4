// The administrator's settings: /etc/update-control/settings.xml (format.md). Every setting has a default and
// the file may be absent. Unknown elements and attributes are errors, so a misspelled setting never goes
// unnoticed.
#pragma once

#include "updater/configuration/appliance.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace updater::configuration {

/// The proxy to the servers. The password has a file of its own, so it may hold any character.
struct ProxySettings {
    std::string url; ///< "http://proxy.example:3128"; empty: no proxy
    std::string user;
    std::filesystem::path password_file; ///< its first line is the password
};

/// Both empty: no client certificate.
struct ClientCertificateFiles {
    std::filesystem::path certificate; ///< PEM
    std::filesystem::path key;         ///< PEM
};

struct DownloadSettings {
    bool automatic = false;               ///< download new firmware as soon as the feed lists it
    std::uint64_t max_kib_per_second = 0; ///< from all servers together; 0: no limit
    std::chrono::seconds connect_time{30};
    std::chrono::seconds stall_time{60};    ///< a server that sends almost nothing for this long is dropped
    std::chrono::seconds give_up_time{900}; ///< without progress for this long a download fails
    ProxySettings proxy;
    ClientCertificateFiles client_certificate;
    std::filesystem::path certificate_authorities; ///< PEM; trusted beside the image's own; empty: only those
};

enum class AutomaticInstall { nothing, security, all };

/// When firmware is installed automatically.
struct WindowSettings {
    AutomaticInstall automatic = AutomaticInstall::nothing;
    std::string calendar;             ///< systemd.time(7), OnCalendar: when the window opens, "Sun 03:00"
    std::string time_zone;            ///< "Europe/Berlin"; empty: the appliance's
    std::chrono::minutes length{120}; ///< how long after its opening an installation may begin
};

/// The channels that notices use.
struct NoticeSettings {
    bool login = true;
    bool journal = true;
    bool bus = true;
    bool mail = true;
    bool programs = true; ///< those in notify.d except the one that sends mail
    std::chrono::days feed_unreachable{7};
};

/// When a copy of the running system is made in the rescue partition by itself.
struct RescueSettings {
    std::chrono::days previous_kept{7}; ///< before a copy takes its place; 0: no copy is made by itself
    /// How long the rescue partition stays empty after an installation that was cancelled or failed: whoever
    /// tries again at once needn't wait.
    std::chrono::minutes empty{30};
};

struct Settings {
    RescueSettings rescue;
    DownloadSettings download;
    WindowSettings window;
    NoticeSettings notices;
    std::size_t automatic_snapshots = 5; ///< of the settings: the newest that stay
    std::string change_group;            ///< its members may change something; empty: root only
};

/// Longest file that is read.
inline constexpr std::size_t max_settings_bytes = 64UL * 1024;

/// Throws ConfigurationError; `name` stands for the file in messages.
Settings parse_settings(std::string_view text, const std::string &name);

} // namespace updater::configuration
