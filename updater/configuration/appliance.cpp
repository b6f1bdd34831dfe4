#include "updater/configuration/appliance.hpp"

#include "updater/xml/document.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <string.h>

namespace updater::configuration {
namespace {

std::chrono::seconds seconds_in(xml::Element &element, const char *name) {
    constexpr std::uint64_t a_week = 7 * 24 * 3600;
    return std::chrono::seconds(element.number_attribute(name, 1, a_week));
}

/// Refuses an element that has the name of an earlier one.
void require_new(const std::string &name, std::set<std::string> &names, const xml::Element &element) {
    if (!names.insert(name).second)
        element.complain("is there twice with the name \"" + name + "\"");
}

FirmwareSource read_firmware(xml::Element element) {
    FirmwareSource firmware;
    firmware.source_url = element.optional_attribute("source").value_or("");
    firmware.feed_url = element.optional_attribute("feed").value_or("");
    if (firmware.source_url.empty() && firmware.feed_url.empty())
        element.complain("needs an https URL as feed or as source");
    for (const std::string &url : {firmware.source_url, firmware.feed_url})
        if (!url.empty() && !url.starts_with("https://"))
            element.complain("needs an https URL, not \"" + url + "\"");
    firmware.certificate_authority = element.path_attribute("certificate-authority");
    firmware.trusted_keys = element.path_attribute("trusted-keys");
    element.finish();
    return firmware;
}

std::vector<Store> read_stores(xml::Element &appliance) {
    std::vector<Store> stores;
    std::set<std::string> names;
    for (xml::Element &element : appliance.children("store")) {
        Store store;
        store.name = element.text_attribute("name");
        store.path = element.path_attribute("path");
        store.format = element.text_attribute("format");
        store.inspect = element.path_attribute("inspect");
        store.unit = element.text_attribute("unit");
        element.finish();
        require_new(store.name, names, element);
        stores.push_back(std::move(store));
    }
    return stores;
}

std::vector<ConfigurationFormat> read_configuration_formats(xml::Element &appliance) {
    std::vector<ConfigurationFormat> formats;
    std::set<std::string> names;
    for (xml::Element &element : appliance.children("configuration-format")) {
        formats.push_back({element.text_attribute("name"), element.text_attribute("format")});
        element.finish();
        require_new(formats.back().name, names, element);
    }
    return formats;
}

std::vector<FreeShare> read_spaces(xml::Element &appliance) {
    std::vector<FreeShare> spaces;
    for (xml::Element &element : appliance.children("space")) {
        FreeShare share;
        share.path = element.path_attribute("path");
        share.free_percent = static_cast<unsigned>(element.number_attribute("free-percent", 0, 99));
        share.holds = element.text_attribute("holds");
        element.finish();
        spaces.push_back(std::move(share));
    }
    return spaces;
}

Services read_services(xml::Element element) {
    Services services;
    services.stop_timeout = seconds_in(element, "stop-timeout-seconds");
    services.start_timeout = seconds_in(element, "start-timeout-seconds");
    std::set<std::string> names;
    for (xml::Element &unit : element.children("unit")) {
        ServiceUnit service;
        service.name = unit.text_attribute("name");
        service.health_required = unit.choice_attribute("health", "required", "ignored", false);
        unit.finish();
        // systemd's own calls want the full name (systemd.unit(5)); "postfix" would never be found.
        if (service.name.find('.') == std::string::npos || service.name.find('/') != std::string::npos)
            unit.complain("needs a full unit name like postfix.service, not \"" + service.name + "\"");
        require_new(service.name, names, unit);
        services.units.push_back(std::move(service));
    }
    element.finish();
    return services;
}

Mail read_mail(xml::Element element) {
    Mail mail;
    mail.queue = element.path_attribute("queue");
    mail.unit = element.text_attribute("unit");
    for (xml::Element &listener : element.children("listener")) {
        mail.listener_ports.push_back(
            static_cast<std::uint16_t>(listener.number_attribute("port", 1, 65535)));
        listener.finish();
    }
    if (mail.listener_ports.empty())
        element.complain(
            "needs at least one <listener>: without it mail would be accepted during the upgrade");
    element.finish();
    return mail;
}

std::vector<HealthProgram> read_health(xml::Element element) {
    std::vector<HealthProgram> programs;
    for (xml::Element &program : element.children("program")) {
        programs.push_back({program.path_attribute("path"), seconds_in(program, "timeout-seconds")});
        program.finish();
    }
    element.finish();
    return programs;
}

bool read_old_generation(xml::Element element) {
    const bool keep = element.choice_attribute("keep", "yes", "no", true);
    element.finish();
    return keep;
}

Timeouts read_timeouts(xml::Element element) {
    Timeouts timeouts;
    timeouts.conversion = seconds_in(element, "conversion-seconds");
    timeouts.deadline = seconds_in(element, "deadline-seconds");
    element.finish();
    return timeouts;
}

Installation read_installation(xml::Element &appliance) {
    constexpr std::uint64_t max_threads = 64;
    constexpr std::uint64_t max_checkpoint_mib = 16 * 1024;
    Installation installation;
    auto element = appliance.optional_child("install");
    if (!element)
        return installation;
    installation.threads =
        static_cast<unsigned>(element->number_attribute("threads", 0, max_threads, installation.threads));
    installation.max_mib_per_second =
        element->number_attribute("most-mib-per-second", 0, max_install_mib_per_second, 0);
    installation.checkpoint_mib =
        element->number_attribute("checkpoint-mib", 1, max_checkpoint_mib, installation.checkpoint_mib);
    element->finish();
    return installation;
}

bool lists(const Services &services, const std::string &unit) {
    return std::any_of(services.units.begin(), services.units.end(),
                       [&](const ServiceUnit &each) { return each.name == unit; });
}

Appliance read_root(xml::Element &root) {
    Appliance appliance;
    appliance.product = root.text_attribute("product");
    appliance.hardware = root.text_attribute("hardware");
    appliance.version = root.text_attribute("version");
    appliance.firmware = read_firmware(root.child("firmware"));
    appliance.stores = read_stores(root);
    appliance.configuration_formats = read_configuration_formats(root);
    appliance.spaces = read_spaces(root);
    appliance.services = read_services(root.child("services"));
    appliance.mail = read_mail(root.child("mail"));
    appliance.health_programs = read_health(root.child("health"));
    appliance.keep_old_generation = read_old_generation(root.child("old-generation"));
    appliance.timeouts = read_timeouts(root.child("timeouts"));
    appliance.installation = read_installation(root);
    for (const Store &store : appliance.stores)
        if (!lists(appliance.services, store.unit))
            root.complain("has a <store> whose unit " + store.unit + " is not among its <services>");
    if (!lists(appliance.services, appliance.mail.unit))
        root.complain("has a <mail> whose unit " + appliance.mail.unit + " is not among its <services>");
    return appliance;
}

} // namespace

Appliance parse_appliance(std::string_view text, const std::string &name) {
    try {
        return xml::read_document(
            text, {.name = name, .root = "appliance", .format = "1", .max_bytes = max_appliance_bytes},
            read_root);
    } catch (const xml::DocumentError &error) {
        throw ConfigurationError(error.what());
    }
}

Appliance read_appliance(const std::filesystem::path &file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        throw ConfigurationError("cannot open " + file.string() + ": " + strerror(errno) +
                                 "; the file is part of the appliance's image");
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (stream.bad())
        throw ConfigurationError("cannot read " + file.string());
    return parse_appliance(text, file.string());
}

} // namespace updater::configuration
