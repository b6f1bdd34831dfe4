// The table of files and their grammars; see keyed_file.hpp.
#include "hooks/etc/keyed_file.hpp"

#include <array>
#include <fnmatch.h>
#include <string>

namespace hooks::etc {

namespace {

constexpr KeyedGrammar main_cf_grammar{.separators = "=", .continuation = Continuation::leading_blank};
constexpr KeyedGrammar master_cf_grammar{
    .separators = " \t", .continuation = Continuation::leading_blank, .words_in_name = 2};
constexpr KeyedGrammar aliases_grammar{
    .separators = ":", .continuation = Continuation::leading_blank, .folds_case = true};
constexpr KeyedGrammar secure_shell_grammar{
    .separators = "= \t", .sections = Sections::match, .folds_case = true};
constexpr KeyedGrammar kernel_parameters_grammar{.separators = "=", .comments = "#;", .is_sysctl = true};
constexpr KeyedGrammar postgresql_grammar{.separators = "= \t", .folds_case = true};
constexpr KeyedGrammar systemd_unit_grammar{.separators = "=",
                                            .comments = "#;",
                                            .continuation = Continuation::backslash,
                                            .sections = Sections::brackets};
constexpr KeyedGrammar python_ini_grammar{.separators = "=:",
                                          .comments = "#;",
                                          .continuation = Continuation::leading_blank,
                                          .sections = Sections::brackets};
constexpr KeyedGrammar ini_grammar{.separators = "=",
                                   .comments = "#;",
                                   .continuation = Continuation::backslash,
                                   .sections = Sections::brackets,
                                   .allows_bare_names = true};
constexpr KeyedGrammar words_grammar{.separators = " \t", .allows_bare_names = true};
constexpr KeyedGrammar colon_grammar{.separators = ":"};
constexpr KeyedGrammar equals_grammar{.separators = "=", .allows_bare_names = true};
constexpr KeyedGrammar shell_grammar{
    .separators = "=", .continuation = Continuation::backslash, .is_shell = true};

struct GrammarRow {
    const char *pattern; // fnmatch(3), '*' does not match '/'
    const KeyedGrammar *grammar;
};

constexpr std::array grammar_rows = {
    GrammarRow{"postfix/main.cf", &main_cf_grammar},
    GrammarRow{"postfix-*/main.cf", &main_cf_grammar},
    GrammarRow{"postfix/master.cf", &master_cf_grammar},
    GrammarRow{"postfix-*/master.cf", &master_cf_grammar},
    GrammarRow{"aliases", &aliases_grammar},
    GrammarRow{"ssh/sshd_config", &secure_shell_grammar},
    GrammarRow{"ssh/sshd_config.d/*.conf", &secure_shell_grammar},
    GrammarRow{"ssh/ssh_config", &secure_shell_grammar},
    GrammarRow{"ssh/ssh_config.d/*.conf", &secure_shell_grammar},
    GrammarRow{"sysctl.conf", &kernel_parameters_grammar},
    GrammarRow{"sysctl.d/*.conf", &kernel_parameters_grammar},
    GrammarRow{"postgresql/*/*/postgresql.conf", &postgresql_grammar},
    GrammarRow{"postgresql/*/*/conf.d/*.conf", &postgresql_grammar},
    GrammarRow{"postgresql-common/createcluster.conf", &postgresql_grammar},
    GrammarRow{"systemd/*.conf", &systemd_unit_grammar},
    GrammarRow{"systemd/*.conf.d/*.conf", &systemd_unit_grammar},
    GrammarRow{"systemd/network/*.network", &systemd_unit_grammar},
    GrammarRow{"systemd/network/*.netdev", &systemd_unit_grammar},
    GrammarRow{"systemd/network/*.link", &systemd_unit_grammar},
    GrammarRow{"systemd/network/*.d/*.conf", &systemd_unit_grammar},
    GrammarRow{"systemd/system/*.*", &systemd_unit_grammar},
    GrammarRow{"systemd/system/*.d/*.conf", &systemd_unit_grammar},
    GrammarRow{"systemd/user/*.*", &systemd_unit_grammar},
    GrammarRow{"systemd/user/*.d/*.conf", &systemd_unit_grammar},
    GrammarRow{"NetworkManager/*.conf", &ini_grammar},
    GrammarRow{"NetworkManager/conf.d/*.conf", &ini_grammar},
    GrammarRow{"fail2ban/*.conf", &python_ini_grammar},
    GrammarRow{"fail2ban/*.local", &python_ini_grammar},
    GrammarRow{"fail2ban/*.d/*.conf", &python_ini_grammar},
    GrammarRow{"fail2ban/*.d/*.local", &python_ini_grammar},
    GrammarRow{"samba/smb.conf", &ini_grammar},
    GrammarRow{"mysql/*.cnf", &ini_grammar},
    GrammarRow{"mysql/*.d/*.cnf", &ini_grammar},
    GrammarRow{"login.defs", &words_grammar},
    GrammarRow{"host.conf", &words_grammar},
    GrammarRow{"resolv.conf", &words_grammar},
    GrammarRow{"chrony/chrony.conf", &words_grammar},
    GrammarRow{"chrony/conf.d/*.conf", &words_grammar},
    GrammarRow{"opendkim.conf", &words_grammar},
    GrammarRow{"opendmarc.conf", &words_grammar},
    GrammarRow{"clamav/*.conf", &words_grammar},
    GrammarRow{"snmp/snmpd.conf", &words_grammar},
    GrammarRow{"nsswitch.conf", &colon_grammar},
    GrammarRow{"security/faillock.conf", &equals_grammar},
    GrammarRow{"security/pwquality.conf", &equals_grammar},
    GrammarRow{"audit/auditd.conf", &equals_grammar},
    GrammarRow{"adduser.conf", &shell_grammar},
    GrammarRow{"deluser.conf", &shell_grammar},
    GrammarRow{"environment", &shell_grammar},
    GrammarRow{"locale.conf", &shell_grammar},
    GrammarRow{"vconsole.conf", &shell_grammar},
    GrammarRow{"udev/udev.conf", &shell_grammar},
    GrammarRow{"initramfs-tools/*.conf", &shell_grammar},
    GrammarRow{"initramfs-tools/conf.d/*", &shell_grammar},
    GrammarRow{"default/*", &shell_grammar},
};

constexpr std::array ordered_files = {
    "postgresql/*/*/pg_hba.conf",
    "postgresql/*/*/pg_ident.conf",
    "sudoers",
    "sudoers.d/*",
    "hosts.allow",
    "hosts.deny",
    "security/access.conf",
    "nftables.conf",
    "nftables.d/*",
    "iptables/*",
    "ufw/*.rules",
    "postfix/*_checks",
    "postfix/*.regexp",
    "postfix/*.pcre",
    "postfix/*.cidr",
    "udev/rules.d/*",
    "polkit-1/rules.d/*",
};

bool matches_path(const char *pattern, std::string_view relative_path) {
    return fnmatch(pattern, std::string(relative_path).c_str(), FNM_PATHNAME) == 0;
}

} // namespace

const KeyedGrammar *keyed_grammar_at(std::string_view relative_path) {
    for (const GrammarRow &row : grammar_rows)
        if (matches_path(row.pattern, relative_path))
            return row.grammar;
    return nullptr;
}

bool order_of_lines_decides(std::string_view relative_path) {
    for (const char *pattern : ordered_files)
        if (matches_path(pattern, relative_path))
            return true;
    return false;
}

} // namespace hooks::etc
