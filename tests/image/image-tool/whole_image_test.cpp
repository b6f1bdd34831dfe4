// One image of a tree: everything arrives, and the same tree gives the same bytes.
#include "tests/image/image-tool/image_factory.hpp"

#include <stdexcept>

#include <CppUTest/TestHarness.h>

namespace {

using image_test::ImageFactory;
using image_test::text_like;

TEST_GROUP(WholeImage) {
    ImageFactory factory;

    /// Every kind of entry that a system has.
    void make_tree(const std::string &tree) const {
        const auto &workshop = factory.workshop;
        workshop.write(tree + "/empty", "");
        workshop.write(tree + "/one", "1");
        workshop.write(tree + "/block", text_like(4096, 1));
        workshop.write(tree + "/deep/down/in/there/long", text_like(300'001, 2));
        workshop.write(tree + "/deep/" + std::string(255, 'n'), "a long name");
        workshop.write(tree + "/with space and \xc3\xa4", "odd name");
        for (int number = 0; number < 400; ++number)
            workshop.write(tree + "/many/an-entry-of-a-large-folder-" + std::to_string(number), "");
        workshop.shell(
            "set -e; cd " + tree +
            "; ln one deep/second-name; ln one third-name; ln -s one short-link"
            "; ln -s $(printf '%0200d' 7) long-link; ln -s $(printf '%060d' 7) link-of-60"
            "; mknod null c 1 3; mknod disk b 259 1048575; mkfifo pipe; mkdir empty-folder"
            "; truncate -s 5000000 hole; printf x | dd of=hole bs=1 seek=3000000 conv=notrunc status=none"
            "; truncate -s 1000000 only-hole; truncate -s 20000 zeros"
            "; chown 12345:54321 one; chown 100000:200000 block; chmod 4755 block; chmod 1777 empty-folder"
            "; setfattr -n user.note -v hello block; setfacl -m u:7:rw block"
            "; setfacl -d -m g:8:rx empty-folder; setfattr -n trusted.big -v $(printf '%03000d' 5) deep/down"
            "; setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 empty"
            "; touch -d @1700000000 one; touch -d @9000000000 block");
    }
};

TEST(WholeImage, holds_everything_that_the_tree_holds) {
    make_tree("tree");
    factory.build("tree", "image");
    STRCMP_EQUAL(factory.describe("tree").c_str(), factory.describe_image("image").c_str());
}

TEST(WholeImage, keeps_older_times_and_bounds_newer_ones) {
    make_tree("tree");
    factory.build("tree", "image");
    factory.workshop.shell(
        "mkdir -p m && mount -o loop,ro image m && stat -c %Y m/one m/block m >times; umount m");
    STRCMP_EQUAL("1700000000\n1767225600\n1767225600\n",
                 image_test::read_file(factory.workshop / "times").c_str());
}

TEST(WholeImage, depends_neither_on_the_order_in_which_files_were_made_nor_on_their_holes) {
    make_tree("tree");
    factory.workshop.shell("mkdir copy && cd tree && find . -mindepth 1 | sort -r | "
                           "tar --xattrs --xattrs-include='*' --acls --no-recursion -cf - -T - | "
                           "tar --xattrs --xattrs-include='*' --acls -C ../copy -xpf - && "
                           "fallocate --dig-holes ../copy/deep/down/in/there/long && "
                           "cp --sparse=never hole ../copy/hole && touch -r hole ../copy/hole");
    factory.build("tree", "one");
    factory.build("copy", "two");
    CHECK(factory.same("one", "two"));
}

TEST(WholeImage, stores_each_file_in_one_piece_and_long_zeros_as_holes) {
    make_tree("tree");
    factory.build("tree", "image");
    LONGS_EQUAL(1, factory.extents("image", "/deep/down/in/there/long"));
    LONGS_EQUAL(1, factory.extents("image", "/hole"));
    LONGS_EQUAL(0, factory.extents("image", "/only-hole"));
}

TEST(WholeImage, tells_how_much_is_missing_if_the_tree_does_not_fit) {
    factory.workshop.write("tree/large", text_like(ImageFactory::size_bytes, 3));
    try {
        factory.build("tree", "image");
        FAIL("it cannot fit");
    } catch (const std::runtime_error &failure) {
        STRCMP_CONTAINS("does not fit", failure.what());
        STRCMP_CONTAINS("bytes more are needed", failure.what());
    }
    CHECK(!std::filesystem::exists(factory.workshop / "image"));
    CHECK(!std::filesystem::exists(factory.workshop / "image.unfinished"));
}

TEST(WholeImage, refuses_a_tree_with_more_entries_than_the_image_has_inodes) {
    factory.workshop.shell("mkdir tree && cd tree && touch $(seq 3000)");
    CHECK_THROWS(std::runtime_error, factory.build("tree", "image"));
}

TEST(WholeImage, refuses_a_tree_with_something_mounted_inside) {
    factory.workshop.shell("mkdir -p tree/inside && mount -t tmpfs tmpfs tree/inside");
    CHECK_THROWS(std::runtime_error, factory.build("tree", "image"));
    factory.workshop.shell("umount tree/inside");
}

} // namespace
