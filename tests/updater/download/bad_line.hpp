// A network on which connections break and fall silent.
#pragma once

#include "tests/support/sockets.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

/// Passes TCP connections on to a port of this machine and does to each what the test has planned for it.
class BadLine {
  public:
    enum class End {
        cut,       ///< both sides see the end
        torn_down, ///< the client sees a reset
        silent,    ///< nothing gets through any more, and nobody is told
    };
    struct Fate {
        std::uint64_t after_bytes = std::numeric_limits<std::uint64_t>::max(); ///< from the server
        End end = End::cut;
    };

    /// Holds at most about `buffer_bytes` that have not passed; 0: as the system likes.
    explicit BadLine(int server_port, int buffer_bytes = 0);
    ~BadLine();
    BadLine(const BadLine &) = delete;
    BadLine &operator=(const BadLine &) = delete;

    /// The next connections meet these fates, one each; those after them are good.
    void plan(std::deque<Fate> fates);

    /// Connections that are open now end.
    void end_all();

    std::string url(const std::string &path) const;
    std::uint64_t passed_bytes() const { return passed_bytes_; } ///< from the server to the client
    unsigned connections() const { return connections_; }
    unsigned ended() const { return ended_; } ///< connections that met a planned end

  private:
    struct Connection {
        Connection(Socket from_client, Socket to_server, Fate planned)
            : client(std::move(from_client)), server(std::move(to_server)), fate(planned) {}
        Socket client;
        Socket server;
        Fate fate;
        std::jthread upwards;
        std::jthread downwards;
    };

    void accept_all();
    void pass_down(Connection &connection);
    static void pass_up(Connection &connection);

    int server_port_;
    int buffer_bytes_;
    Socket listener_;
    int port_;
    std::mutex mutex_;
    std::deque<Fate> fates_;
    std::atomic<std::uint64_t> passed_bytes_ = 0;
    std::atomic<unsigned> connections_ = 0;
    std::atomic<unsigned> ended_ = 0;
    std::list<std::unique_ptr<Connection>> all_; ///< guarded by the mutex
    std::jthread accepting_;
};
