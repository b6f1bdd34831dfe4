// The administrator's settings of the client: /etc/update-control/hawkbit.xml (format.md). Without the file
// there is no client. Unknown elements and attributes are errors.
#pragma once

#include "updater/configuration/appliance.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace updater::hawkbit {

/// What the client proves with that it may speak for this appliance.
enum class TokenKind { none, target, gateway };

/// Who says yes when the server wants an installation confirmed.
enum class Confirmation { ask_a_person, automatic };

/// What the default controller id is made of.
enum class IdSource { machine_id, host_name };

struct ClientSettings {
    std::string server; ///< "https://hawkbit.example:8443", without a slash at the end
    std::string tenant = "DEFAULT";
    std::string controller; ///< empty: made of id_source
    IdSource id_source = IdSource::machine_id;
    TokenKind token_kind = TokenKind::none;
    std::filesystem::path token_file;              ///< its first line is the token
    std::filesystem::path client_certificate;      ///< PEM; empty: none is shown
    std::filesystem::path client_key;              ///< PEM
    std::filesystem::path certificate_authorities; ///< PEM; empty: those that Debian trusts
    std::string module;           ///< name of the software module that is the firmware; empty: the only one
    std::string distribution_set; ///< name for the report of what runs; empty: the module's
    Confirmation confirmation = Confirmation::ask_a_person;
};

/// Longest file that is read.
inline constexpr std::size_t max_client_settings_bytes = 16UL * 1024;

/// Throws configuration::ConfigurationError; `name` stands for the file in messages.
ClientSettings parse_client_settings(std::string_view text, const std::string &name);

} // namespace updater::hawkbit
