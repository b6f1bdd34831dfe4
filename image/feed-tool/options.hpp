// The command line of update-feed. Reads no file.
#pragma once

#include "image/tool-options/option_values.hpp"

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace feed_tool {

/// Lists all firmware of the folder.
struct PublishCommand {
    std::filesystem::path folder; ///< served by the web server; feed.xml is written there
    std::string product;
    std::filesystem::path key;
    std::filesystem::path certificate;
    std::chrono::days good_for{30};
    std::set<std::string> security_only;   ///< versions
    std::set<std::string> stepping_stones; ///< versions
    std::vector<std::string> mirrors;      ///< https URLs of other folders with the same firmware
};

/// Says which keys are trusted from now on.
struct RotateCommand {
    std::filesystem::path folder;
    std::string product;
    std::filesystem::path key; ///< one that is trusted until now
    std::filesystem::path certificate;
    std::vector<std::filesystem::path> new_certificates; ///< all that are trusted from then on
};

struct HelpCommand {};

using Command = std::variant<PublishCommand, RotateCommand, HelpCommand>;

using tool_options::WrongUsage;

/// Throws WrongUsage.
Command parse_command_line(int argument_count, char **arguments);

extern const char *const help_text;

} // namespace feed_tool
