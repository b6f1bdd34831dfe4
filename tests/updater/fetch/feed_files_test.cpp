// Which files are asked for, and what is left when one does not come.
#include "tests/support/fake_fetcher.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/fetch/feed_files.hpp"

#include <fstream>
#include <set>

#include <CppUTest/TestHarness.h>

using namespace updater;

namespace {

std::string names_in(const std::filesystem::path &folder) {
    std::set<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(folder))
        names.insert(entry.path().filename());
    std::string text;
    for (const std::string &name : names)
        text += name + " ";
    return text;
}

} // namespace

TEST_GROUP(FeedFiles) {
    TemporaryFolder folder;
    FakeFetcher server;
    const FeedRequest request{"https://updates.example/list/feed.xml", "/ca.pem", 2};

    void serve(const std::string &name) {
        server.serve("https://updates.example/list/" + name, name);
        server.serve("https://updates.example/list/" + name + ".sig", name + ".sig");
    }
    void fetch() {
        fetch_feed_files(server, request, folder.path(), std::stop_token());
    }
};

TEST(FeedFiles, are_the_feed_and_all_lists_of_keys_from_the_one_asked_for) {
    for (const char *name : {"feed.xml", "keys-1.xml", "keys-2.xml", "keys-3.xml", "keys-5.xml"})
        serve(name);
    fetch();
    STRCMP_EQUAL("feed.xml feed.xml.sig keys-2.xml keys-2.xml.sig keys-3.xml keys-3.xml.sig ",
                 names_in(folder.path()).c_str());
}

TEST(FeedFiles, leave_nothing_of_an_earlier_answer) {
    std::ofstream(folder.path() / "keys-9.xml") << "old";
    std::filesystem::create_directory(folder.path() / "strange");
    serve("feed.xml");
    fetch();
    STRCMP_EQUAL("feed.xml feed.xml.sig ", names_in(folder.path()).c_str());
}

TEST(FeedFiles, are_no_answer_when_the_feed_is_not_there) {
    serve("keys-2.xml");
    CHECK_THROWS(DownloadFailed, fetch());
    CHECK_FALSE(std::filesystem::exists(folder.path() / feed_file));
}

TEST(FeedFiles, end_at_a_server_in_trouble_instead_of_taking_that_for_the_last_list) {
    serve("feed.xml");
    server.fail("https://updates.example/list/keys-2.xml.sig", DownloadFailure::server_refused, "status 503");
    CHECK_THROWS(DownloadFailed, fetch());
}

TEST(FeedFiles, requests_are_read_as_they_were_written) {
    CHECK_TRUE(parse_feed_request(write_feed_request(request)) == request);
    for (const char *text : {"", "{}", "[]", "{\"feed_url\": 7}"})
        CHECK_THROWS(std::runtime_error, parse_feed_request(text));
}
