// The policies' files as a check program reports them.
#include "hooks/policy/policy_check.hpp"
#include "partitions/posix_storage.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>
#include <sstream>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace hooks::policy;

TEST_GROUP(PolicyCheck) {
    TemporaryFolder root;
    partitions::PosixStorage storage;
    bool rehearsal = false;

    void put(const std::string &name, const std::string &contents) const {
        const auto path = root / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << contents;
    }
    void put_policy(const std::string &name, const std::string &text, bool active = true) const {
        put("etc/mailsec/policies/" + name, std::string("<policy format=\"1\" name=\"a\" enabled=\"") +
                                                (active ? "yes" : "no") + "\"><description>" + text +
                                                "</description><list type=\"words\">QQ==</list>" +
                                                "<action>tag</action></policy>");
    }
    std::string found(const std::function<void()> &become_reader = [] {}) {
        std::ostringstream output;
        check_policies(storage, {.root = root.path(), .rehearsal = rehearsal, .become_reader = become_reader},
                       output);
        return output.str();
    }
};

TEST(PolicyCheck, names_each_file_with_the_policy_that_reads_it) {
    put("etc/lists/a b", "");
    put_policy("10-x.xml", "$(FILE:/etc/lists/a b)");
    STRCMP_EQUAL("PASS policy files: 1 policies; each can be read of: /etc/lists/a b (10-x.xml)\n",
                 found().c_str());
}

TEST(PolicyCheck, tells_which_files_are_in_no_snapshot_of_the_settings) {
    put("usr/share/update-control/snapshot-places", "# folders\n/var/lib/lists remark\n");
    put("usr/share/update-control/shared-places", "spool /var/spool/x\n");
    for (const char *file :
         {"etc/a", "usr/b", "var/lib/lists/c", "var/lib/lists-of-mine", "data/d", "var/spool/x/e"})
        put(file, "");
    put_policy("1.xml",
               "$(FILE:/etc/a) $(FILE:/usr/b) $(FILE:/var/lib/lists/c) $(FILE:/var/lib/lists-of-mine) "
               "$(FILE:/data/d) $(FILE:/var/spool/x/e)");
    const std::string text = found();
    STRCMP_CONTAINS(
        "NOTICE policy files: in no snapshot of the settings, which holds /etc and the folders that the "
        "product names: /data/d, /var/lib/lists-of-mine, /var/spool/x/e\nadvice: ",
        text.c_str());
    STRCMP_CONTAINS("PASS policy files: 1 policies", text.c_str());
    rehearsal = true;
    CHECK(found().find("NOTICE") == std::string::npos);
}

TEST(PolicyCheck, finds_macros_in_base64) {
    put("etc/mailsec/policies/1.xml", "<policy format=\"1\" name=\"a\"><list type=\"words\">"
                                      "JChGSUxFOi9ldGMvbGlzdHMvZ29uZSkK</list><action>tag</action></policy>");
    STRCMP_CONTAINS(
        "FAIL policy files: /etc/lists/gone, which the policy 1.xml reads, does not exist\nadvice: ",
        found().c_str());
}

TEST(PolicyCheck, fails_for_active_policies_and_warns_of_others) {
    put_policy("1.xml", "$(FILE:/etc/one)", false);
    STRCMP_CONTAINS("WARN policy files: /etc/one, which the inactive policy 1.xml reads, does not exist",
                    found().c_str());
    put_policy("2.xml", "$(FILE:/etc/one)");
    STRCMP_CONTAINS("FAIL policy files: /etc/one, which the policy 2.xml reads, does not exist",
                    found().c_str());
}

TEST(PolicyCheck, says_what_is_no_file_and_no_path) {
    std::filesystem::create_directories(root / "etc/folder");
    put_policy("1.xml",
               "$(FILE:/etc/folder) $(FILE:etc/relative) $(FILE:/etc/../x) $(FILE:/run/list) $(FILE:/e");
    const std::string text = found();
    for (const char *part : {"/etc/folder, which the policy 1.xml reads, is no file",
                             "etc/relative, which the policy 1.xml reads, has a path that is not absolute",
                             "/etc/../x, which the policy 1.xml reads, has a path",
                             "/run/list, which the policy 1.xml reads, is gone with every restart",
                             "WARN policy files: the policy 1.xml has a $(FILE macro without a closing"})
        STRCMP_CONTAINS(part, text.c_str());
}

TEST(PolicyCheck, says_which_policy_is_not_understood) {
    put("etc/mailsec/policies/1.xml", "<policy");
    put("etc/mailsec/policies/2.xml", "<policy format=\"9\" name=\"a\"/>");
    put("etc/mailsec/policies/notes.txt", "<");
    const std::string text = found();
    STRCMP_CONTAINS("FAIL policy files: the policy 1.xml is not understood", text.c_str());
    STRCMP_CONTAINS("FAIL policy files: the policy 2.xml is not understood", text.c_str());
    CHECK(text.find("notes") == std::string::npos);
}

TEST(PolicyCheck, is_skipped_where_no_policy_names_a_file) {
    STRCMP_EQUAL("SKIP policy files: 0 policies, none names a file\n", found().c_str());
}

TEST(PolicyCheck, keeps_odd_bytes_of_names_on_the_line) {
    put("etc/mailsec/policies/a\nFAIL b: c.xml", "<policy");
    STRCMP_CONTAINS("the policy a\\012FAIL b: c.xml is not understood", found().c_str());
}

TEST(PolicyCheck, in_a_rehearsal_does_not_judge_what_lies_on_the_data_partition) {
    put("usr/share/update-control/shared-places", "log /var/log\n");
    put_policy("1.xml", "$(FILE:/var/log/list) $(FILE:/data/list) $(FILE:/var/lib/list)");
    rehearsal = true;
    const std::string text = found();
    STRCMP_CONTAINS("/var/lib/list, which the policy 1.xml reads, does not exist", text.c_str());
    CHECK(text.find("/var/log/list") == std::string::npos && text.find("/data/list") == std::string::npos);
}

TEST(PolicyCheck, becomes_the_reader_after_the_policies_were_read) {
    put("etc/list", "");
    put_policy("1.xml", "$(FILE:/etc/list)");
    STRCMP_CONTAINS("does not exist", found([this] { std::filesystem::remove(root / "etc/list"); }).c_str());
}

TEST(PolicyCheck, is_bounded) {
    for (int index = 0; index < 30; ++index)
        put_policy("1" + std::to_string(index) + ".xml", "$(FILE:/etc/" + std::to_string(index) + ")");
    STRCMP_CONTAINS("FAIL policy files: 10 more policies or files have problems", found().c_str());
}
