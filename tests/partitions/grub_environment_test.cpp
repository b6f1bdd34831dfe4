// GRUB's environment block: what we write GRUB's own tool reads, and the other way round.
#include "partitions/grub_environment.hpp"

#include "tests/partitions/test_machine.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

#include <CppUTest/TestHarness.h>

using partitions::GrubEnvironment;
using partitions::GrubEnvironmentDamaged;
using partitions::GrubEnvironmentFull;

namespace {

const std::string header = "# GRUB Environment Block\n";

std::string block_of(std::string text) {
    text.resize(partitions::GrubEnvironment::block_bytes, '#');
    return text;
}

void write_file(const std::filesystem::path &path, const std::string &contents) {
    std::ofstream(path, std::ios::binary) << contents;
}

std::string read_file(const std::filesystem::path &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_GROUP(GrubEnvironment){};

TEST(GrubEnvironment, an_empty_one_is_header_and_filling) {
    STRCMP_EQUAL(block_of(header).c_str(), partitions::GrubEnvironment().serialize().c_str());
}

TEST(GrubEnvironment, what_is_set_comes_back) {
    for (const std::string value :
         {"a", "", "1", "two words", "back\\slash", "two\nlines", "a=b", "#no comment", "\\\n\\"}) {
        partitions::GrubEnvironment environment;
        environment.set("name", value);
        environment.set("next", "still there");
        const partitions::GrubEnvironment again = partitions::GrubEnvironment::parse(environment.serialize());
        STRCMP_EQUAL(value.c_str(), again.get("name").value().c_str());
        STRCMP_EQUAL("still there", again.get("next").value().c_str());
    }
}

TEST(GrubEnvironment, keeps_order_and_foreign_variables) {
    partitions::GrubEnvironment environment = partitions::GrubEnvironment::parse(
        block_of(header + "foreign=1\n# a comment\ndefault_slot=a\nlast=z\n"));
    environment.set("default_slot", "b");
    environment.unset("last");
    STRCMP_EQUAL(block_of(header + "foreign=1\ndefault_slot=b\n").c_str(), environment.serialize().c_str());
    CHECK_FALSE(environment.get("last").has_value());
}

TEST(GrubEnvironment, of_two_with_one_name_the_last_counts) {
    STRCMP_EQUAL(
        "2", partitions::GrubEnvironment::parse(block_of(header + "x=1\nx=2\n")).get("x").value().c_str());
}

TEST(GrubEnvironment, refuses_what_is_damaged) {
    std::string headerless = block_of(header);
    headerless[2] = 'g';
    const std::string damaged[] = {"",
                                   header,
                                   block_of(header) + "#",
                                   block_of(header).substr(1),
                                   headerless,
                                   std::string(partitions::GrubEnvironment::block_bytes, '\0'),
                                   block_of(header + "no assignment\n"),
                                   block_of(header + "=nameless\n"),
                                   block_of(header + "\n"),
                                   block_of(header + "cut_short=" + std::string(1000, 'x'))};
    for (const std::string &block : damaged)
        CHECK_THROWS(partitions::GrubEnvironmentDamaged, partitions::GrubEnvironment::parse(block));
}

TEST(GrubEnvironment, everything_fits_into_the_first_sector_or_nothing_is_written) {
    partitions::GrubEnvironment environment;
    environment.set("n", std::string(512 - header.size() - 3, 'x'));
    CHECK_EQUAL(partitions::GrubEnvironment::block_bytes, environment.serialize().size());
    environment.set("n", std::string(512 - header.size() - 2, 'x'));
    CHECK_THROWS(partitions::GrubEnvironmentFull, environment.serialize());
    environment.set("n", std::string(512 - header.size() - 3, '\\')); // each needs a second byte
    CHECK_THROWS(partitions::GrubEnvironmentFull, environment.serialize());
}

TEST(GrubEnvironment, refuses_names_that_are_none) {
    partitions::GrubEnvironment environment;
    for (const std::string name : {"", "a=b", "#a", "a\nb", "a b", "a\\b"})
        CHECK_THROWS(std::invalid_argument, environment.set(name, "1"));
    CHECK_THROWS(std::invalid_argument, environment.set("a", std::string_view("\0", 1)));
}

TEST(GrubEnvironment, grubs_own_tool_reads_what_we_write) {
    const partitions_test::TemporaryDirectory directory;
    partitions::GrubEnvironment environment;
    environment.set("default_slot", "a");
    environment.set("try_slot", "");
    environment.set("path", "C:\\x y");
    write_file(directory / "grubenv", environment.serialize());
    STRCMP_EQUAL(
        "default_slot=a\ntry_slot=\npath=C:\\x y",
        partitions_test::shell("grub-editenv " + (directory / "grubenv").string() + " list").c_str());
}

TEST(GrubEnvironment, we_read_what_grubs_own_tool_writes) {
    const partitions_test::TemporaryDirectory directory;
    const std::string tool = "grub-editenv " + (directory / "grubenv").string();
    partitions_test::shell(tool + " create && " + tool +
                           " set default_slot=b try_slot= 'path=C:\\x y' gone=1 && " + tool + " unset gone");
    const std::string block = read_file(directory / "grubenv");
    const partitions::GrubEnvironment environment = partitions::GrubEnvironment::parse(block);
    STRCMP_EQUAL("b", environment.get("default_slot").value().c_str());
    STRCMP_EQUAL("", environment.get("try_slot").value().c_str());
    STRCMP_EQUAL("C:\\x y", environment.get("path").value().c_str());
    CHECK_FALSE(environment.get("gone").has_value());
}
