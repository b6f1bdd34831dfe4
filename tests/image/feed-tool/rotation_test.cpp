// A vendor replaces its signing key: from `update-feed rotate` to an appliance, which knows only the old key
// by its image, and what it then installs and refuses.
#include "image/firmware-writer/firmware_writer.hpp"
#include "image/firmware-writer/signer.hpp"
#include "started_program.hpp"
#include "tests/support/fake_partition_finder.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/feed/feed_error.hpp"
#include "updater/feed/feed_names.hpp"
#include "updater/feed/feed_store.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/phases/image_installation.hpp"

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;

namespace {

constexpr const char *product = "mail-appliance";

/// The vendor's keys, and a firmware by each: made once, because keys take a while.
class Vendor {
  public:
    Vendor() {
        test_files::write_file(folder_ / "image", std::string(64UL * 1024, 'x'));
        make("old", "2.8.1.0");
        make("new", "2.8.2.0");
        make("stranger", "2.8.3.0");
    }
    std::filesystem::path key(const std::string &name) const { return folder_ / (name + ".key"); }
    std::filesystem::path certificate(const std::string &name) const { return folder_ / (name + ".pem"); }
    std::filesystem::path firmware(const std::string &by) const { return folder_ / (by + ".fw"); }

  private:
    void make(const std::string &name, const std::string &version) {
        firmware_writer::make_key_pair("Vendor " + name, key(name), certificate(name));
        firmware_writer::FirmwareParts parts;
        parts.manifest_template =
            std::string(R"(<firmware format="3"><product>)") + product +
            "</product><hardware>h</hardware><version>" + version +
            R"(</version><minimum-version install-first="2.8.0.0">2.8.0.0</minimum-version>
               <formats/><conversions contract="1"/><release-notes>n</release-notes><license>l</license></firmware>)";
        parts.image = folder_ / "image";
        parts.key = key(name);
        parts.certificate = certificate(name);
        parts.compression_level = 1;
        firmware_writer::write_firmware(parts, firmware(name), nullptr, {});
    }
    TemporaryFolder folder_;
};

const Vendor &vendor() {
    static const Vendor made;
    return made;
}

} // namespace

TEST_GROUP(Rotation) {
    TemporaryFolder published;
    partitions_test::FakeStorage disk;
    std::optional<feed::FeedStore> store;
    partitions_test::FakePartitionFinder finder{{}};
    pacing::Pacer pacer{0};
    configuration::Appliance running;
    phases::ImageInstallation installation{disk,    finder, nullptr, [this] { return store->keys(); },
                                           running, {},     pacer};

    void setup() override {
        start_appliance();
    }

    /// The exit code; --product, --key and --certificate are those of `by`.
    int update_feed(const std::string &command, const std::string &by, const std::string &more = "") {
        const std::string line = std::string(UPDATE_FEED) + " " + command + " --folder " +
                                 published.path().string() + " --product " + product + " --key " +
                                 vendor().key(by).string() + " --certificate " +
                                 vendor().certificate(by).string() + more + " >/dev/null 2>&1";
        const int status = std::system(line.c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    int rotate(const std::string &by, std::initializer_list<std::string> names) {
        std::string more;
        for (const std::string &name : names)
            more += " --new-certificate " + vendor().certificate(name).string();
        return update_feed("rotate", by, more);
    }
    void offer(const std::string &by) {
        std::filesystem::copy(vendor().firmware(by), published / (by + ".fw"));
    }

    void start_appliance() {
        store.emplace(
            disk, "/data/feed",
            firmware::TrustedKeys::from_pem(test_files::read_file(vendor().certificate("old")), "the image"),
            feed::FeedStore::Origin{"https://updates.example/feed.xml", product});
    }
    feed::SignedText document(const std::string &name) {
        return {test_files::read_file(published / name),
                test_files::read_file(published / (name + std::string(feed::signature_suffix)))};
    }
    /// The key lists of the server, one by one, then the feed. "accepted", or why not.
    std::string look() {
        try {
            for (auto number = store->next_key_list();
                 std::filesystem::exists(published / feed::key_list_file(number)); ++number)
                store->accept_key_list(document(feed::key_list_file(number)), number);
            store->accept_feed(document(std::string(feed::feed_file)), std::chrono::system_clock::now());
            return "accepted";
        } catch (const feed::FeedRefused &refusal) {
            return feed::name_of(refusal.kind());
        }
    }
    /// The result for a local firmware file that is named by its path.
    std::string install(const std::string &by) {
        job::JobFacts facts;
        facts.firmware_file = vendor().firmware(by);
        const job::PhaseRun run{.facts = facts,
                                .save_facts = [] {},
                                .progress = [](int, std::string_view) {},
                                .log = [](job::Severity, std::string_view) {},
                                .stop = {}};
        try {
            installation.open(run);
            return "accepted";
        } catch (const firmware::FirmwareRefused &refusal) {
            return firmware::name_of(refusal.kind());
        }
    }
};

TEST(Rotation, brings_an_appliance_from_the_old_key_to_the_new_one) {
    offer("old");
    LONGS_EQUAL(0, update_feed("publish", "old"));
    STRCMP_EQUAL("accepted", look().c_str());
    STRCMP_EQUAL("accepted", install("old").c_str());
    STRCMP_EQUAL("unknown_key", install("new").c_str());

    LONGS_EQUAL(0, rotate("old", {"old", "new"}));
    offer("new");
    LONGS_EQUAL(0, update_feed("publish", "new"));
    STRCMP_EQUAL("accepted", look().c_str());
    STRCMP_EQUAL("accepted", install("old").c_str());
    STRCMP_EQUAL("accepted", install("new").c_str());

    LONGS_EQUAL(0, rotate("new", {"new"}));
    LONGS_EQUAL(3, update_feed("publish", "new")); // old.fw would be refused everywhere
    std::filesystem::remove(published / "old.fw");
    LONGS_EQUAL(0, update_feed("publish", "new"));
    STRCMP_EQUAL("accepted", look().c_str());
    for (int start = 0; start < 2; ++start) {
        STRCMP_EQUAL("replaced_key", install("old").c_str());
        STRCMP_EQUAL("accepted", install("new").c_str());
        STRCMP_EQUAL("unknown_key", install("stranger").c_str());
        start_appliance();
    }
}

TEST(Rotation, reaches_an_appliance_that_was_off_all_the_time) {
    offer("new");
    LONGS_EQUAL(0, rotate("old", {"old", "new"}));
    LONGS_EQUAL(0, rotate("new", {"new"}));
    LONGS_EQUAL(0, update_feed("publish", "new"));
    STRCMP_EQUAL("accepted", look().c_str());
    STRCMP_EQUAL("replaced_key", install("old").c_str());
    STRCMP_EQUAL("accepted", install("new").c_str());
}

TEST(Rotation, by_a_stranger_changes_nothing) {
    offer("old");
    LONGS_EQUAL(0, rotate("stranger", {"stranger"})); // the folder says nothing of keys yet
    std::filesystem::remove(published / "old.fw");
    offer("stranger");
    LONGS_EQUAL(0, update_feed("publish", "stranger"));
    STRCMP_EQUAL("unknown_key", look().c_str());
    STRCMP_EQUAL("accepted", install("old").c_str());
    STRCMP_EQUAL("unknown_key", install("stranger").c_str());
    LONGS_EQUAL(1, store->next_key_list());
}

TEST(Rotation, is_not_published_with_a_key_that_counts_no_longer) {
    LONGS_EQUAL(0, rotate("old", {"new"}));
    LONGS_EQUAL(1, rotate("old", {"old"}));
    LONGS_EQUAL(1, update_feed("publish", "old"));
    CHECK_FALSE(std::filesystem::exists(published / feed::key_list_file(2)));
    CHECK_FALSE(std::filesystem::exists(published / std::string(feed::feed_file)));
}
