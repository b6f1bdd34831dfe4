// The administrator's settings: what a file says, what an absent one means, and which mistakes are found.
#include "updater/configuration/settings.hpp"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::configuration;

TEST_GROUP(Settings){
    static std::string complaint_about(const std::string &text){try {parse_settings(text, "settings.xml");
}
catch (const ConfigurationError &error) {
    return error.what();
}
return "nothing";
}
static void check_complaint(const std::string &inside, const char *expected) {
    const std::string found = complaint_about("<settings format=\"1\">" + inside + "</settings>");
    CHECK_TEXT(found.find(expected) != std::string::npos, (inside + ": " + found).c_str());
}
}
;

TEST(Settings, do_nothing_by_themselves_where_nothing_is_said) {
    const Settings settings = parse_settings("<settings format=\"1\"/>", "settings.xml");
    CHECK_FALSE(settings.download.automatic);
    CHECK(settings.window.automatic == AutomaticInstall::nothing);
    CHECK(settings.change_group.empty());
    CHECK(settings.notices.login && settings.notices.journal && settings.notices.bus &&
          settings.notices.mail && settings.notices.programs);
    CHECK(settings.notices.feed_unreachable == std::chrono::days(7));
    CHECK_EQUAL(5U, settings.automatic_snapshots);
}

TEST(Settings, say_how_many_snapshots_stay) {
    CHECK_EQUAL(
        12U,
        parse_settings(R"(<settings format="1"><snapshots keep="12"/></settings>)", "x").automatic_snapshots);
    for (const char *bad : {R"(keep="0")", R"(keep="101")", R"(keep="many")", R"(kept="3")"})
        CHECK_THROWS(
            ConfigurationError,
            parse_settings(std::string("<settings format=\"1\"><snapshots ") + bad + "/></settings>", "x"));
}

TEST(Settings, say_for_how_long_the_previous_system_is_kept) {
    const auto days_in = [](const std::string &inside) {
        return parse_settings("<settings format=\"1\">" + inside + "</settings>", "settings.xml")
            .rescue.previous_kept.count();
    };
    LONGS_EQUAL(7, days_in(""));
    LONGS_EQUAL(7, days_in("<rescue/>"));
    LONGS_EQUAL(0, days_in(R"(<rescue copy-after-days="0"/>)"));
    LONGS_EQUAL(3650, days_in(R"(<rescue copy-after-days="3650"/>)"));
    check_complaint(R"(<rescue copy-after-days="3651"/>)", "copy-after-days");
    check_complaint(R"(<rescue copy-after="1"/>)", "copy-after");
}

TEST(Settings, say_for_how_long_the_rescue_partition_stays_empty) {
    const auto minutes_in = [](const std::string &inside) {
        return parse_settings("<settings format=\"1\">" + inside + "</settings>", "settings.xml")
            .rescue.empty.count();
    };
    LONGS_EQUAL(30, minutes_in(R"(<rescue copy-after-days="3"/>)"));
    LONGS_EQUAL(0, minutes_in(R"(<rescue empty-minutes="0"/>)"));
    LONGS_EQUAL(1440, minutes_in(R"(<rescue empty-minutes="1440"/>)"));
    check_complaint(R"(<rescue empty-minutes="1441"/>)", "empty-minutes");
}

TEST(Settings, say_how_to_fetch) {
    const Settings settings = parse_settings(
        R"(<settings format="1"><download automatic="yes" most-kib-per-second="500" connect-seconds="5"
             stall-seconds="6" give-up-seconds="7">
             <proxy url="http://proxy.lan:3128" user="mail" password-file="/etc/update-control/secret"/>
             <client-certificate certificate="/etc/c.pem" key="/etc/k.pem"/>
             <certificate-authorities file="/etc/update-control/ca.pem"/></download></settings>)",
        "settings.xml");
    const DownloadSettings &download = settings.download;
    CHECK(download.automatic);
    CHECK_EQUAL(500U, download.max_kib_per_second);
    CHECK(download.connect_time == 5s && download.stall_time == 6s && download.give_up_time == 7s);
    STRCMP_EQUAL("http://proxy.lan:3128", download.proxy.url.c_str());
    STRCMP_EQUAL("mail", download.proxy.user.c_str());
    STRCMP_EQUAL("/etc/update-control/secret", download.proxy.password_file.c_str());
    STRCMP_EQUAL("/etc/c.pem", download.client_certificate.certificate.c_str());
    STRCMP_EQUAL("/etc/k.pem", download.client_certificate.key.c_str());
    STRCMP_EQUAL("/etc/update-control/ca.pem", download.certificate_authorities.c_str());
}

TEST(Settings, say_when_to_install_and_whom_to_tell) {
    const Settings settings = parse_settings(
        R"(<settings format="1"><install automatic="security" window="Sun 03:00" time-zone="Europe/Berlin"
             window-minutes="30"/>
             <notices login="no" bus="no" mail="no" feed-unreachable-days="2"/><change group="keepers"/></settings>)",
        "settings.xml");
    CHECK(settings.window.automatic == AutomaticInstall::security);
    STRCMP_EQUAL("Sun 03:00", settings.window.calendar.c_str());
    STRCMP_EQUAL("Europe/Berlin", settings.window.time_zone.c_str());
    CHECK(settings.window.length == 30min);
    CHECK_FALSE(settings.notices.login || settings.notices.bus || settings.notices.mail);
    CHECK(settings.notices.journal && settings.notices.programs);
    CHECK(settings.notices.feed_unreachable == std::chrono::days(2));
    STRCMP_EQUAL("keepers", settings.change_group.c_str());
}

TEST(Settings, are_read_however_an_editor_left_them) {
    const std::string lines[] = {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!-- ours -->",
                                 "<settings format='1'>", "  <change group=\"keepers\"/>", "</settings>"};
    for (const std::string mark : {"", "\xEF\xBB\xBF"})
        for (const std::string end : {"\n", "\r\n", "\r", "\n\n \t"})
            for (const bool ended : {true, false}) {
                std::string text = mark;
                for (const std::string &line : lines)
                    text += line + (ended || &line != std::end(lines) - 1 ? end : "");
                STRCMP_EQUAL_TEXT("keepers", parse_settings(text, "settings.xml").change_group.c_str(),
                                  text.c_str());
            }
}

TEST(Settings, find_mistakes) {
    check_complaint("<downlaod/>", "downlaod");
    check_complaint("<download automatic=\"maybe\"/>", "maybe");
    check_complaint("<download stall-seconds=\"0\"/>", "stall-seconds");
    check_complaint("<download><proxy url=\"socks5://p\"/></download>", "http or https");
    check_complaint("<download><proxy url=\"http://u:p@proxy\"/></download>", "password-file");
    check_complaint("<download><certificate-authorities/></download>", "file");
    check_complaint("<download><certificate-authorities file=\"ca.pem\"/></download>", "file");
    check_complaint("<download><certificate-authorities file=\"/a/../ca.pem\"/></download>", "file");
    check_complaint("<download><certificate-authorities file=\"/ca.pem\" only=\"yes\"/></download>", "only");
    check_complaint("<download><proxy url=\"http://p\" user=\"u\"/></download>", "both");
    check_complaint("<download><client-certificate certificate=\"/c\"/></download>", "key");
    check_complaint("<install automatic=\"always\" window=\"Sun\"/>", "security");
    check_complaint("<install automatic=\"all\"/>", "window");
    check_complaint("<notices e-mail=\"no\"/>", "e-mail");
    check_complaint("<change/>", "group");
}

TEST(Settings, are_refused_when_they_are_something_else) {
    CHECK(complaint_about("<settings format=\"2\"/>").find("format") != std::string::npos);
    CHECK(complaint_about("<appliance/>").find("<settings>") != std::string::npos);
    CHECK(complaint_about("settings").find("not well-formed XML") != std::string::npos);
    CHECK(complaint_about(std::string(max_settings_bytes + 1, ' ')).find("longer") != std::string::npos);
}
