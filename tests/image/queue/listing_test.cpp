// What the reference product says about its queue, made of what Postfix prints.
#include "image/product/queue/listing.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <CppUTest/TestHarness.h>

namespace {

std::string listing_of(const std::string &postqueue) {
    std::istringstream input(postqueue);
    std::ostringstream output;
    queue::write_listing(input, output);
    return output.str();
}

} // namespace

TEST_GROUP(QueueListing){};

TEST(QueueListing, an_empty_queue_has_no_messages) {
    STRCMP_EQUAL("messages 0\n", listing_of("").c_str());
}

TEST(QueueListing, a_message_has_its_arrival_its_recipients_and_why_it_waits) {
    // As Postfix 3.7 prints it.
    STRCMP_EQUAL(
        "message 4dLTfQ1kB2z5v 1764547200 2 connect to mx.example[192.0.2.1]:25: Connection timed out\n"
        "message 4dLTfR0zzzz5w 1764547260 1 \n"
        "message 4dLTfR0zzzz5x 1764547270 0 it is on hold\n"
        "messages 3\n",
        listing_of(
            R"({"queue_name": "deferred", "queue_id": "4dLTfQ1kB2z5v", "arrival_time": 1764547200, "message_size": 312, "forced_expire": false, "sender": "a@example.org", "recipients": [{"address": "b@example.com"}, {"address": "c@example.com", "delay_reason": "connect to mx.example[192.0.2.1]:25:\nConnection timed out"}]}
{"queue_name": "active", "queue_id": "4dLTfR0zzzz5w", "arrival_time": 1764547260, "message_size": 1, "forced_expire": false, "sender": "", "recipients": [{"address": "b@example.com"}]}
{"queue_name": "hold", "queue_id": "4dLTfR0zzzz5x", "arrival_time": 1764547270, "recipients": []}
)")
            .c_str());
}

TEST(QueueListing, a_long_queue_is_counted_to_its_end) {
    std::string input;
    for (int number = 0; number < 250; ++number)
        input += R"({"queue_id": "A", "arrival_time": 1, "recipients": []})"
                 "\n";
    const std::string lines = listing_of(input);
    CHECK_TRUE(lines.ends_with("messages 250\n"));
    LONGS_EQUAL(101, std::ranges::count(lines, '\n'));
}

TEST(QueueListing, output_that_is_no_message_is_an_error_and_not_an_empty_queue) {
    for (const char *line : {"postqueue: fatal: Queue report unavailable", "{}", "[]", "{\"queue_id\": 1}"})
        CHECK_THROWS(std::runtime_error, listing_of(line));
}
