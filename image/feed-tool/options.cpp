// The command line through getopt_long.
#include "image/feed-tool/options.hpp"

#include <charconv>
#include <getopt.h>
#include <map>
#include <string_view>

namespace feed_tool {

const char *const help_text = R"(Makes the signed list of firmware that appliances look at.

update-feed publish --folder FOLDER --product NAME --key KEY.pem
                    --certificate CERTIFICATE.pem [--days NUMBER]
                    [--security-only VERSION]... [--stepping-stone VERSION]...
                    [--mirror URL]...
    Lists all firmware files FOLDER/*.fw in FOLDER/feed.xml and signs it
    (feed.xml.sig). Versions, sizes, notes and license come from the firmware.
    The serial number is that of the feed before and one; what the feed before
    said of a version (day of release, security only, stepping stone) stays. Run
    it again before --days (30) have passed, also when nothing is new: an
    appliance takes no feed that has expired.
    --mirror: another place, https, that has the same files.

update-feed rotate --folder FOLDER --product NAME --key OLD-KEY.pem
                   --certificate OLD-CERTIFICATE.pem
                   --new-certificate CERTIFICATE.pem...
    Makes FOLDER/keys-NUMBER.xml, signed by a key that counts until now: from
    then on exactly the new certificates count, for feeds and for firmware.
    Keep all lists of keys in the folder: an appliance that was off for long
    follows them one by one. To replace a key: rotate to the old and the new
    one, sign with the new one, rotate to the new one alone.

update-feed --help

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a firmware or feed in the folder
is not accepted.
)";

namespace {

using Values = std::multimap<std::string, std::string>;

Values parse(int argument_count, char **arguments, const std::vector<const char *> &names) {
    std::vector<option> table;
    table.reserve(names.size() + 1);
    for (const char *name : names)
        table.push_back({name, required_argument, nullptr, 0});
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
        values.emplace(names.at(static_cast<std::size_t>(which)), optarg);
    }
    if (optind < argument_count)
        throw WrongUsage("\"" + std::string(arguments[optind]) + "\" is not expected here");
    return values;
}

std::string required(const Values &values, const std::string &name) {
    if (values.count(name) > 1)
        throw WrongUsage("--" + name + " is given twice");
    const auto found = values.find(name);
    if (found == values.end() || found->second.empty())
        throw WrongUsage("--" + name + " is missing");
    return found->second;
}

template <class List> List all(const Values &values, const std::string &name) {
    List list;
    const auto [first, last] = values.equal_range(name);
    for (auto each = first; each != last; ++each)
        list.insert(list.end(), each->second);
    return list;
}

std::chrono::days days(const Values &values) {
    constexpr int most_days = 3650;
    if (!values.contains("days"))
        return PublishCommand{}.good_for;
    const std::string text = required(values, "days");
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > most_days)
        throw WrongUsage("--days is a number from 1 to " + std::to_string(most_days));
    return std::chrono::days(number);
}

Command parse_publish(int argument_count, char **arguments) {
    const Values values = parse(
        argument_count, arguments,
        {"folder", "product", "key", "certificate", "days", "security-only", "stepping-stone", "mirror"});
    PublishCommand command;
    command.folder = required(values, "folder");
    command.product = required(values, "product");
    command.key = required(values, "key");
    command.certificate = required(values, "certificate");
    command.good_for = days(values);
    command.security_only = all<std::set<std::string>>(values, "security-only");
    command.stepping_stones = all<std::set<std::string>>(values, "stepping-stone");
    command.mirrors = all<std::vector<std::string>>(values, "mirror");
    for (const std::string &mirror : command.mirrors)
        if (!mirror.starts_with("https://") || !mirror.ends_with('/'))
            throw WrongUsage("--mirror takes an https URL of a folder, with a / at its end");
    return command;
}

Command parse_rotate(int argument_count, char **arguments) {
    const Values values =
        parse(argument_count, arguments, {"folder", "product", "key", "certificate", "new-certificate"});
    RotateCommand command;
    command.folder = required(values, "folder");
    command.product = required(values, "product");
    command.key = required(values, "key");
    command.certificate = required(values, "certificate");
    command.new_certificates = all<std::vector<std::filesystem::path>>(values, "new-certificate");
    if (command.new_certificates.empty())
        throw WrongUsage("--new-certificate is missing");
    return command;
}

} // namespace

Command parse_command_line(int argument_count, char **arguments) {
    const std::string_view command = argument_count > 1 ? arguments[1] : "";
    if (command == "publish")
        return parse_publish(argument_count - 1, arguments + 1);
    if (command == "rotate")
        return parse_rotate(argument_count - 1, arguments + 1);
    if (command == "--help" || command == "-h" || command == "help")
        return HelpCommand{};
    throw WrongUsage(command.empty() ? "a command is missing" : "unknown command " + std::string(command));
}

} // namespace feed_tool
