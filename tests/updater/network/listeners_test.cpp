// Who listens at a port, from lists as the kernel writes them, and from the kernel itself.
#include "tests/support/file_contents.hpp"
#include "tests/support/sockets.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/network/listeners.hpp"
#include "updater/network/network_state.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::network;

TEST_GROUP(Listeners) {
    TemporaryFolder folder;
    const std::string headings =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n";

    void lists(const std::string &tcp, const std::string &tcp6) {
        test_files::write_file(folder / "tcp", headings + tcp);
        test_files::write_file(folder / "tcp6", headings + tcp6);
    }
    std::string at_port_25() {
        std::string text;
        for (const Endpoint &each : listeners_at(25, folder.path()))
            text += text_of(each) + " ";
        return text;
    }
};

TEST(Listeners, are_found_at_the_addresses_where_they_can_be_reached) {
    lists(
        "   0: 00000000:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1\n"
        "   1: 070200C0:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1\n",
        "   0: 00000000000000000000000000000000:0019 00000000000000000000000000000000:0000 0A 00000000:0\n"
        "   1: B80D0120000000000000000007000000:0019 00000000000000000000000000000000:0000 0A 00000000:0\n"
        "   2: 000080FE00000000FF005450FE77FE12:0019 00000000000000000000000000000000:0000 0A 00000000:0\n");
    STRCMP_EQUAL("127.0.0.1:25 192.0.2.7:25 [::1]:25 [2001:db8::7]:25 ", at_port_25().c_str());
}

TEST(Listeners, are_neither_connections_nor_at_other_ports) {
    lists("   0: 0100007F:0019 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000 0 0 1 1\n"
          "   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1\n",
          "");
    STRCMP_EQUAL("", at_port_25().c_str());
}

TEST(Listeners, are_unknown_when_the_kernel_writes_something_else) {
    for (const char *line : {"   0: nonsense\n", "   0: 0000:0019 00000000:0000 0A 0\n",
                             "   0: 00000000:WXYZ 00000000:0000 0A 0\n"}) {
        lists(line, "");
        CHECK_THROWS(NetworkError, at_port_25());
    }
}

TEST(Listeners, of_this_machine_are_found_as_long_as_they_listen) {
    std::uint16_t port = 0;
    {
        const Socket listener = Socket::listening(0);
        port = static_cast<std::uint16_t>(listener.port());
        CHECK_FALSE(listeners_at(port).empty());
    }
    CHECK(listeners_at(port).empty());
}
