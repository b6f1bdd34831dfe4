// The pacer: no more than the rate in any stretch of time, changes at once, nobody waits for ever.
#include "updater/pacing/pacer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace std::chrono_literals;
using namespace updater::pacing;
using updater::pacing::Pacer;

namespace {

constexpr std::uint64_t mib = 1024UL * 1024;

class HandClock {
  public:
    Pacer::Now now() {
        return [this] { return time_; };
    }
    void go_on(std::chrono::nanoseconds time) { time_ += time; }

  private:
    Pacer::Time time_{};
};

/// How many bytes get through in this time when each piece waits for the one before it.
std::uint64_t bytes_in(Pacer &pacer, HandClock &clock, std::chrono::nanoseconds time, std::uint64_t piece) {
    std::uint64_t bytes = 0;
    for (std::chrono::nanoseconds passed{0};;) {
        const auto wait = pacer.take(piece);
        passed += wait;
        clock.go_on(wait);
        if (passed > time)
            return bytes;
        bytes += piece;
    }
}

} // namespace

TEST_GROUP(Pacer) {
    HandClock clock;
};

TEST(Pacer, without_a_rate_nothing_waits) {
    Pacer pacer(0, clock.now());
    for (int piece = 0; piece < 1000; ++piece)
        CHECK(pacer.take(1024 * mib) == 0ns);
}

TEST(Pacer, keeps_its_rate_whatever_the_size_of_the_pieces) {
    for (const std::uint64_t rate : {mib, 20 * mib, 5000 * mib})
        for (const std::uint64_t piece : {std::uint64_t{4096}, mib, 4 * mib}) {
            Pacer pacer(rate, clock.now());
            const auto bytes = bytes_in(pacer, clock, 10s, piece);
            CHECK_TEXT(bytes <= rate * 10, std::to_string(bytes).c_str());
            CHECK_TEXT(bytes + piece + rate / 100 >= rate * 10, std::to_string(bytes).c_str());
        }
}

TEST(Pacer, a_pause_is_made_up_for_by_a_quarter_of_a_second_at_most) {
    Pacer pacer(100 * mib, clock.now());
    clock.go_on(1h);
    CHECK(pacer.take(25 * mib) == 0ns);
    CHECK(pacer.take(100 * mib) >= 999ms);
}

TEST(Pacer, several_that_share_it_share_the_rate) {
    Pacer pacer(10 * mib, clock.now());
    CHECK(pacer.take(10 * mib) == 1s);
    CHECK(pacer.take(10 * mib) == 2s);
    CHECK(pacer.take(10 * mib) == 3s);
}

TEST(Pacer, a_new_rate_holds_for_what_comes_next_and_old_waiting_time_stays_paid) {
    Pacer pacer(mib, clock.now());
    CHECK(pacer.take(10 * mib) == 10s);
    clock.go_on(5s);
    pacer.set_rate(10 * mib); // 5 MiB are still owed
    LONGS_EQUAL(10 * mib, pacer.rate());
    CHECK(pacer.take(10 * mib) == 1500ms);
    pacer.set_rate(0);
    CHECK(pacer.take(1024 * mib) == 0ns);
}

TEST(Pacer, lifting_the_limit_lets_those_through_that_wait) {
    Pacer pacer(1);
    std::vector<std::jthread> waiting;
    for (int thread = 0; thread < 4; ++thread)
        waiting.emplace_back([&](const std::stop_token &) { pacer.pass(1024 * mib, {}); });
    std::this_thread::sleep_for(20ms);
    pacer.set_rate(0);
    waiting.clear(); // joins; would wait for centuries
}

TEST(Pacer, who_is_asked_to_stop_does_not_wait) {
    Pacer pacer(1);
    std::jthread waiting([&](const std::stop_token &stop) { pacer.pass(1024 * mib, stop); });
    std::this_thread::sleep_for(20ms);
    waiting.request_stop();
    waiting.join();
}

TEST(Pacer, waits_by_the_real_clock) {
    Pacer pacer(10 * mib);
    const auto begin = std::chrono::steady_clock::now();
    for (int piece = 0; piece < 4; ++piece)
        pacer.pass(mib, {});
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took >= 400ms - Pacer::burst);
}
