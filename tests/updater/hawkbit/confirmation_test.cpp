// The answer to the server's question, and what becomes of it where it gets lost on the way.
#include "tests/updater/hawkbit/device_bench.hpp"

#include <algorithm>

using namespace std::chrono_literals;
using namespace updater::hawkbit;

namespace {

struct ConfirmationBench : DeviceBench {
    void ask() {
        server.assign("2.8.1.0").to_confirm = true;
        poll_after(0s);
    }
    /// Something on the way answers with this status instead of the server; 0: no more.
    void refuse_answers(long status) {
        server.status_on_the_way = [status](const Request &request) {
            return request.method == Method::post && request.tail.starts_with("/confirmationBase/") ? status
                                                                                                    : 0L;
        };
    }
};

} // namespace

TEST_GROUP_BASE(ConfirmationAnswer, ConfirmationBench){};

TEST(ConfirmationAnswer, is_given_again_where_it_was_dropped) {
    for (const long status : {404L, 407L, 408L}) {
        server.actions.clear();
        ask();
        refuse_answers(status);
        device->answer(true, "not on Fridays");
        poll_after(1min);
        STRCMP_EQUAL("", told(1).c_str());
        start();
        refuse_answers(0);
        poll_after(5min);
        STRCMP_EQUAL("confirmed", told(1).c_str());
        server.actions.clear();
        poll_after(5min);
    }
}

TEST(ConfirmationAnswer, is_followed_by_a_poll_soon_once_it_could_be_given) {
    server.sleep = "12:00:00";
    settings.confirmation = Confirmation::automatic;
    start();
    refuse_answers(404);
    ask();
    refuse_answers(0);
    CHECK(device->poll() < 1min);
    STRCMP_EQUAL("confirmed", told(1).c_str());
}

TEST(ConfirmationAnswer, that_is_always_dropped_is_given_seldom) {
    ask();
    refuse_answers(404);
    device->answer(true, "");
    run_for(24h);
    CHECK(server.hindered >= 24 && server.hindered <= 30);
    device->answer(false, ""); // a new one is told at once
    const int before = server.hindered;
    poll_after(0s);
    CHECK(server.hindered > before);
}

TEST(ConfirmationAnswer, of_no_is_given_again_only_until_the_server_has_taken_it) {
    ask();
    refuse_answers(408);
    device->answer(false, "not this week");
    poll_after(0s);
    refuse_answers(0);
    run_for(24h);
    STRCMP_EQUAL("denied", told(1).c_str());
}

TEST(ConfirmationAnswer, of_an_earlier_version_is_not_given_again) {
    ask();
    device->answer(false, "");
    poll_after(0s);
    nlohmann::json state = to_json(kept());
    for (const char *added : {"confirmed", "remark", "taken", "told", "when"})
        state["question"].erase(added);
    for (const char *added : {"is_new", "stray_job"})
        state.erase(added);
    storage.put_file("/data/state.json", state.dump());
    start();
    run_for(60min);
    STRCMP_EQUAL("denied", told(1).c_str());
}
