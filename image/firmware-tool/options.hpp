// The command line of update-firmware. Reads no file.
#pragma once

#include "image/tool-options/option_values.hpp"
#include "updater/firmware/packing_effort.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace firmware_tool {

/// An earlier release to make a patch against.
struct PatchBase {
    std::string version;
    std::filesystem::path image;
};

struct BuildCommand {
    std::filesystem::path manifest;
    std::filesystem::path image;
    std::filesystem::path key;
    std::filesystem::path certificate;
    std::filesystem::path output;
    int level = 19;
    updater::firmware::PackingEffort effort = updater::firmware::PackingEffort::smallest;
    unsigned threads = 0;
    std::vector<PatchBase> patch_bases;
};

/// Installs into a partition as the agent does, without an appliance: for trials, measurements and the first
/// partition of a new machine.
struct InstallCommand {
    std::string firmware; ///< path or https URL
    std::filesystem::path trusted;
    std::optional<std::filesystem::path> certificate_authority;
    std::filesystem::path target;
    std::optional<std::filesystem::path> base;
    std::string base_version;
    unsigned threads = 0;
    bool plan_only = false;
    bool json = false;
};

struct ShowCommand {
    std::filesystem::path file;
    std::optional<std::filesystem::path> trusted;
};

/// Writes the signed beginning of a firmware, for the disk of a new machine.
struct HeadCommand {
    std::filesystem::path firmware;
    std::filesystem::path trusted;
    std::filesystem::path output;
};

struct KeysCommand {
    std::filesystem::path folder;
    std::string name;
};

struct HelpCommand {};

using Command =
    std::variant<BuildCommand, InstallCommand, ShowCommand, HeadCommand, KeysCommand, HelpCommand>;

using tool_options::WrongUsage;

/// Throws WrongUsage.
Command parse_command_line(int argument_count, char **arguments);

extern const char *const help_text;

} // namespace firmware_tool
