// A store that is not all in its folder is refused by name while mail flows.
#include "updater/checks/preconditions.hpp"

#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <sys/mount.h>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;
namespace fs = std::filesystem;

TEST_GROUP(StoreFolders) {
    TemporaryFolder folder;
    fs::path root = folder.path();
    fs::path data = root / "var/lib/mail/store/postgresql";
    configuration::Appliance appliance;

    void setup() override {
        appliance.stores = {{.name = "message-store",
                             .path = "/var/lib/mail/store",
                             .format = {},
                             .inspect = {},
                             .unit = {}}};
        make_store();
    }
    void make_store() {
        fs::create_directories(data / "pg_wal");
        fs::create_directories(data / "pg_tblspc");
        fs::create_directories(root / "data/fast");
        std::ofstream(data / "PG_VERSION") << "15";
        // These stay right in a copy.
        fs::create_symlink("PG_VERSION", data / "beside");
        fs::create_symlink("../../postgresql/PG_VERSION", data / "pg_wal/over-the-folder");
    }
    /// "" when nothing was refused, else "what | next step".
    std::string refusal() {
        try {
            check_stores(appliance, root);
        } catch (const Refused &refused) {
            return std::string(refused.what()) + " | " + refused.next_step();
        }
        return "";
    }
    void turn_into_link(const fs::path &path, const fs::path &target) {
        fs::remove_all(path);
        fs::create_symlink(target, path);
    }
};

TEST(StoreFolders, that_are_whole_are_accepted) {
    STRCMP_EQUAL("", refusal().c_str());
}

TEST(StoreFolders, behind_a_link_are_refused_wherever_the_link_is) {
    struct Case {
        const char *link;
        const char *target;
    };
    for (const Case &each :
         {Case{"var/lib/mail/store", "/data/fast"}, Case{"var/lib/mail", "../../data/fast"},
          Case{"var/lib", "nowhere"}, Case{"var", "data"}}) {
        fs::remove_all(root / "var");
        make_store();
        turn_into_link(root / each.link, each.target);
        const auto text = refusal();
        STRCMP_CONTAINS(
            "the folder of the message-store, /var/lib/mail/store, lies behind a symbolic link: /",
            text.c_str());
        STRCMP_CONTAINS((std::string(each.link) + " leads to " + each.target).c_str(), text.c_str());
        STRCMP_CONTAINS("move the folder to the place of the link", text.c_str());
    }
}

TEST(StoreFolders, that_are_not_there_or_no_folders_are_refused) {
    fs::remove_all(root / "var/lib/mail/store");
    STRCMP_CONTAINS("is not there: there is no /var/lib/mail/store", refusal().c_str());
    std::ofstream(root / "var/lib/mail/store") << "a file";
    STRCMP_CONTAINS("/var/lib/mail/store is something else", refusal().c_str());
}

TEST(StoreFolders, with_links_that_lead_out_of_them_are_refused_by_name) {
    struct Case {
        const char *link;
        const char *target;
    };
    for (const Case &each :
         {Case{"pg_tblspc/16384", "/data/fast"}, Case{"pg_wal", "/data/wal"},
          Case{"pg_hba.conf", "../../hba.conf"},
          Case{"absolute-to-itself", "/var/lib/mail/store/postgresql/PG_VERSION"}, Case{"up", "../.."}}) {
        turn_into_link(data / each.link, each.target);
        const auto text = refusal();
        STRCMP_CONTAINS("the message-store is not all in its folder, /var/lib/mail/store: ", text.c_str());
        STRCMP_CONTAINS((std::string("postgresql/") + each.link + " leads to " + each.target).c_str(),
                        text.c_str());
        fs::remove_all(root / "var");
        make_store();
    }
    for (int number = 0; number < 9; ++number)
        fs::create_symlink("/data", data / ("link-" + std::to_string(number)));
    STRCMP_CONTAINS(" and 4 more", refusal().c_str());
}

TEST(StoreFolders, with_a_mount_over_them_or_in_them_are_refused) {
    for (const fs::path &place : {root / "var/lib/mail", root / "var/lib/mail/store", data / "pg_wal"}) {
        // A bind mount of the same file system has the same device number.
        LONGS_EQUAL(0, ::mount((root / "data/fast").c_str(), place.c_str(), nullptr, MS_BIND, nullptr));
        if (place != data / "pg_wal")
            fs::create_directories(data);
        const auto text = refusal();
        LONGS_EQUAL(0, ::umount(place.c_str()));
        STRCMP_CONTAINS("something is mounted at ", text.c_str());
        STRCMP_CONTAINS(place.filename().c_str(), text.c_str());
    }
    STRCMP_EQUAL("", refusal().c_str());
}
