// The commands of update-feed and their options.
#include "image/feed-tool/options.hpp"

#include <string_view>
#include <vector>

namespace feed_tool {

using tool_options::Known;
using tool_options::OptionValues;

const char *const help_text = R"(Makes the feed, the signed list of firmware that appliances fetch.

update-feed publish --folder FOLDER --product NAME --key KEY.pem
                    --certificate CERTIFICATE.pem [--days NUMBER]
                    [--security-only VERSION]... [--stepping-stone VERSION]...
                    [--mirror URL]...
    Lists all firmware files FOLDER/*.fw in FOLDER/feed.xml and signs it
    (feed.xml.sig). Versions, sizes, notes and license come from the firmware.
    The serial number is one higher than that of the feed before; what that feed
    said of a version (day of release, security only, stepping stone) stays. Run
    it again before --days (30) have passed, even when nothing is new: an
    appliance refuses a feed that has expired.
    --mirror: another https folder that has the same files.

update-feed rotate --folder FOLDER --product NAME --key OLD-KEY.pem
                   --certificate OLD-CERTIFICATE.pem
                   --new-certificate CERTIFICATE.pem...
    Makes FOLDER/keys-NUMBER.xml, signed by a key that is trusted until now:
    from then on exactly the new certificates are trusted, for feeds and for
    firmware. Keep all key lists in the folder: an appliance that was off for
    long follows them one by one. To replace a key: rotate to the old and the new
    one, sign with the new one, rotate to the new one alone.

update-feed --help

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a firmware or feed in the folder
is not accepted.
)";

namespace {

Command parse_publish(const OptionValues &values) {
    constexpr int max_days = 3650;
    values.refuse_rest();
    PublishCommand command;
    command.folder = values.required("folder");
    command.product = values.required("product");
    command.key = values.required("key");
    command.certificate = values.required("certificate");
    command.good_for =
        std::chrono::days(values.number("days", static_cast<int>(command.good_for.count()), max_days));
    for (const std::string &version : values.all("security-only"))
        command.security_only.insert(version);
    for (const std::string &version : values.all("stepping-stone"))
        command.stepping_stones.insert(version);
    command.mirrors = values.all("mirror");
    for (const std::string &mirror : command.mirrors)
        if (!mirror.starts_with("https://") || !mirror.ends_with('/'))
            throw WrongUsage("--mirror takes an https URL of a folder, with a / at its end");
    return command;
}

Command parse_rotate(const OptionValues &values) {
    values.refuse_rest();
    RotateCommand command;
    command.folder = values.required("folder");
    command.product = values.required("product");
    command.key = values.required("key");
    command.certificate = values.required("certificate");
    for (const std::string &certificate : values.all("new-certificate"))
        command.new_certificates.emplace_back(certificate);
    if (command.new_certificates.empty())
        throw WrongUsage("--new-certificate is missing");
    return command;
}

} // namespace

Command parse_command_line(int argument_count, char **arguments) {
    const std::string_view command = argument_count > 1 ? arguments[1] : "";
    const auto values = [&](const std::vector<Known> &known) {
        return OptionValues(argument_count - 1, arguments + 1, known);
    };
    constexpr auto several = Known::Takes::values;
    if (command == "publish")
        return parse_publish(values({{"folder"},
                                     {"product"},
                                     {"key"},
                                     {"certificate"},
                                     {"days"},
                                     {"security-only", several},
                                     {"stepping-stone", several},
                                     {"mirror", several}}));
    if (command == "rotate")
        return parse_rotate(
            values({{"folder"}, {"product"}, {"key"}, {"certificate"}, {"new-certificate", several}}));
    if (command == "--help" || command == "-h" || command == "help")
        return HelpCommand{};
    throw WrongUsage(command.empty() ? "a command is missing" : "unknown command " + std::string(command));
}

} // namespace feed_tool
