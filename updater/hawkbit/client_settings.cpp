#include "updater/hawkbit/client_settings.hpp"

#include "updater/xml/document.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace updater::hawkbit {

namespace {

constexpr std::size_t max_name_length = 256;

bool is_letter_or_digit(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= max_name_length && std::ranges::all_of(text, [](char letter) {
        return is_letter_or_digit(letter) || letter == '-' || letter == '_' || letter == '.' || letter == ':';
    });
}

/// "https://host[:port][/path]", of characters that mean nothing else in a URL.
bool is_address(std::string_view text, std::string_view scheme) {
    if (!text.starts_with(scheme) || text.size() > max_name_length || text.ends_with('/'))
        return false;
    const std::string_view rest = text.substr(scheme.size());
    return !rest.empty() && (is_letter_or_digit(rest.front()) || rest.front() == '[') &&
           std::ranges::all_of(rest, [](char letter) {
               return is_letter_or_digit(letter) ||
                      std::string_view("-._:/[]").find(letter) != std::string_view::npos;
           });
}

bool is_this_machine(std::string_view address) {
    constexpr std::array hosts{"localhost", "127.0.0.1", "[::1]"};
    const std::string_view rest = address.substr(address.find("//") + 2);
    return std::ranges::any_of(hosts, [&](std::string_view host) {
        return rest.starts_with(host) &&
               (rest.size() == host.size() || rest[host.size()] == ':' || rest[host.size()] == '/');
    });
}

void read_server(xml::Element element, ClientSettings &settings) {
    settings.server = element.text_attribute("url");
    const bool plain = element.choice_attribute("plain-http", "this-machine", "no", false);
    if (!is_address(settings.server, "https://") && !(plain && is_address(settings.server, "http://")))
        element.complain("needs an https URL without user, query and slash at its end, such as "
                         "url=\"https://hawkbit.example\"");
    if (settings.server.starts_with("http://") && !is_this_machine(settings.server))
        element.complain("allows http to localhost only: others could read the token");
    settings.tenant = element.optional_attribute("tenant").value_or(settings.tenant);
    if (!is_name(settings.tenant))
        element.complain("has a tenant that is no name");
    element.finish();
}

void read_device(xml::Element element, ClientSettings &settings) {
    settings.controller = element.optional_attribute("id").value_or("");
    if (!settings.controller.empty() && !is_name(settings.controller))
        element.complain("has an id with other characters than letters, digits, '-', '_', '.' and ':'");
    const auto from = element.optional_attribute("id-from");
    if (from && !settings.controller.empty())
        element.complain("needs id or id-from, not both");
    if (from && *from != "machine-id" && *from != "host-name")
        element.complain("has id-from=\"" + *from + "\"; it can be machine-id or host-name");
    settings.id_source = from == "host-name" ? IdSource::host_name : IdSource::machine_id;
    element.finish();
}

std::filesystem::path optional_file(xml::Element &element, const char *name) {
    return element.optional_attribute(name) ? element.path_attribute(name) : std::string();
}

void read_access(xml::Element element, ClientSettings &settings) {
    const std::filesystem::path target = optional_file(element, "target-token-file");
    const std::filesystem::path gateway = optional_file(element, "gateway-token-file");
    if (!target.empty() && !gateway.empty())
        element.complain("needs target-token-file or gateway-token-file, not both");
    settings.token_file = target.empty() ? gateway : target;
    if (!settings.token_file.empty())
        settings.token_kind = target.empty() ? TokenKind::gateway : TokenKind::target;
    settings.client_certificate = optional_file(element, "certificate");
    settings.client_key = optional_file(element, "key");
    if (settings.client_certificate.empty() != settings.client_key.empty())
        element.complain("needs both certificate and key, or neither");
    if (settings.token_file.empty() && settings.client_certificate.empty())
        element.complain("needs a token file or a certificate");
    element.finish();
}

void read_deployment(xml::Element element, ClientSettings &settings) {
    settings.module = element.optional_attribute("module").value_or("");
    settings.distribution_set = element.optional_attribute("distribution-set").value_or("");
    settings.confirmation = element.choice_attribute("confirm", "auto", "ask", false)
                                ? Confirmation::automatic
                                : Confirmation::ask_a_person;
    element.finish();
}

ClientSettings read_root(xml::Element &element) {
    ClientSettings settings;
    read_server(element.child("server"), settings);
    if (auto device = element.optional_child("device"))
        read_device(*device, settings);
    read_access(element.child("access"), settings);
    if (auto authorities = element.optional_child("certificate-authorities")) {
        settings.certificate_authorities = authorities->path_attribute("file");
        authorities->finish();
    }
    if (auto deployment = element.optional_child("deployment"))
        read_deployment(*deployment, settings);
    return settings;
}

} // namespace

ClientSettings parse_client_settings(std::string_view text, const std::string &name) {
    try {
        return xml::read_document(
            text, {.name = name, .root = "hawkbit", .format = "1", .max_bytes = max_client_settings_bytes},
            read_root);
    } catch (const xml::DocumentError &error) {
        throw configuration::ConfigurationError(error.what());
    }
}

} // namespace updater::hawkbit
