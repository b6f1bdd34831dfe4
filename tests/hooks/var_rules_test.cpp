// The vendor's rules for /var: which lines are valid, and which rule applies to a path.
#include "hooks/var/var_rules.hpp"

#include "tests/hooks/conversion_fixture.hpp"

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::var;

namespace {

// "carry", or the reason why the path stays behind; by the rules for each name on the way to it.
std::string verdict(const VarRules &rules, const std::filesystem::path &path) {
    const VarRule *rule = nullptr;
    std::filesystem::path reached;
    for (const std::filesystem::path &name : path) {
        reached /= name;
        rule = rules.rule_at(reached, rule);
    }
    return rule == nullptr || rule->carry ? "carry" : rule->reason;
}

} // namespace

TEST_GROUP(VarRules) {
    ConversionFixture fixture;
    VarRules read(const std::string &text) {
        fixture.tree.file("new/usr/share/update-control/var-rules", text);
        return VarRules::with_those_of(fixture.storage, fixture.tree / "new");
    }
};

TEST(VarRules, let_the_longest_place_count_and_the_vendor_before_the_table) {
    const VarRules rules = read("  # a comment\n"
                                "\n"
                                "leave /var/lib/engine made again, # says the vendor \n"
                                "carry /var/lib/engine/keys\n"
                                "leave /var/lib/engine/keys/old gone\r\n"
                                "carry /var/tmp\n"
                                "carry /var/lib/systemd\n"
                                "leave /var/lib/systemd/catalog the vendor's reason\n");
    struct Case {
        const char *path;
        const char *verdict;
    };
    const Case cases[] = {
        {"lib/engine", "made again, # says the vendor"},
        {"lib/engine/x/y", "made again, # says the vendor"},
        {"lib/engine-2", "carry"},
        {"lib/engine/keys", "carry"},
        {"lib/engine/keys/a", "carry"},
        {"lib/engine/keys/old/a", "gone"},
        {"lib", "carry"},
        {"mail/bob", "carry"},
        {"tmp/x", "carry"},
        {"cache/x", "caches: made again"},
        {"lib/cache/x", "carry"},
        {"lib/systemd/catalog/database", "the vendor's reason"},
        {"lib/systemd/ephemeral-trees/x", "temporary files"},
        {"lib/systemd/timers/x", "carry"},
        {"backups/dpkg.status.0", "a backup made by a package"},
        {"backups/sub/dpkg.status.0", "carry"},
        {"backups/mine", "carry"},
    };
    for (const Case &row : cases)
        STRCMP_EQUAL_TEXT(row.verdict, verdict(rules, row.path).c_str(), row.path);
}

TEST(VarRules, are_the_table_alone_without_a_file) {
    const VarRules rules = VarRules::with_those_of(fixture.storage, fixture.tree / "new");
    STRCMP_EQUAL("caches: made again", verdict(rules, "cache/x").c_str());
    STRCMP_EQUAL("carry", verdict(rules, "lib/acme").c_str());
}

TEST(VarRules, refuse_a_line_they_do_not_understand) {
    const char *lines[] = {
        "drop /var/lib/x because",
        "leave",
        "leave /var/lib/x",
        "leave /var/lib/x  \t",
        "carry",
        "carry /var/lib/x because",
        "carry lib/x",
        "carry /etc/x",
        "carry /var",
        "carry /var/",
        "carry /var/lib/x/",
        "carry /var/lib/../x",
        "carry /var/../etc",
        "carry /var/lib//x",
        "carry /variable/x",
        "carry /var/lib/known",
        "leave /var/lib/known why",
        "Leave /var/lib/x because",
    };
    for (const char *line : lines) {
        try {
            read("\ncarry /var/lib/known\n" + std::string(line) + "\n");
            FAIL(line);
        } catch (const ConversionFailed &error) {
            STRCMP_CONTAINS("/usr/share/update-control/var-rules of the new image, line 3, \"", error.what());
            STRCMP_CONTAINS(line, error.what());
            STRCMP_CONTAINS("a line is \"leave PATH REASON\", \"carry PATH\"", error.what());
        }
    }
}

TEST(VarRules, refuse_a_file_of_another_kind) {
    fixture.tree.directory("new/usr/share/update-control/var-rules");
    CHECK_THROWS(ConversionFailed, VarRules::with_those_of(fixture.storage, fixture.tree / "new"));
}
