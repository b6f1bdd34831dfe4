// The real and the fake storage behave alike, so that tests with the fake are valid for the product.
#include "partitions/posix_storage.hpp"

#include "partitions/durable.hpp"
#include "tests/partitions/test_machine.hpp"
#include "tests/support/fake_storage.hpp"

#include <functional>
#include <sys/stat.h>

#include <CppUTest/TestHarness.h>

using partitions::FileKind;
using partitions::OpenMode;
using partitions::PosixStorage;
using partitions::Storage;
using partitions::StorageError;
using partitions::StorageNotFound;
using partitions_test::FakeStorage;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

void write(partitions::Storage &storage, const std::filesystem::path &path, std::string_view text,
           partitions::OpenMode mode = partitions::OpenMode::create_or_truncate) {
    const auto file = storage.open(path, mode);
    mode == partitions::OpenMode::append ? file->append(bytes_of(text)) : file->write_at(0, bytes_of(text));
    file->sync();
    file->close();
}

std::string read(partitions::Storage &storage, const std::filesystem::path &path) {
    return partitions::read_whole_file(storage, path, 1U << 24U);
}

} // namespace

TEST_GROUP(Storage) {
    const partitions_test::TemporaryDirectory directory;

    // Runs the same against the real and the fake storage, each with an empty directory.
    void on_both(const std::function<void(partitions::Storage &, const std::filesystem::path &)> &behaviour) {
        partitions::PosixStorage real;
        behaviour(real, directory.path());
        FakeStorage fake;
        fake.put_directory("/base");
        behaviour(fake, "/base");
    }
};

TEST(Storage, writes_read_back) {
    on_both([](partitions::Storage &storage, const auto &base) {
        write(storage, base / "f", "hello world");
        write(storage, base / "f", "HELLO", partitions::OpenMode::overwrite_in_place);
        write(storage, base / "f", "!", partitions::OpenMode::append);
        write(storage, base / "made-by-append", "x", partitions::OpenMode::append);
        STRCMP_EQUAL("HELLO world!", read(storage, base / "f").c_str());
        STRCMP_EQUAL("x", read(storage, base / "made-by-append").c_str());
        write(storage, base / "f", "short");
        STRCMP_EQUAL("short", read(storage, base / "f").c_str());
    });
}

TEST(Storage, reads_end_at_the_end) {
    on_both([](partitions::Storage &storage, const auto &base) {
        write(storage, base / "f", "12345");
        const auto file = storage.open(base / "f", partitions::OpenMode::read);
        std::array<std::byte, 10> buffer{};
        CHECK_EQUAL(5U, file->size_bytes());
        CHECK_EQUAL(5U, file->read_at(0, buffer));
        CHECK_EQUAL(1U, file->read_at(4, buffer));
        CHECK_EQUAL(0U, file->read_at(5, buffer));
        CHECK_EQUAL(0U, file->read_at(500, buffer));
    });
}

TEST(Storage, zeroed_ranges_read_as_zeros_and_may_extend_the_file) {
    on_both([](partitions::Storage &storage, const auto &base) {
        write(storage, base / "f", std::string(10000, 'x'));
        const auto file = storage.open(base / "f", partitions::OpenMode::overwrite_in_place);
        file->zero(100, 5000);
        file->zero(9999, 3);
        file->sync();
        file->close();
        const std::string expected =
            std::string(100, 'x') + std::string(5000, '\0') + std::string(4899, 'x') + std::string(3, '\0');
        CHECK_TRUE(expected == read(storage, base / "f"));
    });
}

TEST(Storage, a_closed_file_is_closed) {
    on_both([](partitions::Storage &storage, const auto &base) {
        const auto file = storage.open(base / "f", partitions::OpenMode::create_or_truncate);
        file->close();
        std::array<std::byte, 1> byte{};
        CHECK_THROWS(partitions::StorageError, file->close());
        CHECK_THROWS(partitions::StorageError, file->sync());
        CHECK_THROWS(partitions::StorageError, file->read_at(0, byte));
        CHECK_THROWS(partitions::StorageError, file->write_at(0, byte));
        CHECK_THROWS(partitions::StorageError, file->append(byte));
        CHECK_THROWS(partitions::StorageError, file->zero(0, 1));
        CHECK_THROWS(partitions::StorageError, file->size_bytes());
    });
}

TEST(Storage, what_is_not_there_is_not_found) {
    on_both([](partitions::Storage &storage, const auto &base) {
        for (const partitions::OpenMode mode :
             {partitions::OpenMode::read, partitions::OpenMode::overwrite_in_place,
              partitions::OpenMode::block_device})
            CHECK_THROWS(partitions::StorageNotFound, storage.open(base / "none", mode));
        CHECK_THROWS(partitions::StorageNotFound,
                     storage.open(base / "none" / "f", partitions::OpenMode::create_or_truncate));
        CHECK_THROWS(partitions::StorageNotFound, storage.remove(base / "none"));
        CHECK_THROWS(partitions::StorageNotFound, storage.rename(base / "none", base / "x"));
        CHECK_THROWS(partitions::StorageNotFound, storage.list(base / "none"));
        CHECK_THROWS(partitions::StorageNotFound, storage.details(base / "none"));
        CHECK_THROWS(partitions::StorageNotFound, storage.read_symlink(base / "none"));
        CHECK_THROWS(partitions::StorageNotFound, storage.make_directory(base / "none" / "x"));
        CHECK_THROWS(partitions::StorageNotFound, storage.sync_directory(base / "none"));
        CHECK_THROWS(partitions::StorageNotFound, storage.clone_file(base / "none", base / "x"));
        CHECK_TRUE(partitions::FileKind::none == storage.kind(base / "none"));
        CHECK_TRUE(partitions::FileKind::none == storage.kind(base / "none" / "deeper"));
    });
}

TEST(Storage, names_and_kinds) {
    on_both([](partitions::Storage &storage, const auto &base) {
        storage.make_directory(base / "d", 0700);
        storage.make_directory(base / "d");
        write(storage, base / "d" / "f", "x");
        storage.make_symlink("d", base / "link");
        storage.make_directory(base / "link"); // leads to a directory: well
        storage.make_symlink("nowhere", base / "dangling");
        storage.make_hard_link(base / "d" / "f", base / "f2");
        storage.make_node(base / "whiteout", S_IFCHR | 0600, 0);
        CHECK_TRUE(partitions::FileKind::directory == storage.kind(base / "d"));
        CHECK_TRUE(partitions::FileKind::symlink == storage.kind(base / "link"));
        CHECK_TRUE(partitions::FileKind::symlink == storage.kind(base / "dangling"));
        CHECK_TRUE(partitions::FileKind::other == storage.kind(base / "whiteout"));
        CHECK_TRUE(S_ISCHR(storage.details(base / "whiteout").mode));
        CHECK_EQUAL(2U, storage.details(base / "f2").link_count);
        CHECK_EQUAL(storage.details(base / "d" / "f").identity, storage.details(base / "f2").identity);
        STRCMP_EQUAL("nowhere", storage.read_symlink(base / "dangling").c_str());
        STRCMP_EQUAL("x", read(storage, base / "link" / "f").c_str());
        const std::vector<std::filesystem::path> expected = {base / "d", base / "dangling", base / "f2",
                                                             base / "link", base / "whiteout"};
        CHECK_TRUE(expected == storage.list(base));
        CHECK_THROWS(partitions::StorageError, storage.remove(base / "d")); // not empty
        CHECK_THROWS(partitions::StorageError, storage.make_directory(base / "f2"));
        CHECK_THROWS(partitions::StorageError, storage.make_symlink("x", base / "link"));
        CHECK_THROWS(partitions::StorageError, storage.make_hard_link(base / "f2", base / "link"));
        CHECK_THROWS(partitions::StorageError, storage.make_node(base / "link", S_IFIFO | 0600, 0));
        CHECK_THROWS(partitions::StorageError, storage.rename(base / "f2", base / "d"));
        CHECK_THROWS(partitions::StorageError,
                     storage.open(base / "link", partitions::OpenMode::create_or_truncate));
        storage.remove(base / "link");
        CHECK_TRUE(partitions::FileKind::directory == storage.kind(base / "d"));
    });
}

TEST(Storage, a_rename_replaces) {
    on_both([](partitions::Storage &storage, const auto &base) {
        write(storage, base / "a", "new");
        write(storage, base / "b", "old");
        storage.rename(base / "a", base / "b");
        storage.sync_directory(base);
        storage.sync_filesystem(base);
        STRCMP_EQUAL("new", read(storage, base / "b").c_str());
        CHECK_TRUE(partitions::FileKind::none == storage.kind(base / "a"));
    });
}

TEST(Storage, a_clone_has_contents_and_mode_of_its_own) {
    on_both([](partitions::Storage &storage, const auto &base) {
        storage.open(base / "a", partitions::OpenMode::create_or_truncate, 0640)->close();
        write(storage, base / "a", "contents", partitions::OpenMode::overwrite_in_place);
        storage.clone_file(base / "a", base / "b");
        write(storage, base / "a", "CHANGED!", partitions::OpenMode::overwrite_in_place);
        STRCMP_EQUAL("contents", read(storage, base / "b").c_str());
        CHECK_EQUAL(0640U, storage.details(base / "b").mode & 07777U);
        CHECK_THROWS(partitions::StorageError, storage.clone_file(base / "a", base / "b"));
    });
}

TEST(Storage, a_truncated_file_gets_the_mode_asked_for) {
    on_both([](partitions::Storage &storage, const auto &base) {
        storage.open(base / "f", partitions::OpenMode::create_or_truncate, 0666)->close();
        CHECK_EQUAL(0666U, storage.details(base / "f").mode & 07777U);
        storage.open(base / "f", partitions::OpenMode::create_or_truncate, 0600)->close();
        CHECK_EQUAL(0600U, storage.details(base / "f").mode & 07777U);
    });
}

TEST(Storage, misuse_is_told_not_done) {
    on_both([](partitions::Storage &storage, const auto &base) {
        write(storage, base / "f", std::string(8192, 'x'));
        std::array<std::byte, 1> byte{};
        const auto reading = storage.open(base / "f", partitions::OpenMode::read);
        CHECK_THROWS(partitions::StorageError, reading->write_at(0, byte));
        const auto appending = storage.open(base / "f", partitions::OpenMode::append);
        CHECK_THROWS(partitions::StorageError, appending->write_at(0, byte));
        const auto direct = storage.open(base / "f", partitions::OpenMode::block_device);
        CHECK_THROWS(partitions::StorageError, direct->write_at(1, byte));
        CHECK_THROWS(partitions::StorageError, direct->append(byte));
        CHECK_THROWS(partitions::StorageError, direct->zero(1, 4096));
    });
}

TEST(Storage, a_full_file_system_is_told_as_such) {
    partitions_test::shell("mount -t tmpfs -o size=64k none " + directory.path().string());
    partitions::PosixStorage storage;
    bool full = false;
    try {
        write(storage, directory / "big", std::string(100000, 'x'));
    } catch (const partitions::StorageFull &error) {
        full = true;
        const std::string message = error.what();
        CHECK_TRUE(message.find((directory / "big").string()) != std::string::npos);
        CHECK_TRUE(message.find("free space") != std::string::npos);
    }
    partitions_test::shell("umount " + directory.path().string());
    CHECK_TRUE(full);
}

TEST(Storage, what_is_protected_against_root_can_be_removed_and_renamed_all_the_same) {
    for (const char *type : {"xfs", "ext4"}) {
        const partitions_test::Volume volume(directory, type);
        const auto tree = volume.path() / "tree";
        std::filesystem::create_directories(tree / "deep");
        partitions_test::shell(
            "cd " + tree.string() + " && touch deep/file deep/log && ln -s nowhere deep/link" +
            " && chattr +i deep/file && chattr +a deep/log && chattr +i deep && chattr +i .");
        partitions::PosixStorage storage;
        partitions_test::shell("cd " + volume.path().string() + " && mkdir closed && chattr +i closed");
        storage.rename(tree, volume.path() / "closed/tree"); // into a protected folder as well
        storage.rename(volume.path() / "closed/tree", volume.path() / "retired");
        partitions::remove_tree(storage, volume.path() / "retired");
        CHECK_TRUE(storage.kind(volume.path() / "retired") == partitions::FileKind::none);
    }
}
