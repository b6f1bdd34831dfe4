// Units that an administrator disabled stay disabled, and nothing else is disabled along with them.
#include "hooks/etc/etc_conversion.hpp"
#include "hooks/etc/unit_links.hpp"
#include "tests/hooks/conversion_fixture.hpp"

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::etc;

TEST_GROUP(UnitsOfTheAdministrator) {
    ConversionFixture fixture;
    const ScratchTree &tree = fixture.tree;
    void enable(const char *where, const std::string &target, const std::string &unit) {
        tree.link(std::string(where) + "/systemd/system/" + target + ".wants/" + unit,
                  "/usr/lib/systemd/system/" + unit);
    }
    std::string result(const std::string &path) {
        return tree.look("result/systemd/system/" + path);
    }
    void convert() {
        convert_etc(fixture.storage, fixture.request(), fixture.log);
    }
};

TEST(UnitsOfTheAdministrator, disabled_stays_disabled_under_another_target) {
    enable("old/etc", "multi-user.target", "a.service");
    tree.whiteout("upper/systemd/system/multi-user.target.wants/a.service");
    enable("new/etc", "network.target", "a.service");
    convert();
    STRCMP_EQUAL("(whiteout)", result("network.target.wants/a.service").c_str());
}

TEST(UnitsOfTheAdministrator, moved_to_another_target_is_not_disabled) {
    enable("old/etc", "multi-user.target", "a.service");
    tree.whiteout("upper/systemd/system/multi-user.target.wants/a.service");
    enable("upper", "graphical.target", "a.service");
    enable("new/etc", "network.target", "a.service");
    convert();
    STRCMP_EQUAL("(none)", result("network.target.wants/a.service").c_str());
    STRCMP_EQUAL("-> /usr/lib/systemd/system/a.service", result("graphical.target.wants/a.service").c_str());
}

TEST(UnitsOfTheAdministrator, one_of_two_links_removed_is_not_disabled) {
    enable("old/etc", "a.target", "a.service");
    enable("old/etc", "b.target", "a.service");
    tree.whiteout("upper/systemd/system/a.target.wants/a.service");
    enable("new/etc", "a.target", "a.service");
    enable("new/etc", "c.target", "a.service");
    convert();
    STRCMP_EQUAL("(whiteout)", result("a.target.wants/a.service").c_str());
    STRCMP_EQUAL("(none)", result("c.target.wants/a.service").c_str());
}

TEST(UnitsOfTheAdministrator, a_removed_folder_of_links_does_not_hide_new_units) {
    // systemctl disable removes the folder with its last link.
    enable("old/etc", "timers.target", "a.timer");
    tree.whiteout("upper/systemd/system/timers.target.wants");
    enable("new/etc", "timers.target", "a.timer");
    enable("new/etc", "timers.target", "new.timer");
    convert();
    STRCMP_EQUAL("(whiteout)", result("timers.target.wants/a.timer").c_str());
    STRCMP_EQUAL("(none)", result("timers.target.wants/new.timer").c_str());
}

TEST(UnitsOfTheAdministrator, a_newly_made_folder_of_links_does_not_hide_new_units) {
    enable("old/etc", "timers.target", "a.timer");
    enable("old/etc", "timers.target", "gone.timer");
    tree.opaque("upper/systemd/system/timers.target.wants");
    enable("upper", "timers.target", "mine.timer");
    enable("new/etc", "timers.target", "a.timer");
    enable("new/etc", "timers.target", "new.timer");
    convert();
    CHECK_FALSE(tree.has_attribute("result/systemd/system/timers.target.wants", "trusted.overlay.opaque"));
    STRCMP_EQUAL("(whiteout)", result("timers.target.wants/a.timer").c_str());
    STRCMP_EQUAL("(none)", result("timers.target.wants/gone.timer").c_str());
    STRCMP_EQUAL("(none)", result("timers.target.wants/new.timer").c_str());
    STRCMP_EQUAL("-> /usr/lib/systemd/system/mine.timer", result("timers.target.wants/mine.timer").c_str());
}

TEST(UnitsOfTheAdministrator, folders_of_links_are_known_by_their_names) {
    for (const char *path :
         {"systemd/system/a.target.wants", "systemd/user/a.service.requires", "systemd/system/a.upholds"})
        CHECK_TRUE_TEXT(is_unit_link_directory(path), path);
    for (const char *path :
         {"systemd/system/a.service.d", "systemd/system", "acme/a.wants", "systemd/system/x/a.wants"})
        CHECK_FALSE_TEXT(is_unit_link_directory(path), path);
}
