// A firmware file from a real server through the real update-fetch into a real folder: it is whole in the
// end, what goes wrong is said, and nothing is left behind.
#include "partitions/posix_storage.hpp"
#include "tests/support/firmware_in_memory.hpp"
#include "tests/support/small_file_system.hpp"
#include "tests/support/web_server.hpp"
#include "tests/updater/fetch/real_update_fetch.hpp"
#include "updater/available/connection_settings.hpp"
#include "updater/download/firmware_file_download.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

#include <numeric>

using namespace updater;
using namespace updater::fetch;
using updater_test::RealUpdateFetch;
using updater_test::signed_firmware;

namespace {

constexpr std::uint64_t mib = 1024UL * 1024;

struct Site {
    WebServer server;
    std::string firmware = signed_firmware().contents;

    Site() {
        put("f.fw", firmware);
        std::string other = firmware;
        other[other.size() / 2] = static_cast<char>(other[other.size() / 2] + 1);
        put("other.fw", other);
        put("short.fw", firmware.substr(0, firmware.size() / 2));
        put("document", "a document");
        put("large", std::string(mib, 'x'));
    }
    void put(const std::string &name, const std::string &contents) const {
        test_files::write_file(server.www() / name, contents);
    }
};

Site &site() {
    static Site running;
    return running;
}

} // namespace

TEST_GROUP(UpdateFetch) {
    SmallFileSystem disk{64 * mib};
    const std::filesystem::path part = disk.path() / "f.fw.part";
    partitions::PosixStorage storage;
    RealUpdateFetch update_fetch;
    std::vector<std::string> lines;

    FirmwareOrder order(const std::string &path) {
        download::Connection connection = site().server.connection();
        connection.stall_time = std::chrono::seconds(1);
        connection.give_up_time = std::chrono::seconds(2);
        return {.url = path.starts_with("https") ? path : site().server.url(path),
                .connection = connection,
                .known = false};
    }
    /// As `update-control -d` does it. `at`: called again and again with what is here of how much.
    void download(const std::string &path, const download::FirmwareFileDownload::Progress &at = nullptr) {
        FetchedSource source(update_fetch.opener(), order(path),
                             [this](const std::string &line) { lines.push_back(line); });
        const auto head = firmware::read_firmware_head(
            source, firmware::TrustedKeys::from_directory(signed_firmware().folder / "keys"));
        download::FirmwareFileDownload(storage, part, partitions::space_of).fetch(source, head, at, {});
    }
    std::string failure_of(const std::string &path) {
        try {
            download(path);
        } catch (const std::exception &failure) {
            return failure.what();
        }
        return "no failure";
    }
    static std::uint64_t sent_bytes(const std::string &path) {
        std::uint64_t all = 0;
        for (const std::string &request : site().server.requests(path))
            all += std::stoull(request.substr(request.find(' ') + 1));
        return all;
    }
    bool is_whole() const {
        const std::string found = test_files::read_file(part);
        return found.substr(0, found.size() - 1024) == site().firmware.substr(0, found.size() - 1024);
    }
    bool nothing_is_left() const {
        return std::filesystem::is_empty(disk.path());
    }
};

TEST(UpdateFetch, brings_a_firmware_file) {
    download("/f.fw");
    CHECK(is_whole());
}

TEST(UpdateFetch, is_started_again_for_what_is_missing_after_it_was_killed) {
    const std::uint64_t before = sent_bytes("/f.fw");
    std::uint64_t here = 0;
    try {
        download("/f.fw", [&](std::uint64_t done, std::uint64_t all) {
            if (here == 0 && done > all / 2) {
                here = done;
                update_fetch.kill();
            }
        });
        // The rest may have been on its way here already.
    } catch (const download::DownloadFailed &failure) {
        STRCMP_CONTAINS("journalctl -u 'update-fetch@*'", failure.what());
    }
    CHECK(here > 0);
    download("/f.fw");
    CHECK(is_whole());
    // What was here was whole pieces of at most 4 MiB, but for the last; the head comes once for each try.
    CHECK(sent_bytes("/f.fw") - before <= site().firmware.size() + 2 * 4 * mib + mib);
}

TEST(UpdateFetch, says_what_is_wrong_and_leaves_nothing) {
    const struct {
        std::string path;
        const char *said;
    } cases[] = {
        {"/nowhere.fw", "404"},
        {"/short.fw", "not whole"},
        {"/other.fw", "is not what was signed"},
        {"/around", "redirect"},
        {"/to-http", "http"},
        {"/to-file", "https"},
        {"/nobody", "403"},
        {"/always-busy", "503"},
        {site().server.url_expired("/f.fw"), "certificate"},
        {site().server.url_by_wrong_name("/f.fw"), "certificate"},
        {"https://localhost:" + std::to_string(WebServer::closed_port()) + "/f.fw", "connect"},
        {"http://localhost/f.fw", "https"},
    };
    for (const auto &each : cases) {
        const std::string said = failure_of(each.path);
        CHECK_TEXT(said.find(each.said) != std::string::npos, (each.path + ": " + said).c_str());
        CHECK_TEXT(nothing_is_left(), each.path.c_str());
    }
}

TEST(UpdateFetch, fetches_nothing_for_a_disk_that_is_full) {
    test_files::write_file(disk.path() / "mail", std::string(60 * mib, 'm'));
    const std::uint64_t before = sent_bytes("/f.fw");
    STRCMP_CONTAINS("have to stay free for mail", failure_of("/f.fw").c_str());
    // Only the head was looked at.
    CHECK(sent_bytes("/f.fw") - before < site().firmware.size() / 4);
    std::filesystem::remove(disk.path() / "mail");
    CHECK(nothing_is_left());
}

TEST(UpdateFetch, leaves_nothing_on_a_disk_that_fills_up_at_that_moment) {
    test_files::write_file(disk.path() / "mail", std::string(63 * mib, 'm'));
    FetchedSource source(update_fetch.opener(), order("/f.fw"), nullptr);
    const auto head = firmware::read_firmware_head(
        source, firmware::TrustedKeys::from_directory(signed_firmware().folder / "keys"));
    const auto as_it_was = [](const std::filesystem::path &) {
        return partitions::FileSystemSpace{64 * mib, 64 * mib};
    };
    CHECK_THROWS(partitions::StorageFull,
                 download::FirmwareFileDownload(storage, part, as_it_was).fetch(source, head, nullptr, {}));
    CHECK_FALSE(std::filesystem::exists(part));
}

TEST(UpdateFetch, believes_the_vendors_servers_and_those_of_the_sites_own_authority) {
    const WebServer own;
    test_files::write_file(own.www() / "document", "a copy");
    const configuration::FirmwareSource image{.certificate_authority = site().server.certificate_authority()};
    configuration::DownloadSettings settings;
    const auto fetch = [&](const WebServer &from) -> std::string {
        DocumentClient client(update_fetch.opener(), available::connection_of(storage, image, settings));
        try {
            return client.fetch(from.url("/document"), 10, {});
        } catch (const download::DownloadFailed &failed) {
            return failed.what();
        }
    };
    STRCMP_CONTAINS("<certificate-authorities> in /etc/update-control/settings.xml", fetch(own).c_str());
    settings.certificate_authorities = own.certificate_authority();
    STRCMP_EQUAL("a copy", fetch(own).c_str());
    STRCMP_EQUAL("a document", fetch(site().server).c_str());
}

TEST(UpdateFetch, brings_documents_of_the_length_that_was_allowed) {
    DocumentClient client(update_fetch.opener(), order("/").connection);
    STRCMP_EQUAL("a document", client.fetch(site().server.url("/document"), 10, {}).c_str());
    const struct {
        std::string path;
        download::DownloadFailure failure;
    } cases[] = {{"/document", download::DownloadFailure::too_large},
                 {"/no-length", download::DownloadFailure::too_large},
                 {"/absent", download::DownloadFailure::not_on_server}};
    for (const auto &each : cases) {
        try {
            client.fetch(site().server.url(each.path), 9, {});
            FAIL("it was taken");
        } catch (const download::DownloadFailed &failed) {
            CHECK_TEXT(failed.kind() == each.failure, failed.what());
        }
    }
}
