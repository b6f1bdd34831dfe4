// A patch makes the new image from the old one, bit for bit, and a small change makes a small patch.
#include "image/delta/file_map.hpp"
#include "image/delta/matcher.hpp"
#include "image/delta/patch_builder.hpp"
#include "partitions/zeros.hpp"
#include "tests/support/image_fixture.hpp"
#include "updater/firmware/patch_codec.hpp"

#include <algorithm>
#include <fstream>
#include <map>

#include <CppUTest/TestHarness.h>

using namespace image_test;

TEST_GROUP(PatchBuilder) {
    Workshop workshop;
    std::string tree = "tree";

    /// The size of the patch, after checking that its records make the new image.
    std::uint64_t cost(unsigned threads = 2) {
        const Patch patch = build_patch(workshop, "old.img", "new.img", threads);
        const std::string made = apply(workshop, "old.img", patch);
        CHECK_TRUE(made == read_file(workshop / "new.img"));
        std::uint64_t bytes = 0;
        for (const auto &record : patch.part.index)
            bytes += record ? record->stored_bytes : 0;
        return bytes;
    }

    void setup() override {
        workshop.write("tree/usr/bin/program", code_like(600000, 1));
        workshop.write("tree/usr/share/text", text_like(300000, 2));
        workshop.write("tree/etc/small", "one line\n");
        for (unsigned number = 0; number < 30; ++number)
            workshop.write("tree/usr/lib/module-" + std::to_string(number), code_like(30000, 10 + number));
        workshop.make_image("tree", "old.img");
    }
};

TEST(PatchBuilder, the_same_image_costs_next_to_nothing) {
    workshop.make_image("tree", "new.img");
    CHECK_TRUE(cost() < 300);
}

TEST(PatchBuilder, what_was_renamed_or_moved_costs_next_to_nothing) {
    workshop.shell(
        "cd tree && mv usr/bin/program usr/bin/other-program && mkdir -p opt && mv usr/share/text opt/text");
    workshop.make_image("tree", "new.img");
    CHECK_TRUE(cost() < 9000); // directories and inodes
}

TEST(PatchBuilder, what_grew_at_its_beginning_costs_what_is_new) {
    workshop.write("tree/usr/share/text", text_like(5000, 99) + text_like(300000, 2));
    workshop.make_image("tree", "new.img");
    CHECK_TRUE(cost() < 12000);
}

TEST(PatchBuilder, code_whose_addresses_changed_costs_little) {
    std::string program = code_like(600000, 1);
    // As after a function that grew: later code moved, and every so often an address in it differs.
    program.insert(200000, 64, 'n');
    for (std::size_t place = 200064; place + 4 < program.size(); place += 60)
        program[place] = static_cast<char>(program[place] + 64);
    workshop.write("tree/usr/bin/program", program);
    workshop.make_image("tree", "new.img");
    CHECK_TRUE(cost() < 15000);
}

TEST(PatchBuilder, a_new_version_in_a_folder_of_its_own_is_compared_with_the_one_before) {
    workshop.shell("mkdir -p tree/lib/modules/6.1.0-50-cloud && cp tree/usr/bin/program "
                   "tree/lib/modules/6.1.0-50-cloud/a.ko");
    workshop.make_image("tree", "old.img");
    std::string module = code_like(600000, 1);
    for (std::size_t place = 0; place < module.size(); place += 997)
        module[place] = static_cast<char>(module[place] + 1);
    workshop.shell("mv tree/lib/modules/6.1.0-50-cloud tree/lib/modules/6.1.0-56-cloud");
    workshop.write("tree/lib/modules/6.1.0-56-cloud/a.ko", module);
    workshop.make_image("tree", "new.img");
    CHECK_TRUE(cost() < 15000);
}

TEST(PatchBuilder, holes_cost_nothing) {
    workshop.shell("truncate -s 3M tree/usr/share/sparse && printf end >> tree/usr/share/sparse");
    workshop.make_image("tree", "new.img");
    CHECK_TRUE(cost() < 9000);
}

TEST(PatchBuilder, images_without_a_known_file_system_are_compared_as_one_file) {
    std::string bytes = code_like(6000000, 5);
    workshop.write("old.img", bytes + std::string(4096 - bytes.size() % 4096, '\0'));
    bytes.insert(1000000, "some bytes more");
    workshop.write("new.img", bytes + std::string(4096 - bytes.size() % 4096, '\0'));
    CHECK_TRUE(cost() < 3000);
}

TEST(PatchBuilder, the_number_of_threads_changes_nothing) {
    workshop.write("tree/usr/bin/program", code_like(610000, 7));
    workshop.make_image("tree", "new.img");
    build_patch(workshop, "old.img", "new.img", 1);
    const std::string first = read_file(workshop / "patch");
    build_patch(workshop, "old.img", "new.img", 3);
    CHECK_TRUE(first == read_file(workshop / "patch"));
}

TEST(PatchBuilder, says_which_image_cannot_be_read) {
    try {
        build_patch(workshop, "old.img", "absent.img", 1);
        FAIL("nothing was thrown");
    } catch (const std::exception &error) {
        STRCMP_CONTAINS("absent.img", error.what());
    }
}

TEST_GROUP(FileMap) {
    Workshop workshop;
};

TEST(FileMap, gives_every_block_that_is_not_zero_to_exactly_one_file) {
    workshop.write("tree/a/file", text_like(100000, 1));
    workshop.write("tree/b", "small");
    workshop.shell("ln tree/b tree/second-name && ln -s b tree/link");
    workshop.make_image("tree", "old.img");
    const std::string image = read_file(workshop / "old.img");
    const auto bytes = std::as_bytes(std::span(image));
    std::map<std::uint64_t, std::string> owners;
    for (const delta::ImageFile &file : delta::map_files(workshop / "old.img", bytes))
        for (const delta::Extent &extent : file.extents)
            for (std::uint64_t at = 0; at < extent.length_bytes; at += 4096)
                CHECK_TRUE(owners.emplace(extent.offset_bytes + at, file.path).second);
    for (std::size_t at = 0; at < image.size(); at += 4096)
        CHECK_TRUE(owners.contains(at) || partitions::all_zero(bytes.subspan(at, 4096)));
    CHECK_TRUE(std::ranges::any_of(owners, [](const auto &owner) { return owner.second == "/a/file"; }));
}

TEST_GROUP(Matcher){};

TEST(Matcher, covers_the_new_file_whatever_it_is) {
    const std::string texts[] = {"",
                                 "a",
                                 text_like(5000, 1),
                                 code_like(5000, 2),
                                 std::string(10000, 'z'),
                                 text_like(5000, 1) + text_like(5000, 1)};
    for (const std::string &old_text : texts)
        for (const std::string &new_text : texts) {
            std::uint64_t covered = 0;
            for (const delta::Resemblance &part :
                 delta::Matcher(std::as_bytes(std::span(old_text)))
                     .match(std::as_bytes(std::span(new_text)), 0, new_text.size())) {
                covered += part.length_bytes;
                CHECK_TRUE(part.old_offset_bytes == delta::Resemblance::nothing ||
                           part.old_offset_bytes + part.length_bytes <= old_text.size());
            }
            CHECK_EQUAL(new_text.size(), covered);
        }
}
