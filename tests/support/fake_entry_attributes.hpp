// Attributes of entries in a storage in memory, which has owners and modes: those are read, and what is
// written is the owner. Others are tested on a real file system.
#pragma once

#include "tests/support/fake_storage.hpp"
#include "updater/snapshot/entry_attributes.hpp"

class FakeEntryAttributes : public updater::snapshot::EntryAttributes {
  public:
    explicit FakeEntryAttributes(partitions_test::FakeStorage &storage) : storage_(storage) {}

    void read(const std::filesystem::path &path, updater::snapshot::Entry &entry) const override {
        const partitions::FileDetails details = storage_.details(path);
        entry.attributes.permissions =
            entry.kind == updater::snapshot::EntryKind::symlink ? 0 : details.mode & 07777U;
        entry.attributes.owner = details.owner;
        entry.attributes.group = details.group;
    }
    void write(const std::filesystem::path &path, const updater::snapshot::Entry &entry) const override {
        storage_.put_owner(path, entry.attributes.owner, entry.attributes.group);
    }

  private:
    partitions_test::FakeStorage &storage_;
};
