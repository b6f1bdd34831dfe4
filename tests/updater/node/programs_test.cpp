// The product's programs for the queue and the role: which one runs, and what is made of what it says.
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/cancelled.hpp"
#include "updater/node/mail_queue.hpp"
#include "updater/node/role.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::node;

TEST_GROUP(NodePrograms) {
    partitions_test::FakeStorage storage;
    updater_test::FakeHookRunner runner;
    ProductPrograms programs{storage, runner, {"/etc/own.d", "/usr/image.d"}};
    MailQueue queue{programs};
    Role role{programs};

    void setup() override {
        for (const char *folder : {"/etc/own.d", "/usr/image.d"}) {
            storage.put_directory(folder);
            storage.put_owner(folder, 0, 0);
        }
    }
    void install(const std::string &path, std::vector<std::string> output, int exit_code = 0) {
        storage.put_file(path, "#!", 0755);
        storage.put_owner(path, 0, 0);
        runner.install(path, {.standard_output = std::move(output),
                              .standard_error = exit_code == 0 ? std::vector<std::string>{}
                                                               : std::vector<std::string>{"the peer is away"},
                              .exit_code = exit_code});
    }
    std::string failure_of_role() {
        try {
            return role.carry_out(RoleVerb::take, {});
        } catch (const ProgramFailed &failure) {
            CHECK(failure.code() == messages::Code::cluster_program_failed);
            return failure.what();
        }
    }
};

TEST(NodePrograms, the_queue_is_listed_with_what_the_program_says) {
    install("/usr/image.d/queue", {"message 4Xy 1764547200 2 connect to 10.0.0.1: timed out",
                                   "message 4Xz 1764547201 1 ", "a line that means nothing", "messages 3"});
    const auto listing = queue.list({});
    LONGS_EQUAL(3, listing.length);
    LONGS_EQUAL(2, listing.messages.size());
    STRCMP_EQUAL("4Xy", listing.messages[0].id.c_str());
    LONGS_EQUAL(2, listing.messages[0].recipients);
    LONGS_EQUAL(1764547200, listing.messages[0].arrived.time_since_epoch().count());
    STRCMP_EQUAL("connect to 10.0.0.1: timed out", listing.messages[0].reason.c_str());
    STRCMP_EQUAL("", listing.messages[1].reason.c_str());
    STRCMP_EQUAL("list", runner.calls().back().arguments.front().c_str());
    CHECK_TRUE(runner.calls().back().protect_system);
}

TEST(NodePrograms, a_queue_without_a_count_is_not_empty_but_unknown) {
    for (const char *said : {"", "messages", "messages many", "messages -1", "messages 1 2"}) {
        CHECK_THROWS(ProgramFailed, listing_in({said}));
    }
}

TEST(NodePrograms, lines_that_break_the_contract_are_no_messages) {
    for (const char *said : {"message", "message A", "message A 1", "message A x 1", "message A 1 x",
                             "message  1 1 reason", "message A 99999999999999 1"}) {
        const auto listing = listing_in({said, "messages 7"});
        CHECK_TRUE(listing.messages.empty());
        LONGS_EQUAL(7, listing.length);
    }
}

TEST(NodePrograms, a_long_queue_is_listed_in_part) {
    std::vector<std::string> lines(200, "message A 1764547200 1 busy");
    lines.insert(lines.begin(), "messages 200");
    const auto listing = listing_in(lines);
    LONGS_EQUAL(200, listing.length);
    LONGS_EQUAL(MailQueue::max_listed, listing.messages.size());
}

TEST(NodePrograms, running_the_queue_may_reach_the_mail_server) {
    install("/usr/image.d/queue", {});
    queue.run({});
    STRCMP_EQUAL("run", runner.calls().back().arguments.front().c_str());
    CHECK_FALSE(runner.calls().back().protect_system);
}

TEST(NodePrograms, the_role_is_told_and_changed) {
    CHECK_FALSE(role.is_known_here());
    install("/usr/image.d/role", {"role secondary"});
    CHECK_TRUE(role.is_known_here());
    STRCMP_EQUAL("secondary", role.carry_out(RoleVerb::show, {}).c_str());
    CHECK_TRUE(runner.calls().back().protect_system);
    STRCMP_EQUAL("secondary", role.carry_out(RoleVerb::give, {}).c_str());
    STRCMP_EQUAL("give", runner.calls().back().arguments.front().c_str());
    CHECK_FALSE(runner.calls().back().protect_system);
}

TEST(NodePrograms, the_administrators_program_takes_the_place_of_the_images) {
    install("/usr/image.d/role", {"role secondary"});
    install("/etc/own.d/role", {"role primary"});
    STRCMP_EQUAL("primary", role.carry_out(RoleVerb::show, {}).c_str());
}

TEST(NodePrograms, a_role_is_one_plain_word) {
    for (const char *said : {"", "role ", "role Primary", "role two words", "primary"})
        CHECK_THROWS(ProgramFailed, role_in({said}));
    STRCMP_EQUAL("active-1", role_in({"noise", "role active-1"}).c_str());
}

TEST(NodePrograms, a_program_that_fails_gives_its_reason) {
    STRCMP_CONTAINS("has no program /usr/image.d/role", failure_of_role().c_str());
    install("/usr/image.d/role", {"role primary"}, 1);
    STRCMP_EQUAL("/usr/image.d/role: the peer is away", failure_of_role().c_str());
}

TEST(NodePrograms, a_program_that_others_can_change_does_not_run) {
    install("/usr/image.d/role", {"role primary"});
    storage.put_owner("/usr/image.d/role", 1000, 1000);
    STRCMP_CONTAINS("does not belong to root", failure_of_role().c_str());
    storage.put_file("/usr/image.d/role", "#!", 0757);
    storage.put_owner("/usr/image.d/role", 0, 0);
    STRCMP_CONTAINS("can be changed by others", failure_of_role().c_str());
    storage.put_file("/usr/image.d/role", "#!", 0644);
    storage.put_owner("/usr/image.d/role", 0, 0);
    STRCMP_CONTAINS("is not an executable file", failure_of_role().c_str());
    CHECK_TRUE(runner.calls().empty());
}

TEST(NodePrograms, a_stop_request_ends_it) {
    install("/usr/image.d/role", {"role primary"});
    std::stop_source source;
    source.request_stop();
    CHECK_THROWS(Cancelled, role.carry_out(RoleVerb::show, source.get_token()));
}
