// The reference product's program for the node's role: run as it is, with a file of its own.
#include "test_data.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <CppUTest/TestHarness.h>

namespace {

const std::filesystem::path role_program =
    std::filesystem::path(TEST_DATA_FOLDER) /
    "../../../image/product/rootfs-common/usr/lib/update-control/cluster.d/role";

/// What it wrote, and "failed" if it did.
std::string said_by_role(const std::string &verb) {
    const std::string command = role_program.string() + " " + verb + " 2>&1";
    std::FILE *stream = popen(command.c_str(), "r");
    std::array<char, 512> text{};
    std::string said;
    while (std::fgets(text.data(), text.size(), stream) != nullptr)
        said += text.data();
    return pclose(stream) == 0 ? said : "failed: " + said;
}

} // namespace

TEST_GROUP(RoleProgram) {
    TemporaryFolder folder;
    std::string file;

    void setup() override {
        file = (folder.path() / "role").string();
        setenv("MAILSEC_ROLE_FILE", file.c_str(), 1);
    }
    void teardown() override {
        unsetenv("MAILSEC_ROLE_FILE");
    }
};

TEST(RoleProgram, nobody_is_primary_unless_told) {
    STRCMP_EQUAL("role secondary\n", said_by_role("show").c_str());
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST(RoleProgram, the_role_is_taken_and_given_as_often_as_wanted) {
    for (int time = 0; time < 2; ++time)
        STRCMP_EQUAL("role primary\n", said_by_role("take").c_str());
    STRCMP_EQUAL("role primary\n", said_by_role("show").c_str());
    for (int time = 0; time < 2; ++time)
        STRCMP_EQUAL("role secondary\n", said_by_role("give").c_str());
    STRCMP_EQUAL("role secondary\n", said_by_role("show").c_str());
}

TEST(RoleProgram, a_damaged_file_and_another_word_are_failures) {
    std::ofstream(file) << "chief\n";
    STRCMP_CONTAINS("failed: ", said_by_role("show").c_str());
    STRCMP_EQUAL("role secondary\n", said_by_role("give").c_str());
    STRCMP_CONTAINS("failed: usage", said_by_role("seize").c_str());
}
