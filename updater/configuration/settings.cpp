#include "updater/configuration/settings.hpp"

#include "updater/text/word_table.hpp"
#include "updater/xml/document.hpp"

#include <array>
#include <utility>

namespace updater::configuration {

namespace {

constexpr std::uint64_t max_seconds = 24UL * 60 * 60;
constexpr std::uint64_t max_kib_per_second = 100UL * 1024 * 1024;

std::chrono::seconds seconds_in(xml::Element &element, const char *name, std::chrono::seconds if_absent) {
    return std::chrono::seconds(
        element.number_attribute(name, 1, max_seconds, static_cast<std::uint64_t>(if_absent.count())));
}

std::filesystem::path optional_path(xml::Element &element, const char *name) {
    return element.optional_attribute(name) ? element.path_attribute(name) : std::string();
}

ProxySettings read_proxy(xml::Element element) {
    ProxySettings proxy;
    proxy.url = element.text_attribute("url");
    // No message quotes the URL: it may hold a password.
    if (!proxy.url.starts_with("http://") && !proxy.url.starts_with("https://"))
        element.complain("needs an http or https URL, such as http://proxy.example:3128");
    if (proxy.url.find('@') != std::string::npos)
        element.complain(
            "has a user in its URL; write user=\"…\" and password-file=\"…\" instead, so that no message "
            "shows the password");
    proxy.user = element.optional_attribute("user").value_or("");
    proxy.password_file = optional_path(element, "password-file");
    if (proxy.user.empty() != proxy.password_file.empty())
        element.complain("needs both user and password-file, or neither");
    element.finish();
    return proxy;
}

ClientCertificateFiles read_client_certificate(xml::Element element) {
    ClientCertificateFiles files{element.path_attribute("certificate"), element.path_attribute("key")};
    element.finish();
    return files;
}

std::filesystem::path read_certificate_authorities(xml::Element element) {
    std::filesystem::path file = element.path_attribute("file");
    element.finish();
    return file;
}

DownloadSettings read_download(xml::Element element) {
    DownloadSettings download;
    download.automatic = element.choice_attribute("automatic", "yes", "no", download.automatic);
    download.max_kib_per_second =
        element.number_attribute("most-kib-per-second", 0, max_kib_per_second, download.max_kib_per_second);
    download.connect_time = seconds_in(element, "connect-seconds", download.connect_time);
    download.stall_time = seconds_in(element, "stall-seconds", download.stall_time);
    download.give_up_time = seconds_in(element, "give-up-seconds", download.give_up_time);
    if (auto proxy = element.optional_child("proxy"))
        download.proxy = read_proxy(*proxy);
    if (auto certificate = element.optional_child("client-certificate"))
        download.client_certificate = read_client_certificate(*certificate);
    if (auto authorities = element.optional_child("certificate-authorities"))
        download.certificate_authorities = read_certificate_authorities(*authorities);
    element.finish();
    return download;
}

AutomaticInstall automatic_install(xml::Element &element) {
    constexpr auto words =
        std::to_array<text::Word<AutomaticInstall>>({{AutomaticInstall::nothing, "no"},
                                                     {AutomaticInstall::security, "security"},
                                                     {AutomaticInstall::all, "all"}});
    const std::string found = element.text_attribute("automatic");
    if (const auto meaning = text::value_of(words, found))
        return *meaning;
    element.complain("has automatic=\"" + found + "\"; it can be no, security or all");
}

WindowSettings read_window(xml::Element element) {
    constexpr std::uint64_t max_minutes = 7UL * 24 * 60;
    WindowSettings window;
    window.automatic = automatic_install(element);
    window.calendar = element.optional_attribute("window").value_or("");
    window.time_zone = element.optional_attribute("time-zone").value_or("");
    window.length = std::chrono::minutes(element.number_attribute(
        "window-minutes", 1, max_minutes, static_cast<std::uint64_t>(window.length.count())));
    if (window.automatic != AutomaticInstall::nothing && window.calendar.empty())
        element.complain("needs a window, for example window=\"Sun 03:00\", to install automatically");
    element.finish();
    return window;
}

NoticeSettings read_notices(xml::Element element) {
    constexpr std::uint64_t max_days = 365;
    NoticeSettings notices;
    for (const auto &[name, wanted] :
         {std::pair{"login", &notices.login}, std::pair{"journal", &notices.journal},
          std::pair{"bus", &notices.bus}, std::pair{"mail", &notices.mail},
          std::pair{"programs", &notices.programs}})
        *wanted = element.choice_attribute(name, "yes", "no", *wanted);
    notices.feed_unreachable = std::chrono::days(element.number_attribute(
        "feed-unreachable-days", 1, max_days, static_cast<std::uint64_t>(notices.feed_unreachable.count())));
    element.finish();
    return notices;
}

RescueSettings read_rescue(xml::Element element) {
    constexpr std::uint64_t max_days = 3650;
    constexpr std::uint64_t max_empty_minutes = 1440;
    RescueSettings rescue;
    rescue.previous_kept = std::chrono::days(element.number_attribute(
        "copy-after-days", 0, max_days, static_cast<std::uint64_t>(rescue.previous_kept.count())));
    rescue.empty = std::chrono::minutes(element.number_attribute(
        "empty-minutes", 0, max_empty_minutes, static_cast<std::uint64_t>(rescue.empty.count())));
    element.finish();
    return rescue;
}

std::string read_change(xml::Element element) {
    std::string group = element.text_attribute("group");
    element.finish();
    return group;
}

std::size_t read_snapshots(xml::Element element, std::size_t if_absent) {
    constexpr std::uint64_t max_kept = 100;
    const std::uint64_t keep = element.number_attribute("keep", 1, max_kept, if_absent);
    element.finish();
    return static_cast<std::size_t>(keep);
}

Settings read_settings(xml::Element &element) {
    Settings settings;
    if (auto download = element.optional_child("download"))
        settings.download = read_download(*download);
    if (auto install = element.optional_child("install"))
        settings.window = read_window(*install);
    if (auto notices = element.optional_child("notices"))
        settings.notices = read_notices(*notices);
    if (auto rescue = element.optional_child("rescue"))
        settings.rescue = read_rescue(*rescue);
    if (auto snapshots = element.optional_child("snapshots"))
        settings.automatic_snapshots = read_snapshots(*snapshots, settings.automatic_snapshots);
    if (auto change = element.optional_child("change"))
        settings.change_group = read_change(*change);
    return settings;
}

} // namespace

Settings parse_settings(std::string_view text, const std::string &name) {
    try {
        return xml::read_document(
            text, {.name = name, .root = "settings", .format = "1", .max_bytes = max_settings_bytes},
            read_settings);
    } catch (const xml::DocumentError &error) {
        throw ConfigurationError(error.what());
    }
}

} // namespace updater::configuration
