// The file with the administrator's settings: absent, changed, wrong.
#include "tests/support/fake_storage.hpp"
#include "updater/configuration/settings_file.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::configuration;

namespace {

const std::string place = "/settings.xml";

} // namespace

TEST_GROUP(SettingsFile) {
    partitions_test::FakeStorage storage;
    SettingsFile file{storage, place};

    void check_defaults_count_because(const char *reason) {
        const auto contents = file.read();
        STRCMP_CONTAINS(reason, contents.problem.c_str());
        STRCMP_CONTAINS("nothing is downloaded or installed", contents.problem.c_str());
        CHECK_FALSE(contents.settings.download.automatic);
        CHECK(contents.settings.window.automatic == AutomaticInstall::nothing);
    }
};

TEST(SettingsFile, that_is_absent_says_nothing) {
    const auto contents = file.read();
    CHECK_FALSE(contents.settings.download.automatic);
    STRCMP_EQUAL("", contents.problem.c_str());
}

TEST(SettingsFile, takes_effect_as_it_is_now) {
    storage.put_file(place, R"(<settings format="1"><download automatic="yes"/></settings>)");
    CHECK_TRUE(file.read().settings.download.automatic);
    storage.put_file(place, R"(<settings format="1"><download automatic="no"/></settings>)");
    CHECK_FALSE(file.read().settings.download.automatic);
}

TEST(SettingsFile, that_is_wrong_anywhere_has_nothing_done_by_itself) {
    storage.put_file(place, R"(<settings format="1"><download automatic="yes"/>
        <install automatic="all" window="Sun 03:00" windw-minutes="5"/></settings>)");
    check_defaults_count_because("windw-minutes");
    storage.put_file(place, "not XML");
    check_defaults_count_because("is not well-formed XML");
    storage.put_file(place, std::string(max_settings_bytes + 1, ' '));
    check_defaults_count_because(place.c_str());
    storage.put_directory("/elsewhere");
    SettingsFile directory(storage, "/elsewhere");
    STRCMP_CONTAINS("/elsewhere", directory.read().problem.c_str());
}
