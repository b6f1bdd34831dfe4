// A new file of the new image can override the administrator's settings: that is reported.
#include "hooks/etc/etc_conversion.hpp"

#include "tests/hooks/conversion_fixture.hpp"

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;

namespace {

struct OverrideCase {
    const char *what;
    const char *mine_file, *mine;
    const char *theirs_file, *theirs; // below the new image's root
    const char *conflict;             // part of the log; nullptr: nothing is said
};

const OverrideCase override_cases[] = {
    {"a drop-in before sshd_config", "ssh/sshd_config", "PasswordAuthentication no\n",
     "etc/ssh/sshd_config.d/50-new.conf", "PasswordAuthentication yes\n",
     "/etc/ssh/sshd_config: passwordauthentication no longer counts here: the new system sets it in "
     "/etc/ssh/sshd_config.d/50-new.conf"},
    {"a drop-in after the administrator's", "ssh/sshd_config.d/10-mine.conf", "PasswordAuthentication no\n",
     "etc/ssh/sshd_config.d/50-new.conf", "PasswordAuthentication yes\n", nullptr},
    {"the same value", "ssh/sshd_config", "PasswordAuthentication no\n", "etc/ssh/sshd_config.d/50-new.conf",
     "passwordauthentication  no\n", nullptr},
    {"values that add up", "ssh/sshd_config", "Port 22\n", "etc/ssh/sshd_config.d/50-new.conf", "Port 23\n",
     nullptr},
    {"for others only", "ssh/sshd_config", "PasswordAuthentication no\n", "etc/ssh/sshd_config.d/50-new.conf",
     "Match User x\nPasswordAuthentication yes\n", nullptr},
    {"a later file of kernel parameters", "sysctl.d/10-mine.conf", "net.ipv4.ip_forward = 1\n",
     "etc/sysctl.d/50-new.conf", "net/ipv4/ip_forward=0\n", "sets it in /etc/sysctl.d/50-new.conf"},
    {"one in /usr/lib", "sysctl.d/10-mine.conf", "a.b = 1\n", "usr/lib/sysctl.d/50-new.conf", "a.b = 2\n",
     "/etc/sysctl.d/10-mine.conf: a.b no longer counts here: the new system sets it in "
     "/usr/lib/sysctl.d/50-new.conf"},
    {"one in /usr/lib that the administrator's hides", "sysctl.d/50-new.conf", "a.b = 1\n",
     "usr/lib/sysctl.d/50-new.conf", "a.b = 2\n", nullptr},
    {"an earlier file of kernel parameters", "sysctl.d/60-mine.conf", "a.b = 1\n", "etc/sysctl.d/50-new.conf",
     "a.b = 2\n", nullptr},
    {"a drop-in of systemd", "systemd/journald.conf", "[Journal]\nStorage=volatile\n",
     "usr/lib/systemd/journald.conf.d/new.conf", "[Journal]\nStorage=persistent\n",
     "Storage no longer counts here"},
    {"a name in another section", "systemd/journald.conf", "[Journal]\nStorage=volatile\n",
     "usr/lib/systemd/journald.conf.d/new.conf", "[Other]\nStorage=persistent\n", nullptr},
};

} // namespace

TEST_GROUP(OverriddenSettings){};

TEST(OverriddenSettings, are_conflicts) {
    for (const OverrideCase &row : override_cases) {
        ConversionFixture fixture;
        fixture.tree.file("upper/" + std::string(row.mine_file), row.mine);
        fixture.tree.file("new/" + std::string(row.theirs_file), row.theirs);
        convert_etc(fixture.storage, fixture.request(), fixture.log);
        CHECK_EQUAL_TEXT(row.conflict != nullptr, fixture.noted("no longer counts"), row.what);
        if (row.conflict != nullptr)
            STRCMP_CONTAINS_TEXT(row.conflict, fixture.notes.str().c_str(), row.what);
    }
}

TEST(OverriddenSettings, are_none_if_they_did_not_count_before) {
    ConversionFixture fixture;
    fixture.tree.file("upper/sysctl.d/10-mine.conf", "a.b = 1\n");
    for (const char *image : {"old", "new"})
        fixture.tree.file(std::string(image) + "/usr/lib/sysctl.d/50-image.conf", "a.b = 2\n");
    convert_etc(fixture.storage, fixture.request(), fixture.log);
    CHECK_FALSE(fixture.noted("no longer counts"));
}

TEST(OverriddenSettings, are_found_where_sysctl_conf_is_a_link) {
    ConversionFixture fixture;
    fixture.tree.file("old/etc/sysctl.conf", "# nothing\n");
    fixture.tree.link("old/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");
    fixture.tree.file("upper/sysctl.conf", "a.b = 1\n");
    fixture.tree.file("new/usr/lib/sysctl.d/99-z.conf", "a.b = 2\n");
    convert_etc(fixture.storage, fixture.request(), fixture.log);
    CHECK_TRUE(fixture.noted("conflict /etc/sysctl.conf: a.b no longer counts here"));
}
