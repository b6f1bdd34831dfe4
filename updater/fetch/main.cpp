// update-fetch: fetches for the agent, as a user without other rights. systemd starts one process for each
// conversation (update-fetch.socket, update-fetch@.service) with the socket as standard input. Writes no
// files, and parses nothing from the network but HTTP and TLS, both with libcurl.
#include "updater/download/fetch_document.hpp"
#include "updater/download/http_source.hpp"
#include "updater/fetch/fetch_server.hpp"

#include <algorithm>
#include <iostream>
#include <unistd.h>

namespace {

std::unique_ptr<updater::firmware::ByteSource> open_firmware(const updater::fetch::FirmwareOrder &order,
                                                             updater::fetch::Fetching::Report report) {
    updater::download::HttpSourceSettings settings;
    settings.connection = order.connection;
    settings.report = std::move(report);
    // A server that has answered before gets more time: after a restart the network may not be up yet.
    settings.first_contact_time = order.known
                                      ? order.connection.give_up_time
                                      : std::min(settings.first_contact_time, order.connection.give_up_time);
    return std::make_unique<updater::download::HttpSource>(order.url, std::move(settings));
}

std::string fetch_document(const updater::fetch::DocumentOrder &order, const std::stop_token &stop) {
    return updater::download::fetch_document(order.url, order.max_bytes, order.connection, stop);
}

} // namespace

int main() {
    try {
        updater::fetch::serve_fetches(partitions::base::FileDescriptor(STDIN_FILENO),
                                      {.open = open_firmware, .document = fetch_document});
        return 0;
    } catch (const std::exception &failure) {
        std::cerr << "update-fetch: " << failure.what() << '\n';
        return 1;
    }
}
