// Two threads for each connection, one for each direction.
#include "tests/updater/download/bad_line.hpp"

#include <algorithm>
#include <array>

namespace {

using Buffer = std::array<char, 16384>;

} // namespace

BadLine::BadLine(int server_port, int buffer_bytes)
    : server_port_(server_port), buffer_bytes_(buffer_bytes), listener_(Socket::listening(0)),
      port_(listener_.port()), accepting_([this] { accept_all(); }) {}

BadLine::~BadLine() {
    listener_.shut_down();
    accepting_.join();
    end_all();
}

void BadLine::end_all() {
    const std::lock_guard lock(mutex_);
    for (const auto &connection : all_) {
        connection->client.shut_down();
        connection->server.shut_down();
    }
}

void BadLine::plan(std::deque<Fate> fates) {
    const std::lock_guard lock(mutex_);
    fates_ = std::move(fates);
}

std::string BadLine::url(const std::string &path) const {
    return "https://localhost:" + std::to_string(port_) + path;
}

void BadLine::accept_all() {
    while (true) {
        Socket client = listener_.accept();
        if (!client.valid())
            return;
        ++connections_;
        Fate fate;
        {
            const std::lock_guard lock(mutex_);
            if (!fates_.empty()) {
                fate = fates_.front();
                fates_.pop_front();
            }
        }
        auto made = std::make_unique<Connection>(std::move(client),
                                                 Socket::connected_to(server_port_, buffer_bytes_), fate);
        Connection &connection = *made;
        {
            const std::lock_guard lock(mutex_);
            all_.push_back(std::move(made));
        }
        connection.upwards = std::jthread([&connection] { pass_up(connection); });
        connection.downwards = std::jthread([this, &connection] { pass_down(connection); });
    }
}

void BadLine::pass_up(Connection &connection) {
    Buffer buffer;
    while (const std::size_t count = connection.client.receive(buffer.data(), buffer.size()))
        if (!connection.server.send_all({buffer.data(), count}))
            break;
    connection.server.shut_down();
}

void BadLine::pass_down(Connection &connection) {
    Buffer buffer;
    for (std::uint64_t left = connection.fate.after_bytes; left > 0;) {
        const std::size_t count =
            connection.server.receive(buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
        if (count == 0 || !connection.client.send_all({buffer.data(), count})) {
            connection.client.shut_down();
            return;
        }
        left -= count;
        passed_bytes_ += count;
    }
    ++ended_;
    if (connection.fate.end == End::silent)
        return;
    if (connection.fate.end == End::torn_down)
        connection.client.tear_down();
    else
        connection.client.shut_down();
    connection.server.shut_down();
}
