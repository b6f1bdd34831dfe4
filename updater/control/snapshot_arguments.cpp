#include "updater/control/snapshot_arguments.hpp"

#include "updater/control/command_line.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace updater::control {

namespace {

struct Verb {
    std::string_view word;
    std::size_t min_operands;
    std::size_t max_operands;
    const char *usage; ///< what follows the verb
};
constexpr std::array verbs{Verb{"create", 0, 1, "[NAME]"},      Verb{"list", 0, 0, ""},
                           Verb{"show", 1, 1, "NAME"},          Verb{"restore", 1, 1, "NAME"},
                           Verb{"cancel-restore", 0, 0, ""},    Verb{"export", 2, 2, "NAME FILE"},
                           Verb{"import", 1, 2, "FILE [NAME]"}, Verb{"delete", 1, 1, "NAME"}};

void check_secrets(const SnapshotWish &wish) {
    const bool any = wish.ask_password || !wish.password_file.empty() || !wish.certificate_file.empty() ||
                     !wish.key_file.empty();
    if (any && wish.verb != "export" && wish.verb != "import")
        throw UsageError("passwords, certificates and keys go only with --snapshot export and import");
    if (!wish.certificate_file.empty() && wish.verb != "export")
        throw UsageError("--certificate goes only with --snapshot export; to import give --key FILE");
    if (!wish.key_file.empty() && wish.verb != "import")
        throw UsageError("--key goes only with --snapshot import; to export give --certificate FILE");
    if (wish.ask_password && !wish.password_file.empty())
        throw UsageError("--ask-password and --password-file exclude each other");
}

} // namespace

void require_no_secrets(const SnapshotWish &wish) {
    check_secrets(wish);
}

void take_snapshot_operands(SnapshotWish &wish, const std::vector<std::string> &operands) {
    const auto *const verb = std::ranges::find(verbs, std::string_view(wish.verb), &Verb::word);
    if (verb == verbs.end())
        throw UsageError(
            "--snapshot needs one of create, list, show, restore, cancel-restore, export, import, "
            "delete, not " +
            wish.verb);
    if (operands.size() < verb->min_operands || operands.size() > verb->max_operands)
        throw UsageError("this is written: update-control --snapshot " + wish.verb +
                         (*verb->usage == '\0' ? "" : " ") + verb->usage);
    if (std::ranges::any_of(operands, &std::string::empty))
        throw UsageError("a name or file is empty");
    check_secrets(wish);
    if (wish.verb == "import") {
        wish.file = operands[0];
        wish.name = operands.size() > 1 ? operands[1] : "";
        return;
    }
    if (!operands.empty())
        wish.name = operands[0];
    if (wish.verb == "export")
        wish.file = operands[1];
}

} // namespace updater::control
