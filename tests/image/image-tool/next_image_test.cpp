// An image made against that of the release before: how little changes.
#include "tests/image/image-tool/image_factory.hpp"

#include <CppUTest/TestHarness.h>

namespace {

using image_test::ImageFactory;
using image_test::read_file;
using image_test::text_like;

/// Of the first group of blocks: superblock, group descriptors, and the two bitmaps.
constexpr unsigned superblock = 1, descriptors = 1, block_bitmap = 1, inode_bitmap = 1;
constexpr unsigned inode_table = 1, directory = 1;

TEST_GROUP(NextImage) {
    ImageFactory factory;

    void setup() override {
        for (unsigned number = 100; number < 200; ++number)
            factory.workshop.write("tree/folder/file-" + std::to_string(number),
                                   text_like(2'000 + 20UL * number * (number % 7), number));
        age();
        factory.build("tree", "before");
    }

    void age() const {
        factory.workshop.shell("find tree -exec touch -h -d @1700000000 {} +");
    }

    /// The number of blocks that differ after a command in the tree, times being the same.
    unsigned cost(const std::string &command) const {
        factory.workshop.shell("cd tree/folder && " + command);
        age();
        factory.build("tree", "after", "before");
        STRCMP_EQUAL(factory.describe("tree").c_str(), factory.describe_image("after").c_str());
        return factory.changed_blocks("before", "after");
    }
};

TEST(NextImage, of_the_same_tree_is_the_same_image) {
    factory.build("tree", "after", "before");
    CHECK(factory.same("before", "after"));
}

TEST(NextImage, of_a_copy_of_the_tree_is_the_same_image) {
    factory.workshop.shell(
        "mkdir copy && cd tree && find . -mindepth 1 | sort -r | "
        "tar --no-recursion -cf - -T - | tar -C ../copy -xpf -; touch -d @1700000000 ../copy");
    factory.build("copy", "after", "before");
    CHECK(factory.same("before", "after"));
}

TEST(NextImage, costs_one_block_for_one_changed_block) {
    LONGS_EQUAL(1, cost("printf changed | dd of=file-104 bs=1 seek=5000 conv=notrunc status=none"));
}

TEST(NextImage, costs_one_block_for_a_changed_mode) {
    LONGS_EQUAL(inode_table, cost("chmod 600 file-150"));
}

TEST(NextImage, costs_what_a_new_file_takes) {
    LONGS_EQUAL(2 + superblock + descriptors + block_bitmap + inode_bitmap + inode_table + directory,
                cost("head -c 8192 file-104 | tr a-z b-za >file-150-new"));
}

TEST(NextImage, costs_no_contents_for_a_file_that_is_gone) {
    LONGS_EQUAL(superblock + descriptors + block_bitmap + inode_bitmap + inode_table + directory,
                cost("rm file-150"));
    CHECK(read_file(factory.workshop / "after").find(text_like(2'000, 150).substr(0, 40)) ==
          std::string::npos);
}

TEST(NextImage, costs_no_contents_for_a_file_that_has_moved) {
    LONGS_EQUAL(directory, cost("mv file-104 file-204"));
}

TEST(NextImage, leaves_the_blocks_of_a_file_that_grew) {
    LONGS_EQUAL(
        1 + superblock + descriptors + block_bitmap + inode_table,
        cost("truncate -s %4096 file-195 && printf more >>file-195")); // fills its last block up before
}

TEST(NextImage, moves_a_file_that_is_wholly_new_and_leaves_zeros) {
    const unsigned blocks = (2'000 + 20 * 104 * 6 + 4095) / 4096;
    LONGS_EQUAL(blocks + descriptors + block_bitmap + inode_table,
                cost("tr a-z b-za <file-104 >new && cat new >file-104 && rm new"));
}

TEST(NextImage, shrinks_with_the_tree) {
    cost("rm file-1[2-9]*");
    factory.workshop.shell("cp tree -r other && rm -rf tree/folder");
    factory.build("tree", "last", "after");
    STRCMP_EQUAL(factory.describe("tree").c_str(), factory.describe_image("last").c_str());
}

TEST(NextImage, may_have_another_size_than_the_one_before) {
    factory.build("tree", "larger", "before", 5 * ImageFactory::size_bytes);
    STRCMP_EQUAL(factory.describe("tree").c_str(), factory.describe_image("larger").c_str());
    factory.build("tree", "smaller", "larger", ImageFactory::size_bytes);
    STRCMP_EQUAL(factory.describe("tree").c_str(), factory.describe_image("smaller").c_str());
}

TEST(NextImage, follows_an_image_that_something_else_made) {
    factory.workshop.shell("truncate -s 32M other && mkfs.ext4 -q -F -b 4096 -I 256 other && mkdir m && "
                           "mount -o loop other m && "
                           "cp -a tree/. m/ && touch m/folder/$(seq -s ' m/folder/' 1500) && umount m && "
                           "e2fsck -fyD other >/dev/null 2>&1; true");
    factory.build("tree", "after", "other");
    STRCMP_EQUAL(factory.describe("tree").c_str(), factory.describe_image("after").c_str());
}

TEST(NextImage, splits_a_file_only_where_nothing_else_is_left_and_stays_the_same_afterwards) {
    factory.workshop.shell("rm -rf tree && mkdir tree && cd tree && for n in $(seq 1000 1850); do "
                           "head -c 32768 /dev/urandom >$n; done");
    factory.build("tree", "before");
    factory.workshop.shell("cd tree && rm ???[02468] && head -c 9000000 /dev/urandom >large");
    factory.build("tree", "after", "before");
    CHECK(factory.extents("after", "/large") > 100);
    STRCMP_EQUAL(factory.describe("tree").c_str(), factory.describe_image("after").c_str());
    factory.build("tree", "again", "after");
    CHECK(factory.same("after", "again"));
}

} // namespace
