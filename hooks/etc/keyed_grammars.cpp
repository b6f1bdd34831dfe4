// The table of files and their grammars; see keyed_file.hpp.
#include "hooks/etc/keyed_file.hpp"

#include <array>
#include <string>

#include <fnmatch.h>

namespace hooks {

namespace {

constexpr KeyedGrammar main_cf{.separators = "=", .continuation = Continuation::leading_blank};
constexpr KeyedGrammar master_cf{.separators = " \t", .continuation = Continuation::leading_blank, .words_in_name = 2};
constexpr KeyedGrammar aliases{
    .separators = ":", .continuation = Continuation::leading_blank, .folds_case = true};
constexpr KeyedGrammar secure_shell{.separators = "= \t", .sections = Sections::match, .folds_case = true};
constexpr KeyedGrammar kernel_parameters{.separators = "=", .comments = "#;", .is_sysctl = true};
constexpr KeyedGrammar postgresql{.separators = "= \t", .folds_case = true};
constexpr KeyedGrammar systemd_unit{.separators = "=",
                                    .comments = "#;",
                                    .continuation = Continuation::backslash,
                                    .sections = Sections::brackets};
constexpr KeyedGrammar python_ini{.separators = "=:",
                                  .comments = "#;",
                                  .continuation = Continuation::leading_blank,
                                  .sections = Sections::brackets};
constexpr KeyedGrammar ini{.separators = "=",
                           .comments = "#;",
                           .continuation = Continuation::backslash,
                           .sections = Sections::brackets,
                           .allows_bare_names = true};
constexpr KeyedGrammar words{.separators = " \t", .allows_bare_names = true};
constexpr KeyedGrammar colon{.separators = ":"};
constexpr KeyedGrammar equals{.separators = "=", .allows_bare_names = true};
constexpr KeyedGrammar shell{.separators = "=", .continuation = Continuation::backslash, .is_shell = true};

struct GrammarRow {
    const char *pattern; // fnmatch(3), '*' does not match '/'
    const KeyedGrammar *grammar;
};

constexpr std::array grammar_rows = {
    GrammarRow{"postfix/main.cf", &main_cf},
    GrammarRow{"postfix-*/main.cf", &main_cf},
    GrammarRow{"postfix/master.cf", &master_cf},
    GrammarRow{"postfix-*/master.cf", &master_cf},
    GrammarRow{"aliases", &aliases},
    GrammarRow{"ssh/sshd_config", &secure_shell},
    GrammarRow{"ssh/sshd_config.d/*.conf", &secure_shell},
    GrammarRow{"ssh/ssh_config", &secure_shell},
    GrammarRow{"ssh/ssh_config.d/*.conf", &secure_shell},
    GrammarRow{"sysctl.conf", &kernel_parameters},
    GrammarRow{"sysctl.d/*.conf", &kernel_parameters},
    GrammarRow{"postgresql/*/*/postgresql.conf", &postgresql},
    GrammarRow{"postgresql/*/*/conf.d/*.conf", &postgresql},
    GrammarRow{"postgresql-common/createcluster.conf", &postgresql},
    GrammarRow{"systemd/*.conf", &systemd_unit},
    GrammarRow{"systemd/*.conf.d/*.conf", &systemd_unit},
    GrammarRow{"systemd/network/*.network", &systemd_unit},
    GrammarRow{"systemd/network/*.netdev", &systemd_unit},
    GrammarRow{"systemd/network/*.link", &systemd_unit},
    GrammarRow{"systemd/network/*.d/*.conf", &systemd_unit},
    GrammarRow{"systemd/system/*.*", &systemd_unit},
    GrammarRow{"systemd/system/*.d/*.conf", &systemd_unit},
    GrammarRow{"systemd/user/*.*", &systemd_unit},
    GrammarRow{"systemd/user/*.d/*.conf", &systemd_unit},
    GrammarRow{"NetworkManager/*.conf", &ini},
    GrammarRow{"NetworkManager/conf.d/*.conf", &ini},
    GrammarRow{"fail2ban/*.conf", &python_ini},
    GrammarRow{"fail2ban/*.local", &python_ini},
    GrammarRow{"fail2ban/*.d/*.conf", &python_ini},
    GrammarRow{"fail2ban/*.d/*.local", &python_ini},
    GrammarRow{"samba/smb.conf", &ini},
    GrammarRow{"mysql/*.cnf", &ini},
    GrammarRow{"mysql/*.d/*.cnf", &ini},
    GrammarRow{"login.defs", &words},
    GrammarRow{"host.conf", &words},
    GrammarRow{"resolv.conf", &words},
    GrammarRow{"chrony/chrony.conf", &words},
    GrammarRow{"chrony/conf.d/*.conf", &words},
    GrammarRow{"opendkim.conf", &words},
    GrammarRow{"opendmarc.conf", &words},
    GrammarRow{"clamav/*.conf", &words},
    GrammarRow{"snmp/snmpd.conf", &words},
    GrammarRow{"nsswitch.conf", &colon},
    GrammarRow{"security/faillock.conf", &equals},
    GrammarRow{"security/pwquality.conf", &equals},
    GrammarRow{"audit/auditd.conf", &equals},
    GrammarRow{"adduser.conf", &shell},
    GrammarRow{"deluser.conf", &shell},
    GrammarRow{"environment", &shell},
    GrammarRow{"locale.conf", &shell},
    GrammarRow{"vconsole.conf", &shell},
    GrammarRow{"udev/udev.conf", &shell},
    GrammarRow{"initramfs-tools/*.conf", &shell},
    GrammarRow{"initramfs-tools/conf.d/*", &shell},
    GrammarRow{"default/*", &shell},
};

} // namespace

const KeyedGrammar *keyed_grammar_at(std::string_view relative_path) {
    const std::string path(relative_path);
    for (const GrammarRow &row : grammar_rows)
        if (fnmatch(row.pattern, path.c_str(), FNM_PATHNAME) == 0)
            return row.grammar;
    return nullptr;
}

} // namespace hooks
