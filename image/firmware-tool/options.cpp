// The command line through getopt_long.
#include "image/firmware-tool/options.hpp"

#include <algorithm>
#include <charconv>
#include <getopt.h>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace firmware_tool {

const char *const help_text =
    R"(Makes and shows firmware files for update-control.

update-firmware build --manifest TEMPLATE.xml --image IMAGE --key KEY.pem
                      --certificate CERTIFICATE.pem --output FILE.fw
                      [--patch-from VERSION=IMAGE]...
                      [--level 1-19] [--threads NUMBER]
    Packs and signs an OS image. The manifest template is a manifest whose
    image and chunks elements may be missing; they are filled in. For each
    earlier release named, with the image that was in its firmware, a patch is
    added. Prints what each kind of appliance will fetch.

update-firmware install --firmware FILE|URL --trusted FOLDER --target DEVICE
                        [--base DEVICE --base-version VERSION] [--ca FILE.pem]
                        [--threads NUMBER] [--plan-only] [--json]
    Makes the target, a partition or a file as large as one, hold the OS image,
    with all checks and by the cheapest way, as an appliance does in phase 2.
    The base is a partition that holds another release and stays as it is.
    --ca: whom the server's certificate must come from. --plan-only: says what
    would be fetched, and writes nothing.

update-firmware show FILE.fw [--trusted FOLDER]
    Prints what the firmware is. With --trusted, the folder of PEM
    certificates that an appliance has, every part of it is checked as on the
    appliance; without, nothing is checked and it says so.

update-firmware keys --out FOLDER --name NAME
    Makes a key (FOLDER/NAME.key: keep it secret) and its certificate
    (FOLDER/NAME.pem: goes into the appliance's image).

update-firmware --help

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the firmware is not accepted.
)";

namespace {

using Values = std::multimap<std::string, std::string>;

/// What an option of this name may do.
constexpr std::string_view flags[] = {"plan-only", "json"};
constexpr std::string_view repeatable[] = {"patch-from"};

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// The options of one command, with what is left over on the command line in `rest`.
Values parse(int argument_count, char **arguments, const std::vector<const char *> &names,
             std::vector<std::string> &rest) {
    std::vector<option> table;
    table.reserve(names.size() + 1);
    for (const char *name : names)
        table.push_back({name, is_one_of(flags, name) ? no_argument : required_argument, nullptr, 0});
    table.push_back({});
    Values values;
    opterr = 0;
    optind = 1;
    int which = 0;
    for (int found = 0; (found = getopt_long(argument_count, arguments, ":", table.data(), &which)) != -1;) {
        const std::string given = arguments[optind - 1];
        if (found == ':')
            throw WrongUsage(given + " needs a value");
        if (found != 0)
            throw WrongUsage("unknown option " + given);
        const char *name = names.at(static_cast<std::size_t>(which));
        if (values.contains(name) && !is_one_of(repeatable, name))
            throw WrongUsage(std::string("--") + name + " is given twice");
        values.emplace(name, optarg ? optarg : "");
    }
    rest.assign(arguments + optind, arguments + argument_count);
    return values;
}

std::string required(const Values &values, const std::string &name) {
    const auto found = values.find(name);
    if (found == values.end() || found->second.empty())
        throw WrongUsage("--" + name + " is missing");
    return found->second;
}

template <class Number>
Number number(const Values &values, const std::string &name, Number otherwise, Number most) {
    const auto found = values.find(name);
    if (found == values.end())
        return otherwise;
    const std::string &text = found->second;
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > most)
        throw WrongUsage("--" + name + " is a number from 1 to " + std::to_string(most));
    return value;
}

void refuse_rest(const std::vector<std::string> &rest) {
    if (!rest.empty())
        throw WrongUsage("\"" + rest.front() + "\" is not expected here");
}

PatchBase patch_base(const std::string &text) {
    const std::size_t separator = text.find('=');
    if (separator == 0 || separator == std::string::npos || separator + 1 == text.size())
        throw WrongUsage("--patch-from takes VERSION=IMAGE, such as 2.8.0.0=system-2.8.0.0.img");
    return {text.substr(0, separator), text.substr(separator + 1)};
}

Command parse_build(int argument_count, char **arguments) {
    std::vector<std::string> rest;
    const Values values =
        parse(argument_count, arguments,
              {"manifest", "image", "key", "certificate", "output", "level", "threads", "patch-from"}, rest);
    refuse_rest(rest);
    BuildCommand command;
    command.manifest = required(values, "manifest");
    command.image = required(values, "image");
    command.key = required(values, "key");
    command.certificate = required(values, "certificate");
    command.output = required(values, "output");
    command.level = number(values, "level", command.level, 19);
    command.threads = number(values, "threads", command.threads, 256U);
    const auto [first, last] = values.equal_range("patch-from");
    for (auto each = first; each != last; ++each)
        command.patch_bases.push_back(patch_base(each->second));
    return command;
}

Command parse_install(int argument_count, char **arguments) {
    std::vector<std::string> rest;
    const Values values =
        parse(argument_count, arguments,
              {"firmware", "trusted", "target", "base", "base-version", "ca", "threads", "plan-only", "json"},
              rest);
    refuse_rest(rest);
    InstallCommand command;
    command.firmware = required(values, "firmware");
    command.trusted = required(values, "trusted");
    command.target = required(values, "target");
    if (values.contains("ca"))
        command.certificate_authority = required(values, "ca");
    if (values.contains("base") || values.contains("base-version")) {
        command.base = required(values, "base");
        command.base_version = required(values, "base-version");
    }
    if (command.firmware.starts_with("https://") && !command.certificate_authority)
        throw WrongUsage("--ca is missing: it says whom the server's certificate must come from");
    command.threads = number(values, "threads", command.threads, 256U);
    command.plan_only = values.contains("plan-only");
    command.json = values.contains("json");
    return command;
}

Command parse_show(int argument_count, char **arguments) {
    std::vector<std::string> rest;
    const Values values = parse(argument_count, arguments, {"trusted"}, rest);
    if (rest.size() != 1)
        throw WrongUsage("show takes one firmware file");
    ShowCommand command{.file = rest.front(), .trusted = std::nullopt};
    if (values.contains("trusted"))
        command.trusted = required(values, "trusted");
    return command;
}

Command parse_keys(int argument_count, char **arguments) {
    std::vector<std::string> rest;
    const Values values = parse(argument_count, arguments, {"out", "name"}, rest);
    refuse_rest(rest);
    const std::string name = required(values, "name");
    if (name.find('/') != std::string::npos || name.front() == '.')
        throw WrongUsage("--name becomes a file name: it has no slash and does not begin with a dot");
    return KeysCommand{.folder = required(values, "out"), .name = name};
}

} // namespace

Command parse_command_line(int argument_count, char **arguments) {
    const std::string_view command = argument_count > 1 ? arguments[1] : "";
    if (command == "build")
        return parse_build(argument_count - 1, arguments + 1);
    if (command == "install")
        return parse_install(argument_count - 1, arguments + 1);
    if (command == "show")
        return parse_show(argument_count - 1, arguments + 1);
    if (command == "keys")
        return parse_keys(argument_count - 1, arguments + 1);
    if (command == "--help" || command == "-h" || command == "help")
        return HelpCommand{};
    throw WrongUsage(command.empty() ? "a command is missing" : "unknown command " + std::string(command));
}

} // namespace firmware_tool
