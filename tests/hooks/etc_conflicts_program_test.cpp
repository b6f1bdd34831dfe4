// The check program etc-conflicts of the reference product: reads the report that the conversion of /etc
// writes.
#include "hooks/etc/carry_report.hpp"
#include "test_data.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <string>

#include <CppUTest/TestHarness.h>

using hooks::etc::CarryReport;
using hooks::etc::Fate;

TEST_GROUP(EtcConflictsProgram) {
    TemporaryFolder folder;
    CarryReport report;

    std::string run(const std::string &when) const {
        const std::string program = TEST_DATA_FOLDER
            "/../../image/product/rootfs-common/usr/lib/update-control/check.d/etc-conflicts";
        const std::string command =
            "UPDATE_CONTROL_CHECK=" + when + " sh '" + program + "' '" + (folder / "report").string() + "'";
        FILE *const pipe = ::popen(command.c_str(), "r");
        CHECK(pipe != nullptr);
        std::string output;
        std::array<char, 4096> part{};
        for (std::size_t length = 0; (length = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
            output.append(part.data(), length);
        LONGS_EQUAL(0, ::pclose(pipe));
        return output;
    }
    std::string found() const {
        std::ofstream(folder / "report") << report.text();
        return run("rehearsal");
    }
};

TEST(EtcConflictsProgram, cannot_know_them_before_the_conversion) {
    STRCMP_CONTAINS("SKIP conflicts in /etc: shown at the end of phase 2", run("running").c_str());
}

TEST(EtcConflictsProgram, finds_none_in_a_report_without) {
    report.add(Fate::carried, "hosts", "the administrator's own");
    report.add(Fate::left_behind, "motd", "unchanged");
    STRCMP_EQUAL("PASS conflicts in /etc: none\n", found().c_str());
}

TEST(EtcConflictsProgram, names_each_with_the_report) {
    report.add(Fate::merged, "hosts", "changed on both sides, merged");
    report.add(Fate::conflict, "postfix/main.cf", "changed on both sides: a; b");
    report.add(Fate::conflict, "opt/a b", "of another kind");
    report.add(Fate::left_behind, "motd", "unchanged");
    const std::string text = found();
    STRCMP_CONTAINS("WARN conflicts in /etc: 2 changed by the administrator and by the new version; the "
                    "administrator's stay: /etc/opt/a b /etc/postfix/main.cf\nadvice: ",
                    text.c_str());
    STRCMP_CONTAINS((folder / "report").c_str(), text.c_str());
}

TEST(EtcConflictsProgram, names_ten_of_many) {
    for (int index = 10; index < 25; ++index)
        report.add(Fate::conflict, std::to_string(index), "of another kind");
    STRCMP_CONTAINS(
        "15 changed by the administrator and by the new version; the administrator's stay: /etc/10 "
        "/etc/11 /etc/12 /etc/13 /etc/14 /etc/15 /etc/16 /etc/17 /etc/18 /etc/19 …\n",
        found().c_str());
}

TEST(EtcConflictsProgram, fails_without_a_report) {
    STRCMP_CONTAINS("FAIL conflicts in /etc: the conversion of /etc left no report",
                    run("rehearsal").c_str());
}
