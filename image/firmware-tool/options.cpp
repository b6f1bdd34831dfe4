// The commands of update-firmware and their options.
#include "image/firmware-tool/options.hpp"

#include <string_view>
#include <vector>

namespace firmware_tool {

using tool_options::Known;
using tool_options::OptionValues;

const char *const help_text =
    R"(Makes and shows firmware files for update-control.

update-firmware build --manifest TEMPLATE.xml --image IMAGE --key KEY.pem
                      --certificate CERTIFICATE.pem --output FILE.fw
                      [--patch-from VERSION=IMAGE]...
                      [--level 1-19] [--quick] [--threads NUMBER]
    Packs and signs an OS image. The manifest template is a manifest whose
    image and chunks elements may be missing; they are filled in. For each
    earlier release named, with the image that was in its firmware, a patch is
    added. Prints what each kind of appliance will fetch. --quick is for tests:
    packs in a tenth of the time, and appliances fetch a fifth more.

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

update-firmware head --firmware FILE.fw --trusted FOLDER --output FILE
    Writes the signed beginning of the firmware, up to the image. On the disk of
    a new machine it is /data/update-control/images/system-a.head: with it the
    appliance can compare its first system with what was signed, and knows which
    programs convert settings.

update-firmware keys --out FOLDER --name NAME
    Makes a key (FOLDER/NAME.key: keep it secret) and its certificate
    (FOLDER/NAME.pem: goes into the appliance's image).

update-firmware --help

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the firmware is not accepted.
)";

namespace {

/// With --quick, unless --level names another.
constexpr int quick_level = 1;

PatchBase patch_base(const std::string &text) {
    const std::size_t separator = text.find('=');
    if (separator == 0 || separator == std::string::npos || separator + 1 == text.size())
        throw WrongUsage("--patch-from takes VERSION=IMAGE, such as 2.8.0.0=system-2.8.0.0.img");
    return {text.substr(0, separator), text.substr(separator + 1)};
}

Command parse_build(const OptionValues &values) {
    values.refuse_rest();
    BuildCommand command;
    command.manifest = values.required("manifest");
    command.image = values.required("image");
    command.key = values.required("key");
    command.certificate = values.required("certificate");
    command.output = values.required("output");
    if (values.has("quick")) {
        command.level = quick_level;
        command.effort = updater::firmware::PackingEffort::quick;
    }
    command.level = values.number("level", command.level, 19);
    command.threads = values.number("threads", command.threads, 256U);
    for (const std::string &base : values.all("patch-from"))
        command.patch_bases.push_back(patch_base(base));
    return command;
}

Command parse_install(const OptionValues &values) {
    values.refuse_rest();
    InstallCommand command;
    command.firmware = values.required("firmware");
    command.trusted = values.required("trusted");
    command.target = values.required("target");
    if (values.has("ca"))
        command.certificate_authority = values.required("ca");
    if (values.has("base") || values.has("base-version")) {
        command.base = values.required("base");
        command.base_version = values.required("base-version");
    }
    if (command.firmware.starts_with("https://") && !command.certificate_authority)
        throw WrongUsage("--ca is missing: it says whom the server's certificate must come from");
    command.threads = values.number("threads", command.threads, 256U);
    command.plan_only = values.has("plan-only");
    command.json = values.has("json");
    return command;
}

Command parse_show(const OptionValues &values) {
    if (values.rest().size() != 1)
        throw WrongUsage("show takes one firmware file");
    ShowCommand command{.file = values.rest().front(), .trusted = std::nullopt};
    if (values.has("trusted"))
        command.trusted = values.required("trusted");
    return command;
}

Command parse_head(const OptionValues &values) {
    values.refuse_rest();
    return HeadCommand{.firmware = values.required("firmware"),
                       .trusted = values.required("trusted"),
                       .output = values.required("output")};
}

Command parse_keys(const OptionValues &values) {
    values.refuse_rest();
    const std::string name = values.required("name");
    if (name.find('/') != std::string::npos || name.front() == '.')
        throw WrongUsage("--name becomes a file name: it has no slash and does not begin with a dot");
    return KeysCommand{.folder = values.required("out"), .name = name};
}

} // namespace

Command parse_command_line(int argument_count, char **arguments) {
    const std::string_view command = argument_count > 1 ? arguments[1] : "";
    const auto values = [&](const std::vector<Known> &known) {
        return OptionValues(argument_count - 1, arguments + 1, known);
    };
    constexpr auto nothing = Known::Takes::nothing;
    if (command == "build")
        return parse_build(values({{"manifest"},
                                   {"image"},
                                   {"key"},
                                   {"certificate"},
                                   {"output"},
                                   {"level"},
                                   {"threads"},
                                   {"quick", nothing},
                                   {"patch-from", Known::Takes::values}}));
    if (command == "install")
        return parse_install(values({{"firmware"},
                                     {"trusted"},
                                     {"target"},
                                     {"base"},
                                     {"base-version"},
                                     {"ca"},
                                     {"threads"},
                                     {"plan-only", nothing},
                                     {"json", nothing}}));
    if (command == "show")
        return parse_show(values({{"trusted"}}));
    if (command == "head")
        return parse_head(values({{"firmware"}, {"trusted"}, {"output"}}));
    if (command == "keys")
        return parse_keys(values({{"out"}, {"name"}}));
    if (command == "--help" || command == "-h" || command == "help")
        return HelpCommand{};
    throw WrongUsage(command.empty() ? "a command is missing" : "unknown command " + std::string(command));
}

} // namespace firmware_tool
