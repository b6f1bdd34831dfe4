// The archive of a snapshot: what was written is read, and nothing else is.
#include "tests/support/snapshot_in_memory.hpp"
#include "updater/snapshot/description_json.hpp"
#include "updater/snapshot/snapshot_error.hpp"

#include <functional>
#include <stdexcept>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::snapshot;

namespace {

/// "NAME=contents;" for each file of the settings.
std::string files_in(ArchiveReader &reader) {
    std::string all;
    reader.read_files({.begin = [&](const Entry &entry) { all += entry.path.string() + "="; },
                       .bytes =
                           [&](std::span<const std::byte> bytes) {
                               all.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
                           },
                       .end = [&] { all += ";"; }},
                      {}, {});
    return all;
}

std::string refusal_of(const std::string &archive) {
    try {
        ArchiveReader(SnapshotInMemory::source_of(archive), "x").verify();
    } catch (const SnapshotDamaged &refusal) {
        return refusal.what();
    }
    return "accepted";
}

} // namespace

TEST_GROUP(SnapshotArchive) {
    SnapshotInMemory snapshot = SnapshotInMemory::some();
};

TEST(SnapshotArchive, is_read_as_it_was_written) {
    const std::string archive = snapshot.archive();
    ArchiveReader reader(SnapshotInMemory::source_of(archive), "monday");
    const Description &found = reader.description();
    STRCMP_EQUAL(description_text(snapshot.description).c_str(), description_text(found).c_str());
    STRCMP_EQUAL("2.8.0.0", found.version.c_str());
    CHECK(found.made == snapshot.description.made);
    CHECK_EQUAL(7U, found.settings.size());
    CHECK(found.settings[2].attributes == snapshot.description.settings[2].attributes);
    STRCMP_EQUAL("postfix/main.cf=myhostname = mail.lan.test\n;na\xefve %41 name=x;empty=;",
                 files_in(reader).c_str());
}

TEST(SnapshotArchive, has_the_same_bytes_for_the_same_settings) {
    STRCMP_EQUAL(snapshot.archive().c_str(), snapshot.archive().c_str());
}

TEST(SnapshotArchive, cut_short_anywhere_is_refused) {
    const std::string archive = snapshot.archive();
    // The last bytes are Zstandard's checksum of what was read before.
    for (std::size_t length = 0; length + 8 < archive.size(); length += 41)
        CHECK_TEXT(refusal_of(archive.substr(0, length)) != "accepted", std::to_string(length).c_str());
}

TEST(SnapshotArchive, with_any_changed_byte_is_refused_or_the_same) {
    const std::string archive = snapshot.archive();
    const std::string wanted = description_text(snapshot.description);
    for (std::size_t at = 0; at < archive.size(); at += 19) {
        std::string changed = archive;
        changed[at] = static_cast<char>(changed[at] ^ 0x20);
        try {
            ArchiveReader reader(SnapshotInMemory::source_of(changed), "x");
            const std::string files = files_in(reader);
            STRCMP_EQUAL(wanted.c_str(), description_text(reader.description()).c_str());
        } catch (const SnapshotDamaged &) {
            // what must happen, unless a padding byte was hit
        }
    }
}

TEST(SnapshotArchive, whose_file_has_another_hash_or_size_is_refused) {
    snapshot.description.settings[2].hash = partitions::base::sha256_of("another");
    STRCMP_CONTAINS("its hash is another one", refusal_of(snapshot.archive()).c_str());
}

TEST(SnapshotArchive, that_is_something_else_is_refused) {
    STRCMP_CONTAINS("no snapshot", refusal_of("just a text, and quite another kind of file").c_str());
    STRCMP_CONTAINS("can't be used", refusal_of("").c_str());
}

TEST(SnapshotArchive, that_breaks_a_rule_is_refused) {
    using Change = std::function<void(Description &)>;
    const auto path = [](const char *text) {
        return Change([text](Description &it) { it.settings[4].path = text; });
    };
    const auto attribute = [](const char *name) {
        return Change([name](Description &it) { it.settings[4].attributes.extended[name] = "y"; });
    };
    const struct {
        const char *what;
        Change change;
        const char *says;
    } cases[] = {
        {"out of /etc", path("../shadow"), "leads out of /etc"},
        {"out of a folder of /etc", path("postfix/../../shadow"), "isn't a path below /etc"},
        {"only upward", path(".."), "leads out of /etc"},
        {"absolute", path("/root/.ssh"), "isn't a path below /etc"},
        {"a dot", path("./x"), "isn't a path below /etc"},
        {"two slashes", path("postfix//x"), "isn't a path below /etc"},
        {"a slash at the end", path("postfix/"), "isn't a path below /etc"},
        {"below nothing", path("nothing/x"), "lies in no directory of the snapshot"},
        {"below a file", path("postfix/main.cf/x"), "lies in no directory of the snapshot"},
        {"twice", path("postfix/main.cf"), "is there twice"},
        {"below a link",
         [](Description &it) {
             it.settings[1].kind = EntryKind::symlink;
             it.settings[1].target = "/root";
         },
         "lies in no directory of the snapshot"},
        {"/etc is a link", [](Description &it) { it.settings[0].kind = EntryKind::symlink; }, "no directory"},
        {"redirects an overlay", attribute("trusted.overlay.redirect"), "extended attribute"},
        {"hides behind an attribute", attribute("trusted.overlay.opaque"), "extended attribute"},
        {"of an unknown kind", attribute("btrfs.compression"), "extended attribute"},
        {"a mode with a type", [](Description &it) { it.settings[4].attributes.permissions = 0100644; },
         "an owner, a mode or flags"},
        {"no owner", [](Description &it) { it.settings[4].attributes.owner = static_cast<uid_t>(-1); },
         "an owner, a mode or flags"},
        {"an odd flag", [](Description &it) { it.settings[4].attributes.flags = 0x80000; },
         "an owner, a mode or flags"},
        {"a removal from the image", [](Description &it) { it.base[2].kind = EntryKind::whiteout; },
         "removed from the image itself"},
        {"an opaque file", [](Description &it) { it.settings[4].opaque = true; }, "hides a directory"},
        {"a link to nowhere", [](Description &it) { it.settings[5].target.clear(); }, "valid target"},
        {"an odd time", [](Description &it) { it.settings[4].modified.nanoseconds = -1; }, "a time"},
        {"an odd name", [](Description &it) { it.name = "../x"; }, "its name has other characters"},
        {"a version with an escape", [](Description &it) { it.version = "\x1b[2J"; }, "not plain"},
        {"a product with another escape", [](Description &it) { it.product = "x\xc2\x9bK"; }, "not plain"},
        {"a slot with the last control character", [](Description &it) { it.slot = "\xc2\x9f"; },
         "not plain"},
        {"out of /var", [](Description &it) { it.var[3].path = "../../etc/shadow"; },
         "leads out of /etc or /var"},
        {"absolute in /var", [](Description &it) { it.var[3].path = "/etc/shadow"; }, "isn't a path"},
        {"a link in /var",
         [](Description &it) {
             it.var[2].kind = EntryKind::symlink;
             it.var[2].target = "/etc";
         },
         "something else than a folder or file below /var"},
        {"a removal in /var", [](Description &it) { it.var[3] = {.path = "x", .kind = EntryKind::whiteout}; },
         "something else than a folder or file below /var"},
        {"a protected file in /var", [](Description &it) { it.var[3].attributes.flags = 0x10; },
         "something else than a folder or file below /var"},
        {"nothing above it in /var", [](Description &it) { it.var.erase(it.var.begin() + 1); },
         "lies in no directory"},
        {"no /etc", [](Description &it) { it.settings.clear(); }, "it has no /etc"},
    };
    for (const auto &row : cases) {
        SnapshotInMemory bad = SnapshotInMemory::some();
        row.change(bad.description);
        std::string said = "accepted";
        try {
            static_cast<void>(parse_description(description_text(bad.description), "x"));
        } catch (const SnapshotDamaged &refusal) {
            said = refusal.what();
        }
        STRCMP_CONTAINS_TEXT(row.says, said.c_str(), row.what);
    }
}

TEST(SnapshotArchive, without_files_of_var_is_read_by_an_older_updater) {
    SnapshotInMemory small;
    STRCMP_CONTAINS("\"format\":1,", description_text(small.description).c_str());
    CHECK_TRUE(parse_description(description_text(small.description), "x").var.empty());
}

TEST(SnapshotArchive, may_have_letters_of_any_language_in_its_texts) {
    snapshot.description.why = "\xc3\x9cmter, \xc2\xa7 5, \xe2\x82\xac";
    STRCMP_EQUAL(snapshot.description.why.c_str(),
                 parse_description(description_text(snapshot.description), "x").why.c_str());
}

TEST(SnapshotArchive, larger_than_allowed_is_refused_before_it_is_read) {
    for (const std::uint64_t bytes : {max_file_bytes + 1, ~std::uint64_t{0}}) {
        snapshot.description.settings[4].size_bytes = bytes;
        CHECK_THROWS(SnapshotDamaged, parse_description(description_text(snapshot.description), "x"));
    }
    SnapshotInMemory many;
    for (int number = 0; number < 6; ++number)
        many.file(Tree::settings, std::to_string(number), "").size_bytes = max_file_bytes;
    CHECK_THROWS(SnapshotDamaged, parse_description(description_text(many.description), "x"));
    SnapshotInMemory crowded;
    for (std::size_t number = 0; number < max_entries; ++number)
        crowded.removed(std::to_string(number));
    CHECK_THROWS(SnapshotDamaged, parse_description(description_text(crowded.description), "x"));
}

TEST(SnapshotArchive, whose_description_is_no_description_is_refused) {
    for (const char *text :
         {"", "{", "[]", "null", R"({"format":1})", R"({"format":"1"})", R"({"format":-1})",
          R"({"format":1e300})", "[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]"})
        CHECK_THROWS(SnapshotDamaged, parse_description(text, "x"));
    std::string newer = description_text(snapshot.description);
    newer.replace(newer.find("\"format\":2"), 10, "\"format\":3");
    try {
        parse_description(newer, "x");
        FAIL("accepted");
    } catch (const SnapshotDamaged &refusal) {
        STRCMP_CONTAINS("format 3, which only a newer release reads", refusal.what());
    }
}

TEST(SnapshotArchive, whose_description_would_need_much_memory_is_refused_before_that) {
    const auto repeated = [](const std::string &piece, std::size_t times) {
        std::string text;
        for (std::size_t time = 0; time < times; ++time)
            text += piece;
        return text;
    };
    const struct {
        const char *what;
        std::string text;
    } cases[] = {
        {"deep arrays", "{\"x\":" + repeated("[", 8)},
        {"deep objects", repeated("{\"x\":", 9)},
        {"many arrays", "[" + repeated("[],", 500'001)},
        {"many numbers", "[" + repeated("1,", 1'000'001)},
        {"behind a string with a quotation mark", R"({"a\"":"\\","x":)" + repeated("[", 8)},
    };
    for (const auto &row : cases) {
        std::string said = "accepted";
        try {
            static_cast<void>(parse_description(row.text, "x"));
        } catch (const SnapshotDamaged &refusal) {
            said = refusal.what();
        }
        STRCMP_CONTAINS_TEXT("holds more than that of a snapshot can", said.c_str(), row.what);
    }
    snapshot.description.why = "brackets in a text: \"" + repeated("[{,", 100) + "\\";
    STRCMP_EQUAL(snapshot.description.why.c_str(),
                 parse_description(description_text(snapshot.description), "x").why.c_str());
}

TEST(SnapshotArchive, says_why_its_file_cannot_be_read) {
    const ArchiveReader::Source broken = [](std::span<std::byte>) -> std::size_t {
        throw std::runtime_error("the disk does not answer");
    };
    CHECK_THROWS(std::runtime_error, ArchiveReader(broken, "x"));
}

TEST(SnapshotArchive, a_name_is_short_and_plain) {
    for (const char *good : {"a", "2026-11-30", "before-2.8.1.0", "x_y"})
        CHECK_TEXT(is_snapshot_name(good), good);
    for (const std::string &bad :
         {std::string(), std::string(".x"), std::string("-x"), std::string("a/b"), std::string("a b"),
          std::string("a\0b", 3), std::string("\xc3\xa4"), std::string(max_name_bytes + 1, 'x')})
        CHECK_FALSE_TEXT(is_snapshot_name(bad), bad.c_str());
}
