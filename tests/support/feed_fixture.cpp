#include "tests/support/feed_fixture.hpp"
#include "image/firmware-writer/signer.hpp"

#include "tests/support/file_contents.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>

namespace updater::testing {

namespace {

/// Gone when the program ends.
class KeyFolder {
  public:
    std::filesystem::path key(char name) {
        const std::filesystem::path file = folder_ / (std::string(1, name) + ".key");
        if (!std::filesystem::exists(file))
            firmware_writer::make_key_pair(std::string("Vendor ") + name, file, certificate_path(name));
        return file;
    }
    std::filesystem::path certificate(char name) {
        key(name);
        return certificate_path(name);
    }

  private:
    std::filesystem::path certificate_path(char name) const {
        return folder_ / (std::string(1, name) + ".pem");
    }
    TemporaryFolder folder_;
};

KeyFolder &keys() {
    static KeyFolder folder;
    return folder;
}

} // namespace

feed::SignedText sign_with(char name, const std::string &text) {
    return {text, firmware_writer::sign(text, keys().key(name), keys().certificate(name))};
}

std::string certificate_of(char name) {
    return test_files::read_file(keys().certificate(name));
}

firmware::TrustedKeys trusting(const std::string &names) {
    std::string all;
    for (const char name : names)
        all += certificate_of(name);
    return firmware::TrustedKeys::from_pem(all, names);
}

feed::FeedEntry entry(const char *version, const char *minimum_version) {
    feed::FeedEntry entry;
    entry.version = firmware::Version::parse(version);
    entry.minimum_version = firmware::Version::parse(minimum_version);
    entry.bytes = 1000;
    entry.released = today - std::chrono::days(1);
    entry.urls = {std::string("https://updates.example/list/") + version + ".fw"};
    entry.release_notes = "Notes of <" + std::string(version) + "> & more";
    entry.license = "A license";
    return entry;
}

feed::Feed feed_of(std::uint64_t serial, std::vector<feed::FeedEntry> entries) {
    return {.product = product,
            .serial = serial,
            .issued = today,
            .expires = today + std::chrono::days(30),
            .entries = std::move(entries)};
}

feed::SignedText signed_feed(char key, const feed::Feed &feed) {
    return sign_with(key, feed::write_feed(feed));
}

feed::SignedText signed_keys(char by, std::uint64_t number, const std::string &names) {
    feed::KeyList list{.product = product, .number = number, .certificates = {}};
    for (const char name : names)
        list.certificates.push_back(certificate_of(name));
    return sign_with(by, feed::write_key_list(list));
}

} // namespace updater::testing
