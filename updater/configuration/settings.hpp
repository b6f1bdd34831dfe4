// What the administrator of this appliance wants of the updater: /etc/update-control/settings.xml. All of it
// has a default, and so has the file. Unknown elements and attributes are errors, so a misspelt setting
// cannot be silently without effect.
#pragma once

#include "updater/configuration/appliance.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace updater::configuration {

/// How servers are reached. Secrets stay in files of their own, so any character may be in them.
struct ProxySettings {
    std::string url; ///< "http://proxy.example:3128"; empty: no proxy
    std::string user;
    std::filesystem::path password_file; ///< its first line is the password
};

/// Both empty: the server is not shown any.
struct ClientCertificateFiles {
    std::filesystem::path certificate; ///< PEM
    std::filesystem::path key;         ///< PEM
};

struct DownloadSettings {
    bool automatic = false;               ///< fetch new firmware as soon as the feed names it
    std::uint64_t max_kib_per_second = 0; ///< from all servers together; 0: no limit
    std::chrono::seconds connect_time{30};
    std::chrono::seconds stall_time{60};    ///< a server that sends next to nothing for so long is left
    std::chrono::seconds give_up_time{900}; ///< without progress for so long, a download has failed
    ProxySettings proxy;
    ClientCertificateFiles client_certificate;
    std::filesystem::path certificate_authorities; ///< PEM; count beside the image's; empty: those alone
};

enum class AutomaticInstall { nothing, security, all };

/// When firmware is installed without being asked for.
struct WindowSettings {
    AutomaticInstall automatic = AutomaticInstall::nothing;
    std::string calendar;             ///< systemd.time(7), OnCalendar: when the window opens, "Sun 03:00"
    std::string time_zone;            ///< "Europe/Berlin"; empty: the appliance's
    std::chrono::minutes length{120}; ///< so long after it opened an installation may begin
};

/// Which ways notices go.
struct NoticeSettings {
    bool login = true;
    bool journal = true;
    bool bus = true;
    bool mail = true;
    bool programs = true; ///< those of notify.d but for the mail
    std::chrono::days feed_unreachable{7};
};

struct Settings {
    DownloadSettings download;
    WindowSettings window;
    NoticeSettings notices;
    std::string change_group; ///< whose members may change something; empty: root only
};

/// Longest file that is read.
inline constexpr std::size_t max_settings_bytes = 64UL * 1024;

/// Throws ConfigurationError; `name` stands for the file in messages.
Settings parse_settings(std::string_view text, const std::string &name);

} // namespace updater::configuration
