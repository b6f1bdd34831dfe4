// A snapshot of settings without a disk: its description, the contents of its files, and the archive of both
// as the product writes it.
#pragma once

#include "updater/snapshot/archive_reader.hpp"
#include "updater/snapshot/archive_writer.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>

class SnapshotInMemory {
  public:
    SnapshotInMemory() {
        using namespace updater::snapshot;
        description.name = "monday";
        description.product = "mailsec-appliance";
        description.version = "2.8.0.0";
        description.slot = "a";
        description.made = std::chrono::sys_seconds(std::chrono::hours(500000));
        description.why = "by hand";
        description.formats = {{"etc", "debian-12"}, {"policy", "1"}};
        directory(Tree::settings, "");
        directory(Tree::base, "");
    }

    void directory(updater::snapshot::Tree tree, const std::string &path) {
        auto &entry = add(tree, path, updater::snapshot::EntryKind::directory);
        entry.attributes.permissions = 0755;
    }
    updater::snapshot::Entry &file(updater::snapshot::Tree tree, const std::string &path,
                                   const std::string &contents) {
        auto &entry = add(tree, path, updater::snapshot::EntryKind::file);
        entry.attributes.permissions = 0640;
        entry.attributes.group = 42;
        entry.size_bytes = contents.size();
        entry.hash = partitions::base::sha256_of(contents);
        contents_[{tree, path}] = contents;
        return entry;
    }
    void link(const std::string &path, const std::string &target) {
        add(updater::snapshot::Tree::settings, path, updater::snapshot::EntryKind::symlink).target = target;
    }
    void removed(const std::string &path) {
        add(updater::snapshot::Tree::settings, path, updater::snapshot::EntryKind::whiteout);
    }

    /// A little of everything.
    static SnapshotInMemory some() {
        using updater::snapshot::Tree;
        SnapshotInMemory made;
        made.directory(Tree::settings, "postfix");
        made.file(Tree::settings, "postfix/main.cf", "myhostname = mail.lan.test\n")
            .attributes.extended["user.note"] = std::string("\0\xff", 2);
        made.file(Tree::settings, "na\xefve %41 name", "x");
        made.file(Tree::settings, "empty", "");
        made.link("localtime", "/usr/share/zoneinfo/Europe/Berlin");
        made.removed("motd");
        made.directory(Tree::base, "postfix");
        made.file(Tree::base, "postfix/main.cf", "myhostname = localhost\n");
        made.file(Tree::base, "passwd", "root:x:0:0::/root:/bin/sh\n");
        for (const char *folder : {"", "lib", "lib/lists"})
            made.directory(Tree::var, folder);
        made.file(Tree::var, "lib/lists/senders", "spam@example.test\n");
        return made;
    }

    std::string archive() const {
        std::string bytes;
        updater::snapshot::write_archive(
            description,
            [this](updater::snapshot::Tree tree, const updater::snapshot::Entry &entry,
                   const updater::snapshot::ByteSink &sink) {
                sink(std::as_bytes(std::span(contents_.at({tree, entry.path.native()}))));
            },
            [&bytes](std::span<const std::byte> piece) {
                bytes.append(reinterpret_cast<const char *>(piece.data()), piece.size());
            });
        return bytes;
    }

    /// Reads them; they outlive it.
    static updater::snapshot::ArchiveReader::Source source_of(std::string_view bytes) {
        return [rest = bytes](std::span<std::byte> into) mutable {
            const std::size_t length = std::min(into.size(), rest.size());
            if (length > 0)
                std::memcpy(into.data(), rest.data(), length);
            rest.remove_prefix(length);
            return length;
        };
    }

    /// Whoever changes it makes an archive that breaks a rule.
    updater::snapshot::Description description;

  private:
    updater::snapshot::Entry &add(updater::snapshot::Tree tree, const std::string &path,
                                  updater::snapshot::EntryKind kind) {
        auto &list = tree == updater::snapshot::Tree::settings ? description.settings
                     : tree == updater::snapshot::Tree::base   ? description.base
                                                               : description.var;
        list.push_back({.path = path, .kind = kind});
        return list.back();
    }

    std::map<std::pair<updater::snapshot::Tree, std::string>, std::string> contents_;
};
