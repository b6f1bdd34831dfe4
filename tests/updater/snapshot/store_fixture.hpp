// A store of snapshots on a storage in memory, with a generation whose settings differ from the image's.
#pragma once

#include "partitions/tree_copy.hpp"
#include "tests/support/fake_entry_attributes.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/restore.hpp"
#include "updater/snapshot/snapshot_store.hpp"

#include <memory>
#include <string>
#include <vector>

/// Converts by adding a line; what it can't do is set by the test.
class FakeSettingsConversion : public updater::snapshot::SettingsConversion {
  public:
    explicit FakeSettingsConversion(partitions_test::FakeStorage &storage) : storage_(storage) {}

    void require_possible(const updater::snapshot::Description &description) const override {
        if (!missing.empty())
            throw updater::Refused("the snapshot " + description.name + " " + missing, "look");
    }
    updater::snapshot::ConvertedSettings convert(const updater::snapshot::Description &,
                                                 const updater::snapshot::ConversionFolders &folders,
                                                 const std::stop_token &) override {
        if (!failure.empty())
            throw std::runtime_error(failure);
        partitions::copy_tree(storage_, folders.source, folders.work / "result");
        const auto file = folders.work / "result/postfix/main.cf";
        storage_.put_file(file, storage_.contents(file) + ", converted beside " +
                                    storage_.contents(folders.old_root / "etc/motd"));
        if (converts_var && storage_.exists(folders.old_var / "lib"))
            partitions::copy_tree(storage_, folders.old_var / "lib", folders.new_var / "lib");
        return {folders.work / "result", {"etc: conflict /etc/motd"}};
    }

    std::string missing;
    std::string failure;
    bool converts_var = true;

  private:
    partitions_test::FakeStorage &storage_;
};

struct StoreFixture {
    explicit StoreFixture(partitions_test::FakeStorage &disk, const std::string &version = "2.8.0.0")
        : storage(disk), attributes(disk),
          store(disk, attributes, folder, {"mailsec-appliance", version, "a", {{"etc", "debian-12"}}},
                {.trees =
                     [] {
                         return updater::snapshot::SnapshotStore::ShownTrees{
                             {generation.etc_upper(), "/image/etc", generation.var(), {"lib/lists"}},
                             nullptr};
                     },
                 .space_of = [this](const std::filesystem::path &) { return space; },
                 .clock = [this] { return now += std::chrono::seconds(1); }}),
          conversion(disk), restore(disk, attributes, store, conversion, [] { return generation; }) {}

    static void prepare(partitions_test::FakeStorage &disk) {
        disk.put_file("/image/etc/motd", "welcome");
        disk.put_file("/image/etc/passwd", "root");
        disk.put_file(generation.etc_upper() / "postfix/main.cf", "old settings", 0640);
        disk.put_file(generation.etc_upper() / "motd", "mine");
        disk.put_directory("/data/update-control");
        disk.put_file(generation.var() / "lib/lists/senders", "old list", 0640);
        disk.put_file(generation.var() / "lib/other", "no setting");
    }

    static inline const std::filesystem::path folder = "/data/update-control/snapshots";
    static inline const partitions::Generation generation{"/data/generations/2.8.0.0-1"};

    partitions_test::FakeStorage &storage;
    FakeEntryAttributes attributes;
    partitions::FileSystemSpace space{1'000'000'000, 900'000'000};
    std::chrono::system_clock::time_point now{std::chrono::hours(500000)};
    updater::snapshot::SnapshotStore store;
    FakeSettingsConversion conversion;
    updater::snapshot::Restore restore;
};
