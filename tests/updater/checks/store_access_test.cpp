// Whether the account of a store can reach and list it. Runs as root, as all tests do.
#include "tests/support/temporary_folder.hpp"
#include "updater/checks/store_access.hpp"
#include "updater/refusal.hpp"

#include <string>
#include <unistd.h>

#include <CppUTest/TestHarness.h>

using namespace updater;
namespace fs = std::filesystem;

TEST_GROUP(StoreAccess) {
    static constexpr unsigned account = 54321; // of nobody
    TemporaryFolder root;
    configuration::Appliance appliance;

    void setup() override {
        add("store");
    }

    void add(const std::string &name) {
        const auto folder = root / ("var/" + name + "/data");
        fs::create_directories(folder);
        LONGS_EQUAL(0, ::chown(folder.c_str(), account, account));
        set_mode("var/" + name + "/data", 0700);
        appliance.stores.push_back(
            {.name = name, .path = "/var/" + name + "/data", .format = "1", .inspect = {}, .unit = {}});
    }
    void set_mode(const std::string &name, unsigned mode) const {
        fs::permissions(root / name, static_cast<fs::perms>(mode));
    }
    std::string refusal() const {
        try {
            checks::check_store_access(appliance, root.path());
        } catch (const Refused &refused) {
            return refused.what();
        }
        return "";
    }
};

TEST(StoreAccess, is_there_if_the_owner_can_pass_and_list) {
    STRCMP_EQUAL("can be read: store by number 54321",
                 checks::check_store_access(appliance, root.path()).c_str());
}

TEST(StoreAccess, lacks_a_folder_on_the_way_that_the_owner_cannot_pass) {
    set_mode("var/store", 0700); // of root
    STRCMP_EQUAL("what has to be converted cannot be read: the store: /var/store cannot be passed by its "
                 "owner, number 54321",
                 refusal().c_str());
}

TEST(StoreAccess, may_come_from_the_group) {
    set_mode("var/store", 0710);
    LONGS_EQUAL(0, ::chown((root / "var/store").c_str(), 0, account));
    STRCMP_EQUAL("", refusal().c_str());
    set_mode("var/store", 0701); // the group's bits count for the group
    STRCMP_CONTAINS("/var/store cannot be passed", refusal().c_str());
}

TEST(StoreAccess, lacks_a_store_that_its_owner_cannot_list) {
    set_mode("var/store/data", 0300);
    STRCMP_CONTAINS("/var/store/data cannot be listed by its owner", refusal().c_str());
}

TEST(StoreAccess, is_checked_for_all_stores_at_once) {
    add("other");
    set_mode("var/store/data", 0);
    set_mode("var/other", 0700);
    STRCMP_CONTAINS("the store: /var/store/data cannot be listed by its owner, number 54321; the other: "
                    "/var/other cannot be passed",
                    refusal().c_str());
}

TEST(StoreAccess, of_root_is_everywhere) {
    LONGS_EQUAL(0, ::chown((root / "var/store/data").c_str(), 0, 0));
    set_mode("var/store", 0700);
    STRCMP_EQUAL("can be read: store by root", checks::check_store_access(appliance, root.path()).c_str());
}

TEST(StoreAccess, of_no_store_is_no_problem) {
    appliance.stores.clear();
    STRCMP_EQUAL("there are no stores", checks::check_store_access(appliance, root.path()).c_str());
}
