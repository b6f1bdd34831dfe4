// The command line of update-firmware. Reads no file.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

namespace firmware_tool {

struct BuildCommand {
    std::filesystem::path manifest;
    std::filesystem::path image;
    std::filesystem::path key;
    std::filesystem::path certificate;
    std::filesystem::path output;
    int level = 12;
    unsigned threads = 0;
};

struct ShowCommand {
    std::filesystem::path file;
    std::optional<std::filesystem::path> trusted;
};

struct KeysCommand {
    std::filesystem::path folder;
    std::string name;
};

struct HelpCommand {};

using Command = std::variant<BuildCommand, ShowCommand, KeysCommand, HelpCommand>;

/// The message names the option at fault.
class WrongUsage : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Throws WrongUsage.
Command parse_command_line(int argument_count, char **arguments);

extern const char *const help_text;

} // namespace firmware_tool
