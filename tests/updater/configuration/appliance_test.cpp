// What appliance.xml may say, and what is said back when it says something else.
#include "updater/configuration/appliance.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::configuration;

namespace {

const char *const complete =
    R"(<appliance format="1" product="mailsec-appliance" hardware="qemu-x86_64" version="2.8.0.0">
  <firmware source="https://updates.lan.test/firmware/newest.fw" certificate-authority="/usr/share/ca.pem"
            trusted-keys="/usr/share/keys"/>
  <store name="message-store" path="/var/lib/mailsec/store" format="1" inspect="/usr/lib/mailsec/inspect-store" unit="mailsec-report.service"/>
  <configuration-format name="policy" format="1"/>
  <space path="/var/lib/mailsec/store" free-percent="50" holds="message store"/>
  <services stop-timeout-seconds="180" start-timeout-seconds="300">
    <unit name="postfix.service" health="required"/>
    <!-- reports may be late -->
    <unit name="mailsec-report.service"/>
  </services>
  <mail queue="/var/spool/postfix" unit="postfix.service"><listener port="25"/><listener port="587"/></mail>
  <health><program path="/usr/lib/mailsec/health/test-message" timeout-seconds="120"/></health>
  <old-generation keep="yes"/>
  <timeouts conversion-seconds="3600" deadline-seconds="900"/>
  <install threads="2" most-mib-per-second="40" checkpoint-mib="64"/>
</appliance>
)";

std::string with(const std::string &replace, const std::string &by) {
    std::string text = complete;
    const std::size_t position = text.find(replace);
    CHECK_TEXT(position != std::string::npos, replace.c_str());
    return text.replace(position, replace.size(), by);
}

std::string complaint_about(const std::string &text) {
    try {
        parse_appliance(text, "appliance.xml");
    } catch (const ConfigurationError &error) {
        return error.what();
    }
    return "no complaint";
}

} // namespace

TEST_GROUP(Appliance){};

TEST(Appliance, everything_in_the_file_is_read) {
    const Appliance appliance = parse_appliance(complete, "appliance.xml");
    CHECK(appliance.product == "mailsec-appliance");
    CHECK(appliance.hardware == "qemu-x86_64");
    CHECK(appliance.version == "2.8.0.0");
    CHECK(appliance.firmware.source_url == "https://updates.lan.test/firmware/newest.fw");
    CHECK(appliance.firmware.trusted_keys == "/usr/share/keys");
    LONGS_EQUAL(1, appliance.stores.size());
    CHECK(appliance.stores[0].inspect == "/usr/lib/mailsec/inspect-store");
    CHECK(appliance.configuration_formats.at(0).name == "policy");
    LONGS_EQUAL(50, appliance.spaces.at(0).free_percent);
    LONGS_EQUAL(2, appliance.services.units.size());
    CHECK(appliance.services.units[0].name == "postfix.service");
    CHECK(appliance.services.units[0].health_required);
    CHECK_FALSE(appliance.services.units[1].health_required);
    CHECK(appliance.services.stop_timeout == std::chrono::seconds(180));
    CHECK((appliance.mail.listener_ports == std::vector<std::uint16_t>{25, 587}));
    CHECK(appliance.health_programs.at(0).timeout == std::chrono::minutes(2));
    CHECK(appliance.keep_old_generation);
    CHECK(appliance.timeouts.deadline == std::chrono::minutes(15));
    LONGS_EQUAL(2, appliance.installation.threads);
    LONGS_EQUAL(40, appliance.installation.max_mib_per_second);
    LONGS_EQUAL(64, appliance.installation.checkpoint_mib);
}

TEST(Appliance, how_phase2_works_need_not_be_said) {
    const std::string element = "<install threads=\"2\" most-mib-per-second=\"40\" checkpoint-mib=\"64\"/>";
    for (const char *by : {"", "<install/>"}) {
        const auto installation = parse_appliance(with(element, by), "appliance.xml").installation;
        LONGS_EQUAL(0, installation.threads);
        LONGS_EQUAL(0, installation.max_mib_per_second);
        LONGS_EQUAL(128, installation.checkpoint_mib);
    }
}

TEST(Appliance, each_mistake_is_named_with_its_line_and_what_is_allowed) {
    struct Case {
        const char *replace;
        const char *by;
        const char *complaint;
    };
    const std::vector<Case> cases = {
        {"format=\"1\" product", "format=\"2\" product",
         "appliance.xml has the format 2; this version reads 1"},
        {"free-percent=", "free-percents=", "line 6: <space> lacks the attribute free-percent"},
        {"holds=", "colour=\"red\" holds=",
         "line 6: <space> has an unknown attribute colour; allowed: free-percent, holds, path"},
        {"<old-generation keep=\"yes\"/>", "<old-generation keep=\"perhaps\"/>",
         "knows only \"yes\" and \"no\" for keep, not \"perhaps\""},
        {"<old-generation", "<older/><old-generation",
         "holds an unknown element <older> in line 14; allowed: "},
        {"<old-generation keep=\"yes\"/>", "", "<appliance> needs exactly one <old-generation>, it has 0"},
        {"port=\"25\"", "port=\"70000\"", "a whole number from 1 to 65535 in port, not \"70000\""},
        {"port=\"25\"", "port=\"25x\"", "a whole number from 1 to 65535 in port, not \"25x\""},
        {"<listener port=\"25\"/><listener port=\"587\"/>", "", "needs at least one <listener>"},
        {"<listener port=\"25\"/>", "smtp", "<mail> holds text"},
        {"https://", "http://", "needs an https URL"},
        {"path=\"/var/lib/mailsec/store\" format", "path=\"lib/../store\" format", "needs an absolute path"},
        {"unit=\"mailsec-report.service\"", "unit=\"other.service\"",
         "a <store> whose unit other.service is not among its <services>"},
        {"unit=\"postfix.service\"", "unit=\"other.service\"",
         "a <mail> whose unit other.service is not among its <services>"},
        {"unit name=\"mailsec-report.service\"", "unit name=\"mailsec-report\"", "needs a full unit name"},
        {"unit name=\"mailsec-report.service\"", "unit name=\"postfix.service\"", "is there twice"},
        {"<install ", "<install/><install ", "<appliance> needs at most one <install>, it has 2"},
        {"threads=\"2\"", "threads=\"65\"", "a whole number from 0 to 64 in threads, not \"65\""},
        {"checkpoint-mib=\"64\"", "checkpoint-mib=\"0\"", "from 1 to 16384 in checkpoint-mib"},
        {"most-mib-per-second", "most-mb-per-second",
         "unknown attribute most-mb-per-second; allowed: checkpoint-mib, most-mib-per-second, threads"},
        {"deadline-seconds=\"900\"", "deadline-seconds=\"0\"", "from 1 to"},
        {"</appliance>", "", "not well-formed XML"},
    };
    for (const Case &one : cases) {
        const std::string complaint = complaint_about(with(one.replace, one.by));
        CHECK_TEXT(complaint.starts_with("appliance.xml"), complaint.c_str());
        CHECK_TEXT(complaint.find(one.complaint) != std::string::npos, complaint.c_str());
    }
}

TEST(Appliance, a_file_that_is_not_there_is_named) {
    try {
        read_appliance("/nonexistent/appliance.xml");
        FAIL("no complaint");
    } catch (const ConfigurationError &error) {
        STRCMP_CONTAINS("/nonexistent/appliance.xml", error.what());
    }
}
