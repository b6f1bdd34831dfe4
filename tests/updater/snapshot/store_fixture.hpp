// A store of snapshots on a storage in memory, with a generation whose settings differ from the image's.
#pragma once

#include "tests/support/fake_entry_attributes.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/snapshot/restore.hpp"
#include "updater/snapshot/snapshot_store.hpp"

#include <memory>
#include <string>

struct StoreFixture {
    explicit StoreFixture(partitions_test::FakeStorage &disk, const std::string &version = "2.8.0.0")
        : storage(disk), attributes(disk),
          store(disk, attributes, folder, {"mailsec-appliance", version, "a", {{"etc", "debian-12"}}},
                {.trees =
                     [] {
                         return updater::snapshot::SnapshotStore::ShownTrees{
                             {generation.etc_upper(), "/image/etc"}, nullptr};
                     },
                 .space_of = [this](const std::filesystem::path &) { return space; },
                 .clock = [this] { return now += std::chrono::seconds(1); }}),
          restore(disk, attributes, store, [] { return generation; }) {}

    static void prepare(partitions_test::FakeStorage &disk) {
        disk.put_file("/image/etc/motd", "welcome");
        disk.put_file("/image/etc/passwd", "root");
        disk.put_file(generation.etc_upper() / "postfix/main.cf", "old settings", 0640);
        disk.put_file(generation.etc_upper() / "motd", "mine");
        disk.put_directory("/data/update-control");
    }

    static inline const std::filesystem::path folder = "/data/update-control/snapshots";
    static inline const partitions::Generation generation{"/data/generations/2.8.0.0-1"};

    partitions_test::FakeStorage &storage;
    FakeEntryAttributes attributes;
    partitions::FileSystemSpace space{1'000'000'000, 900'000'000};
    std::chrono::system_clock::time_point now{std::chrono::hours(500000)};
    updater::snapshot::SnapshotStore store;
    updater::snapshot::Restore restore;
};
