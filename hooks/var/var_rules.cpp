// The built-in table for /var of Debian 12 and 13, and the reader of the vendor's rules; see the header.
#include "hooks/var/var_rules.hpp"

#include "hooks/conversion_program.hpp"
#include "partitions/durable.hpp"

#include <algorithm>
#include <array>
#include <fnmatch.h>
#include <iterator>
#include <sstream>
#include <string_view>

namespace hooks::var {

using Path = std::filesystem::path;

namespace {

constexpr std::size_t max_rule_file_bytes = 1024UL * 1024;
constexpr const char *rule_file = "usr/share/update-control/var-rules";

struct BuiltInRow {
    const char *place;
    const char *reason;
};

constexpr const char *package_state = "package state: the new system has its own";
constexpr const char *package_backup = "a backup made by a package";

// Only what is known to be useless to another system: everything else is carried.
constexpr std::array built_in_rows = {
    BuiltInRow{"cache", "caches: made again"},
    BuiltInRow{"tmp", "temporary files"},
    BuiltInRow{"run", "gone with every restart"},
    BuiltInRow{"lock", "gone with every restart"},
    BuiltInRow{".updated", "systemd's mark for the old system"},
    BuiltInRow{"backups/dpkg.*", package_backup},
    BuiltInRow{"backups/apt.extended_states*", package_backup},
    BuiltInRow{"backups/alternatives.tar.*", package_backup},
    BuiltInRow{"lib/dpkg", package_state},
    BuiltInRow{"lib/apt", package_state},
    BuiltInRow{"lib/aptitude", package_state},
    BuiltInRow{"lib/ucf", package_state},
    BuiltInRow{"lib/pam", package_state},
    BuiltInRow{"lib/shells.state", package_state},
    BuiltInRow{"lib/sgml-base", package_state},
    BuiltInRow{"lib/xml-core", package_state},
    BuiltInRow{"lib/emacsen-common", package_state},
    BuiltInRow{"lib/dictionaries-common", package_state},
    BuiltInRow{"lib/initramfs-tools", package_state},
    BuiltInRow{"lib/PackageKit", package_state},
    BuiltInRow{"lib/command-not-found", package_state},
    BuiltInRow{"lib/systemd/deb-systemd-helper-enabled", package_state},
    BuiltInRow{"lib/systemd/deb-systemd-helper-masked", package_state},
    BuiltInRow{"lib/systemd/deb-systemd-user-helper-enabled", package_state},
    BuiltInRow{"lib/systemd/deb-systemd-user-helper-masked", package_state},
    BuiltInRow{"lib/systemd/catalog", "compiled by systemd from the files of the old system"},
    BuiltInRow{"lib/systemd/ephemeral-trees", "temporary files"},
    // The old system may start again and must not get the same random numbers.
    BuiltInRow{"lib/systemd/random-seed", "made again at every start, and for one system only"},
    BuiltInRow{"lib/mlocate", "an index: made again"},
    BuiltInRow{"lib/plocate", "an index: made again"},
};

std::ptrdiff_t depth_of(const Path &path) {
    return std::distance(path.begin(), path.end());
}

[[noreturn]] void refuse_line(std::size_t number, const std::string &line, const std::string &what) {
    throw ConversionFailed(
        "/" + std::string(rule_file) + " of the new image, line " + std::to_string(number) + ", \"" + line +
        "\": " + what +
        "; a line is \"leave PATH REASON\", \"carry PATH\", empty, or a comment that begins "
        "with #, and PATH lies below /var, without blanks, \"..\" and a slash at its end");
}

// Below /var; empty if the text is no such path.
Path place_below_var(const std::string &text) {
    const Path path(text);
    const Path relative = path.lexically_relative("/var");
    const bool plain = path.is_absolute() && path.lexically_normal().native() == text && path.has_filename();
    return plain && !relative.empty() && relative != "." && *relative.begin() != ".." ? relative : Path();
}

VarRule parse_rule(std::size_t number, const std::string &line) {
    std::istringstream words(line);
    std::string verb;
    std::string path;
    words >> verb >> path >> std::ws;
    VarRule rule;
    std::getline(words, rule.reason);
    rule.reason.erase(rule.reason.find_last_not_of(" \t\r") + 1);
    rule.carry = verb == "carry";
    if (!rule.carry && verb != "leave")
        refuse_line(number, line, "\"" + verb + "\" is no verb");
    rule.place = place_below_var(path);
    if (rule.place.empty())
        refuse_line(number, line, "\"" + path + "\" is no path below /var");
    if (rule.carry && !rule.reason.empty())
        refuse_line(number, line, "\"carry\" takes a path and nothing else");
    if (!rule.carry && rule.reason.empty())
        refuse_line(number, line, "the reason is missing");
    rule.depth = depth_of(rule.place);
    return rule;
}

} // namespace

VarRules::VarRules() {
    for (const BuiltInRow &row : built_in_rows)
        built_in_rules_.push_back({row.place, false, row.reason, depth_of(row.place)});
}

VarRules VarRules::with_those_of(partitions::Storage &storage, const Path &new_root) {
    VarRules rules;
    const Path file = new_root / rule_file;
    if (storage.kind(file) == partitions::FileKind::none)
        return rules;
    if (storage.kind(file) != partitions::FileKind::file)
        throw ConversionFailed("/" + std::string(rule_file) +
                               " of the new image is no regular file; put the rules there, or nothing");
    std::istringstream lines(partitions::read_whole_file(storage, file, max_rule_file_bytes));
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        const std::size_t first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#')
            continue;
        VarRule rule = parse_rule(number, line);
        const auto same_place = [&](const VarRule &other) { return other.place == rule.place; };
        if (std::any_of(rules.vendor_rules_.begin(), rules.vendor_rules_.end(), same_place))
            refuse_line(number, line, "this path has a rule already");
        rules.vendor_rules_.push_back(std::move(rule));
    }
    return rules;
}

const VarRule *VarRules::rule_at(const Path &relative, const VarRule *inherited) const {
    for (const VarRule &rule : vendor_rules_)
        if (rule.place == relative)
            return &rule;
    const std::ptrdiff_t depth = depth_of(relative);
    for (const VarRule &rule : built_in_rules_)
        if (rule.depth == depth && fnmatch(rule.place.c_str(), relative.c_str(), FNM_PATHNAME) == 0)
            return &rule;
    return inherited;
}

} // namespace hooks::var
