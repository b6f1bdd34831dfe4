// Text changed on both sides is merged by lines, and where that fails or is unsafe, name by name.
#include "hooks/conversion_program.hpp"
#include "hooks/etc/parameter_merge.hpp"
#include "hooks/etc/text_merge.hpp"
#include "tests/hooks/scratch_tree.hpp"

#include <set>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;

TEST_GROUP(TextMergeByLines) {
    ScratchTree tree;
    TextMerge merge(const char *base, const char *mine, const char *theirs) {
        tree.file("-base", base);
        tree.file("mine $(x)", mine);
        tree.file("theirs", theirs);
        return merge_texts(tree / "-base", tree / "mine $(x)", tree / "theirs");
    }
};

TEST(TextMergeByLines, merges_or_says_that_it_cannot) {
    struct Case {
        const char *what, *base, *mine, *theirs;
        const char *result; // nullptr: conflict
    };
    const Case cases[] = {
        {"different lines", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"},
        {"the same change on both sides", "a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n", "a\nB\nc\n"},
        {"the same change and another one", "a\nb\nc\n", "a\nB\nc\n", "a\nB\nC\n", nullptr},
        {"the same line", "a\nb\nc\n", "a\n1\nc\n", "a\n2\nc\n", nullptr},
        {"no line end at the end", "a\nb\nc", "A\nb\nc", "a\nb\nc\n", "A\nb\nc\n"},
        {"long and much", "", "", "x\n", "x\n"},
    };
    for (const Case &row : cases) {
        const TextMerge result = merge(row.base, row.mine, row.theirs);
        CHECK_EQUAL_TEXT(row.result != nullptr, result.clean, row.what);
        STRCMP_EQUAL_TEXT(row.result != nullptr ? row.result : "", result.text.c_str(), row.what);
    }
}

TEST(TextMergeByLines, fails_loudly_when_a_file_is_missing) {
    tree.file("a", "a");
    CHECK_THROWS(ConversionFailed, merge_texts(tree / "a", tree / "missing", tree / "a"));
}

TEST_GROUP(ParameterMerges){};

TEST(ParameterMerges, merge_name_by_name) {
    struct Case {
        const char *what;
        const char *file;
        const char *base, *mine, *theirs, *result;
        const char *conflict; // the only name in conflict; empty: none
    };
    const Case cases[] = {
        {"neighbouring names changed on different sides", "postfix/main.cf", "a = 1\nb = 1\n",
         "# why\na = 2\nb = 1\n", "a = 1\nb = 3\n", "# why\na = 2\nb = 3\n", ""},
        {"new names on both sides", "postfix/main.cf", "a = 1\n", "a = 1\nm = 1\n", "a = 1\nt = 1\n",
         "a = 1\nm = 1\nt = 1\n", ""},
        {"the same name", "postfix/main.cf", "a = 1\n", "a = 2\n", "a = 3\n", "a = 2\n", "a"},
        {"the same value, written differently", "postfix/main.cf", "a = 1\n", "a=2,  3\n", "a = 2,\n  3\n",
         "a=2,  3\n", ""},
        {"a value over several lines", "postfix/main.cf", "a = 1\n  2\nb = 1\n", "a = 1\n  2\nb = 2\n",
         "a = 1\n  3\nb = 1\n", "a = 1\n  3\nb = 2\n", ""},
        {"a comment inside a value", "postfix/main.cf", "a = 1\n# c\n  2\n", "a = 1\n# c\n  2\nb = 1\n",
         "a = 1\n  9\n", "a = 1\n  9\nb = 1\n", ""},
        {"dropped by the new system", "postfix/main.cf", "a = 1\nb = 1\n", "a = 1\nb = 2\n", "b = 1\n",
         "b = 2\n", ""},
        {"dropped by the new system, changed by us", "postfix/main.cf", "a = 1\n", "a = 2\n", "b = 1\n",
         "a = 2\nb = 1\n", "a"},
        {"removed by us", "postfix/main.cf", "a = 1\nb = 1\n", "b = 1\n", "a = 2\nb = 1\n", "b = 1\n", "a"},
        {"set at different places, the last one counts", "postfix/main.cf", "# 1\n# 2\n# 3\na = 1\n",
         "# 1\nx = mine\n# 2\n# 3\na = 1\n", "# 1\n# 2\n# 3\na = 1\nx = theirs\n",
         "# 1\nx = mine\n# 2\n# 3\na = 1\n", "x"},
        {"set twice by us, changed by the new system", "postfix/main.cf", "a = 1\n", "a = 1\nb = 1\na = 2\n",
         "a = 3\nc = 1\n", "a = 1\nb = 1\na = 2\nc = 1\n", "a"},
        {"set twice on both sides before, once by the new system", "postfix/main.cf", "a = 1\na = 2\n",
         "a = 1\na = 2\nb = 1\n", "a = 3\n", "a = 3\nb = 1\n", ""},
        {"a service of Postfix", "postfix/master.cf", "smtp inet n - - - - smtpd\nsmtp unix - - - - - smtp\n",
         "smtp inet n - - - - smtpd\n  -o x=1\nsmtp unix - - - - - smtp\n",
         "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\n",
         "smtp inet n - - - - smtpd\n  -o x=1\nsmtp unix - - y - - smtp\n", "smtp inet"},
        {"sshd, where the first one counts", "ssh/sshd_config", "Port 22\nUsePAM yes\n",
         "Port 22\nUsePAM yes\nX11Forwarding no\n", "x11forwarding yes\nPort 22\nUsePAM yes\n",
         "Port 22\nUsePAM yes\nX11Forwarding no\n", "x11forwarding"},
        {"a setting for all, before the first Match", "ssh/sshd_config", "Port 22\n",
         "Port 22\nMatch User bob\n  Banner none\n", "Port 22\nMaxSessions 4\n",
         "Port 22\nMaxSessions 4\nMatch User bob\n  Banner none\n", ""},
        {"a setting for all, where there are none yet", "ssh/sshd_config.d/a.conf", "# c\n",
         "Match User bob\n  Banner none\n", "# c\nMaxSessions 4\n",
         "MaxSessions 4\nMatch User bob\n  Banner none\n", ""},
        {"the same name for all and in a Match", "ssh/sshd_config", "Banner a\n",
         "Banner a\nMatch User bob\n Banner b\n", "Banner c\n", "Banner c\nMatch User bob\n Banner b\n", ""},
        {"sshd, several values of one name", "ssh/sshd_config", "AcceptEnv LANG\n",
         "AcceptEnv LANG\nAcceptEnv X\n", "UsePAM yes\nAcceptEnv LANG\n",
         "AcceptEnv LANG\nAcceptEnv X\nUsePAM yes\n", ""},
        {"kernel parameters in both spellings", "sysctl.d/10-a.conf", "a.b = 1\n", "net/x = 1\na.b = 1\n",
         "a.b = 1\n-net.x = 2\n", "net/x = 1\na.b = 1\n", "net.x"},
        {"PostgreSQL, with and without a sign", "postgresql/17/main/postgresql.conf", "port = 1\n",
         "fsync off\nport = 1\n", "port = 1\nfsync = on\n", "fsync off\nport = 1\n", "fsync"},
        {"the same name in two sections", "systemd/network/a.network",
         "[Match]\nName=a\n[Network]\nDHCP=no\n", "[Match]\nName=a\n[Network]\nDHCP=yes\n",
         "[Match]\nName=b\n[Network]\nDHCP=no\n[DHCPv4]\nName=c\n",
         "[Match]\nName=b\n[Network]\nDHCP=yes\n\n[DHCPv4]\nName=c\n", ""},
        {"one name in a section", "systemd/resolved.conf", "[Resolve]\n#DNS=\n",
         "[Resolve]\nDNS=::1\n#DNS=\n", "[Resolve]\n#DNS=\nDNS=::2\nLLMNR=no\n",
         "[Resolve]\nDNS=::1\nLLMNR=no\n#DNS=\n", "[Resolve] DNS"},
        {"a list that is made empty first", "systemd/system/a.service.d/b.conf", "[Service]\n",
         "[Service]\nExecStart=\nExecStart=/mine\n", "[Service]\nNice=1\nExecStart=/theirs\n",
         "[Service]\nExecStart=\nExecStart=/mine\nNice=1\n", "[Service] ExecStart"},
        {"a value over several lines in a section", "systemd/system/a.service",
         "[Service]\nExecStart=/a \\\n  b\n", "[Service]\nNice=1\nExecStart=/a \\\n  b\n",
         "[Service]\nExecStart=/a \\\n# why\n  c\n", "[Service]\nNice=1\nExecStart=/a \\\n# why\n  c\n", ""},
        {"words", "login.defs", "UMASK 022\n", "UID_MIN 500\nUMASK 022\n", "UMASK\t022\nUID_MIN 1000\n",
         "UID_MIN 500\nUMASK 022\n", "UID_MIN"},
        {"where names are looked up", "nsswitch.conf", "hosts: files dns\n", "hosts: files\n",
         "hosts: files  dns\nshadow: files\n", "hosts: files\nshadow: files\n", ""},
        {"the settings of a service", "default/ssh", "A=1\n", "B=\"x y\"\nA=1\n", "A=1\nB=2\n",
         "B=\"x y\"\nA=1\n", "B"},
        {"aliases", "aliases", "root: a\n", "root: bob, :include:/etc/x\n", "root: a\npostmaster: root\n",
         "root: bob, :include:/etc/x\npostmaster: root\n", ""},
    };
    for (const Case &row : cases) {
        const auto merge = merge_parameters(*keyed_grammar_at(row.file), row.base, row.mine, row.theirs);
        CHECK_TRUE_TEXT(merge.has_value(), row.what);
        STRCMP_EQUAL_TEXT(row.result, merge->text.c_str(), row.what);
        LONGS_EQUAL_TEXT(*row.conflict == '\0' ? 0 : 1, merge->conflicts.size(), row.what);
        if (!merge->conflicts.empty())
            STRCMP_EQUAL_TEXT(row.conflict, merge->conflicts[0].c_str(), row.what);
    }
}

// All versions that can be made of these lines, two at most, three of the administrator's.
TEST(ParameterMerges, give_each_name_the_values_of_one_side_in_every_combination) {
    const KeyedGrammar &grammar = *keyed_grammar_at("ssh/sshd_config");
    const std::string lines[] = {"a 1\n", "a 2\n", "Match x\n", ""};
    std::set<std::string> short_texts;
    std::set<std::string> texts;
    for (const std::string &first : lines)
        for (const std::string &second : lines)
            for (const std::string &third : lines)
                if (const std::string text = first + second + third; read_keyed_lines(grammar, text)) {
                    texts.insert(text);
                    if (third.empty())
                        short_texts.insert(text);
                }
    const auto values_in = [&](const std::string &text) {
        return values_by_key(read_keyed_lines(grammar, text).value());
    };
    for (const std::string &base : short_texts)
        for (const std::string &mine : texts)
            for (const std::string &theirs : short_texts) {
                const auto merge = merge_parameters(grammar, base, mine, theirs);
                KeyValues expected;
                KeyValues old_values = values_in(base);
                KeyValues my_values = values_in(mine);
                KeyValues new_values = values_in(theirs);
                for (const char *section : {"", "match x"})
                    for (const char *name : {"a", "b"}) {
                        const Key key{section, name};
                        const auto &wanted =
                            my_values[key] == old_values[key] ? new_values[key] : my_values[key];
                        if (!wanted.empty())
                            expected[key] = wanted;
                    }
                const auto read_back = read_keyed_lines(grammar, merge->text);
                if (!read_back || values_by_key(*read_back) != expected || merge->values != expected)
                    FAIL((base + "---\n" + mine + "---\n" + theirs + "---\n" + merge->text).c_str());
            }
}

TEST(ParameterMerges, do_not_guess_what_is_not_in_the_grammar) {
    struct Case {
        const char *what, *file, *text;
    };
    const Case cases[] = {
        {"a line that is no setting", "postfix/main.cf", "just words\n"},
        {"a section that stands twice", "systemd/network/a.network", "[Address]\nA=1\n[Address]\nA=2\n"},
        {"a program", "default/x", "if [ -e /x ]; then A=1; fi\n"},
        {"a quoted value over two lines", "default/x", "A=\"b\nc=d\"\n"},
        {"a value without an end", "systemd/system.conf", "[Manager]\nA=b \\\n"},
        {"a service without a type", "postfix/master.cf", "smtp\n"},
    };
    for (const Case &row : cases)
        CHECK_FALSE_TEXT(merge_parameters(*keyed_grammar_at(row.file), "", "", row.text).has_value(),
                         row.what);
    for (const char *file : {"motd", "hosts", "fstab", "postfix/transport", "ssh/moduli"})
        CHECK_TRUE_TEXT(keyed_grammar_at(file) == nullptr, file);
}

TEST(ParameterMerges, notice_names_that_both_sides_changed_without_knowing_the_grammar) {
    struct Case {
        const char *what, *base, *mine, *theirs, *merged;
        const char *name; // the only one; empty: none
    };
    const Case cases[] = {
        {"one line each", "a 1\n", "x 1\na 1\n", "a 1\nx 2\n", "x 1\na 1\nx 2\n", "x"},
        {"one changed, one added", "x 1\na 1\n", "x 2\na 1\n", "x 1\na 1\nx 3\n", "x 2\na 1\nx 3\n", "x"},
        {"in two spellings", "a\n", "x=1\na\n", "a\n  x : 2\n", "x=1\na\n  x : 2\n", "x"},
        {"only by us", "a 1\nx 1\n", "x 2\na 1\nx 1\n", "a 2\nx 1\n", "x 2\na 2\nx 1\n", ""},
        {"alike", "a\n", "x\na\n", "x\na\nb\n", "x\na\nb\n", ""},
        {"comments and braces", "a\n", "# x\n{\n}\na\n", "a\n# x\n}\n", "# x\n{\n}\na\n# x\n}\n", ""},
    };
    for (const Case &row : cases) {
        const auto names = names_changed_on_both_sides(row.base, row.mine, row.theirs, row.merged);
        LONGS_EQUAL_TEXT(*row.name == '\0' ? 0 : 1, names.size(), row.what);
        if (!names.empty())
            STRCMP_EQUAL_TEXT(row.name, names[0].c_str(), row.what);
    }
}
